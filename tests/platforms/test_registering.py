"""How a channel becomes an official one, and how its members learn how people talk there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.interface.texts import say, text
from bot.platform.capabilities import Capability
from tests.platforms.behaviours import needs
from tests.platforms.school import PEOPLE, School
from tests.platforms.seen import Answer
from tests.platforms.stage import Stage

ROOM = "office"
"""A room that nobody has registered; the teacher is in it, and so is the bot."""


@pytest.fixture(autouse=True)
def _looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the guard soon look again for channels that wait for their notice."""
    monkeypatch.setattr("bot.app.guard.TICK", 0.2)


async def register(stage: Stage) -> Answer:
    """Have the teacher register the room, its families told yesterday."""
    form = (await stage.command("teacher", "register", room=ROOM)).form
    notified = (stage.bot.now() - timedelta(days=1)).date().isoformat()
    return await stage.submit("teacher", form, {"kind": "parent", "grades": "", "notified": notified})


def words_of(key: str, **params: str) -> str:
    """Return what the desk says, in English."""
    return say(text(key, **params), "en")


async def test_a_channel_is_read_once_it_is_registered_and_approved(stage: Stage) -> None:
    """A teacher registers a channel → the administrator is asked; approved, it gets its notice and is read."""
    before = await stage.say("teacher", ROOM, "good morning")
    assert words_of("register.sent") in (await register(stage)).words
    asked = await stage.card("principal")
    assert PEOPLE["teacher"] in asked.everything
    assert asked.buttons == ("approve",)
    assert stage.cards_in(ROOM) == []
    assert not await stage.is_known(before)
    assert words_of("register.approved") in (await stage.press("principal", "approve", asked)).words
    settled = await stage.shows(asked, "Anita Morales approved this channel")
    assert settled.buttons == ()
    assert "Please approve" not in settled.title
    await stage.watched(ROOM)
    (notice,) = stage.cards_in(ROOM)
    assert words_of("notice.report") in notice.everything
    await stage.read(await stage.say("teacher", ROOM, "see you at practice"))


@needs(Capability.PIN)
async def test_the_notice_is_pinned(stage: Stage) -> None:
    """A channel gets its notice → it is pinned there, so that nobody has to look for it."""
    (notice,) = stage.cards_in("class")
    await stage.until(lambda: stage.pinned_in("class"), "the pin")
    assert stage.pinned_in("class") == [notice.place]


async def test_nobody_else_approves(stage: Stage) -> None:
    """Somebody no longer in charge presses “Approve” on an old card → one kind sentence, and nothing is read there."""
    await register(stage)
    asked = await stage.card("principal")
    await stage.change(School(administrator="assistant", designees=()))
    assert words_of("register.not_yours") in (await stage.press("principal", "approve", asked)).words
    await stage.settled()
    assert stage.now(asked).buttons == ("approve",)
    assert stage.cards_in(ROOM) == []


async def test_who_does_not_work_here_registers_nothing(stage: Stage) -> None:
    """A parent uses “register” → one kind sentence; nobody is asked, and nothing is read."""
    answer = await stage.command("parent", "register", room="boosters")
    assert words_of("desk.not_for_you") in answer.words
    await stage.nothing_for("principal", "assistant")
    assert stage.cards_in("boosters") == []


async def test_the_guidelines_are_a_command_away_and_reading_them_is_noted(stage: Stage) -> None:
    """Somebody uses “netiquette” → they alone see how people talk here; “I have read it” is noted for the year."""
    shown = (await stage.command("parent", "netiquette", room="families")).said
    assert words_of("netiquette.title") in shown.title
    assert len(shown.lines) > 1
    assert shown.buttons == ("netiquette",)
    assert "You have read the guidelines" in (await stage.press("parent", "netiquette", shown)).words
    assert len(stage.cards_in("families")) == 1
    await stage.until(lambda: stage.bot.rows("SELECT 1 FROM acknowledgements"), "it to be noted")


async def test_where_nobody_registered_there_is_nothing_to_note(stage: Stage) -> None:
    """Somebody uses “netiquette” in a channel that is not registered → the guidelines, and nothing to press."""
    shown = (await stage.command("teacher", "netiquette", room=ROOM)).said
    assert words_of("netiquette.title") in shown.title
    assert shown.buttons == ()


async def test_staff_have_the_guidelines_posted_with_one_press(stage: Stage) -> None:
    """A teacher presses “Post and pin it here” → the guidelines stand in the channel, once, in all its languages."""
    shown = (await stage.command("teacher", "netiquette", room="class")).said
    assert shown.buttons == ("netiquette", "post_netiquette")
    before = stage.cards_in("class")
    assert "room-12" in (await stage.press("teacher", "post_netiquette", shown)).words
    again = (await stage.command("principal", "netiquette", room="class")).said
    answer = await stage.press("principal", "post_netiquette", again)
    assert words_of("netiquette.just_posted", channel="room-12") in answer.words
    posted = stage.cards_in("class")[len(before) :]
    assert [card.title for card in posted] == [say(text("netiquette.title"), language) for language in ("en", "es")]
    assert all(card.buttons == ("netiquette",) for card in posted)
    pinned = stage.pinned_in("class")
    assert all((card.place in pinned) == (Capability.PIN in stage.capabilities) for card in posted)
