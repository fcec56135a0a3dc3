"""Closes a channel's day: counts what belongs to it and marks it as counted, in one transaction.

Promise: every revision, every deletion and every case is counted in one day, ever. What is counted is exactly what is
marked, whoever else writes at the same moment; what comes too late for its day is counted in the next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ledger import Counts
from bot.domain.outcomes import Outcome
from bot.store.daily_schema import ledger_cases, ledger_entries
from bot.store.sample import choose
from bot.store.schema import deletions, flags, reports, review_items, screened
from bot.store.waiting import count_open

REMEMBERED = timedelta(days=14)
"""How long `screened` rows are kept: an edit of an older comment is no comment that we see for the first time."""

_COMMENTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sweep read of one day: the comments that the platform still has, with links, and how many were new."""

    at: datetime
    links: Mapping[str, str | None] = field(default_factory=dict)
    found: int = 0


@dataclass(frozen=True, slots=True)
class Closing:
    """A channel's day to close at `at`; without a `reading` nobody could sweep it."""

    channel_id: int
    day: date
    opens_at: datetime
    closes_at: datetime
    at: datetime
    reading: Reading | None = None


async def close(connection: AsyncConnection, closings: Sequence[Closing]) -> list[bool]:
    """Close these entries; say of each whether it was open until now."""
    return [await _close(connection, closing) for closing in closings]


async def _close(connection: AsyncConnection, closing: Closing) -> bool:
    here = (ledger_entries.c.channel_id == closing.channel_id) & (ledger_entries.c.day == closing.day)
    taken = update(ledger_entries).where(here, ledger_entries.c.closed_at.is_(None)).values(closed_at=closing.at)
    if (await connection.execute(taken.returning(ledger_entries.c.day))).one_or_none() is None:
        return False
    of_day = await _mark(connection, closing)
    unread = await _handed_to_people(connection, closing, of_day)
    old = await _counted_before(connection, closing, {row.comment for row in of_day if row.edited_at is not None})
    gone, told = await _deleted(connection, closing)
    await _list_cases(connection, closing)
    tallied = _tallied(of_day, unread, old, closing)
    seen = set(closing.reading.links) - gone if closing.reading else None
    values = asdict(tallied.counts) | {
        "deleted": len(tallied.posted & gone),
        "unknown": 0 if seen is None else len(tallied.posted - gone - seen),
        "deleted_earlier": len(told - tallied.posted),
        "reported": await _reported(connection, closing.channel_id, closing.opens_at, closing.closes_at),
        "open_at_end": await count_open(connection, closing.channel_id),
    }
    if closing.reading is not None and seen is not None:
        flagged = {row.comment for row in of_day if row.outcome != Outcome.CLEAR}
        values |= {"swept_at": closing.reading.at, "on_platform": len(seen), "found_by_sweep": closing.reading.found}
        links = {comment: closing.reading.links[comment] for comment in seen & tallied.posted - flagged}
        values["sample"] = await choose(connection, closing.channel_id, links)
    await connection.execute(update(ledger_entries).where(here).values(**values))
    return True


async def so_far(connection: AsyncConnection, asked: Sequence[Closing]) -> list[Counts]:
    """Return the counts of days that are not closed yet, marking nothing."""
    return [await _so_far(connection, one) for one in asked]


async def _so_far(connection: AsyncConnection, asked: Closing) -> Counts:
    query = select(*_REVISION).where(_belongs(asked))
    of_day: list[Row[Any]] = list(await connection.execute(query))
    unread = await _handed_to_people(connection, asked, of_day)
    old = await _counted_before(connection, asked, {row.comment for row in of_day if row.edited_at is not None})
    gone = select(deletions.c.comment).where(
        deletions.c.channel_id == asked.channel_id, deletions.c.ledger_day.is_(None)
    )
    deleted = set((await connection.execute(gone)).scalars())
    tallied = _tallied(of_day, unread, old, asked)
    return Counts(
        **asdict(tallied.counts)
        | {
            "deleted": len(tallied.posted & deleted),
            "deleted_earlier": len(deleted - tallied.posted),
            "reported": await _reported(connection, asked.channel_id, asked.opens_at, asked.closes_at),
            "open_at_end": await count_open(connection, asked.channel_id),
        }
    )


@dataclass(frozen=True, slots=True)
class _Tallied:
    counts: Counts
    posted: set[str]


def _tallied(of_day: Sequence[Row[Any]], unread: set[str], old: set[str], closing: Closing) -> _Tallied:
    """Count the revisions of a day: comments by when they were posted, edits and flags one by one."""
    posted_at = {row.comment: row.posted_at or row.screened_at for row in of_day if row.comment not in old}
    posted = {comment for comment, at in posted_at.items() if at >= closing.opens_at}
    edited = {row.comment for row in of_day if row.edited_at is not None}
    horizon = closing.opens_at - REMEMBERED
    earlier = {comment for comment, at in posted_at.items() if comment not in edited or at >= horizon} - posted
    scored = {row.comment for row in of_day if row.outcome in (Outcome.CLEAR, Outcome.FLAGGED)}
    counts = Counts(
        posted=len(posted),
        screened=len(posted & scored - unread),
        unscored=len(posted & unread),
        edited=sum(row.edited_at is not None for row in of_day),
        flagged=sum(row.outcome == Outcome.FLAGGED for row in of_day),
        earlier=len(earlier),
    )
    return _Tallied(counts, posted)


