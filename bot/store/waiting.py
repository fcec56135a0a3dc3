"""How many cases of a channel wait for a decision, counted where the counting day is closed.

Promise: the count is that of `bot.cases.status`, which knows more than a count needs; a test keeps the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.cases import EventKind
from bot.store.daily_schema import ledger_cases
from bot.store.schema import case_events

_DECISIONS = (EventKind.CONFIRMED, EventKind.DISMISSED)
_BACK = (EventKind.REOPENED, EventKind.REPORTED, EventKind.APPEALED)


async def count_open(connection: AsyncConnection, channel_id: int) -> int:
    """Return how many cases that are on a day's list wait for a decision, for the first time or again."""
    here = ledger_cases.c.channel_id == channel_id
    decided = exists().where(case_events.c.case_id == ledger_cases.c.case_id, case_events.c.kind.in_(_DECISIONS))
    came_back = exists().where(case_events.c.case_id == ledger_cases.c.case_id, case_events.c.kind.in_(_BACK))
    fresh = select(func.count()).select_from(ledger_cases).where(here, ~decided)
    again = select(ledger_cases.c.case_id).where(here, decided, came_back)
    # Few cases ever come back, so their events are read one by one.
    events = select(case_events.c.case_id, case_events.c.kind).where(case_events.c.case_id.in_(again))
    kinds: dict[UUID, list[str]] = {}
    for row in await connection.execute(events.order_by(case_events.c.case_id, case_events.c.position)):
        kinds.setdefault(row.case_id, []).append(row.kind)
    count = int((await connection.execute(fresh)).scalar_one())
    return count + sum(waits(map(EventKind, of_case)) for of_case in kinds.values())


def waits(kinds: Iterable[EventKind]) -> bool:
    """Whether a case to which this happened, in order, waits for a decision."""
    waiting, confirmed, at_rest = True, False, False
    for kind in kinds:
        if kind in _DECISIONS:
            waiting, confirmed, at_rest = False, kind is EventKind.CONFIRMED, kind is EventKind.DISMISSED
        elif kind in (EventKind.UPHELD, EventKind.REVERSED):
            confirmed = confirmed is (kind is EventKind.UPHELD)
            waiting, at_rest = False, not confirmed
        elif kind is EventKind.CLOSED:
            at_rest = True
        elif kind in (EventKind.REOPENED, EventKind.APPEALED) or (kind is EventKind.REPORTED and at_rest):
            waiting, at_rest = True, False
    return waiting
