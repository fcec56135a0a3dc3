"""Lists of cases, on both databases: in order of severity and age, whole however they are paged, of nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from bot.cases.case import UNREAD
from bot.cases.status import UNDECIDED, Status, may_follow, standing_of
from bot.domain.cases import CaseEvent, EventKind
from bot.domain.categories import Severity
from bot.domain.comments import Author
from bot.store import Store, schema
from bot.store.case_lists import UNREAD_SEVERITY, Listed, Page
from bot.store.cases import NewEvent
from tests.store.examples import NOON, ROOM, SEVERE, comment, flagged, room, unscored
from tests.store.raid import raid

Pages = Callable[[Page], Awaitable[list[Listed]]]


async def walked(pages: Pages, size: int, channels: frozenset[int] | None = None) -> list[Listed]:
    page, found = Page(size, channels=channels), list[Listed]()
    while got := await pages(page):
        assert len(got) <= size
        found += got
        page = replace(page, after=got[-1])
    return found


async def happened(store: Store, case: UUID, *kinds: EventKind) -> None:
    for kind in kinds:
        stored = await store.cases.read(case)
        assert stored is not None
        assert await store.cases.append(NewEvent(case, len(stored.events), CaseEvent(kind, NOON), errands=()))


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_the_size_of_a_page_nothing_is_missing_or_twice_and_the_order_holds(
    store: Store, seed: int
) -> None:
    random = Random(seed)  # noqa: S311  (no secret)
    rooms = [await store.channels.save(room(str(number))) for number in range(3)]
    for _ in range(12):
        at = NOON + timedelta(seconds=random.randint(0, 2))  # many at the very same moment
        await raid(store, random.choice(rooms), random.randint(1, 4), random.choice(list(Severity)[1:]), at=at)
    for number in range(5):
        seen = comment(f"unread-{number}")
        assert await store.record(unscored(random.choice(rooms), seen, at=NOON + timedelta(seconds=number % 2)))
    whole = await walked(store.cases.undecided, 1000)
    async with store._engine.connect() as connection:
        flags = (await connection.execute(select(schema.flags))).all()
        items = (await connection.execute(select(schema.review_items))).all()
    wanted = [(-row.severity, row.flagged_at, row.id.hex, row.channel_id) for row in flags]
    wanted += [(-int(Severity.MEDIUM), row.opened_at, row.id.hex, row.channel_id) for row in items]
    assert [one.id.hex for one in whole] == [case for _, _, case, _ in sorted(wanted)]
    for size in (1, 2, 7, len(whole)):
        assert await walked(store.cases.undecided, size) == whole
    for some in ({rooms[0]}, {rooms[0], rooms[2]}, set[int]()):
        theirs = [case for _, _, case, channel in sorted(wanted) if channel in some]
        listed = await walked(store.cases.undecided, 3, frozenset(some))
        assert [one.id.hex for one in listed] == theirs


async def test_what_comes_in_or_is_decided_between_two_pages_moves_no_other_case(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    cases = await raid(store, channel, 6, apart=timedelta(minutes=1))
    first = await store.cases.undecided(Page(2))
    assert [one.id for one in first] == cases[:2]
    await happened(store, cases[0], EventKind.DISMISSED)
    await happened(store, cases[1], EventKind.DISMISSED)
    await raid(store, channel, 3, Severity.CRITICAL)
    rest = await store.cases.undecided(Page(9, after=first[-1]))
    assert [one.id for one in rest] == cases[2:]


async def test_a_critical_one_stands_first_whatever_came_before_or_after_it(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    await raid(store, channel, 1500, at=NOON - timedelta(days=1))
    (critical,) = await raid(store, channel, 1, Severity.CRITICAL)
    await raid(store, channel, 1500, at=NOON + timedelta(days=1))
    (first,) = await store.cases.undecided(Page(1))
    assert first == Listed(Severity.CRITICAL, NOON, critical)
    assert len(await walked(store.cases.undecided, 1000)) == 3001


async def test_pages_asked_for_at_the_same_moment_are_each_their_own(store: Store) -> None:
    one, other = [await store.channels.save(room(name)) for name in ("a", "b")]
    here, there = await raid(store, one, 3), await raid(store, other, 2, Severity.HIGH)
    pages = (Page(9), Page(1), Page(9, channels=frozenset({one})), Page(9, channels=frozenset({other})))
    found = await asyncio.gather(*map(store.cases.undecided, pages))
    assert [len(listed) for listed in found] == [5, 1, 3, 2]
    assert {case.id for case in found[2]} == set(here)
    assert {case.id for case in found[3]} == set(there)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_to_a_case_it_is_listed_as_long_as_it_waits(store: Store, seed: int) -> None:
    random = Random(seed)  # noqa: S311  (no secret)
    cases = await raid(store, await store.channels.save(ROOM), 6)
    for case in cases:
        events: tuple[CaseEvent, ...] = ()
        for kind in random.choices(list(EventKind), k=60):
            if may_follow(events, kind):
                assert await store.cases.append(NewEvent(case, len(events), CaseEvent(kind, NOON), errands=()))
                events = (*events, CaseEvent(kind, NOON))
        stands = standing_of(events)
        undecided = {one.id for one in await store.cases.undecided(Page(99))}
        followed = {one.id for one in await store.cases.followed(Page(99))}
        assert case in undecided or stands.status not in UNDECIDED
        taken = {one.id for one in await store.cases.taken(Page(99))}
        assert case in followed or not stands.watched
        theirs = {EventKind.CLAIMED, EventKind.HANDED_OVER} & stands.happened
        assert case in undecided | taken or not theirs or stands.status is Status.CLOSED


async def test_what_comes_back_waits_again(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    first, second = await raid(store, channel, 2, apart=timedelta(minutes=1))

    async def waits() -> list[UUID]:
        return [one.id for one in await store.cases.undecided(Page(9))]

    await happened(store, first, EventKind.DISMISSED)
    assert await waits() == [second]
    await happened(store, first, EventKind.REPORTED)
    assert await waits() == [first, second]
    await happened(store, first, EventKind.CONFIRMED, EventKind.APPEALED)
    assert await waits() == [first, second]
    await happened(store, first, EventKind.REVERSED)
    assert await waits() == [second]


async def test_what_somebody_looks_at_again_is_listed_until_it_is_closed(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    mild, grave = *await raid(store, channel, 1), *await raid(store, channel, 1, Severity.HIGH)
    for case in (mild, grave):
        await happened(store, case, EventKind.CONFIRMED, EventKind.FOLLOW_UP)
    assert [one.id for one in await walked(store.cases.followed, 1)] == [grave, mild]
    await happened(store, grave, EventKind.LOOKED_AGAIN, EventKind.CLOSED)
    assert [one.id for one in await store.cases.followed(Page(9))] == [mild]
    assert await store.cases.followed(Page(9, channels=frozenset({channel + 1}))) == []


async def test_what_somebody_took_and_decided_is_listed_until_it_is_closed(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    mild, grave, nobodys = [
        *await raid(store, channel, 1), *await raid(store, channel, 1, Severity.HIGH), *await raid(store, channel, 1)
    ]  # fmt: skip
    await happened(store, mild, EventKind.HANDED_OVER)
    await happened(store, grave, EventKind.CLAIMED)
    assert await store.cases.taken(Page(9)) == [], "they wait for a decision"
    for case in (mild, grave, nobodys):
        await happened(store, case, EventKind.CONFIRMED)
    assert [one.id for one in await walked(store.cases.taken, 1)] == [grave, mild]
    assert await store.cases.taken(Page(9, channels=frozenset({channel + 1}))) == []
    await happened(store, grave, EventKind.CLOSED)
    assert [one.id for one in await store.cases.taken(Page(9))] == [mild]
    await happened(store, grave, EventKind.REOPENED, EventKind.DISMISSED)
    assert [one.id for one in await store.cases.taken(Page(9))] == [grave, mild]


async def test_cases_read_at_the_same_moment_are_each_their_own(store: Store) -> None:
    channels = [await store.channels.save(room(name)) for name in ("a", "b")]
    for number, channel in enumerate(channels):
        seen = comment(number, f"words {number}", author=Author(f"{number}"))
        assert await store.record(flagged(channel, seen))
        assert await store.record(unscored(channel, comment(f"unread-{number}")))
    ids = [one.id for one in await store.cases.undecided(Page(9))]
    await happened(store, ids[0], EventKind.ACKNOWLEDGED, EventKind.CONFIRMED)
    alone = [await store.cases.read(case) for case in ids]
    together = await asyncio.gather(*(store.cases.read(case) for case in (*ids, uuid4(), *ids)))
    assert together == [*alone, None, *alone]
    assert {one.snapshot.comment.text for one in alone if one and one.snapshot and one.judgement} == {
        "words 0",
        "words 1",
    }
    assert [len(one.events) for one in alone if one] == [2, 0, 0, 0]
    assert {one.channel.id for one in alone if one} == set(channels)


def test_what_nobody_could_read_is_listed_as_severe_as_it_is_routed() -> None:
    assert UNREAD_SEVERITY is UNREAD.severity
    assert SEVERE.severity > UNREAD_SEVERITY
