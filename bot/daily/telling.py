"""Carries out what follows from a day's end: its digest, the reminders when nobody signs, and cards that stay true.

Promise: every step of the reminders happens once for each day: the administrator, the ladder in order, the supervisor.
Nobody is reminded at night unless a critical item is open that they may know of. A signed day reminds nobody.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.alerts.contacts import Address, address_of, outlets_of
from bot.alerts.errands import NOBODY_WAIT, CarryOut
from bot.cases.book import CaseBook
from bot.daily import drawing
from bot.daily.closing import DIGEST, OVERDUE
from bot.daily.closing import overdue as overdue_step
from bot.daily.days import Quiet
from bot.daily.view import Views, site_called
from bot.domain.ledger import LedgerDay
from bot.domain.roster import Roster, Site
from bot.errors import PlatformError
from bot.interface.cards import Card
from bot.platform.protocol import Delivery, Outlet, Platform, Recipient
from bot.policy.schema import Pack
from bot.store import Errand, Store
from bot.store.ledger import DayCard
from bot.store.still_open import DAY_CARDS

log = logging.getLogger(__name__)

LATELY = timedelta(days=13)
"""How far back a digest's small picture goes: two weeks with the day itself."""

STEP = timedelta(minutes=30)
"""How long somebody who is on no ladder has before the next one is told."""


class DayTeller:
    """Delivers and redraws the cards of days. `platforms` are the connected ones, by name.

    `mail` reaches people who have no account on any of them.
    """

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        pack: Pack,
        clock: Callable[[], datetime],
        book: CaseBook,
        *,
        mail: Outlet | None = None,
        quiet: Quiet | None = None,
    ) -> None:
        self._store = store
        self._outlets = outlets_of(platforms, mail)
        self._first = min(platforms, default="")
        self._pack = pack
        self._clock = clock
        self._book = book
        self._quiet = quiet or Quiet()
        self.views = Views(store, book)

    @property
    def carriers(self) -> Mapping[str, CarryOut]:
        """Who carries out which kind of errand."""
        return {DIGEST: self._digest, OVERDUE: self._overdue, DAY_CARDS: self._redraw}

    async def _digest(self, errand: Errand, last: bool) -> timedelta | None:
        day = await self.views.waiting(UUID(errand.payload["day_id"]))
        if day is None:
            return None
        unsigned, here = await asyncio.gather(self.views.unsigned(day.site), self._store.ledger.cards(day.id))
        named_by_a_newer = any(other.date > day.date and other.on_duty for other in unsigned)
        if named_by_a_newer or any(card.kind == DIGEST for card in here):
            return None
        roster = await self._book.read_roster()
        for person in signers(site_called(roster, day.site), roster, self._today(roster)):
            address = self._address(person)
            if address is None:
                continue
            wait = await self._quiet_for(day, person)
            if wait is not None:
                return wait
            try:
                await self._deliver(day, DIGEST, person, address, await self._digest_card(day, unsigned, person))
            except PlatformError:
                if not last:
                    raise
                continue
            return None
        log.error("Nobody could be given the digest of %s; see that people have accounts.", day.date)
        return NOBODY_WAIT

    async def _overdue(self, errand: Errand, last: bool) -> timedelta | None:
        day = await self.views.waiting(UUID(errand.payload["day_id"]))
        if day is None or not day.on_duty:
            return None
        roster = await self._book.read_roster()
        # Who is here changes from one step to the next, so the next one is whoever has not had their turn.
        step, tried = int(errand.payload["step"]), errand.payload.get("tried", "").split()
        site = site_called(roster, day.site)
        chain = dict(reminded(site, roster, self._today(roster)))
        reminders = await self._reminders(day)
        if step in reminders:  # cut off after the card was delivered
            person, reached = reminders[step], True
        else:
            had = {*tried, *reminders.values()}
            left = [one for one in chain if one not in had]
            if not left and had.issuperset(responsible(site, roster)):
                return None
            if not left:  # whoever is away may be back in the morning
                morning = self._quiet.next_morning(self._clock(), ZoneInfo(roster.district.time_zone))
                await self._store.outbox.put(overdue_step(day.id, step + 1, morning, tried))
                return None
            person, before = left[0], [reminders[earlier] for earlier in sorted(reminders)]
            wait = await self._quiet_for(day, person)
            if wait is not None:
                return wait
            reached = await self._remind(day, step, person, before, last=last)
        # The next one is told after a while; where this one is out of reach, at once.
        due = self._clock() + (chain.get(person, STEP) if reached else timedelta(0))
        await self._store.outbox.put(overdue_step(day.id, step + 1, due, (*tried, person)))
        return None

    async def _reminders(self, day: LedgerDay) -> dict[int, str]:
        """Return who was reminded of a day, by step."""
        cards = await self._store.ledger.cards(day.id)
        return {int(card.kind.removeprefix(OVERDUE)): card.recipient for card in cards if card.kind.startswith(OVERDUE)}

    async def _remind(self, day: LedgerDay, step: int, person: str, before: Sequence[str], *, last: bool) -> bool:
        """Remind a person of a day; those in `before` had a reminder. Return whether it got there."""
        address = self._address(person)
        if address is None:
            log.warning("Somebody who should be reminded of %s has no account on a platform.", day.date)
            return False
        (view,) = await self.views.of([day], person)
        card = drawing.overdue(view, self._book.roster, person, before)
        try:
            await self._deliver(day, f"{OVERDUE} {step}", person, address, card)
        except PlatformError:
            if not last:
                raise
            log.warning("A reminder of %s could not be delivered; the next contact is told.", day.date)
            return False
        return True

    async def _redraw(self, errand: Errand, last: bool) -> timedelta | None:
        """Redraw the cards of a day that was signed, and the newest digest that may have named it."""
        day = await self.views.day(UUID(errand.payload["day_id"]))
        if day is None:
            return None
        unsigned = await self.views.unsigned(day.site)
        stands = [(day, card) for card in await self._store.ledger.cards(day.id)]
        for other in reversed(unsigned):  # the newest ones may have none: nobody is given a digest off duty
            digests = [(other, card) for card in await self._store.ledger.cards(other.id) if card.kind == DIGEST]
            if digests:
                stands += digests
                break
        failure: PlatformError | None = None
        for one, card in stands:
            try:
                await self._redraw_one(one, card, unsigned)
            except PlatformError as error:
                failure = error
        if failure is not None and not last:
            raise failure
        return None

    async def _redraw_one(self, day: LedgerDay, stands: DayCard, unsigned: Sequence[LedgerDay]) -> None:
        outlet = self._outlets.get(stands.platform)
        if outlet is None:
            return
        if day.id in {one.id for one in unsigned}:
            if stands.kind != DIGEST:
                return
            card = await self._digest_card(day, unsigned, stands.recipient)
        else:
            (view,) = await self.views.of([day], stands.recipient)
            card = drawing.signed(view, self._book.roster)
        await outlet.update(Delivery(stands.channel, stands.message), card, stands.language)

    async def _digest_card(self, day: LedgerDay, unsigned: Sequence[LedgerDay], person: str) -> Card:
        """Return the digest as `person` may see it, with the other unsigned days that it names."""
        named = drawing.named_together(unsigned, day)
        recent, chain = await asyncio.gather(
            self._store.ledger.days(day.site, day.date - LATELY, day.date), self._store.custody.chain_head()
        )
        days = {one.id: one for one in [*recent, *named] if one.ready_at is not None}
        views = {view.day.id: view for view in await self.views.of(list(days.values()), person)}
        return drawing.digest(
            [views[one.id] for one in named],
            [views[one.id] for one in recent if one.id in views],
            chain=chain,
            roster=self._book.roster,
            pack=self._pack,
            reader=person,
        )

    async def _deliver(self, day: LedgerDay, kind: str, person: str, address: Address, card: Card) -> None:
        language = self._book.roster.people[person].language
        where = await self._outlets[address.platform].deliver(card, Recipient(person=address.account), language)
        stands = DayCard(day.id, kind, person, address.platform, where.channel, where.message, language)
        await self._store.ledger.keep_card(stands, self._clock())

    def _address(self, person: str) -> Address | None:
        return address_of(self._book.roster, person, self._outlets, self._first)

    def _today(self, roster: Roster) -> date:
        return self._clock().astimezone(ZoneInfo(roster.district.time_zone)).date()

    async def _quiet_for(self, day: LedgerDay, person: str) -> timedelta | None:
        """Return how long the night of `person` still lasts; with a critical item open there is none.

        Only an item that they may know of counts: a card at night would tell whom it concerns that there is one (R25).
        """
        roster = await self._book.read_roster()
        now = self._clock()
        until = self._quiet.until(now, ZoneInfo(roster.district.time_zone))
        if until is None:
            return None
        (view,) = await self.views.of([day], person)
        return None if view.critical else until - now


