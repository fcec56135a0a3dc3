"""Carries out what follows from a day's end: its digest, the reminders when nobody signs, and cards that stay true.

Promise: every step of the reminders happens once for each day: the administrator, the ladder in order, the supervisor.
Nobody is reminded at night unless a critical item is open. A signed day reminds nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.alerts.contacts import Address, address_of
from bot.alerts.errands import NOBODY_WAIT, CarryOut
from bot.cases.book import CaseBook
from bot.daily import drawing
from bot.daily.closing import DIGEST, OVERDUE
from bot.daily.closing import overdue as overdue_step
from bot.daily.days import Quiet
from bot.daily.view import DayView, Views
from bot.domain.ledger import LedgerDay
from bot.domain.roster import Roster, Site
from bot.errors import PlatformError
from bot.interface.cards import Card
from bot.platform.protocol import Delivery, Platform, Recipient
from bot.policy.schema import Pack
from bot.store import Errand, Store
from bot.store.ledger import DayCard
from bot.store.outbox import Due

log = logging.getLogger(__name__)

REDRAW = "day_cards"
"""The kind of the errand that redraws the cards of a site's days after a sign-off."""

LATELY = timedelta(days=13)
"""How far back a digest's small picture goes: two weeks with the day itself."""

STEP = timedelta(minutes=30)
"""How long somebody who is on no ladder has before the next one is told."""


