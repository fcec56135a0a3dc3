"""Closing days: no site waits for another's workspace, no sweep runs past its time, all that runs has an owner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from bot.daily.closing import GIVE_UP
from bot.domain.comments import ChannelRef, Comment
from bot.domain.ledger import Entry, LedgerDay
from bot.domain.roster import Roster
from bot.errors import StoreError
from bot.store.tally import Closing
from tests.alerts.school import ROSTER, SITE
from tests.daily.school import Campus, DailySchool, local, ref
from tests.store.examples import ROOM

FAR = ChannelRef("discord", "901", "far")
SHARED = ref("shared")
SITES = Roster(
    ROSTER.district,
    ROSTER.people,
    {
        "lincoln": replace(SITE, day_closes_at=time(15)),
        "roosevelt": replace(SITE, key="roosevelt", name="Roosevelt", day_closes_at=time(15)),
    },
)


class Hesitant(Campus):
    """Gives a history of `slow` channels back once `go_on` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.slow: set[ChannelRef] = set()
        self.asked: list[ChannelRef] = []
        self.reading: set[ChannelRef] = set()
        self.go_on = asyncio.Event()
        self.on_the_way: Callable[[], object] = lambda: None

    async def history(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        self.asked.append(channel)
        self.reading.add(channel)
        try:
            await asyncio.sleep(0.001)  # no platform answers at once
            if channel in self.slow:
                self.on_the_way()
                await self.go_on.wait()
            async for comment in super().history(channel, after):
                yield comment
        finally:
            self.reading.discard(channel)


@pytest.fixture
async def campus(school: DailySchool) -> Hesitant:
    """The school's platform, with another site whose channels stand in a workspace of their own, and in the same."""
    await school.store.registry.replace(SITES)
    for channel in (FAR, SHARED):
        await school.store.channels.save(replace(ROOM, ref=channel, name=channel.channel, site="roosevelt"))
    school.campus = Hesitant()
    await school.start()
    school.campus.asked.clear()
    return school.campus


async def day_of(school: DailySchool, site: str, on: int = 20) -> LedgerDay:
    return (await school.store.ledger.days(site, date(2026, 11, on), date(2026, 11, on)))[0]


async def is_ready(school: DailySchool, site: str, on: int = 20) -> bool:
    return (await day_of(school, site, on)).ready_at is not None


async def entries_of(school: DailySchool, site: str) -> list[Entry]:
    return await school.store.ledger.entries([(await day_of(school, site)).id])


async def until_ready(school: DailySchool, site: str, on: int = 20) -> None:
    async with asyncio.timeout(10):
        while not await is_ready(school, site, on):  # noqa: ASYNC110 - seen in tables
            await asyncio.sleep(0.01)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - conditions of the outside
            await asyncio.sleep(0.01)


async def look_past(school: DailySchool, campus: Hesitant, slow: ChannelRef) -> asyncio.Task[None]:
    """Look, and return when lincoln is done while `slow` is still being read."""
    campus.slow = {slow}
    school.clock.now = local(20, 15.25)
    looking = asyncio.create_task(school.day_end.look())
    await until_ready(school, "lincoln")
    assert slow in campus.reading
    return looking


async def test_a_slow_workspace_holds_up_no_other_sites_digest(school: DailySchool, campus: Hesitant) -> None:
    looking = await look_past(school, campus, FAR)
    assert not await is_ready(school, "roosevelt")
    campus.go_on.set()
    await looking
    assert await is_ready(school, "roosevelt")


async def test_a_slow_channel_holds_up_no_other_site_of_its_workspace(school: DailySchool, campus: Hesitant) -> None:
    looking = await look_past(school, campus, SHARED)
    campus.go_on.set()
    await looking


async def test_days_that_come_due_meanwhile_are_closed_and_nothing_is_swept_twice_at_once(
    school: DailySchool, campus: Hesitant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.daily.closing.TICK", 0.01)
    campus.slow = {FAR}
    sites = {**SITES.sites, "lincoln": replace(SITE, day_closes_at=time(16))}
    await school.store.registry.replace(replace(SITES, sites=sites))
    school.clock.now = local(21, 15.25)
    await school.watching.look()
    closing = asyncio.create_task(school.day_end.run())
    await until(lambda: FAR in campus.reading)
    school.clock.now = local(21, 16.25)
    await until_ready(school, "lincoln", 21)
    assert campus.asked.count(FAR) == 1
    campus.go_on.set()
    await until_ready(school, "roosevelt")
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)
    assert campus.asked.count(FAR) == 1


async def test_what_is_under_way_ends_with_the_round(school: DailySchool, campus: Hesitant) -> None:
    campus.slow = {FAR}
    school.clock.now = local(20, 15.25)
    before = asyncio.all_tasks()
    closing = asyncio.create_task(school.day_end.run())
    await until(lambda: FAR in campus.reading)
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)
    assert not campus.reading
    assert asyncio.all_tasks() == before


