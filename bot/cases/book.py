"""The book of cases: roster and cases in memory, so that a form opens at once, and read anew wherever it counts."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from bot.cases.case import Case, case_of, watched_by
from bot.domain.roster import District, Roster
from bot.policy.schema import Pack
from bot.store import Store
from bot.store.case_lists import Page
from bot.store.cases import StoredCase

log = logging.getLogger(__name__)

REFRESH_AFTER = timedelta(seconds=5)
"""How long another process's change of the roster may go unnoticed; this process's own are noticed at once."""

REMEMBERED = 2000
"""How many cases are kept in memory; the one that was asked for longest ago goes first."""

LOADED = 200
"""How many of the undecided cases, the most severe, are in memory from the start."""

GENERATIONS = 8
"""How far back a case's own case, and that one's, are looked up for whom they bar."""

_NOBODY = Roster(District(""), {}, {})


class CaseBook:
    """Reads cases with the roster of today. Nothing in it holds what people wrote.

    Every `async` method raises `StoreError` when the database cannot be read.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], pack: Pack | None = None) -> None:
        """`pack` says what a case is that a person confirmed; without one, a case stays what it began as."""
        self._pack = pack
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
        for listed in reversed(await self._store.cases.undecided(Page(LOADED))):
            await self.read(listed.id)

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
        return await self._read(case, GENERATIONS)

    async def _read(self, case: UUID, generations: int) -> Case | None:
        roster = await self.read_roster()
        stored = await self._store.cases.read(case)
        if stored is None:
            return None
        _, belongs_to = watched_by(stored.judgement)
        older = await self._read(belongs_to, generations - 1) if belongs_to and generations else None
        kept_out = self._noted(stored, roster).union(
            older.barred if older else (), *[await self._barred(kin) for kin in stored.kin]
        )
        author = self._author(stored, roster)
        fresh = self._cases[case] = case_of(stored, roster, author=author, kept_out=kept_out, pack=self._pack)
        self._cases.move_to_end(case)
        while len(self._cases) > REMEMBERED:
            self._cases.popitem(last=False)
        return fresh

    async def _barred(self, case: UUID) -> frozenset[str]:
        """Return who is barred from a case by itself; they are barred from those that share its words, too."""
        stored = await self._store.cases.read(case)
        if stored is None:
            return frozenset()
        roster = await self.read_roster()
        author, noted = self._author(stored, roster), self._noted(stored, roster)
        return case_of(stored, roster, author=author, kept_out=noted, pack=self._pack).barred

    async def note_barred(self, cases: Iterable[UUID]) -> None:
        """Note whom these cases bar; call it before any words of theirs are destroyed.

        Whom an accusation is about is then still kept from it when nothing else says so any more (R25).
        """
        for case in cases:
            found = await self.read(case)
            if found is not None:
                await self._store.cases.note_barred(case, found.barred)

    def _noted(self, stored: StoredCase, roster: Roster) -> frozenset[str]:
        """Return whom the case barred when its words were destroyed."""
        return frozenset(person for person in roster.people if self._store.cases.bars(stored, person))

    async def recall(self, case: UUID) -> Case | None:
        """Return the case from memory, and from the database only when memory does not have it."""
        known = self._cases.get(case)
        return known if known is not None else await self.read(case)

    def _author(self, stored: StoredCase, roster: Roster) -> str | None:
        """Return who on the roster wrote the comment: the pseudonym says so even when its evidence is gone."""
        ref = stored.channel.registered.ref
        for person in roster.people.values():
            account = person.accounts.get(ref.platform)
            if account and self._store.cases.pseudonym(ref, account) == stored.author:
                return person.key
        return None
