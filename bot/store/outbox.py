"""The outbox: what must still reach people, written in the same transaction as its cause.

Promise: delivery is at least once. A row is claimed for a while (a lease); whoever dies holding it loses it when
the lease ends, and another claims it. So one crash can show a person at most what was claimed and not yet marked:
claim one at a time where a duplicate is visible.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.group_commit import GroupCommit
from bot.store.recording import inserting_new
from bot.store.schema import outbox


@dataclass(frozen=True, slots=True)
class Errand:
    """One claimed row. `payload` holds ids; `attempts` counts this claim."""

    id: UUID
    kind: str
    payload: Mapping[str, str]
    due_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class _Claim:
    now: datetime
    limit: int
    lease: timedelta
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """Something that must happen later. Two with the same `once` are the same errand, ever after."""

    kind: str
    payload: Mapping[str, str]
    due_at: datetime
    once: str | None = None


class Outbox:
    """Claims due rows and settles them. `woken` is set after each commit that put something in."""

    def __init__(self, writer: GroupCommit) -> None:
        self._writer = writer
        self.woken = asyncio.Event()

    async def put(self, due: Due) -> bool:
        """Have something happen when it is due; return `False` when the same errand was put in before."""
        return await self._writer.run(put, due, self.woken.set)

    async def put_all(self, first: Due, *others: Due) -> bool:
        """Have several things happen, put in together; return `False`, with none put in, when `first` was before.

        Those of `others` that were put in before stay as they are.
        """
        return await self._writer.run(_put_all, (first, *others), self.woken.set)

    async def put_latest(self, due: Due, about: str) -> bool:
        """Have something told of `about` that stands now: `once` begins with it, and what was told before is forgotten.

        So the same news are told once while they stand, and again when they come back. Return as `put` does.
        """
        return await self._writer.run(_put_latest, (due, about), self.woken.set)

    async def forget(self, kind: str, about: str) -> None:
        """Forget what was told, or was to be told, of `about`: there is nothing any more."""
        await self._writer.run(_forget, (kind, about, None))

    async def claim(
        self, now: datetime, *, kinds: tuple[str, ...] = (), limit: int = 1, lease: timedelta = timedelta(minutes=2)
    ) -> list[Errand]:
        """Return at most `limit` rows due at `now`, earliest first; nobody else gets them while the lease runs.

        With `kinds` only rows of these kinds are claimed.
        """
        return await self._writer.run(_claim, _Claim(now, limit, lease, kinds))

    async def delivered(self, errand: UUID, at: datetime) -> None:
        """Mark the row as done for good."""
        await self._writer.run(_settle, {"id_": errand, "done_at": at, "due_at": at})

    async def postpone(self, errand: UUID, due_at: datetime) -> None:
        """Give the row back, to be tried again at `due_at`."""
        await self._writer.run(_settle, {"id_": errand, "done_at": None, "due_at": due_at})


async def put(connection: AsyncConnection, new: Sequence[Due]) -> list[bool]:
    """Insert what is due, for a transaction of the caller's; say of each whether it was new."""
    statement = inserting_new(connection.dialect.name, outbox).returning(outbox.c.id)
    return [(await connection.execute(statement, _row(due))).one_or_none() is not None for due in new]


async def _put_all(connection: AsyncConnection, groups: Sequence[tuple[Due, ...]]) -> list[bool]:
    kept: list[bool] = []
    for first, *others in groups:
        kept += await put(connection, [first])
        if kept[-1]:
            await put(connection, others)
    return kept


async def _put_latest(connection: AsyncConnection, asked: Sequence[tuple[Due, str]]) -> list[bool]:
    for due, about in asked:
        await _forget(connection, [(due.kind, about, due.once)])
    return await put(connection, [due for due, _ in asked])


async def _forget(connection: AsyncConnection, asked: Sequence[tuple[str, str, str | None]]) -> list[None]:
    for kind, about, kept in asked:
        named = outbox.c.dedup_key.startswith(f"{kind}:{about}:", autoescape=True)
        others = true() if kept is None else outbox.c.dedup_key != f"{kind}:{kept}"
        await connection.execute(delete(outbox).where(outbox.c.kind == kind, named, others))
    return [None] * len(asked)


def _row(due: Due) -> dict[str, Any]:
    errand = uuid4()
    return {
        "id": errand,
        "kind": due.kind,
        "dedup_key": f"{due.kind}:{due.once or errand}",
        "payload": dict(due.payload),
        "due_at": due.due_at,
        "attempts": 0,
    }


async def _claim(connection: AsyncConnection, claims: Sequence[_Claim]) -> list[list[Errand]]:
    return [await _claim_one(connection, claim) for claim in claims]


async def _claim_one(connection: AsyncConnection, claim: _Claim) -> list[Errand]:
    # SQLite has one writer at a time and ignores SKIP LOCKED; PostgreSQL passes over rows that others are claiming.
    due = (
        select(outbox)
        .where(
            outbox.c.done_at.is_(None),
            outbox.c.due_at <= claim.now,
            or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= claim.now),
            outbox.c.kind.in_(claim.kinds) if claim.kinds else true(),
        )
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(claim.limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await connection.execute(due)).all()
    if rows:
        lease = {"leased_until": claim.now + claim.lease, "attempts": outbox.c.attempts + 1}
        await connection.execute(update(outbox).where(outbox.c.id.in_([row.id for row in rows])).values(**lease))
    return [Errand(row.id, row.kind, row.payload, row.due_at, row.attempts + 1) for row in rows]


async def _settle(connection: AsyncConnection, settled: Sequence[dict[str, Any]]) -> list[None]:
    await connection.execute(_SETTLE, list(settled))
    return [None] * len(settled)


_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"))
    .values(done_at=bindparam("done_at"), due_at=bindparam("due_at"), leased_until=None)
)
