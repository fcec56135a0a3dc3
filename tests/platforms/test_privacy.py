"""What is kept of what people write, and what is not: searched for in everything that the bot leaves behind."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator

import pytest

from tests.platforms.seen import Ref
from tests.platforms.stage import Stage

CRUEL = "what an idiot zanzibarica"
INNOCENT = "the mitochondria pamplemousse is on page ninety"


def disguises(words: str) -> Iterator[bytes]:
    """The words as a careless program would store them."""
    for encoding in ("utf-8", "utf-16-le"):
        plain = words.encode(encoding)
        yield plain
        yield plain.hex().encode()
        yield from (base64.b64encode(plain[shift : shift + 9]) for shift in range(3))


def found(stage: Stage, *words: str) -> list[tuple[str, str]]:
    """Return which of these words are found where, in everything that the bot keeps."""
    return [
        (word, where)
        for where, content in stage.bot.kept().items()
        for word in words
        if any(disguise in content for disguise in disguises(word))
    ]


async def a_whole_story(stage: Stage) -> Ref:
    """Have a comment flagged, reported, permitted, decided and removed."""
    ref = await stage.say("student", "class", CRUEL)
    card = await stage.card("principal")
    form = (await stage.report("friend", ref)).form
    await stage.submit("friend", form, {"what": "she said quixotically much", "unnamed": "yes"})
    await stage.shows(card, "reported")
    await stage.decide("principal", "confirm", card, rule="other", reason="rhododendron", note="kaleidoscopic")
    await stage.shows(card, "confirmed")
    await stage.edit("student", ref, f"{CRUEL} again")
    await stage.cards("principal", 2)
    await stage.delete("student", ref)
    await stage.settled()
    return ref


async def test_nothing_kept_holds_anybodys_words_or_name(stage: Stage) -> None:
    """Comments are flagged, reported and decided on → no row and no file holds words, reasons or names in clear."""
    await a_whole_story(stage)
    words = ("zanzibarica", "quixotically", "rhododendron", "kaleidoscopic", "Xochitl", "Quetzalli", "Anita Morales")
    assert found(stage, *words) == []
    await stage.stop_bot()
    assert found(stage, *words) == []


async def test_the_words_of_an_unflagged_comment_are_not_kept_at_all(stage: Stage) -> None:
    """An innocent comment is read → one row says that it was, without words, author or score."""
    ref = await stage.say("student", "class", INNOCENT)
    await stage.read(ref)
    await stage.settled()
    assert found(stage, "mitochondria", "pamplemousse", "Xochitl") == []
    query = "SELECT count(*) FROM {} "
    assert [stage.bot.rows(query.format(table)) for table in ("snapshots", "flags", "review_items")] == [[(0,)]] * 3
    assert stage.bot.rows("SELECT outcome FROM screened WHERE comment = ?", ref.id) == [("clear",)]


async def test_logs_hold_nobodys_words(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is posted, reported and decided → the log repeats none of it, also where something fails."""
    caplog.set_level(logging.DEBUG)
    await stage.say("student", "class", "unreadable zanzibarica")
    await stage.say("student", "class", "crashing zanzibarica")
    await stage.cards("principal", 2)
    await stage.line_down()
    await stage.say("student", "class", f"{CRUEL} during the outage")
    await stage.line_up()
    await stage.cards("principal", 3)
    assert caplog.records
    for word in ("zanzibarica", "Xochitl", "Quetzalli"):
        assert word not in caplog.text


async def test_every_showing_of_words_is_written_down_first(stage: Stage) -> None:
    """A card shows an excerpt → the custody log says who was shown it, and why."""
    await stage.say("student", "class", CRUEL)
    await stage.card("principal")
    await stage.card("teacher")
    shown_to = stage.bot.rows("SELECT count(DISTINCT person) FROM custody")
    assert shown_to == [(2,)]


async def test_a_safety_notice_and_a_receipt_hold_no_words(stage: Stage) -> None:
    """Somebody is warned, somebody else gets a receipt → neither card repeats what was said, nor by whom."""
    ref = await stage.say("student", "class", "I could kill you Ms. Rivera zanzibarica")
    warned = await stage.card("teacher")
    form = (await stage.report("friend", ref)).form
    receipt = await stage.submit("friend", form, {"what": "quixotically"})
    for seen in (warned.everything, receipt.words):
        assert not [word for word in ("zanzibarica", "quixotically", "Xochitl", "Rivera") if word in seen]
