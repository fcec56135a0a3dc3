"""When a line is down: each break has an end of its own, in whatever order breaks and ends are told."""

from __future__ import annotations

from datetime import timedelta

from adapters.discord.stream import Stream
from bot.app.guard import Breaks
from bot.platform.events import Interrupted, Resumed
from tests.store.examples import NOON

FIRST, SECOND = NOON, NOON + timedelta(minutes=1)


def test_a_line_is_back_when_its_last_break_is_over() -> None:
    breaks = Breaks()
    breaks.began("discord", FIRST)
    breaks.began("discord", SECOND)
    assert not breaks.ended("discord", SECOND)
    assert breaks.down("discord")
    assert breaks.ended("discord", FIRST)
    assert not breaks.down("discord")


def test_a_stray_end_changes_nothing() -> None:
    breaks = Breaks()
    assert not breaks.ended("discord", FIRST)
    breaks.began("discord", FIRST)
    assert not breaks.ended("discord", SECOND)
    assert not breaks.ended("slack", FIRST)
    assert (breaks.down("discord"), breaks.down("slack")) == (True, False)


async def test_a_break_that_overtakes_the_end_of_an_earlier_one_is_not_ended_by_it() -> None:
    stream, breaks = Stream(), Breaks()
    for event in (Interrupted(FIRST), Resumed(FIRST, SECOND), Interrupted(SECOND), Resumed(SECOND, SECOND)):
        stream.put(event)
    stream.end()
    down: list[bool] = []
    async for told in stream.events():
        if isinstance(told, Interrupted):
            breaks.began("discord", told.at)
        elif isinstance(told, Resumed):
            breaks.ended("discord", told.since)
        down.append(breaks.down("discord"))
    assert down == [True, True, True, False]
