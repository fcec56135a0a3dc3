"""The chat that is kept in a file."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.local.saved import keep_in
from adapters.local.values import Explained
from bot.domain.assessments import Finding, Judgement
from bot.domain.categories import Category, Severity
from bot.domain.outcomes import Outcome
from bot.errors import InputError
from bot.interface.cards import Button, Card, Fact, Quote, Tone, Verb
from bot.interface.texts import text
from tests.adapters.local.people import Clock, small_school

CARD = Card(
    text("alert.title", severity=text("severity.high")),
    severity=Severity.HIGH,
    facts=(Fact(text("alert.channel"), text("plain", value="#room-12")),),
    quote=Quote("you 😀 fool", ((6, 10),)),
    buttons=(Button(Verb.CONFIRM, "t1", Tone.PRIMARY),),
)


def test_everything_is_there_again_after_a_restart(tmp_path: Path) -> None:
    file, clock = tmp_path / "chat.json", Clock()
    world = small_school(clock)
    assert keep_in(world, file) is False
    first = world.write("maya", "room-12", "hola 😀", attachments=["photo"])
    world.write("josh", "room-12", "reply", reply_to=first.id)
    world.edit("maya", first.id, "hola a todos")
    world.delete("josh", world.write("josh", "room-12", "gone").id)
    world.silence("josh", "families", timedelta(hours=2))
    finding = Finding("toxicity", Category.BULLYING, 0, 4, 0.9, "insulting words", "insult")
    judgement = Judgement(Severity.HIGH, (Category.BULLYING,), "bullying", "BUL 1", ("BUL 2",), (finding,))
    world.explain(Explained(first.id, "2", Outcome.FLAGGED, judgement))
    post = world.put_card(CARD, person="anita")

    again = small_school(clock)
    assert keep_in(again, file) is True
    assert again.messages() == world.messages()
    assert again.posts == world.posts
    assert again.silences == world.silences
    assert again.explained == world.explained
    assert int(again.write("maya", "room-12", "new").id) > int(post.id)
    again.redraw_card(post.id, CARD)


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "chat.json"
    world = small_school()
    keep_in(world, file)
    world.write("maya", "room-12", "words")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["chat.json"]


def test_a_full_disk_is_logged_and_the_chat_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    world = small_school()
    keep_in(world, folder / "chat.json")
    folder.rmdir()
    assert world.write("maya", "room-12", "secret words").text == "secret words"
    assert "could not be kept in its file: FileNotFoundError" in caplog.text
    assert "secret words" not in caplog.text
    folder.mkdir()
    world.write("maya", "room-12", "and more")
    again = small_school()
    keep_in(again, folder / "chat.json")
    assert [one.text for one in again.messages()] == ["secret words", "and more"]


@pytest.mark.parametrize("content", [b"", b"{", b'{"messages": 1}', b"\xff\xfe"])
def test_a_damaged_file_is_one_clear_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "chat.json"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"chat\.json cannot be read; delete it"):
        keep_in(small_school(), file)
