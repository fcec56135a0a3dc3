"""The book of cases: roster and cases in memory, so that a form opens at once, and read anew wherever it counts."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from bot.cases.case import Case, case_of
from bot.domain.roster import District, Roster
from bot.store import Store

log = logging.getLogger(__name__)

REFRESH_AFTER = timedelta(seconds=5)
"""How long another process's change of the roster may go unnoticed; this process's own are noticed at once."""

REMEMBERED = 2000
"""How many cases are kept in memory; the one that was asked for longest ago goes first."""

LOADED = 200
"""How many of the newest undecided cases are in memory from the start."""

_NOBODY = Roster(District(""), {}, {})


class CaseBook:
    """Reads cases with the roster of today. Nothing in it holds what people wrote.

    Every `async` method raises `StoreError` when the database cannot be read.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._roster = _NOBODY
        self._changes = -1
        self._looked_at = clock()
        self._cases: OrderedDict[UUID, Case] = OrderedDict()

    @property
    def roster(self) -> Roster:
        """The roster as it was last read."""
        return self._roster

    async def load(self) -> None:
        """Read the roster and the cases that wait for a decision. Call it once at start."""
        await self.read_roster()
        for case in reversed(await self._store.cases.undecided(LOADED)):
            await self.read(case)

    async def recall_roster(self) -> Roster:
        """Return the roster from memory, and from the database only when memory has none."""
        return self._roster if self._changes >= 0 else await self.read_roster()

    async def read_roster(self) -> Roster:
        """Return the roster, read again when it may have changed."""
        changes, now = self._store.registry.changes, self._clock()
        if changes != self._changes or now - self._looked_at >= REFRESH_AFTER:
            self._roster = await self._store.registry.read() or _NOBODY
            self._changes, self._looked_at = changes, now
        return self._roster

    async def read(self, case: UUID) -> Case | None:
        """Return the case as it is in the database now, or nothing when there is none."""
        roster = await self.read_roster()
        stored = await self._store.cases.read(case)
        if stored is None:
            return None
        fresh = self._cases[case] = case_of(stored, roster)
        self._cases.move_to_end(case)
        while len(self._cases) > REMEMBERED:
            self._cases.popitem(last=False)
        return fresh

    async def recall(self, case: UUID) -> Case | None:
        """Return the case from memory, and from the database only when memory does not have it."""
        known = self._cases.get(case)
        return known if known is not None else await self.read(case)
