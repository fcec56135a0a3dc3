"""Group commit: what many tasks write at the same moment goes to disk in one transaction.

Promise: a unit of work is committed whole or not at all, its waiter learns which only after the commit, and a
unit that fails never takes its neighbours along.

A transaction costs a disk sync, and a savepoint costs three round trips to the driver's thread. So units of the
same sort are first written together inside one savepoint; if that fails it is rolled back and its units are
halved, and halved again, until each bad unit stands alone in a savepoint of its own. Good units cost a fraction
of a round trip; one bad unit among n costs about 2·log₂(n) savepoints.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StoreError
from bot.store.engine import place_of
from bot.store.failures import ends_transaction, explained
from bot.store.patience import PATIENCE_S, patiently

P = TypeVar("P")
R = TypeVar("R")

Apply = Callable[[AsyncConnection, Sequence[P]], Awaitable[Sequence[R]]]
"""Writes many payloads and returns one result each, in order. It may be called again with fewer of them."""

MAX_WAIT_S = 0.010
MAX_UNITS = 512
MAX_WAITING = 4096


@dataclass(slots=True, eq=False)
class _Unit:
    apply: Apply[Any, Any]
    payload: Any
    waiter: asyncio.Future[Any]
    then: Callable[[], object] | None


@dataclass(frozen=True, slots=True)
class _Written:
    result: Any


class GroupCommit:
    """Queue of units of work and the one task that commits them.

    Use it as an asynchronous context manager; leaving it commits what waits, then stops. At most `MAX_WAITING`
    units wait; more wait to be queued. `patience` is how many seconds a lock held by another program is borne.
    """

    def __init__(self, engine: AsyncEngine, *, patience: float = PATIENCE_S) -> None:
        self._engine = engine
        self._place = place_of(engine.url)
        self._patience = patience
        self._queue: deque[_Unit] = deque()
        self._room = asyncio.Semaphore(MAX_WAITING)
        self._wake = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    @property
    def engine(self) -> AsyncEngine:
        """The database it writes to."""
        return self._engine

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._serve(), name="group-commit")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Commit everything that was queued, then stop. New work is refused from now on."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task

    async def run(self, apply: Apply[P, R], payload: P, then: Callable[[], object] | None = None) -> R:
        """Have `apply` write `payload` in the next group; return its result once that is committed.

        `then` is called right after the commit, also when the waiter is gone: a cancelled waiter does not stop a
        queued unit. Whatever `apply` raised for this payload is raised here; raise `StoreError` when the database
        cannot be used or the program is stopping.
        """
        async with self._room:
            if self._closing:
                raise StoreError(f"The database {self._place} is being closed; start again.")
            waiter: asyncio.Future[R] = asyncio.get_running_loop().create_future()
            self._queue.append(_Unit(apply, payload, waiter, then))
            self._wake.set()
            return await waiter

    async def _serve(self) -> None:
        try:
            while True:
                await self._wake.wait()
                if self._queue:
                    await self._gather()
                    await self._settle([self._queue.popleft() for _ in range(min(len(self._queue), MAX_UNITS))])
                elif self._closing:
                    return
                else:
                    self._wake.clear()
        finally:
            stopped = StoreError(f"The database {self._place} was closed before this was written; start again.")
            _answer(self._queue, [stopped] * len(self._queue))

    async def _gather(self) -> None:
        """Wait while units keep coming in at every turn of the event loop, at most `MAX_WAIT_S`."""
        loop = asyncio.get_running_loop()
        until, before = loop.time() + MAX_WAIT_S, 0
        while before < len(self._queue) < MAX_UNITS and loop.time() < until:
            before = len(self._queue)
            await asyncio.sleep(0)

    async def _settle(self, units: list[_Unit]) -> None:
        """Commit `units` and tell each waiter."""
        try:
            outcomes = await self._commit(units)
        except Exception as error:  # noqa: BLE001  (every waiter must hear of it; none may wait for ever)
            failure = explained(error, self._place)
            failure.__cause__ = error
            outcomes = [failure] * len(units)
        except BaseException:
            stopped = StoreError(f"The database {self._place} was closed before this was written; start again.")
            _answer(units, [stopped] * len(units))
            raise
        _answer(units, outcomes)

    async def _commit(self, units: list[_Unit]) -> list[_Written | Exception]:
        """Write `units` in one transaction; try again while another program holds a lock."""

        async def attempt() -> list[_Written | Exception]:
            async with self._engine.begin() as connection:
                return await _write_all(connection, units)

        return await patiently(attempt, self._patience)


async def _write_all(connection: AsyncConnection, units: list[_Unit]) -> list[_Written | Exception]:
    """Write the units sort by sort; return their outcomes in the order of `units`."""
    sorts: dict[Apply[Any, Any], list[_Unit]] = {}
    for unit in units:
        sorts.setdefault(unit.apply, []).append(unit)
    outcomes: dict[_Unit, _Written | Exception] = {}
    for same in sorts.values():
        outcomes |= zip(same, await _write(connection, same), strict=True)
    return [outcomes[unit] for unit in units]


async def _write(connection: AsyncConnection, units: list[_Unit]) -> list[_Written | Exception]:
    """Write units of one sort in a savepoint, halving them when it fails."""
    savepoint = await connection.begin_nested()
    try:
        results = await units[0].apply(connection, [unit.payload for unit in units])
        await savepoint.commit()
        return [_Written(result) for result in results]
    except Exception as error:
        if ends_transaction(error):
            # SQLite has thrown the whole transaction away by itself; no savepoint is left to go back to.
            raise
        await savepoint.rollback()
        if len(units) == 1:
            return [error]
    half = len(units) // 2
    return await _write(connection, units[:half]) + await _write(connection, units[half:])


def _answer(units: Sequence[_Unit], outcomes: Sequence[_Written | Exception]) -> None:
    for unit, outcome in zip(units, outcomes, strict=True):
        if isinstance(outcome, _Written) and unit.then is not None:
            unit.then()
        if unit.waiter.done():
            continue
        if isinstance(outcome, _Written):
            unit.waiter.set_result(outcome.result)
        else:
            unit.waiter.set_exception(outcome)
