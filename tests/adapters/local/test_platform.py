"""The local platform as the core sees it: events, history, cards, answers, forms, and the line that breaks."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.local import dialogue
from adapters.local.platform import Answered, LocalPlatform, Shown, Watching
from adapters.local.texts import RefusedError
from adapters.local.values import Explained
from adapters.local.world import World
from bot.domain.assessments import Judgement
from bot.domain.categories import Category, Severity
from bot.domain.comments import AttachmentKind, AuthorRole, ChannelRef, CommentRef
from bot.domain.outcomes import Outcome
from bot.errors import PlatformError
from bot.interface.cards import Button, Card, Verb
from bot.interface.forms import decision_form, reasons, report_form
from bot.interface.texts import text
from bot.platform.capabilities import Capability
from bot.platform.events import (
    ButtonPressed,
    CommandUsed,
    Deleted,
    Event,
    FormSubmitted,
    Interrupted,
    Posted,
    Resumed,
)
from bot.platform.protocol import Platform, Recipient
from tests.adapters.local.people import MORNING, Clock

ROOM = ChannelRef("local", "lincoln", "room-12")
CARD = Card(text("plain", value="An alert"), buttons=(Button(Verb.CONFIRM, "token-1"),))


async def told(platform: LocalPlatform) -> list[Event]:
    """Close the platform and return everything it told the core."""
    platform.close()
    return [event async for event in platform.events()]


def test_it_is_a_platform(platform: LocalPlatform) -> None:
    as_the_core_sees_it: Platform = platform
    assert as_the_core_sees_it.name == "local"
    assert Capability.REMOVE_COMMENT in as_the_core_sees_it.capabilities


async def test_a_comment_comes_with_everything_the_core_may_know(platform: LocalPlatform, world: World) -> None:
    first = world.write("elena", "room-12", "bring goggles")
    world.write("maya", "room-12", "ok @Elena Rivera", reply_to=first.id, attachments=["photo"])
    _, event = await told(platform)
    assert isinstance(event, Posted)
    comment = event.comment
    assert comment.ref == CommentRef(ROOM, "2")
    assert (comment.author.id, comment.author.role) == ("maya", AuthorRole.STUDENT)
    assert (comment.reply_to, comment.thread, comment.mentions) == ("1", "1", ("elena",))
    assert comment.called == (("elena", "Elena Rivera"),)
    assert [(one.kind, one.size_bytes) for one in comment.attachments] == [(AttachmentKind.IMAGE, 1_200_000)]
    assert (comment.revision, comment.edited_at) == ("", None)
    assert comment.permalink == "http://127.0.0.1:8765/#c-2"


async def test_edits_are_new_revisions_and_deletions_do_not_repeat_the_words(
    platform: LocalPlatform, world: World
) -> None:
    message = world.write("maya", "room-12", "one")
    world.edit("maya", message.id, "two")
    world.delete("maya", message.id)
    posted, edited, deleted = await told(platform)
    assert isinstance(posted, Posted)
    assert isinstance(edited, Posted)
    assert isinstance(deleted, Deleted)
    assert (posted.comment.revision, edited.comment.revision, edited.comment.text) == ("", "2", "two")
    assert edited.comment.edited_at is not None
    assert deleted.ref == posted.comment.ref
    assert "two" not in repr(deleted)


def test_a_command_must_exist_and_be_used_where_the_person_is(platform: LocalPlatform, world: World) -> None:
    about = world.write("maya", "room-12", "words")
    for refused in (
        {"command": "explode", "room": None},
        {"command": "report", "room": "nowhere"},
        {"command": "report", "room": "alerts"},
        {"command": "report", "room": "room-12", "about": about.id},
    ):
        account = "marta" if "about" in refused else "maya"
        with pytest.raises(RefusedError, match=r"no command|not exist|not in that channel"):
            platform.use_command(account, language="en", **refused)


async def test_while_the_line_is_down_nothing_is_told_and_nothing_can_be_done(
    platform: LocalPlatform, world: World
) -> None:
    world.write("maya", "room-12", "before")
    delivery = await platform.deliver(CARD, Recipient(person="anita"), "en")
    platform.go_down()
    platform.go_down()
    lost = world.write("maya", "room-12", "during")
    for attempt in (
        platform.deliver(CARD, Recipient(person="anita"), "en"),
        platform.update(delivery, CARD, "en"),
        platform.remove_comment(CommentRef(ROOM, lost.id), "rule"),
        platform.time_out_member(ROOM, "maya", timedelta(hours=1), "rule"),
        platform.inspect(ROOM),
    ):
        with pytest.raises(PlatformError, match="line to the local platform is down"):
            await attempt
    with pytest.raises(PlatformError):
        _ = [one async for one in platform.history(ROOM, MORNING)]
    with pytest.raises(RefusedError, match="The bot is off"):
        platform.use_command("maya", "report", room="room-12", language="en")
    with pytest.raises(RefusedError, match="The bot is off"):
        platform.press("anita", "cg:confirm:token-1", post=delivery.message, shown=None, language="en")
    platform.come_back()
    platform.come_back()
    world.write("maya", "room-12", "after")
    missed = [one async for one in platform.history(ROOM, MORNING)]
    assert [one.text for one in missed] == ["before", "during", "after"]
    before, interrupted, resumed, after = await told(platform)
    assert isinstance(before, Posted)
    assert isinstance(after, Posted)
    assert isinstance(interrupted, Interrupted)
    assert isinstance(resumed, Resumed)
    assert before.comment.text == "before"
    assert after.comment.text == "after"
    assert interrupted.at == resumed.since < lost.posted_at < resumed.at


async def test_the_line_breaking_in_the_middle_of_a_history_ends_it_with_an_error(
    platform: LocalPlatform, world: World
) -> None:
    for number in range(3):
        world.write("maya", "room-12", str(number))
    read = []
    with pytest.raises(PlatformError):  # noqa: PT012
        async for comment in platform.history(ROOM, MORNING):
            read.append(comment.text)
            platform.go_down()
    assert read == ["0"]


async def test_cards_stand_on_a_desk_or_in_a_room_and_change_in_place(platform: LocalPlatform, world: World) -> None:
    desk = await platform.deliver(CARD, Recipient(person="anita"), "en")
    room = await platform.deliver(CARD, Recipient(channel=ROOM), "es")
    assert (desk.channel, room.channel) == ("desk:anita", "room:room-12")
    await platform.update(desk, Card(text("plain", value="done")), "en")
    assert world.posts[desk.message].card.buttons == ()
    assert world.posts[room.message].card == CARD
    with pytest.raises(PlatformError):
        await platform.deliver(CARD, Recipient(person="nobody"), "en")
    with pytest.raises(PlatformError, match="not on the local platform"):
        await platform.deliver(CARD, Recipient(channel=ChannelRef("discord", "lincoln", "room-12")), "en")


async def test_a_command_opens_a_form_and_the_form_comes_back_filled_in(platform: LocalPlatform, world: World) -> None:
    message = world.write("josh", "room-12", "cruel")
    seen: list[Shown] = []
    platform.listen(seen.append)
    handle = platform.use_command("maya", "report", room=None, language="es", about=message.id)
    events = platform.events()
    await anext(events)
    command = await anext(events)
    assert isinstance(command, CommandUsed)
    assert command.about is not None
    assert (command.about.text, command.interaction.by.id, command.interaction.language) == ("cruel", "maya", "es")
    assert command.interaction.where == ROOM
    await platform.open_form(command.interaction, report_form("r1"))
    assert seen[-1] == Answered(handle, form=report_form("r1"))

    entered = {"what": "He was cruel", "target": "maya", "unnamed": True, "removal": False}
    platform.submit("maya", handle, entered, language="es")
    submitted = await anext(events)
    assert isinstance(submitted, FormSubmitted)
    assert (submitted.form, submitted.token, submitted.interaction.where) == ("report", "r1", ROOM)
    assert submitted.values == {"what": "He was cruel", "target": "maya", "unnamed": "yes", "removal": ""}
    with pytest.raises(RefusedError, match="closed"):
        platform.submit("maya", handle, entered, language="es")


@pytest.mark.parametrize(
    "entered",
    [
        {"rule": "threat", "reason": "   "},
        {"rule": "", "reason": "because"},
        {"rule": "made-up", "reason": "because"},
        {"rule": "threat", "reason": "x" * 1001},
        {"rule": True, "reason": "because"},
    ],
)
async def test_a_form_is_checked_before_the_core_sees_it_and_stays_open(
    platform: LocalPlatform, entered: dict[str, object]
) -> None:
    handle = platform.use_command("anita", "case", room=None, language="en")
    events = platform.events()
    event = await anext(events)
    assert isinstance(event, CommandUsed)
    await platform.open_form(event.interaction, decision_form("confirm", "t", reasons()))
    with pytest.raises(RefusedError):
        platform.submit("anita", handle, entered, language="en")
    with pytest.raises(RefusedError, match="closed"):
        platform.submit("josh", handle, {"rule": "threat", "reason": "not mine"}, language="en")
    platform.submit("anita", handle, {"rule": "threat", "reason": "It names a person."}, language="en")
    assert isinstance(await anext(events), FormSubmitted)


async def test_a_form_must_be_the_first_answer_and_come_in_time(
    platform: LocalPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = platform.events()
    platform.use_command("maya", "report", room="room-12", language="en")
    answered = await anext(events)
    assert isinstance(answered, CommandUsed)
    await platform.answer(answered.interaction, CARD)
    with pytest.raises(PlatformError, match="first answer"):
        await platform.open_form(answered.interaction, report_form("r1"))
    platform.use_command("maya", "report", room="room-12", language="en")
    late = await anext(events)
    assert isinstance(late, CommandUsed)
    monkeypatch.setattr(dialogue, "FIRST_ANSWER", -1.0)
    with pytest.raises(PlatformError, match="too late"):
        await platform.open_form(late.interaction, report_form("r1"))


async def test_only_a_button_that_somebody_has_before_them_can_be_pressed(
    platform: LocalPlatform, world: World
) -> None:
    delivery = await platform.deliver(CARD, Recipient(person="anita"), "en")
    alert = await platform.deliver(CARD, Recipient(channel=platform.channel("alerts")), "en")
    platform.press("anita", "cg:confirm:token-1", post=delivery.message, shown=None, language="en")
    platform.press("elena", "cg:confirm:token-1", post=alert.message, shown=None, language="en")
    for who, button, post in (
        ("josh", "cg:confirm:token-1", delivery.message),
        ("maya", "cg:confirm:token-1", alert.message),
        ("anita", "cg:removal:token-1", delivery.message),
        ("anita", "nonsense", delivery.message),
        ("anita", "cg:confirm:token-1", "999"),
        ("anita", "cg:confirm:token-1", None),
    ):
        with pytest.raises(RefusedError, match="not there any more"):
            platform.press(who, button, post=post, shown=None, language="en")
    await platform.update(delivery, Card(text("plain", value="done")), "en")
    with pytest.raises(RefusedError):
        platform.press("anita", "cg:confirm:token-1", post=delivery.message, shown=None, language="en")
    pressed = await told(platform)
    assert [(one.verb, one.token) for one in pressed if isinstance(one, ButtonPressed)] == [("confirm", "token-1")] * 2


async def test_buttons_of_an_answer_belong_to_whoever_was_answered(platform: LocalPlatform) -> None:
    handle = platform.use_command("anita", "queue", room=None, language="en")
    event = await anext(platform.events())
    assert isinstance(event, CommandUsed)
    await platform.answer(event.interaction, CARD)
    platform.press("anita", "cg:confirm:token-1", post=None, shown=handle, language="en")
    with pytest.raises(RefusedError):
        platform.press("josh", "cg:confirm:token-1", post=None, shown=handle, language="en")


async def test_people_at_the_school_remove_and_time_out(platform: LocalPlatform, world: World, clock: Clock) -> None:
    message = world.write("josh", "room-12", "cruel")
    await platform.remove_comment(CommentRef(ROOM, message.id), "bullying")
    await platform.time_out_member(ROOM, "josh", timedelta(hours=1), "bullying")
    with pytest.raises(PlatformError):
        world.write("josh", "room-12", "more")
    await platform.remove_comment(CommentRef(ROOM, message.id), "twice")
    assert [type(event) for event in await told(platform)] == [Posted, Deleted]


async def test_a_room_tells_its_privacy(platform: LocalPlatform) -> None:
    facts = await platform.inspect(ROOM)
    assert (facts.name, facts.open_to, facts.administrators) == ("room-12", (), frozenset({"elena", "anita"}))
    assert (await platform.inspect(platform.channel("families"))).open_to == ("everyone",)


async def test_what_the_bot_saw_can_be_shown_but_never_overwritten_by_a_repeat(
    platform: LocalPlatform, world: World
) -> None:
    message = world.write("josh", "room-12", "cruel")
    seen: list[Shown] = []
    platform.listen(seen.append)
    judgement = Judgement(Severity.HIGH, (Category.BULLYING,))
    ref = CommentRef(ROOM, message.id)
    platform.show_outcome(ref, "", Outcome.FLAGGED, judgement)
    platform.show_outcome(ref, "", Outcome.DUPLICATE)
    platform.show_outcome(CommentRef(ROOM, "999"), "", Outcome.CLEAR)
    platform.show_watched([ROOM, ChannelRef("discord", "1", "2")])
    shown = Explained(message.id, "", Outcome.FLAGGED, judgement)
    assert seen == [shown, Watching(frozenset({"room-12"}))]
    assert world.explained == {message.id: shown}


async def test_the_stream_waits_for_what_comes_and_ends_when_closed(platform: LocalPlatform, world: World) -> None:
    async def read() -> list[Event]:
        return [event async for event in platform.events()]

    reading = asyncio.create_task(read())
    await asyncio.sleep(0)
    world.write("maya", "room-12", "hello")
    await asyncio.sleep(0)
    platform.close()
    world.write("maya", "room-12", "after the end")
    assert len(await reading) == 1
