"""What the database knows of a case, read for all who ask at the same moment in one query a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, Table, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.assessments import Finding, Judgement
from bot.domain.cases import CaseEvent, EventKind
from bot.domain.categories import Category, Severity
from bot.store.decisions import COMMENT_SNAPSHOT
from bot.store.schema import barred, case_events, channels, flags, reports, review_items, snapshots

Rows = dict[Table, list[Row[Any]]]
"""The rows of one case, by table."""


def judgement(row: Row[Any]) -> Judgement:
    """Return what was found when the comment was flagged."""
    return Judgement(
        Severity(row.severity),
        tuple(map(Category, row.categories)),
        row.rule,
        row.clause,
        tuple(row.consult),
        tuple(Finding(**(item | {"category": Category(item["category"])})) for item in row.findings),
    )


def event(row: Row[Any]) -> CaseEvent:
    """Return what happened, without the words that are sealed beside it."""
    return CaseEvent(EventKind(row.kind), row.at, row.person, row.rule, row.about)


_OF_CASE: Mapping[Table, tuple[Column[Any], ...]] = {
    flags: (flags.c.id,),
    review_items: (review_items.c.id,),
    snapshots: (snapshots.c.flag_id, snapshots.c.review_item_id),
    case_events: (case_events.c.case_id,),
    reports: (reports.c.flag_id,),
    barred: (barred.c.case_id,),
}
"""The tables that know of a case, and which of their columns says of which."""

_ORDERS: Mapping[Table, tuple[Column[Any], ...]] = {
    snapshots: (snapshots.c.sealed_at, snapshots.c.id),
    case_events: (case_events.c.position,),
    reports: (reports.c.reported_at, reports.c.id),
}


async def everything(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Rows | None]:
    """Return everything about each case; for all who ask at the same moment it takes one query a table."""
    found: dict[UUID, Rows] = {case: {table: [] for table in _OF_CASE} for case in ids}
    for table, columns in _OF_CASE.items():
        query = select(table).where(or_(*(column.in_(list(found)) for column in columns)))
        for row in await connection.execute(query.order_by(*_ORDERS.get(table, ()))):
            # A flag and a review item of the same comment share its snapshot.
            for case in {row._mapping[column] for column in columns} & found.keys():  # noqa: SLF001
                found[case][table].append(row)
    about = {case: rows[flags] or rows[review_items] for case, rows in found.items()}
    places = {rows[0].channel_id for rows in about.values() if rows}
    known = {row.id: row for row in await connection.execute(select(channels).where(channels.c.id.in_(places)))}
    return [found[case] | {channels: [known[about[case][0].channel_id]]} if about[case] else None for case in ids]


async def snapshot_of(connection: AsyncConnection, asked: Sequence[tuple[int, str]]) -> list[Row[Any] | None]:
    """Return the snapshot of each comment that was flagged, the first where there are several."""
    found: list[Row[Any] | None] = []
    for channel_id, comment in asked:
        of_it = select(flags.c.id).where(flags.c.channel_id == channel_id, flags.c.comment == comment)
        query = select(snapshots).where(
            snapshots.c.flag_id.in_(of_it),
            snapshots.c.kind == COMMENT_SNAPSHOT,
            snapshots.c.wrapped_key.is_not(None),
        )
        found.append((await connection.execute(query.order_by(snapshots.c.sealed_at).limit(1))).one_or_none())
    return found


_BOTH = union_all(
    select(flags.c.id, flags.c.comment, flags.c.flagged_at.label("at")),
    select(review_items.c.id, review_items.c.comment, review_items.c.opened_at.label("at")),
).subquery()
_NEWEST = (_BOTH.c.at.desc(), _BOTH.c.id)


async def of_author(connection: AsyncConnection, asked: Sequence[tuple[UUID, int]]) -> list[list[UUID]]:
    """Return the newest other cases of whoever wrote the comment of each case, so many at most."""
    return [await _of_one_author(connection, case, limit) for case, limit in asked]


async def _of_one_author(connection: AsyncConnection, case: UUID, limit: int) -> list[UUID]:
    mine = select(flags.c.author).where(flags.c.id == case).scalar_subquery()
    query = select(flags.c.id).where(flags.c.author == mine, flags.c.id != case)
    return list(
        (await connection.execute(query.order_by(flags.c.flagged_at.desc(), flags.c.id).limit(limit))).scalars()
    )


async def of_comments(connection: AsyncConnection, asked: Sequence[tuple[str, ...]]) -> list[list[UUID]]:
    """Return the cases about any of these comments, newest first."""
    query = select(_BOTH.c.id).order_by(*_NEWEST)
    return [list((await connection.execute(query.where(_BOTH.c.comment.in_(ids)))).scalars()) for ids in asked]


async def unreached(connection: AsyncConnection) -> int:
    """Return how many cases nobody could be told of so far."""
    reached = select(case_events.c.case_id).where(case_events.c.kind == EventKind.REACHED)
    query = select(func.count()).where(case_events.c.kind == EventKind.UNREACHED, case_events.c.case_id.not_in(reached))
    return int((await connection.execute(query)).scalar_one())
