"""The custody log in the store: rows are appended to one chain, in the transaction of what they tell of.

Promise: whatever is done to evidence is in the log when it is done, or neither happens. Whoever appends locks the head
row, so that several processes make one chain; triggers refuse to change or delete a row. What nobody can refuse, the
owner of the database file rewriting it, `verify` finds: see `Problem`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.comments import ChannelRef
from bot.domain.custody import Act, CustodyRow, chained
from bot.store.group_commit import GroupCommit
from bot.store.keys import Keyring
from bot.store.schema import custody, custody_head, custody_reasons
from bot.store.sealing import Sealed

REASON = "custody reason"
"""The kind of a sealed reason."""

ROSTER = ChannelRef("roster", "", "")
"""Where the pseudonyms of people on the roster belong."""

_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """An act to append. `person` is a keyed pseudonym, `why` a fixed word; see `CustodyRow`.

    `sealed_reason` is a row of `custody_reasons` to write with it.
    """

    act: Act
    at: datetime
    why: str
    case: UUID | None = None
    snapshot: UUID | None = None
    person: bytes | None = None
    digest: bytes | None = None
    sealed_reason: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The end of the chain: how many rows there are, and the last one's hash. Known outside, it proves the rest."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return self.hash.hex()


class CustodyLog:
    """Reads the log and appends acts that stand alone; acts that go with a change are appended by `append`."""

    def __init__(self, reader: GroupCommit, writer: GroupCommit, keys: Keyring) -> None:
        self._reader = reader
        self._writer = writer
        self._keys = keys

    async def append(
        self, act: Act, at: datetime, *, why: str, case: UUID | None = None, person: str | None, reason: str = ""
    ) -> None:
        """Append an act of a person of the roster; `reason` is sealed."""
        await self._writer.run(_append_all, entry(self._keys, act, at, why, case=case, person=person, reason=reason))

    async def chain_head(self) -> ChainHead:
        """Return the end of the chain, for the daily digest: so it is known outside the database."""
        return await self._reader.run(_heads, None)

    async def of(self, cases: Sequence[UUID]) -> list[CustodyRow]:
        """Return the rows about these cases, in order."""
        return await self._reader.run(_of, tuple(cases))

    async def rows(self, after: int = -1 << 31) -> AsyncIterator[CustodyRow]:
        """Yield the log in order from the row behind number `after`, a few thousand rows at a time."""
        last = after
        while some := await self._reader.run(_after, last):
            for row in some:
                yield row
            last = some[-1].number

    async def reasons(self, rows: Sequence[CustodyRow]) -> dict[UUID, str]:
        """Return the reasons of these rows that can still be opened, by their ids."""
        wanted = tuple(row.reason for row in rows if row.reason is not None)
        found = await self._reader.run(_reasons, wanted)
        return {row.id: self._reason(row) for row in found if row.wrapped_key is not None}

    def pseudonym(self, person: str) -> bytes:
        """Return what stands for a person of the roster in the log."""
        return self._keys.pseudonym(ROSTER, person)

    def _reason(self, row: Row[Any]) -> str:
        sealed = Sealed(row.key_id, row.wrapped_key, row.ciphertext)
        return str(json.loads(self._keys.unseal(sealed, row=row.id, kind=REASON)))


def entry(
    keys: Keyring,
    act: Act,
    at: datetime,
    why: str,
    *,
    case: UUID | None = None,
    snapshot: UUID | None = None,
    person: str | None = None,
    reason: str = "",
) -> Entry:
    """Return the entry of an act by a person of the roster, with the reason sealed where one was given."""
    who = None if person is None else keys.pseudonym(ROSTER, person)
    sealed_reason, digest = None, None
    if reason:
        row = uuid4()
        sealed = keys.seal(json.dumps(reason).encode("ascii"), row=row, kind=REASON)
        sealed_reason = {"id": row} | sealed.columns()
        digest = digest_of(sealed.ciphertext)
    return Entry(act, at, why, case, snapshot, who, digest, sealed_reason)


def digest_of(ciphertext: bytes) -> bytes:
    """Return what a custody row keeps of a sealed document: it survives a change of the master key."""
    return hashlib.sha256(ciphertext).digest()


def seal_entry(snapshot: dict[str, Any], why: str) -> Entry:
    """Return the entry that goes with a new row of `snapshots`."""
    case = snapshot["flag_id"] or snapshot["review_item_id"]
    digest = digest_of(snapshot["ciphertext"])
    return Entry(Act.SEALED, snapshot["sealed_at"], why, case, snapshot["id"], digest=digest)


async def append(connection: AsyncConnection, entries: Sequence[Entry]) -> ChainHead:
    """Append acts to the chain, in the caller's transaction; return its new end."""
    head = await lock_head(connection)
    if not entries:
        return head
    reasons = [item.sealed_reason for item in entries if item.sealed_reason is not None]
    if reasons:
        await connection.execute(custody_reasons.insert(), reasons)
    rows: list[dict[str, Any]] = []
    for item in entries:
        row = _row(item, head)
        head = ChainHead(row.number, row.hash)
        rows.append(_columns(row))
    await connection.execute(custody.insert(), rows)
    await connection.execute(update(custody_head).values(number=head.number, hash=head.hash))
    return head