_REVISION = (
    screened.c.comment,
    screened.c.revision,
    screened.c.outcome,
    screened.c.posted_at,
    screened.c.edited_at,
    screened.c.screened_at,
)
_posted_at = func.coalesce(screened.c.posted_at, screened.c.screened_at)


def _belongs(closing: Closing) -> Any:
    """Whether a revision belongs to the day, or to one before that is closed already."""
    return and_(
        screened.c.channel_id == closing.channel_id,
        screened.c.ledger_day.is_(None),
        _posted_at < closing.closes_at,
        or_(screened.c.edited_at.is_(None), screened.c.edited_at < closing.closes_at),
    )


async def _mark(connection: AsyncConnection, closing: Closing) -> list[Row[Any]]:
    """Mark what belongs to the day, and return it.

    A comment of the day whose first revision nobody saw, because it was edited before it was read, counts with the
    edit, although that may have come after the close.
    """
    marked = update(screened).values(ledger_day=closing.day).returning(*_REVISION)
    plain = list(await connection.execute(marked.where(_belongs(closing))))
    counted = screened.alias()
    known = exists().where(
        counted.c.comment == screened.c.comment,
        counted.c.channel_id == screened.c.channel_id,
        or_(counted.c.ledger_day.is_not(None), counted.c.edited_at.is_(None)),
    )
    unseen = marked.where(
        screened.c.channel_id == closing.channel_id,
        screened.c.ledger_day.is_(None),
        _posted_at < closing.closes_at,
        screened.c.edited_at >= closing.closes_at,
        ~known,
    )
    return plain + list(await connection.execute(unseen))


async def _counted_before(connection: AsyncConnection, closing: Closing, comments: set[str]) -> set[str]:
    """Return those of `comments` that a day before this one has counted."""
    query = select(screened.c.comment).where(
        screened.c.channel_id == closing.channel_id,
        screened.c.ledger_day.is_not(None),
        screened.c.ledger_day != closing.day,
    )
    return await _among(connection, query, screened.c.comment, comments)


async def _handed_to_people(connection: AsyncConnection, closing: Closing, of_day: Sequence[Row[Any]]) -> set[str]:
    """Return those comments of the day that a person reads, because no machine could."""
    comments = {row.comment for row in of_day if (row.posted_at or row.screened_at) >= closing.opens_at}
    query = select(review_items.c.comment).where(review_items.c.channel_id == closing.channel_id)
    return await _among(connection, query, review_items.c.comment, comments)


async def _among(connection: AsyncConnection, query: Any, column: Any, comments: set[str]) -> set[str]:
    found: set[str] = set()
    ordered = sorted(comments)
    for start in range(0, len(ordered), _COMMENTS_AT_ONCE):
        some = query.where(column.in_(ordered[start : start + _COMMENTS_AT_ONCE]))
        found.update((await connection.execute(some)).scalars())
    return found


async def _deleted(connection: AsyncConnection, closing: Closing) -> tuple[set[str], set[str]]:
    """Mark the deletions that belong to the day; return its own comments that are gone, and all that were marked."""
    of_day = exists().where(
        screened.c.comment == deletions.c.comment,
        screened.c.channel_id == deletions.c.channel_id,
        screened.c.ledger_day == closing.day,
    )
    here = deletions.c.channel_id == closing.channel_id
    due = or_(deletions.c.deleted_at < closing.closes_at, of_day)
    marked = update(deletions).values(ledger_day=closing.day).where(here, deletions.c.ledger_day.is_(None), due)
    fresh = set((await connection.execute(marked.returning(deletions.c.comment))).scalars())
    gone = set((await connection.execute(select(deletions.c.comment).where(here, of_day))).scalars())
    return gone, fresh


async def _list_cases(connection: AsyncConnection, closing: Closing) -> None:
    """List every case that is on no day yet and belongs to this one, by its comment or by when it was opened."""
    for table, opened_at in ((flags, flags.c.flagged_at), (review_items, review_items.c.opened_at)):
        of_day = exists().where(
            screened.c.comment == table.c.comment,
            screened.c.channel_id == table.c.channel_id,
            screened.c.revision == table.c.revision,
            screened.c.ledger_day == closing.day,
        )
        listed = exists().where(ledger_cases.c.case_id == table.c.id)
        due = and_(table.c.channel_id == closing.channel_id, or_(of_day, opened_at < closing.closes_at), ~listed)
        ids = list((await connection.execute(select(table.c.id).where(due))).scalars())
        if ids:
            rows = [{"case_id": case, "channel_id": closing.channel_id, "day": closing.day} for case in ids]
            await connection.execute(insert(ledger_cases), rows)


async def _reported(connection: AsyncConnection, channel_id: int, opens_at: datetime, closes_at: datetime) -> int:
    query = select(func.count()).where(
        reports.c.flag_id == flags.c.id,
        flags.c.channel_id == channel_id,
        reports.c.reported_at >= opens_at,
        reports.c.reported_at < closes_at,
    )
    return int((await connection.execute(query)).scalar_one())
