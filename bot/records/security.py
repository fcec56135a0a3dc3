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
from zoneinfo import ZoneInfo

from bot.alerts.bringing import bring
from bot.alerts.errands import NOBODY_WAIT, CarryOut
from bot.cases.book import CaseBook
from bot.domain.roster import District
from bot.errors import PlatformError, StoreError
from bot.interface.cards import Card
from bot.interface.registry import concerns_card
from bot.interface.texts import text
from bot.platform.protocol import Outlet
from bot.registry.announcing import ACCESS, Announcer
from bot.store import Errand, Store
from bot.store.outbox import Due

log = logging.getLogger(__name__)

LOG_DAY, LOG_BROKEN = "log_day", "log_broken"
LOOK = 300.0
"""Seconds between two looks whether a new day has begun."""


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
        return {LOG_DAY: self._verify, LOG_BROKEN: self._tell_broken, ACCESS: self._tell_access}

    async def run(self) -> None:
        """Have the log verified once a day, until cancelled."""
        while True:
            try:
                await self.begin_day()
            except StoreError as error:
                log.warning("The daily look at the custody log waits: %s", error)
            await asyncio.sleep(LOOK)

    async def begin_day(self) -> None:
        """Put in today's look at the log, if it is not in yet."""
        roster, now = await self._book.read_roster(), self._clock()
        day = now.astimezone(ZoneInfo(roster.district.time_zone)).date()
        await self._store.outbox.put(Due(LOG_DAY, {}, now, once=f"{day}"))

    async def _verify(self, errand: Errand, last: bool) -> timedelta | None:  # noqa: ARG002
        _, problems = await self._store.verify_chain()
        if problems:
            log.error("The custody log is not what it was; the district is told. See “crossing-guard audit verify”.")
            found = hashlib.sha256(repr(problems).encode()).hexdigest()[:16]
            numbers = {"count": str(len(problems)), "number": str(problems[0].number)}
            await self._store.outbox.put(Due(LOG_BROKEN, numbers, self._clock(), once=found))
        return None

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
        try:
            found = await self._announcer.found(site, roster, last=last)
        except PlatformError:
            if not last:
                raise
            return NOBODY_WAIT
        if not found:
            return None
        return await self._bring(concerns_card(found, (), title=text("security.access", site=site.name)))

    async def _bring(self, card: Card) -> timedelta | None:
        roster = await self._book.read_roster()
        brought = await bring(card, in_charge(roster.district), roster, self._outlets)
        return NOBODY_WAIT if brought is None else None


def in_charge(district: District) -> tuple[str, ...]:
    """Return who is told at the district: its safety contact, else an administrator."""
    return tuple(key for key in (district.safety_contact, *district.administrators) if key)
