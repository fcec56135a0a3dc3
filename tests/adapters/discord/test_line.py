"""The line: what is replayed needs no words, what is not is read again, and an overflow is a broken line, too."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from adapters.discord.line import Line
from adapters.discord.stream import Stream
from bot.domain.comments import Author, ChannelRef, Comment, CommentRef
from bot.errors import CrossingGuardError, PlatformError, SettingsError
from bot.platform.events import ButtonPressed, Event, Interaction, Interrupted, Posted, Resumed
from tests.adapters.discord.hearing import Heard, connected
from tests.platforms.discord.campus import Campus
from tests.platforms.discord_server import DiscordServer


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discord.backoff.ExponentialBackoff.delay", lambda _: 0.05)


def say(campus: Campus, text: str) -> None:
    campus.world.post(campus.people["student"], campus.rooms["class"], text)


async def test_a_resumed_session_is_replayed_and_says_nothing(
    bot: Heard, campus: Campus, server: DiscordServer
) -> None:
    for text, trouble in (("cut", server.gateway.drop), ("op 7", server.gateway.ask_to_reconnect)):
        outcome = trouble()
        if outcome is not None:
            await outcome
        say(campus, text)
    heard = await bot.hears(Posted, 2)
    assert [event.comment.text for event in heard] == ["cut", "op 7"]
    assert not bot.all(Interrupted)
    assert not bot.all(Resumed)


async def test_a_new_session_has_history_read(bot: Heard, campus: Campus, server: DiscordServer) -> None:
    server.gateway.resumes = False
    await server.gateway.drop()
    say(campus, "missed")
    (back,) = await bot.hears(Resumed)
    assert bot.events.index(bot.all(Interrupted)[0]) < bot.events.index(back)
    assert [event.at for event in bot.all(Interrupted)] == [back.since], "its own end"
    assert back.since <= back.at
    room = ChannelRef("discord", str(campus.guild.id), str(campus.rooms["class"].id))
    assert [one.text async for one in bot.platform.history(room, back.since)] == ["missed"]
    assert bot.platform.client.line.stands


async def test_an_invalid_session_has_history_read(bot: Heard, server: DiscordServer) -> None:
    server.gateway.invalidate()
    await bot.hears(Resumed)


async def test_calls_fail_with_a_sentence_while_discord_is_down(
    bot: Heard, campus: Campus, server: DiscordServer
) -> None:
    await server.go_down()
    room = ChannelRef("discord", str(campus.guild.id), str(campus.rooms["class"].id))
    with pytest.raises(PlatformError):
        _ = [one async for one in bot.platform.history(room, datetime.now(UTC))]
    await bot.until(lambda: not bot.platform.client.line.stands)
    await server.come_back()
    await bot.hears(Resumed)


async def test_a_token_that_is_taken_back_ends_the_bot_with_a_sentence(bot: Heard, server: DiscordServer) -> None:
    server.world.token = "another"
    server.gateway.resumes = False
    await server.gateway.drop(4004)
    await bot.until(lambda: bot.failure is not None)
    assert isinstance(bot.failure, SettingsError)
    assert "DISCORD_TOKEN" in str(bot.failure)


async def test_shards_are_this_process_s_own(server: DiscordServer, campus: Campus) -> None:
    async with connected(server, shards="0-1/2") as bot:
        assert sorted(bot.platform.client.shards) == [0, 1]


async def test_a_line_that_stays_down_is_told_before_it_is_back() -> None:
    told: list[Event] = []
    line = Line(told.append, grace=0.01)
    line.lost(0)
    line.renewed(0)
    assert line.stands
    assert not told
    line.lost(0)
    await asyncio.sleep(0.05)
    assert [type(event) for event in told] == [Interrupted]
    line.resumed(0)
    assert [type(event) for event in told] == [Interrupted, Resumed]


def test_two_shards_are_back_when_both_are() -> None:
    async def play() -> list[type[Event]]:
        told: list[Event] = []
        line = Line(told.append, grace=60)
        for shard in (0, 1):
            line.renewed(shard)
        line.lost(0)
        line.lost(1)
        line.renewed(0)
        assert [type(event) for event in told] == [Interrupted]
        line.resumed(1)
        line.close()
        (began, over) = told
        assert isinstance(began, Interrupted)
        assert isinstance(over, Resumed)
        assert over.since == began.at
        return [type(event) for event in told]

    assert asyncio.run(play()) == [Interrupted, Resumed]


CHANNEL = ChannelRef("discord", "1", "2")


def posted(number: int) -> Posted:
    return Posted(Comment(CommentRef(CHANNEL, str(number)), "words", Author("7")))


async def test_an_overflow_is_read_from_history_and_people_come_first() -> None:
    stream = Stream(most=4)
    for number in range(10):
        stream.put(posted(number))
    stream.put(ButtonPressed(Interaction(Author("7"), None, "h"), "confirm", "t"))
    stream.end()
    told = [event async for event in stream.events()]
    assert [type(event) for event in told[:2]] == [Interrupted, ButtonPressed]
    assert [event.comment.ref.comment for event in told if isinstance(event, Posted)] == ["0", "1", "2", "3"]
    (back,) = [event for event in told if isinstance(event, Resumed)]
    assert told[0] == Interrupted(back.since), "its own end"


async def test_a_stream_ends_with_what_ended_it() -> None:
    stream = Stream()
    stream.put(posted(1))
    stream.end(PlatformError("over"))
    events = stream.events()
    assert isinstance(await anext(events), Posted)
    with pytest.raises(CrossingGuardError, match="over"):
        await anext(events)
