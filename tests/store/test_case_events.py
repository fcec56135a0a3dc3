"""What somebody does to a case at once, on both databases: all of it or nothing, and one of two who do it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.domain.cases import CaseEvent, EventKind
from bot.store import ErrandKind, Store, schema
from bot.store.cases import NewEvent
from bot.store.outbox import Due
from bot.store.watches import NewWatch, WatchKind
from tests.store.examples import NOON, ROOM

CASE = uuid4()
WATCH = NewWatch(WatchKind.FOLLOW_UP, ROOM.ref, ("77",), ("9",), NOON + timedelta(days=7), CASE)
CONFIRMED = NewEvent(CASE, 0, CaseEvent(EventKind.CONFIRMED, NOON, "principal"), "because", errands=())
ASKED = NewEvent(CASE, 1, CaseEvent(EventKind.REMOVAL_ASKED, NOON, "principal"), errands=(ErrandKind.REMOVE,))


async def kinds(store: Store) -> tuple[list[str], list[str], int]:
    """The case's events, the errands, and how many watches there are."""
    async with store._engine.connect() as connection:
        events = select(schema.case_events.c.kind).order_by(schema.case_events.c.position)
        return (
            list((await connection.execute(events)).scalars()),
            sorted((await connection.execute(select(schema.outbox.c.kind))).scalars()),
            len((await connection.execute(select(schema.watches.c.id))).all()),
        )


async def test_steps_and_what_follows_are_written_together(store: Store) -> None:
    before = store.watches.changes
    store.outbox.woken.clear()
    assert await store.cases.append(CONFIRMED, replace(ASKED, watch=WATCH))
    assert await kinds(store) == (["confirmed", "removal_asked"], ["remove"], 1)
    assert store.outbox.woken.is_set()
    assert store.watches.changes > before, "whoever watches looks again at once"


async def test_whoever_is_second_writes_nothing_at_all(store: Store) -> None:
    both = (CONFIRMED, replace(ASKED, watch=WATCH))
    assert sorted(await asyncio.gather(*(store.cases.append(*both) for _ in range(8)))) == [False] * 7 + [True]
    assert await kinds(store) == (["confirmed", "removal_asked"], ["remove"], 1)
    assert not await store.cases.append(replace(CONFIRMED, watch=WATCH, errands=(ErrandKind.UPDATE,)))
    assert await kinds(store) == (["confirmed", "removal_asked"], ["remove"], 1)


async def test_a_step_that_cannot_be_written_takes_the_others_back_and_no_neighbour(store: Store) -> None:
    assert await store.cases.append(ASKED)
    other = uuid4()
    results = await asyncio.gather(
        store.cases.append(replace(CONFIRMED, watch=WATCH), ASKED),
        store.cases.append(replace(CONFIRMED, case=other)),
        return_exceptions=True,
    )
    assert isinstance(results[0], IntegrityError)
    assert results[1] is True
    events, errands, watches = await kinds(store)
    assert (sorted(events), errands, watches) == (["confirmed", "removal_asked"], ["remove"], 0)


@pytest.mark.parametrize("again", [1, 3])
async def test_things_put_in_together_are_put_in_once(store: Store, again: int) -> None:
    turn, reminder = Due("turn", {}, NOON, once="1"), Due("reminder", {}, NOON)
    put = await asyncio.gather(*(store.outbox.put_all(turn, reminder) for _ in range(1 + again)))
    assert sorted(put) == [False] * again + [True]
    assert (await kinds(store))[1] == ["reminder", "turn"]
    shared = Due("reminder", {}, NOON, once="everybody")
    assert await store.outbox.put(shared)
    assert await store.outbox.put_all(replace(turn, once="2"), shared)
    assert (await kinds(store))[1] == ["reminder", "reminder", "turn", "turn"]