class DayTeller:
    """Delivers and redraws the cards of days. `platforms` are the connected ones, by name."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        pack: Pack,
        clock: Callable[[], datetime],
        book: CaseBook,
        *,
        quiet: Quiet | None = None,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._pack = pack
        self._clock = clock
        self._book = book
        self._quiet = quiet or Quiet()
        self.views = Views(store, book)

    @property
    def carriers(self) -> Mapping[str, CarryOut]:
        """Who carries out which kind of errand."""
        return {DIGEST: self._digest, OVERDUE: self._overdue, REDRAW: self._redraw}

    async def _digest(self, errand: Errand, last: bool) -> timedelta | None:
        view = await self._waiting(errand)
        if view is None or await self._named_by_a_newer(view.day):
            return None
        wait = self._quiet_for(view)
        if wait is not None:
            return wait
        here = await self._store.ledger.cards(view.day.id)
        if any(card.kind == DIGEST for card in here):
            return None
        roster = self._book.roster
        for person in signers(view.site, roster):
            address = self._address(roster, person)
            if address is None:
                continue
            try:
                card = await self._digest_card(view.day, person)
                if card is not None:
                    await self._deliver(view.day, DIGEST, person, address, card)
            except PlatformError:
                if not last:
                    raise
                continue
            return None
        log.error("Nobody could be given the digest of %s; see that people have accounts.", view.day.date)
        return NOBODY_WAIT

    async def _overdue(self, errand: Errand, last: bool) -> timedelta | None:
        view = await self._waiting(errand)
        if view is None or not view.day.on_duty:
            return None
        wait = self._quiet_for(view)
        if wait is not None:
            return wait
        step = int(errand.payload["step"])
        chain = list(reminded(view.site, self._book.roster))
        if step >= len(chain):
            return None
        person, within = chain[step]
        kind = f"{OVERDUE} {step}"
        if not any(card.kind == kind for card in await self._store.ledger.cards(view.day.id)):
            await self._remind(view, kind, step, last=last)
        # Reached or not, the next one is told after a while; for somebody out of reach, at once.
        address = self._address(self._book.roster, person)
        due = self._clock() + (within if address is not None else timedelta(0))
        await self._store.outbox.put(overdue_step(view.day.id, step + 1, due))
        return None

    async def _remind(self, view: DayView, kind: str, step: int, *, last: bool) -> None:
        roster = self._book.roster
        chain = [person for person, _ in reminded(view.site, roster)]
        person = chain[step]
        address = self._address(roster, person)
        if address is None:
            log.warning("Somebody who should be reminded of %s has no account on a platform.", view.day.date)
            return
        (theirs,) = await self.views.of([view.day], person)
        try:
            card = drawing.overdue(theirs, roster, person, chain[:step])
            await self._deliver(view.day, kind, person, address, card)
        except PlatformError:
            if not last:
                raise
            log.warning("A reminder of %s could not be delivered; the next contact is told.", view.day.date)

    async def _redraw(self, errand: Errand, last: bool) -> timedelta | None:
        """Redraw the cards of a day that was signed, and the newest digest that named it."""
        day = await self.views.day(UUID(errand.payload["day_id"]))
        if day is None:
            return None
        waiting = await self.views.unsigned(day.site)
        failure: PlatformError | None = None
        for one in [day, *waiting[-1:]]:
            for card in await self._store.ledger.cards(one.id):
                try:
                    await self._redraw_one(one, card)
                except PlatformError as error:
                    failure = error
        if failure is not None and not last:
            raise failure
        return None

    async def _redraw_one(self, day: LedgerDay, stands: DayCard) -> None:
        platform = self._platforms.get(stands.platform)
        if platform is None:
            return
        (view,) = await self.views.of([day], stands.recipient)
        card: Card | None = None
        if view.signed is not None:
            card = drawing.signed(view, self._book.roster)
        elif stands.kind == DIGEST:
            card = await self._digest_card(day, stands.recipient)
        if card is not None:
            await platform.update(Delivery(stands.channel, stands.message), card, stands.language)

    async def _digest_card(self, day: LedgerDay, person: str) -> Card | None:
        """Return the digest as `person` may see it; none once the day is signed."""
        unsigned = await self.views.unsigned(day.site)
        if day.id not in {one.id for one in unsigned}:
            return None
        together = await self.views.of(drawing.named_together(unsigned, day), person)
        lately = await self.views.of(await self.views.lately(day, LATELY), person)
        chain = await self._store.custody.chain_head()
        return drawing.digest(together, lately, chain=chain, roster=self._book.roster, pack=self._pack, reader=person)

    async def _waiting(self, errand: Errand) -> DayView | None:
        """Return the day of an errand, with everything in it, or nothing when nobody has to sign it any more."""
        day = await self.views.day(UUID(errand.payload["day_id"]))
        if day is None:
            return None
        (view,) = await self.views.of([day], None)
        return None if view.signed is not None else view

    async def _named_by_a_newer(self, day: LedgerDay) -> bool:
        """Whether a newer day's digest is due or there, which names this one too: missed days need one card."""
        unsigned = await self.views.unsigned(day.site)
        return any(other.date > day.date and other.on_duty for other in unsigned)

    async def _deliver(self, day: LedgerDay, kind: str, person: str, address: Address, card: Card) -> None:
        language = self._book.roster.people[person].language
        where = await self._platforms[address.platform].deliver(card, Recipient(person=address.account), language)
        stands = DayCard(day.id, kind, person, address.platform, where.channel, where.message, language)
        await self._store.ledger.keep_card(stands, self._clock())

    def _address(self, roster: Roster, person: str) -> Address | None:
        first = next(iter(sorted(self._platforms)), "")
        return address_of(roster, person, self._platforms, first)

    def _quiet_for(self, view: DayView) -> timedelta | None:
        """Return how long the night still lasts; a critical item that is open has none."""
        if view.critical:
            return None
        until = self._quiet.until(self._clock(), ZoneInfo(self._book.roster.district.time_zone))
        return None if until is None else until - self._clock()


def redraw(day_id: UUID, at: datetime) -> Due:
    """Return the errand that brings the cards of a signed day up to date."""
    return Due(REDRAW, {"day_id": str(day_id)}, at)


def signers(site: Site, roster: Roster) -> Iterator[str]:
    """Yield who is given the digest, in order: who may sign, then who stands above and can see to it."""
    district = roster.district
    above = (site.supervisor, district.safety_contact, *district.administrators)
    ordered = [site.site_administrator, *site.designees, *above]
    yield from dict.fromkeys(person for person in ordered if person and person in roster.people)


def reminded(site: Site, roster: Roster) -> Iterator[tuple[str, timedelta]]:
    """Yield who is reminded of an unsigned day, in order, and how long each has before the next one is told."""
    waits = {step.person: step.acknowledge_within for step in site.ladder}
    ordered = [site.site_administrator, *(step.person for step in site.ladder), site.supervisor]
    for person in dict.fromkeys(person for person in ordered if person and person in roster.people):
        yield person, waits.get(person, STEP)
