"""History: forward, in order, threads included, edits before the time asked for, and what is left out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.comments import ChannelRef, Comment
from bot.errors import PlatformError
from tests.adapters.discord.hearing import Heard
from tests.platforms.discord.campus import Campus
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.values import Kind
from tests.platforms.discord_server import DiscordServer

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def ref(campus: Campus, channel: int) -> ChannelRef:
    return ChannelRef("discord", str(campus.guild.id), str(channel))


async def told(comments: AsyncIterator[Comment]) -> list[str]:
    return [comment.text async for comment in comments]


def ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


async def test_a_channel_and_its_threads_are_one_stream_oldest_first(bot: Heard, campus: Campus) -> None:
    world, people, room = campus.world, campus.people, campus.rooms["class"]
    start = world.post(people["student"], room, "0")
    thread = world.open_thread(people["friend"], room, "Homework", on=start)
    closed = world.open_thread(people["teacher"], room, "staff only", private=True)
    first = world.post(people["friend"], thread, "1")
    world.post(people["student"], room, "2")
    world.post(people["teacher"], closed, "3")
    world.post(people["friend"], thread, "4")
    world.archive(thread)
    world.archive(closed)
    world.post(people["student"], room, "5")
    world.post(world.bot, room, "the bot's own")
    comments = [one async for one in bot.platform.history(ref(campus, room.id), BEGINNING)]
    assert [one.text for one in comments] == ["0", "1", "2", "3", "4", "5"]
    assert comments[1].thread == str(thread.id)
    assert comments[1].ref.comment == f"{thread.id}/{first.id}"
    assert await bot.platform.read(comments[1].ref) == comments[1]


async def test_it_goes_on_from_any_moment_page_by_page(bot: Heard, campus: Campus, server: DiscordServer) -> None:
    room = campus.rooms["families"]
    said = [
        campus.world.post(campus.people["parent"], room, str(number), at=ago(300 - number)) for number in range(250)
    ]
    server.traffic.asked.clear()
    assert await told(bot.platform.history(ref(campus, room.id), BEGINNING)) == [str(one) for one in range(250)]
    assert len(server.traffic.of("GET", f"/channels/{room.id}/messages")) <= 4
    later = await told(bot.platform.history(ref(campus, room.id), said[99].posted))
    assert later == [str(number) for number in range(99, 250)]


async def test_what_was_edited_since_comes_first(bot: Heard, campus: Campus) -> None:
    world, room = campus.world, campus.rooms["class"]
    old = world.post(campus.people["student"], room, "old", at=ago(120))
    world.post(campus.people["student"], room, "left as it is", at=ago(110))
    world.post(campus.people["student"], room, "new", at=ago(10))
    world.edit(old, "changed", at=ago(5))
    assert await told(bot.platform.history(ref(campus, room.id), ago(60))) == ["changed", "new"]


async def test_forum_posts_are_read_with_their_headings(bot: Heard, campus: Campus) -> None:
    world = campus.world
    forum = world.open_channel(campus.guild, "questions", kind=Kind.FORUM)
    post, _ = world.open_post(campus.people["student"], forum, "Is Maya stupid", "discuss")
    world.post(campus.people["friend"], post, "no")
    await bot.until(lambda: bot.platform.client.get_channel(forum.id) is not None)
    assert await told(bot.platform.history(ref(campus, forum.id), BEGINNING)) == ["Is Maya stupid\ndiscuss", "no"]


async def test_a_channel_that_is_closed_to_the_bot_is_one_sentence(bot: Heard, campus: Campus) -> None:
    room = campus.rooms["class"]
    campus.world.permit(room, campus.guild.id, deny=Permission.VIEW_CHANNEL)
    await bot.until(lambda: len(bot.events) > 0)
    with pytest.raises(PlatformError, match="does not see this channel"):
        await told(bot.platform.history(ref(campus, room.id), BEGINNING))


async def test_a_storm_of_refusals_and_failures_is_sat_out(bot: Heard, campus: Campus, server: DiscordServer) -> None:
    campus.world.post(campus.people["student"], campus.rooms["class"], "hello")
    server.traffic.storm(3, retry_after=0.05)
    server.traffic.fault("/messages", method="GET", status=502, times=1)
    assert await told(bot.platform.history(ref(campus, campus.rooms["class"].id), BEGINNING)) == ["hello"]
