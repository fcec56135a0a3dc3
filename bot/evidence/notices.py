"""Notices: whatever reveals or destroys evidence is told to the site administrator in chat."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from bot.alerts.bringing import bring
from bot.alerts.errands import NOBODY_WAIT, CarryOut
from bot.cases.book import CaseBook
from bot.domain.custody import Act, CustodyRow
from bot.evidence.permission import who_permits
from bot.interface.cards import Card
from bot.interface.texts import catalogue, text
from bot.platform.protocol import Platform
from bot.store import Errand, ErrandKind, Store

_ENDINGS = frozenset({Act.REFUSED, Act.DESTROYED})
log = logging.getLogger(__name__)


class Notices:
    """Carries out `NOTICE` errands: one card, to the first of those who may answer for the evidence and are reachable.

    Who refused or destroyed evidence is not told of it themselves, but the next of them, where there is one. Nobody
    whom the case may be about is told. Delivery is at least once; a notice that reaches nobody is tried again.
    """

    def __init__(
        self, store: Store, platforms: Mapping[str, Platform], book: CaseBook, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._book = book
        self._clock = clock

    @property
    def carriers(self) -> Mapping[str, CarryOut]:
        """Who carries out which kind of errand."""
        return {ErrandKind.NOTICE: self.tell}

    async def tell(self, errand: Errand, last: bool) -> timedelta | None:  # noqa: ARG002
        """Tell of one custody row; return how long to wait when nobody could be reached."""
        case = await self._book.read(UUID(errand.payload["case_id"]))
        if case is None:
            return None
        rows = await self._store.custody.of([case.id])
        row = next((row for row in rows if row.number == int(errand.payload["custody"])), None)
        if row is None:
            return None
        roster = self._book.roster
        people = self._told(row, who_permits(case, roster))
        brought = await bring(
            self._card(row, case.channel.name), people, roster, self._platforms, case.channel.ref.platform
        )
        return NOBODY_WAIT if brought is None else None

    def _told(self, row: CustodyRow, people: tuple[str, ...]) -> tuple[str, ...]:
        """Return whom to try, in this order."""
        if row.act not in _ENDINGS:
            return people
        return tuple(sorted(people, key=lambda person: self._store.custody.pseudonym(person) == row.person))

    def _card(self, row: CustodyRow, channel: str) -> Card:
        roster = self._book.roster
        names = {self._store.custody.pseudonym(key): person.name for key, person in roster.people.items()}
        who = names.get(row.person or b"", "–")
        key = f"evidence.notice.{row.act}"
        known = key if key in catalogue("en") else "evidence.notice.other"
        return Card(
            title=text(known, who=who, channel=channel),
            lines=(text("evidence.notice.where", number=row.number, why=text("evidence.where." + _where(row.why))),),
        )


def _where(why: str) -> str:
    return "terminal" if why == "at the terminal" else "chat"
