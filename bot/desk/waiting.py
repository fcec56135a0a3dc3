"""What waits for a person: every case that they may decide on, the most severe first, however many others there are.

Promise: nothing pushes a case off a list or out of a count: no other school's cases, no raid, nothing that came later.
A case that somebody may not know of is in neither (R25).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

from bot.cases.book import CaseBook
from bot.cases.case import Case, site_of
from bot.domain.people import DECIDERS
from bot.domain.roster import Person, Site
from bot.store import Store
from bot.store.case_lists import Listed, Page

PAGE = 1000
"""How many places of a list are fetched at once."""

TOGETHER = 100
"""How many cases are read at once; between two such groups everything else has its turn."""

_Pages = Callable[[Page], Awaitable[list[Listed]]]


class Waiting:
    """Reads what waits for whom. Every `async` method raises `StoreError` when the database cannot be read."""

    def __init__(self, store: Store, book: CaseBook) -> None:
        self._store = store
        self._book = book

    async def of(
        self, person: Person, *, site: Site | None = None, followed: bool = False, taken: bool = False
    ) -> list[Case]:
        """Return the cases that may wait for the person's decision, the most severe first, of those the oldest.

        With `site` only that site's; with `followed` also those that somebody is to look at again; with `taken` also
        those that somebody has taken and decided, but nobody has closed. Whether a case still waits, its status says.
        """
        await self._book.read_roster()
        here = await self._channels(person, site)
        if here is not None and not here:
            return []
        cases = self._store.cases
        lists: list[_Pages] = [cases.undecided]
        if followed:
            lists.append(cases.followed)
        if taken:
            lists.append(cases.taken)
        ids = dict.fromkeys([case for pages in lists for case in await _walked(pages, here)])
        found = [case for case in await self._read(list(ids)) if case.may_be_decided_by(person.key, self._book.roster)]
        if site is not None:
            found = [case for case in found if case.site.key == site.key]
        # What a person has confirmed, or a reporter has told, may weigh more than what the list knows of.
        return sorted(found, key=lambda case: (-case.judgement.severity, case.opened_at, case.id))

    async def _channels(self, person: Person, site: Site | None) -> frozenset[int] | None:
        """Return the channels whose cases the person may decide on, or nothing for whoever may everywhere."""
        roster = self._book.roster
        known = [(one.id, site_of(roster, one.registered)) for one in await self._store.channels.all()]
        theirs = {one.key for _, one in known if roster.roles(person.key, one) & DECIDERS}
        wanted = theirs if site is None else theirs & {site.key}
        found = frozenset(row for row, one in known if one.key in wanted)
        return None if len(found) == len(known) else found

    async def _read(self, ids: list[UUID]) -> list[Case]:
        """Read the cases, the most severe ones last: those are what memory should still hold afterwards."""
        found: list[Case | None] = []
        for start in reversed(range(0, len(ids), TOGETHER)):
            await self._book.read_roster()
            found += await asyncio.gather(*map(self._book.read, ids[start : start + TOGETHER]))
        return [case for case in found if case is not None]


async def _walked(pages: _Pages, channels: frozenset[int] | None) -> list[UUID]:
    """Return a whole list, fetched page by page."""
    page, ids = Page(PAGE, channels=channels), list[UUID]()
    while True:
        found = await pages(page)
        ids += [one.id for one in found]
        if len(found) < PAGE:
            return ids
        page = replace(page, after=found[-1])