async def test_a_sweep_is_broken_off_when_its_time_is_over(
    school: DailySchool, campus: Hesitant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.daily.closing.ONE_TRY", timedelta(seconds=0.2))
    campus.slow = {ref("12")}
    school.clock.now = local(20, 15) + GIVE_UP - timedelta(seconds=0.3)

    def time_passes() -> None:
        school.clock.now = local(20, 15) + GIVE_UP

    campus.on_the_way = time_passes
    async with asyncio.timeout(10):
        await school.day_end.look()
    entries = {entry.channel_id: entry for entry in await entries_of(school, "lincoln")}
    assert all(entry.closed_at is not None for entry in entries.values())
    unswept = {channel for channel, entry in entries.items() if entry.swept is None}
    assert unswept == {school.ids["12"]}, "the others had their try"
    assert await is_ready(school, "lincoln")
    assert not campus.reading


async def test_a_sweep_that_is_broken_off_before_its_time_is_tried_again(
    school: DailySchool, campus: Hesitant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.daily.closing.GIVE_UP", timedelta(hours=1))
    monkeypatch.setattr("bot.daily.closing.ONE_TRY", timedelta(0))
    campus.slow = {FAR}
    school.clock.now = local(20, 16) - timedelta(seconds=0.3)
    await school.day_end.look()
    assert await is_ready(school, "lincoln")
    assert not await is_ready(school, "roosevelt"), "its clock has not come to the end yet"
    campus.slow.clear()
    await school.day_end.look()
    assert all(entry.swept is not None for entry in await entries_of(school, "roosevelt"))


async def test_a_day_that_closed_during_an_outage_is_swept_however_late(school: DailySchool, campus: Hesitant) -> None:
    school.running = False
    school.clock.now = local(20, 15) + 2 * GIVE_UP
    await school.start()
    assert all(entry.swept is not None for entry in await entries_of(school, "lincoln"))


async def test_a_database_that_fails_one_workspace_leaves_the_others_their_owner(
    school: DailySchool, campus: Hesitant, monkeypatch: pytest.MonkeyPatch
) -> None:
    campus.slow = {FAR}
    school.clock.now = local(20, 15.25)
    close, failed = school.store.ledger.close, asyncio.Event()

    async def refused(closing: Closing) -> bool:
        if closing.channel_id == school.ids["12"]:
            failed.set()
            raise StoreError("The database is locked.")
        return await close(closing)

    monkeypatch.setattr(school.store.ledger, "close", refused)
    before = asyncio.all_tasks()
    looking: asyncio.Task[Any] = asyncio.create_task(school.day_end.look())
    await failed.wait()
    await asyncio.sleep(0.05)
    assert not looking.done(), "somebody still sweeps"
    campus.go_on.set()
    with pytest.raises(StoreError, match="locked"):
        await looking
    assert asyncio.all_tasks() == before
    swept = {entry.channel_id: entry.swept for entry in await entries_of(school, "roosevelt")}
    assert sum(found is not None for found in swept.values()) == 1


async def test_a_database_that_fails_one_workspace_has_it_tried_again(
    school: DailySchool, campus: Hesitant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.daily.closing.TICK", 0.01)
    campus.slow = {FAR}
    school.clock.now = local(20, 15.25)
    close, failures = school.store.ledger.close, [StoreError("The database is locked.")]

    async def refused(closing: Closing) -> bool:
        if failures and closing.channel_id == school.ids["12"]:
            raise failures.pop()
        return await close(closing)

    monkeypatch.setattr(school.store.ledger, "close", refused)
    closing = asyncio.create_task(school.day_end.run())
    await until_ready(school, "lincoln")
    assert not failures
    assert campus.asked.count(FAR) == 1
    assert FAR in campus.reading
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)
