"""Lists of cases, a page at a time: the most severe first, of those the oldest, so that none is pushed off the list.

A page begins after a place and not after a number: the last one costs no more than the first, and what comes in or goes
meanwhile moves no other case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.cases import EventKind
from bot.domain.categories import Severity
from bot.store.schema import case_events, flags, review_items

UNREAD_SEVERITY = Severity.MEDIUM
"""Where a comment that no machine could read stands among flags: it could be anything."""

_DECIDED = (EventKind.CONFIRMED, EventKind.DISMISSED, EventKind.UPHELD, EventKind.REVERSED)
_TAKEN = (EventKind.CLAIMED, EventKind.HANDED_OVER)
_BACK = (EventKind.REPORTED, EventKind.REOPENED, EventKind.APPEALED)


@dataclass(frozen=True, slots=True)
class Listed:
    """A case on a list, and what gives it its place there."""

    severity: int
    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Page:
    """At most `limit` cases of a list, those `after` a place; with `channels`, row ids, only theirs."""

    limit: int
    after: Listed | None = None
    channels: frozenset[int] | None = None


async def undecided(connection: AsyncConnection, pages: Sequence[Page]) -> list[list[Listed]]:
    """Return the cases of each page that may wait for a decision: none was made, or something came after it."""
    return [await _listed(connection, one, ~_happened(_DECIDED, _BACK)) for one in pages]


async def followed(connection: AsyncConnection, pages: Sequence[Page]) -> list[list[Listed]]:
    """Return the cases of each page that somebody was to look at again, and that were not closed since."""
    return [await _listed(connection, one, _happened([EventKind.FOLLOW_UP], [EventKind.CLOSED])) for one in pages]


async def taken(connection: AsyncConnection, pages: Sequence[Page]) -> list[list[Listed]]:
    """Return the cases of each page that are decided and somebody's own, and that were not closed since."""
    theirs = and_(_happened(_TAKEN), _happened(_DECIDED, [EventKind.CLOSED]))
    return [await _listed(connection, one, theirs) for one in pages]


_LIST = union_all(
    select(flags.c.id, flags.c.channel_id, flags.c.severity, flags.c.flagged_at.label("at")),
    select(
        review_items.c.id,
        review_items.c.channel_id,
        literal(int(UNREAD_SEVERITY)).label("severity"),
        review_items.c.opened_at.label("at"),
    ),
).subquery("list")


async def _listed(connection: AsyncConnection, asked: Page, so: ColumnElement[bool]) -> list[Listed]:
    case = _LIST.c
    query = select(case.severity, case.at, case.id).where(so)
    if asked.channels is not None:
        query = query.where(case.channel_id.in_(sorted(asked.channels)))
    if asked.after is not None:
        query = query.where(_comes_after(asked.after))
    ordered = query.order_by(case.severity.desc(), case.at, case.id).limit(asked.limit)
    return [Listed(row.severity, row.at, row.id) for row in await connection.execute(ordered)]


def _comes_after(place: Listed) -> ColumnElement[bool]:
    case = _LIST.c
    later = or_(case.at > place.at, and_(case.at == place.at, case.id > place.id))
    return or_(case.severity < place.severity, and_(case.severity == place.severity, later))


def _happened(kinds: Sequence[EventKind], undone_by: Sequence[EventKind] = ()) -> ColumnElement[bool]:
    """Whether one of `kinds` happened to a case of the list, and none of `undone_by` since."""
    event, since = case_events.alias(), case_events.alias()
    same, later = since.c.case_id == event.c.case_id, since.c.position > event.c.position
    undone = select(since.c.id).where(same, later, since.c.kind.in_(undone_by)).exists()
    return select(event.c.id).where(event.c.case_id == _LIST.c.id, event.c.kind.in_(kinds), ~undone).exists()