async def lock_head(connection: AsyncConnection) -> ChainHead:
    """Lock the head row until the transaction ends (SQLite's writers hold its lock already), and return it."""
    head = (await connection.execute(select(custody_head).with_for_update())).one()
    return ChainHead(head.number, bytes(head.hash))


async def rows_of(connection: AsyncConnection, cases: Sequence[UUID]) -> list[CustodyRow]:
    """Return the rows about these cases, in order, inside the caller's transaction."""
    query = select(custody).where(custody.c.case_id.in_(cases)).order_by(custody.c.number)
    return [_read(row) for row in await connection.execute(query)]


def _row(item: Entry, head: ChainHead) -> CustodyRow:
    row = CustodyRow(
        head.number + 1,
        item.at,
        item.act,
        item.case,
        item.snapshot,
        item.person,
        item.why,
        None if item.sealed_reason is None else item.sealed_reason["id"],
        item.digest,
        head.hash,
        b"",
    )
    return replace(row, hash=chained(row))


def _columns(row: CustodyRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "at": row.at,
        "act": row.act,
        "case_id": row.case,
        "snapshot_id": row.snapshot,
        "person": row.person,
        "why": row.why,
        "reason_id": row.reason,
        "digest": row.digest,
        "previous": row.previous,
        "hash": row.hash,
    }


def _read(row: Row[Any]) -> CustodyRow:
    return CustodyRow(
        row.number,
        row.at,
        row.act,
        row.case_id,
        row.snapshot_id,
        row.person,
        row.why,
        row.reason_id,
        row.digest,
        row.previous,
        row.hash,
    )


async def _append_all(connection: AsyncConnection, entries: Sequence[Entry]) -> list[None]:
    await append(connection, entries)
    return [None] * len(entries)


async def _heads(connection: AsyncConnection, asked: Sequence[None]) -> list[ChainHead]:
    head = (await connection.execute(select(custody_head))).one()
    return [ChainHead(head.number, bytes(head.hash))] * len(asked)


async def _of(connection: AsyncConnection, asked: Sequence[tuple[UUID, ...]]) -> list[list[CustodyRow]]:
    return [await rows_of(connection, cases) for cases in asked]


async def _after(connection: AsyncConnection, lasts: Sequence[int]) -> list[list[CustodyRow]]:
    query = select(custody).order_by(custody.c.number).limit(_AT_ONCE)
    return [[_read(row) for row in await connection.execute(query.where(custody.c.number > last))] for last in lasts]


async def _reasons(connection: AsyncConnection, asked: Sequence[tuple[UUID, ...]]) -> list[list[Row[Any]]]:
    query = select(custody_reasons)
    return [list(await connection.execute(query.where(custody_reasons.c.id.in_(ids)))) for ids in asked]
