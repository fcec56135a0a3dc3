"""Tells the district of what endangers evidence or an official account: a broken log, lost access, open doors (R34).

Promise: the custody log is verified on every day that the program runs, and what does not fit reaches the district's
safety contact, else one of its administrators; the same finding is told once.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.alerts.bringing import bring
from bot.alerts.errands import NOBODY_WAIT, CarryOut
from bot.cases.book import CaseBook
from bot.domain.roster import District
from bot.errors import StoreError
from bot.interface.cards import Card
from bot.interface.registry import concerns_card
from bot.interface.texts import text
from bot.platform.protocol import Outlet
from bot.registry.announcing import ACCESS, Announcer
from bot.store import Errand, Store
from bot.store.outbox import Due

log = logging.getLogger(__name__)

LOG_BROKEN = "log_broken"
EVERY = timedelta(days=1).total_seconds()
AGAIN = timedelta(minutes=15).total_seconds()
"""Seconds between two daily looks, and after one that failed."""


class Security:
    """Verifies the custody log once a day, and brings security news to the district. `outlets` include mail."""

    def __init__(
        self,
        store: Store,
        outlets: Mapping[str, Outlet],
        book: CaseBook,
        announcer: Announcer,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._outlets = outlets
        self._book = book
        self._announcer = announcer
        self._clock = clock

    @property
    def carriers(self) -> Mapping[str, CarryOut]:
        """Who carries out which kind of errand."""
        return {LOG_BROKEN: self._tell_broken, ACCESS: self._tell_access}

    async def run(self) -> None:
        """Verify the log at once and then once a day, until cancelled."""
        while True:
            wait = EVERY
            try:
                await self.verify()
            except StoreError as error:
                log.warning("The custody log could not be verified and is tried again: %s", error)
                wait = AGAIN
            await asyncio.sleep(wait)

    async def verify(self) -> None:
        """Verify the log from first row to last, however long that takes, and have the district told of findings."""
        _, problems = await self._store.verify_chain()
        if problems:
            log.error("The custody log is not what it was; the district is told. See “crossing-guard audit verify”.")
            # By its sentences: the row that something is found at may be the log's last, which is another each day.
            sentences = sorted(problem.sentence for problem in problems)
            found = hashlib.sha256(repr(sentences).encode()).hexdigest()[:16]
            numbers = {"count": str(len(problems)), "number": str(problems[0].number)}
            await self._store.outbox.put(Due(LOG_BROKEN, numbers, self._clock(), once=found))

    async def _tell_broken(self, errand: Errand, last: bool) -> timedelta | None:  # noqa: ARG002
        count, number = errand.payload["count"], errand.payload["number"]
        card = Card(
            title=text("security.log"),
            urgent=(text("security.log_found", count=int(count), number=number),),
            lines=(text("security.log_what_to_do"),),
        )
        return await self._bring(card)

    async def _tell_access(self, errand: Errand, last: bool) -> timedelta | None:
        """Tell what is wrong with a site's official accounts now; what was put right meanwhile is not worth a card."""
        roster = await self._book.read_roster()
        site = roster.sites.get(errand.payload["site"])
        if site is None:
            return None
        found = await self._announcer.still_found(site, roster, last=last)
        if found is None:
            return NOBODY_WAIT
        if not found:
            await self._store.outbox.forget(ACCESS, site.key)
            return None
        return await self._bring(concerns_card(found, (), title=text("security.access", site=site.name)))

    async def _bring(self, card: Card) -> timedelta | None:
        roster = await self._book.read_roster()
        brought = await bring(card, in_charge(roster.district), roster, self._outlets)
        return NOBODY_WAIT if brought is None else None


def in_charge(district: District) -> tuple[str, ...]:
    """Return who is told at the district: its safety contact, else an administrator."""
    return tuple(key for key in (district.safety_contact, *district.administrators) if key)
