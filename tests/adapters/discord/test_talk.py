"""What people write, edit and delete, and how the core hears of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.comments import AttachmentKind, ChannelRef, CommentRef
from bot.errors import PlatformError
from bot.platform.events import Deleted, Posted, Resumed
from tests.adapters.discord.hearing import Heard
from tests.platforms.discord.campus import Campus
from tests.platforms.discord.values import Kind
from tests.platforms.discord_server import DiscordServer


def ref(campus: Campus, room: str = "class") -> ChannelRef:
    return ChannelRef("discord", str(campus.guild.id), str(campus.rooms[room].id))


async def test_a_message_becomes_a_comment(bot: Heard, campus: Campus) -> None:
    people, room = campus.people, campus.rooms["class"]
    first = campus.world.post(people["student"], room, f"look, <@{people['friend'].id}>", attachments=["image"])
    campus.world.post(people["friend"], room, "nice", reply_to=first)
    look, nice = (event.comment for event in await bot.hears(Posted, 2))
    assert look.ref == CommentRef(ref(campus), str(first.id))
    assert look.text == "look, @Maya"
    assert look.mentions == (str(people["friend"].id),)
    assert look.called == ((str(people["friend"].id), "Maya"),)
    assert [(one.kind, one.size_bytes) for one in look.attachments] == [(AttachmentKind.IMAGE, 2048)]
    assert look.permalink == f"https://discord.com/channels/{campus.guild.id}/{room.id}/{first.id}"
    assert (look.author.id, look.author.name, look.author.is_bot) == (
        str(people["student"].id),
        "Xochitl Quetzalli",
        False,
    )
    assert (look.revision, look.edited_at, look.reply_to) == ("", None, None)
    assert nice.reply_to == str(first.id)


async def test_an_edit_of_an_old_message_is_a_new_revision_and_history_gives_the_same(
    bot: Heard, campus: Campus
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=30)
    old = campus.world.post(campus.people["student"], campus.rooms["class"], "innocent", at=long_ago)
    await bot.hears(Posted)
    campus.world.edit(old, "not so innocent")
    edited = (await bot.hears(Posted, 2))[1].comment
    assert edited.text == "not so innocent"
    assert edited.revision
    assert edited.posted_at is not None
    assert edited.posted_at.date() == long_ago.date()
    (told,) = [one async for one in bot.platform.history(ref(campus), long_ago - timedelta(days=1))]
    assert told == edited
    assert await bot.platform.read(edited.ref) == edited


async def test_deleted_messages(bot: Heard, campus: Campus) -> None:
    one, two, three = (campus.world.post(campus.people["student"], campus.rooms["class"], text) for text in "abc")
    campus.world.delete(one)
    campus.world.delete_many(campus.rooms["class"], [two, three])
    gone = [event.ref for event in await bot.hears(Deleted, 3)]
    assert gone == [CommentRef(ref(campus), str(message.id)) for message in (one, two, three)]
    assert await bot.platform.read(gone[0]) is None


async def heard(bot: Heard, campus: Campus) -> list[str]:
    """Return the words of every comment told so far."""
    campus.world.post(campus.people["leader"], campus.rooms["families"], "that was all")
    await bot.until(lambda: any(event.comment.text == "that was all" for event in bot.all(Posted)))
    return [event.comment.text for event in bot.all(Posted)][:-1]


async def test_threads_belong_to_their_channel(bot: Heard, campus: Campus) -> None:
    world, people, room = campus.world, campus.people, campus.rooms["class"]
    thread = world.open_thread(people["student"], room, "Maya is stupid")
    answered = world.post(people["student"], thread, "agree?")
    world.post(people["friend"], thread, "no", reply_to=answered)
    named, first, second = (event.comment for event in await bot.hears(Posted, 3))
    assert (named.text, named.thread) == ("Maya is stupid", None)
    assert (first.ref.channel, first.thread) == (ref(campus), str(thread.id))
    assert second.reply_to == first.ref.comment == f"{thread.id}/{answered.id}"
    assert first.permalink == f"https://discord.com/channels/{campus.guild.id}/{thread.id}/{answered.id}"
    world.delete(answered)
    assert (await bot.first(Deleted)).ref == first.ref


async def test_a_thread_that_was_put_away_is_asked_for_once(bot: Heard, campus: Campus, server: DiscordServer) -> None:
    thread = campus.world.open_thread(campus.people["student"], campus.rooms["class"], "old")
    said = [campus.world.post(campus.people["student"], thread, text) for text in "abc"]
    await bot.hears(Posted, 4)
    campus.world.archive(thread)
    campus.world.delete(said[0])
    await bot.hears(Deleted)
    campus.world.delete(said[1])
    told = [event.ref.comment for event in await bot.hears(Deleted, 2)]
    assert told == [f"{thread.id}/{said[0].id}", f"{thread.id}/{said[1].id}"]
    assert len(server.traffic.of("GET", f"/channels/{thread.id}")) == 1
    comment = await bot.platform.read(CommentRef(ref(campus), f"{thread.id}/{said[2].id}"))
    assert comment is not None
    assert comment.text == "c"


async def test_a_comment_whose_place_nobody_knows_is_read_from_history(
    bot: Heard, campus: Campus, server: DiscordServer
) -> None:
    thread = campus.world.open_thread(campus.people["student"], campus.rooms["class"], "old")
    await bot.hears(Posted)
    (guild,) = bot.platform.client.guilds
    guild._threads.clear()
    server.traffic.fault(f"/channels/{thread.id}", method="GET", status=400, times=1)
    campus.world.post(campus.people["student"], thread, "lost and found")
    back = await bot.first(Resumed)
    told = [one.text async for one in bot.platform.history(ref(campus), back.since - timedelta(minutes=1))]
    assert "lost and found" in told


async def test_a_forum_post_is_read_with_its_heading(bot: Heard, campus: Campus) -> None:
    forum = campus.world.open_channel(campus.guild, "questions", kind=Kind.FORUM)
    campus.world.open_post(campus.people["student"], forum, "Who is the worst", "vote here")
    assert (await bot.first(Posted)).comment.text == "Who is the worst\nvote here"


async def test_forwards_polls_and_stickers_have_words_and_kinds(bot: Heard, campus: Campus) -> None:
    world, student, room = campus.world, campus.people["student"], campus.rooms["class"]
    cruel = world.post(student, campus.rooms["boosters"], "nobody likes you", attachments=["video"])
    world.post(student, room, forwards=cruel)
    answers = [{"answer_id": number, "poll_media": {"text": text}} for number, text in enumerate(("Maya", "Sam"), 1)]
    poll = {
        "question": {"text": "Who is ugly?"},
        "answers": answers,
        "expiry": "2027-01-01T00:00:00+00:00",
        "allow_multiselect": False,
        "layout_type": 1,
    }
    world.post(student, room, poll=poll)
    world.post(student, room, stickers=[{"id": "5", "name": "wave", "format_type": 1}])
    _, forward, asked, sticker = (event.comment for event in await bot.hears(Posted, 4))
    assert (forward.text, forward.reply_to) == ("nobody likes you", None)
    assert [one.kind for one in forward.attachments] == [AttachmentKind.VIDEO]
    assert asked.text == "Who is ugly?\nMaya\nSam"
    assert [one.kind for one in sticker.attachments] == [AttachmentKind.STICKER]


async def test_kinds_come_from_the_declared_type_alone(bot: Heard, campus: Campus) -> None:
    files = ["image", "video", "audio", "document", "grades.bin"]
    campus.world.post(campus.people["student"], campus.rooms["class"], "files", attachments=files)
    comment = (await bot.first(Posted)).comment
    assert [one.kind for one in comment.attachments] == [
        AttachmentKind.IMAGE,
        AttachmentKind.VIDEO,
        AttachmentKind.AUDIO,
        AttachmentKind.DOCUMENT,
        AttachmentKind.OTHER,
    ]
    assert "cdn" not in repr(comment)
    assert "grades" not in repr(comment)


async def test_other_bots_are_marked_and_hooks_of_people_are_not(bot: Heard, campus: Campus) -> None:
    world, robot, room = campus.world, campus.people["robot"], campus.rooms["class"]
    embed = {"type": "rich", "title": "Scores", "fields": [{"name": "Maya", "value": "failed"}]}
    world.post(robot, room, "", embeds=[embed])
    world.post(robot, room, "by a person's hook", webhook=77)
    own, hook = (event.comment for event in await bot.hears(Posted, 2))
    assert (own.text, own.author.is_bot) == ("Scores\nMaya\nfailed", True)
    assert (hook.text, hook.author.is_bot) == ("by a person's hook", False)


async def test_what_nobody_wrote_is_no_comment(bot: Heard, campus: Campus) -> None:
    world, people, room = campus.world, campus.people, campus.rooms["class"]
    world.post(world.bot, room, "the bot's own")
    world.post(people["student"], room, type=7)
    world.post(people["student"], world.direct(people["student"]), "between us")
    said = world.post(people["student"], room, "see https://example.org")
    said.embeds = [{"type": "link", "title": "Another site's words", "url": "https://example.org"}]
    world.changed(said)
    world.pin(said, by=people["teacher"])
    assert set(await heard(bot, campus)) == {"see https://example.org"}
    assert {event.comment.revision for event in bot.all(Posted)} == {""}


@pytest.mark.parametrize("said", ["", "1/2/3", "x/7", "/", "9/"])
async def test_a_comment_that_cannot_be_is_one_sentence(bot: Heard, campus: Campus, said: str) -> None:
    with pytest.raises(PlatformError, match="no id"):
        await bot.platform.read(CommentRef(ref(campus), said))


async def test_a_comment_that_never_was_is_not_there(bot: Heard, campus: Campus) -> None:
    for never in ("7", "8/9"):
        assert await bot.platform.read(CommentRef(ref(campus), never)) is None


async def test_another_channel_s_comment_is_not_read_here(bot: Heard, campus: Campus) -> None:
    thread = campus.world.open_thread(campus.people["parent"], campus.rooms["boosters"], "apart")
    said = campus.world.post(campus.people["parent"], thread, "not registered")
    assert await bot.platform.read(CommentRef(ref(campus), f"{thread.id}/{said.id}")) is None


async def test_words_in_a_guild_that_was_away_are_read_from_history(bot: Heard, campus: Campus) -> None:
    campus.world.outage(campus.guild)
    await bot.first(Resumed)
    with pytest.raises(PlatformError, match="outage"):
        await anext(bot.platform.history(ref(campus), datetime.now(UTC)))
    campus.world.outage_over(campus.guild)
    began, over = await bot.hears(Resumed, 2)
    assert over.since <= began.at <= over.at
    assert [one async for one in bot.platform.history(ref(campus), over.since)] == []
