"""What people write, edit and delete, and how the core hears of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.comments import AttachmentKind, ChannelRef, CommentRef
from bot.platform.events import Deleted, Posted
from tests.adapters.discord.hearing import Heard
from tests.platforms.discord.campus import Campus


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
