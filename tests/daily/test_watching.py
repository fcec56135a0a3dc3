"""Days and gaps as they happen: outages, days on which the program did not run, channels that come and go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.daily.closing import GIVE_UP
from bot.domain.channels import ChannelStatus
from bot.domain.ledger import Gap, GapCause, LedgerDay, Mismatch
from bot.errors import StoreError
from bot.store import open_store
from bot.store.ledger import Noted
from tests.daily.school import DailySchool, local, ref, roster_with
from tests.intake.history import Clock
from tests.store.examples import ROOM


async def days_of(school: DailySchool) -> list[LedgerDay]:
    return await school.store.ledger.days("lincoln", date(2026, 11, 1), date(2026, 12, 1))


async def gaps_of(school: DailySchool) -> list[Gap]:
    return await school.store.gaps.within(local(1, 0), local(30, 0))


async def test_three_days_down_every_day_gets_entry_sweep_and_reminder_and_is_signed_late(school: DailySchool) -> None:
    await school.say("12")
    school.running = False
    for on in (20, 21, 22):
        school.clock.now = local(on, 16)
        await school.say("12", "while nobody listened")
    school.clock.now = local(23, 9)
    await school.start()
    days = await days_of(school)
    assert [day.date.day for day in days] == [20, 21, 22, 23, 24][: len(days)]
    ended = [day for day in days if day.closes_at <= school.clock.now]
    assert [day.date.day for day in ended] == [20, 21, 22]
    assert [day.missed for day in ended] == [False, True, True], "it still ran on Friday morning"
    assert all(day.ready_at is not None for day in ended)
    views = await school.teller.views.of(ended, None)
    assert [view.total("posted") for view in views] == [1, 1, 1]
    assert all(channel.entry.swept is not None for view in views for channel in view.channels)
    assert all(channel.gaps for view in views for channel in view.channels)
    for hours in (1, 2, 3):
        await school.look(local(23, 9 + hours))
    for day in ended:
        kinds = [card.kind for card in await school.store.ledger.cards(day.id)]
        assert [kind for kind in kinds if kind != "digest"] == ["overdue 0", "overdue 1", "overdue 2"]
    digest = next(card for card in school.cards("principal") if card.title.key == "daily.title")
    assert await school.press("principal", digest) == "daily.thanks_late"
    signed = await school.store.ledger.signed([day.id for day in ended])
    assert [signed[day.id].late for day in ended] == [True, True, True]


async def test_missed_days_have_one_digest_that_names_them_all(school: DailySchool) -> None:
    school.running = False
    school.clock.now = local(23, 9)
    await school.start()
    digests = [card for card in school.cards("principal") if card.title.key == "daily.title"]
    assert len(digests) == 1
    assert [line.key for line in digests[0].lines].count("daily.day") == 2, "the two others"


async def test_a_short_restart_is_no_gap(school: DailySchool) -> None:
    school.clock.forward(seconds=90)
    await school.start()
    assert await gaps_of(school) == []
    school.clock.forward(minutes=5)
    await school.start()
    (gap, *_) = gaps = await gaps_of(school)
    assert len(gaps) == len(school.rooms)
    assert gap.cause is GapCause.DOWNTIME
    assert gap.closed_at == school.clock.now


async def test_a_broken_line_is_a_gap_until_history_was_read(school: DailySchool) -> None:
    school.clock.now = local(20, 10)
    await school.go_down()
    comment = await school.say("12", "unheard")
    await school.look(local(20, 10.5))
    assert {gap.closed_at for gap in await gaps_of(school)} == {None}
    school.clock.now = local(20, 11)
    await school.come_back()
    await school.look(local(20, 11.1))
    gap = next(gap for gap in await gaps_of(school) if gap.channel_id == school.ids["12"])
    assert (gap.cause, gap.began_at, gap.ended_at) == (GapCause.LINE, local(20, 10), local(20, 11))
    assert gap.closed_at == local(20, 11.1)
    assert await school.store.was_screened(school.ids["12"], comment.ref, "")


async def test_what_was_deleted_during_a_gap_is_unknown_and_explained(school: DailySchool) -> None:
    comment = await school.say("12")
    school.clock.now = local(20, 10)
    await school.go_down()
    await school.delete(comment)
    school.clock.now = local(20, 11)
    await school.come_back()
    await school.look(local(20, 15.25))
    day = (await days_of(school))[0]
    (view,) = await school.teller.views.of([day], None)
    room = next(channel for channel in view.channels if channel.channel.ref == ref("12"))
    assert (room.counts.posted, room.counts.deleted, room.counts.unknown) == (1, 0, 1)
    assert room.mismatches == ()
    assert replace(room, gaps=()).mismatches == (Mismatch.VANISHED,)


async def test_a_history_that_is_not_given_back_is_a_gap_and_an_unswept_day(school: DailySchool) -> None:
    school.campus.silent.add("13")
    school.intake.interrupted("discord")
    for minutes in (0, 1, 4):
        await school.look(local(20, 10) + timedelta(minutes=minutes))
    (gap,) = await gaps_of(school)
    assert (gap.cause, gap.channel_id, gap.began_at) == (GapCause.HISTORY, school.ids["13"], local(20, 10))
    await school.look(local(20, 15.25))
    (day, *_) = await days_of(school)
    assert day.ready_at is None, "the sweep is tried again"
    await school.look(local(20, 15) + GIVE_UP + timedelta(minutes=1))
    (day, *_) = await days_of(school)
    assert day.ready_at is not None
    (view,) = await school.teller.views.of([day], None)
    assert [channel.entry.swept is None for channel in view.channels] == [False, True, False]
    card = school.cards("principal")[-1]
    assert "daily.unswept" in repr(card)
    school.campus.silent.clear()
    await school.look(local(20, 17.5))
    assert {gap.closed_at for gap in await gaps_of(school)} == {local(20, 17.5)}


async def test_the_sweep_finds_what_live_events_missed(school: DailySchool) -> None:
    await school.say("12")
    heard = school.campus.posts.copy()
    missed = await school.say("13")
    async with school.store._engine.begin() as connection:
        await connection.exec_driver_sql(f"DELETE FROM screened WHERE comment = '{missed.ref.comment}'")  # noqa: S608
    assert heard
    await school.look(local(20, 15.25))
    (day, *_) = await days_of(school)
    (view,) = await school.teller.views.of([day], None)
    found = {channel.channel.ref.channel: channel.entry.swept for channel in view.channels}
    assert {room: swept.found for room, swept in found.items() if swept} == {"12": 0, "13": 1, "quiet": 0}
    assert view.total("posted") == view.total("screened") == 2


async def test_a_channel_that_is_suspended_says_so_and_begins_anew(school: DailySchool) -> None:
    suspended = replace(ROOM, ref=ref("13"), name="room-13", site="lincoln", status=ChannelStatus.SUSPENDED)
    await school.store.channels.save(suspended)
    await school.look(local(20, 12))
    for day in (20, 21, 22):
        await school.look(local(day, 15.25))
    await school.store.channels.save(replace(suspended, status=ChannelStatus.APPROVED))
    await school.look(local(24, 9))
    entries = await school.store.ledger.entries([day.id for day in await days_of(school)])
    assert [entry.day.day for entry in entries if entry.channel_id == school.ids["13"]] == [20, 24]
    assert [entry.day.day for entry in entries if entry.channel_id == school.ids["12"]] == [20, 21, 22, 23, 24]
    gap = next(gap for gap in await gaps_of(school) if gap.cause is GapCause.UNWATCHED)
    assert (gap.began_at, gap.closed_at) == (local(20, 12), local(24, 9))


async def test_a_changed_close_leaves_no_hole(school: DailySchool) -> None:
    await school.look(local(20, 15.25))
    await school.store.registry.replace(roster_with(day_closes_at=time(16, 30)))
    for day in (21, 22, 23):
        await school.look(local(day, 17))
    days = await days_of(school)
    assert all(one.closes_at == other.opens_at for one, other in pairwise(days))
    assert [day.date.day for day in days] == [20, 21, 22, 23, 24]
    assert days[-2].closes_at == local(23, 16.5)


async def test_a_site_whose_channels_all_left_begins_anew_without_empty_days(tmp_path: object) -> None:
    async with open_store(home=tmp_path) as store:  # type: ignore[arg-type]
        school = await DailySchool(store, Clock(local(20, 9)), rooms=("12",)).open()
        closed = replace(ROOM, ref=ref("12"), site="lincoln", status=ChannelStatus.CLOSED)
        await store.channels.save(closed)
        await school.look(local(20, 12))
        await school.look(local(20, 15.25))
        await store.channels.save(replace(closed, status=ChannelStatus.APPROVED))
        await school.look(local(26, 9))
        assert [day.date.day for day in await days_of(school)] == [20, 26]
        (first, second) = await days_of(school)
        assert first.ready_at is not None
        assert second.opens_at == local(25, 15)


async def test_a_channel_that_came_back_begins_anew_when_noting_its_day_fails_once(
    school: DailySchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspended = replace(ROOM, ref=ref("13"), name="room-13", site="lincoln", status=ChannelStatus.SUSPENDED)
    await school.store.channels.save(suspended)
    await school.look(local(20, 12))
    await school.look(local(20, 15.25))
    await school.store.channels.save(replace(suspended, status=ChannelStatus.APPROVED))
    note, failures = school.store.ledger.note, [StoreError("The database is locked.")]

    async def refused(noted: Sequence[Noted]) -> None:
        if failures:
            raise failures.pop()
        await note(noted)

    monkeypatch.setattr(school.store.ledger, "note", refused)
    school.clock.now = local(24, 9)
    with pytest.raises(StoreError):
        await school.watching.look()
    await school.look(local(24, 9.1))
    entries = await school.store.ledger.entries([day.id for day in await days_of(school)])
    assert [entry.day.day for entry in entries if entry.channel_id == school.ids["13"]] == [20, 24]
    assert [gap for gap in await school.store.gaps.open_ones() if gap.cause is GapCause.UNWATCHED] == []


async def test_a_channel_that_moves_to_a_site_of_long_ago_makes_no_empty_days(tmp_path: Path) -> None:
    async with open_store(home=tmp_path) as store:
        two = roster_with()
        roosevelt = replace(two.sites["lincoln"], key="roosevelt", name="Roosevelt")
        two = replace(two, sites={**two.sites, "roosevelt": roosevelt})
        school = await DailySchool(store, Clock(local(16, 9)), two, rooms=("12", "13")).open()
        there = replace(ROOM, ref=ref("there"), name="there", site="roosevelt")
        await store.channels.save(there)
        await school.look(local(16, 10))
        await store.channels.save(replace(there, status=ChannelStatus.CLOSED))
        for day in (16, 17, 18, 19):
            await school.look(local(day, 15.25))
        school.running = False
        await store.channels.save(replace(ROOM, ref=ref("13"), name="room-13", site="roosevelt"))
        school.clock.now = local(22, 9)
        await school.start()
        days = await store.ledger.days("roosevelt", date(2026, 11, 1), date(2026, 12, 1))
        entries = await store.ledger.entries([day.id for day in days])
        assert [day.date.day for day in days] == [16, 21, 22]
        assert {entry.day_id for entry in entries} == {day.id for day in days}, "somebody was there on each"
        moved = [entry.day.day for entry in entries if entry.channel_id == school.ids["13"]]
        assert moved == [21, 22], "the day of the 20th, which began in the afternoon, it had at its old site"
        assert days[1].opens_at == local(20, 15)