def signers(site: Site, roster: Roster, today: date) -> Iterator[str]:
    """Yield who is given the digest, in order: who may sign, then who stands above and can see to it.

    Whoever is away comes last.
    """
    district = roster.district
    above = (site.supervisor, district.safety_contact, *district.administrators)
    ordered = _known([site.site_administrator, *site.designees, *above], roster)
    yield from sorted(ordered, key=lambda person: roster.people[person].is_away(today))


def reminded(site: Site, roster: Roster, today: date) -> Iterator[tuple[str, timedelta]]:
    """Yield who is reminded of an unsigned day, in order, and how long each has before the next one is told.

    Whoever is away is passed over, unless everybody is.
    """
    waits = {step.person: step.acknowledge_within for step in site.ladder}
    ordered = responsible(site, roster)
    present = [person for person in ordered if not roster.people[person].is_away(today)]
    for person in present or ordered:
        yield person, waits.get(person, STEP)


def responsible(site: Site, roster: Roster) -> list[str]:
    """Return everybody whose turn comes when a day stays unsigned, in order, here or away."""
    return _known([site.site_administrator, *(step.person for step in site.ladder), site.supervisor], roster)


def _known(people: Sequence[str | None], roster: Roster) -> list[str]:
    return list(dict.fromkeys(person for person in people if person is not None and person in roster.people))
