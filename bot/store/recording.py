"""The statements of the busy road: have these been screened, record what was decided. Many at a time, always."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Table, and_, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import custody
from bot.store.columns import storable
from bot.store.decisions import Row, Rows
from bot.store.schema import channels, deletions, flags, outbox, review_items, screened, snapshots

RevisionKey = tuple[int, str, str]
"""Channel id, comment, revision: what makes a screening unique."""

_NAME = ("channel_id", "comment", "revision")
_COMMENTS_AT_ONCE = 500


def key_of(channel_id: int, comment: str, revision: str) -> RevisionKey:
    """Return the key under which a revision is stored."""
    return channel_id, storable(comment), storable(revision)


async def which_screened(connection: AsyncConnection, keys: Sequence[RevisionKey]) -> list[bool]:
    """Return for each key whether that revision was screened already."""
    found: set[RevisionKey] = set()
    comments = sorted({comment for _, comment, _ in keys})
    for start in range(0, len(comments), _COMMENTS_AT_ONCE):
        rows = await connection.execute(_SCREENED, {"comments": comments[start : start + _COMMENTS_AT_ONCE]})
        found.update((channel, comment, revision) for channel, comment, revision in rows)
    return [key in found for key in keys]


async def record(connection: AsyncConnection, decisions: Sequence[Rows]) -> list[bool]:
    """Write the decisions; return for each whether it was new (`False`: that revision had been recorded before).

    A new decision is written whole: screening, flag or review item, snapshot, custody row, outbox and watermark. One
    that had been recorded moves only the watermark.
    """
    first = {_key(rows.screened): rows for rows in reversed(decisions)}
    kept = await _insert_new(connection, screened, [rows.screened for rows in first.values()])
    new = [rows for key, rows in first.items() if key in kept]
    flagged = await _insert_new(connection, flags, _present(rows.flag for rows in new))
    unread = await _insert_new(connection, review_items, _present(rows.review_item for rows in new))
    # A flag outlives the screening row (14 days): found again after that, it keeps the snapshot it has.
    told = [rows for rows in new if _key(rows.screened) in flagged | unread]
    if told:
        sealed = _present(rows.snapshot for rows in told)
        await connection.execute(snapshots.insert(), sealed)
        await custody.append(
            connection, [custody.seal_entry(row, "flag" if row["flag_id"] else "review") for row in sealed]
        )
        await connection.execute(outbox.insert(), [row for rows in told for row in rows.outbox])
    await advance(connection, [(rows.screened["channel_id"], rows.watermark) for rows in decisions if rows.watermark])
    fresh = {id(rows) for rows in new}
    return [id(rows) in fresh for rows in decisions]


async def advance(connection: AsyncConnection, marks: Sequence[tuple[int, datetime]]) -> list[None]:
    """Move watermarks forward; one that would go backwards stays."""
    furthest: dict[int, datetime] = {}
    for channel_id, mark in marks:
        furthest[channel_id] = max(mark, furthest.get(channel_id, mark))
    if furthest:
        moves = [{"id_": channel_id, "mark": furthest[channel_id]} for channel_id in sorted(furthest)]
        await connection.execute(_ADVANCE, moves)
    return [None] * len(marks)


async def record_deletions(connection: AsyncConnection, gone: Sequence[Row]) -> list[None]:
    """Write that comments are gone from their platform; the first time that was told stands."""
    await connection.execute(inserting_new(connection.dialect.name, deletions), list(gone))
    return [None] * len(gone)


def _key(row: Row) -> RevisionKey:
    return key_of(row["channel_id"], row["comment"], row["revision"])


def _present(rows: Iterable[Row | None]) -> list[Row]:
    return [row for row in rows if row is not None]


async def _insert_new(connection: AsyncConnection, table: Table, rows: list[Row]) -> set[RevisionKey]:
    """Insert rows whose revision the table does not have yet; return the keys of those."""
    if not rows:
        return set()
    statement = inserting_new(connection.dialect.name, table).returning(*(table.c[name] for name in _NAME))
    return {(channel, comment, revision) for channel, comment, revision in await connection.execute(statement, rows)}


_INSERT: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@cache
def inserting_new(dialect: str, table: Table) -> Any:
    """Return the statement that inserts rows and passes over those whose key the table has already."""
    return _INSERT[dialect](table).on_conflict_do_nothing()


_SCREENED = select(*(screened.c[name] for name in _NAME)).where(
    screened.c.comment.in_(bindparam("comments", expanding=True))
)

_ADVANCE = (
    update(channels)
    .where(
        and_(
            channels.c.id == bindparam("id_"),
            or_(channels.c.watermark.is_(None), channels.c.watermark < bindparam("mark")),
        )
    )
    .values(watermark=bindparam("mark"))
)
