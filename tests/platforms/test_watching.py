"""What is read, and what is not."""

from __future__ import annotations

from dataclasses import replace

from bot.interface.texts import say, text
from tests.platforms.school import School
from tests.platforms.stage import Stage

CRUEL = "what an idiot you are"


async def test_nothing_is_read_before_a_channel_is_complete_and_its_notice_posted(empty_stage: Stage) -> None:
    """A registered channel still lacks a fact → no notice, and nothing is read; later the notice, then all of it."""
    stage, school = empty_stage, School(pending=frozenset({"class"}))
    before = await stage.say("student", "class", f"{CRUEL}, said early")
    await stage.open(school)
    await stage.watched("families")
    during = await stage.say("student", "class", CRUEL)
    await stage.nothing_for("principal")
    assert stage.cards_in("class") == []
    assert not await stage.is_known(before)
    assert not await stage.is_known(during)
    await stage.change(replace(school, pending=frozenset()))
    await stage.restart_bot()
    await stage.watched()
    await stage.cards("principal", 2)


async def test_the_notice_comes_once_in_all_of_the_districts_languages(stage: Stage) -> None:
    """A channel is approved and complete → its notice is posted there once, in all of the district's languages."""
    (notice,) = stage.cards_in("class")
    for language in ("en", "es"):
        assert say(text("notice.report"), language) in notice.everything
    await stage.restart_bot()
    await stage.settled()
    assert stage.cards_in("class") == [notice]


async def test_what_was_said_before_is_read_too(empty_stage: Stage) -> None:
    """The bot comes into a channel with a past → it reads what is still there."""
    await empty_stage.say("student", "class", "good morning")
    await empty_stage.say("student", "class", CRUEL)
    await empty_stage.open(School())
    await empty_stage.card("principal")


async def test_an_unregistered_channel_is_never_read(stage: Stage) -> None:
    """A cruel comment is posted where nobody registered the channel → nothing is read, kept or told."""
    ref = await stage.say("parent", "boosters", CRUEL)
    await stage.edit("parent", ref, f"{CRUEL}, really")
    await stage.nothing_for("principal", "assistant", "teacher")
    assert not await stage.is_known(ref)
    assert stage.cards_in("boosters") == []


async def test_bots_are_not_read(stage: Stage) -> None:
    """A bot posts a comment → it is not read."""
    ref = await stage.say("robot", "class", CRUEL)
    await stage.nothing_for("principal")
    assert not await stage.is_known(ref)


async def test_an_innocent_comment_reaches_nobody(stage: Stage) -> None:
    """An innocent comment is posted → it is read, and nobody is told."""
    ref = await stage.say("student", "class", "that quiz was hard, see you at practice")
    await stage.read(ref)
    await stage.nothing_for("principal", "assistant", "director", "teacher", "safety")


async def test_an_edit_into_cruelty_is_flagged(stage: Stage) -> None:
    """An innocent comment is edited into a cruel one → the new revision is flagged."""
    ref = await stage.say("student", "class", "see you at three")
    await stage.read(ref)
    await stage.edit("student", ref, "see you at three, idiot")
    card = await stage.card("principal")
    assert stage.bot.rows("SELECT count(*) FROM screened WHERE comment = ?", ref.id) == [(2,)]
    assert "three" in (card.quote or "")


async def test_an_edit_of_a_flagged_comment_is_a_second_flag(stage: Stage) -> None:
    """A cruel comment is edited into another cruel one → a second flag; the first one's words stay as evidence."""
    ref = await stage.say("student", "class", "you idiot")
    first = await stage.card("principal")
    await stage.edit("student", ref, "you stupid person")
    _, second = await stage.cards("principal", 2)
    assert (stage.now(first).quote, second.quote) == ("you idiot", "you stupid person")


async def test_a_deleted_comment_keeps_its_case(stage: Stage) -> None:
    """A flagged comment is deleted by its author → the case stays, with its words and its buttons."""
    ref = await stage.say("student", "class", CRUEL)
    card = await stage.card("principal")
    await stage.delete("student", ref)
    await stage.settled()
    assert "you" in (stage.now(card).quote or "")
    await stage.press("principal", "acknowledge", card)
    assert CRUEL in (await stage.shows(card, "is on it")).everything


async def test_replies_in_threads_are_read(stage: Stage) -> None:
    """A cruel reply is posted in a thread → it is flagged like any comment."""
    ref = await stage.say("student", "class", "do we need goggles?")
    await stage.say("friend", "class", CRUEL, reply_to=ref)
    await stage.card("principal")


async def test_a_comment_with_only_a_picture_is_read_as_such(stage: Stage) -> None:
    """A picture is posted without words → it is noted as read; the picture is never opened."""
    ref = await stage.say("student", "class", "", attachments=("image",))
    await stage.read(ref)
    await stage.nothing_for("principal")


async def test_what_the_machine_cannot_read_reaches_a_person(stage: Stage) -> None:
    """The model fails on a comment → the administrator is asked to read it in place, and may dismiss it."""
    await stage.say("student", "class", "unreadable words")
    card = await stage.card("principal")
    assert "could not read" in card.title
    assert card.link
    assert card.quote is None
    assert "unreadable" not in card.everything
    assert set(card.buttons) == {"acknowledge", "dismiss", "case"}
    await stage.decide("principal", "dismiss", card, reason="I read it in its channel and all is well.")
    await stage.shows(card, "dismissed")
