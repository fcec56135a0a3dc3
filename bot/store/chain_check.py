"""Finds what was done to the custody log behind the program's back, and says at which row.

Found are rows that were changed, left out, put in, swapped or cut off, sealed documents that are not what was sealed,
and a head known from outside (the daily digest) that the log does not hold. What nobody can find without such a head:
a log rewritten as a whole.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.custody import GENESIS, Act, CustodyRow, chained
from bot.store.custody import ChainHead, CustodyLog, digest_of
from bot.store.group_commit import GroupCommit
from bot.store.schema import snapshots


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not fit. `number` is the custody row it was found at."""

    number: int
    sentence: str


class ChainCheck:
    """Checks the log from its first row to its last."""

    def __init__(self, reader: GroupCommit, log: CustodyLog) -> None:
        self._reader = reader
        self._log = log

    async def verify_chain(self, heads: Sequence[str] = ()) -> tuple[ChainHead, list[Problem]]:
        """Return the end of the chain and everything that does not fit; `heads` are hashes known from outside (hex).

        Rows appended while it runs belong to the chain and are no problem. Raise `StoreError` when the database
        cannot be used.
        """
        # In this order: a snapshot seen here has its row before the walk ends, one sealed later has a later number.
        before = await self._log.chain_head()
        documents = {row.id: _document(row) async for row in self._snapshots()}
        walk = _Walk({head.strip().lower() for head in heads}, before)
        async for row in self._log.rows():
            walk.take(row)
        after = await self._log.chain_head()
        problems = [*walk.problems, *walk.end(after), *_compared(documents, walk, before.number)]
        return ChainHead(walk.number, walk.last), sorted(problems, key=lambda problem: problem.number)

    async def _snapshots(self) -> AsyncIterator[Row[Any]]:
        last = None
        while some := await self._reader.run(_after, last):
            for row in some:
                yield row
            last = some[-1].id


@dataclass(frozen=True, slots=True)
class _Document:
    """A sealed document as the database has it: its digest, nothing where it or its key is gone, and whose it is."""

    digest: bytes | None
    cases: frozenset[UUID]


def _document(row: Row[Any]) -> _Document:
    whole = row.ciphertext is not None and row.wrapped_key is not None
    cases = frozenset(case for case in (row.flag_id, row.review_item_id) if case is not None)
    return _Document(digest_of(bytes(row.ciphertext)) if whole else None, cases)


def _compared(documents: Mapping[UUID, _Document], walk: _Walk, before: int) -> Iterator[Problem]:
    """Yield each sealed document that does not fit the row that was written when it was sealed."""
    for snapshot, document in documents.items():
        digest = document.digest
        sealed = walk.sealed.get(snapshot)
        if sealed is None:
            sentence = f"Snapshot {snapshot} is in the database, but the log does not say that it was sealed."
            yield Problem(walk.number, sentence)
        elif digest is None and snapshot not in walk.destroyed:
            yield Problem(sealed.number, f"Snapshot {snapshot}, sealed in row {sealed.number}, was destroyed unlogged.")
        elif digest is not None and digest != sealed.digest:
            yield Problem(sealed.number, f"Snapshot {snapshot} is not what was sealed in row {sealed.number}.")
        elif sealed.case not in document.cases:
            yield Problem(sealed.number, f"Snapshot {snapshot}, sealed in row {sealed.number}, stands in another case.")
    for snapshot, row in walk.sealed.items():
        if snapshot not in documents and row.number <= before:
            yield Problem(row.number, f"Snapshot {snapshot}, sealed in row {row.number}, is gone from the database.")


class _Walk:
    """Takes rows in the order of their numbers and remembers what the end must fit.

    `before` is the head row as it was when the walk began.
    """

    def __init__(self, heads: set[str], before: ChainHead) -> None:
        self._before = before
        self._named = GENESIS
        self.number = 0
        self.last = GENESIS
        self.problems: list[Problem] = []
        self.sealed: dict[UUID, CustodyRow] = {}
        self.destroyed: set[UUID | None] = set()
        self._heads = heads

    def take(self, row: CustodyRow) -> None:
        """Take the next row."""
        if row.number != self.number + 1:
            self._missing(row)
        elif chained(row) != row.hash:
            self._told(row, f"Row {row.number} was changed.")
        elif row.previous != self.last:
            self._told(
                row, f"Row {row.number} does not follow row {self.number}: one of the two was changed or put in."
            )
        self.number, self.last = row.number, row.hash
        if row.number == self._before.number:
            self._named = row.hash
        self._heads.discard(row.hash.hex())
        if row.act == Act.SEALED and row.snapshot is not None:
            self.sealed[row.snapshot] = row
        elif row.act == Act.DESTROYED:
            self.destroyed.add(row.snapshot)

    def end(self, after: ChainHead) -> list[Problem]:
        """Return what is wrong at the end; `after` is the head row as it is when the walk has ended."""
        found: list[Problem] = []
        before = self._before
        if self.number < before.number:
            found.append(Problem(self.number + 1, f"{_rows(self.number + 1, before.number)} missing: it was cut off."))
        elif self._named != before.hash:
            found.append(Problem(before.number, f"Row {before.number} is not the one that the log's head names."))
        elif self.number > after.number:
            found.append(Problem(after.number + 1, f"{_rows(after.number + 1, self.number)} put in behind the head."))
        for head in sorted(self._heads):
            sentence = f"The log does not hold the head {head}: it was cut off or rewritten since."
            found.append(Problem(self.number, sentence))
        return found

    def _missing(self, row: CustodyRow) -> None:
        if row.number <= self.number:
            self._told(row, f"Row {row.number} was put in before the first row.")
        else:
            first = self.number + 1
            self.problems.append(Problem(first, f"{_rows(first, row.number - 1)} missing."))
        if chained(row) != row.hash:
            self._told(row, f"Row {row.number} was changed.")

    def _told(self, row: CustodyRow, sentence: str) -> None:
        self.problems.append(Problem(row.number, sentence))


def _rows(first: int, last: int) -> str:
    return f"Row {first} is" if first == last else f"Rows {first} to {last} are"


async def _after(connection: AsyncConnection, lasts: Sequence[Any]) -> list[list[Row[Any]]]:
    columns = [snapshots.c[name] for name in ("id", "ciphertext", "wrapped_key", "flag_id", "review_item_id")]
    query = select(*columns).order_by(snapshots.c.id).limit(500)
    return [
        list(await connection.execute(query if last is None else query.where(snapshots.c.id > last))) for last in lasts
    ]
