"""Tells a site's administrator in chat of a records request or a deletion at the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.bringing import bring
from bot.alerts.errands import NOBODY_WAIT, CarryOut
from bot.cases.book import CaseBook
from bot.daily.telling import signers
from bot.interface.cards import Card
from bot.interface.texts import text
from bot.platform.protocol import Platform
from bot.store import Errand
from bot.store.personal import NOTICE


class RecordsNotices:
    """Carries out `NOTICE` errands: one card, to the first of the site's signers and those above who is reachable."""

    def __init__(self, platforms: Mapping[str, Platform], book: CaseBook, clock: Callable[[], datetime]) -> None:
        self._platforms = platforms
        self._book = book
        self._clock = clock

    @property
    def carriers(self) -> Mapping[str, CarryOut]:
        """Who carries out which kind of errand."""
        return {NOTICE: self.tell}

    async def tell(self, errand: Errand, last: bool) -> timedelta | None:  # noqa: ARG002
        """Tell of one deed; return how long to wait when nobody could be reached."""
        roster = await self._book.read_roster()
        site = roster.sites.get(errand.payload["site"])
        if site is None:
            return None
        who = roster.people.get(errand.payload["person"])
        card = Card(
            title=text(f"records.{errand.payload['act']}", who=who.name if who else "–", site=site.name),
            lines=(text("records.where", number=errand.payload["custody"]),),
        )
        today = self._clock().astimezone(ZoneInfo(roster.district.time_zone)).date()
        first = next(iter(sorted(self._platforms)), "")
        brought = await bring(card, signers(site, roster, today), roster, self._platforms, first)
        return NOBODY_WAIT if brought is None else None
