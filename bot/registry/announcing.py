"""Tells people of registrations: asks for approvals, confirmations and renewals, once a day looks whether all is well.

Promise: every registration is put before somebody who may approve it, the site administrator first, and each site is
looked at once on every day that the program runs (R13, R14, R29). Whoever is away comes last. What follows is a row of
the outbox, so a crash loses none of it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.bringing import Brought, bring
from bot.alerts.errands import NOBODY_WAIT, CarryOut
from bot.cases.book import CaseBook
from bot.domain.channels import Lacking, RegisteredChannel
from bot.domain.roster import Roster, Site
from bot.errors import PlatformError, StoreError
from bot.interface.cards import Card
from bot.interface.registry import Entered, approval_card, concerns_card, renewal_card, settled_card
from bot.interface.texts import Text, text
from bot.platform.protocol import Delivery, Platform
from bot.registry.applying import attested, waiting_for
from bot.registry.looking import Found, Looking
from bot.registry.registration import names_of_the_school
from bot.registry.schoolyear import Renewal, label, renewal_of, school_year
from bot.store import Errand, Store, StoredChannel
from bot.store.acknowledgements import RegisterCard
from bot.store.outbox import Due

log = logging.getLogger(__name__)

APPROVAL, SITE_DAY, CONCERNS = "approval", "site_day", "concerns"
ACCESS = "access"
"""The errand that tells the district what is wrong with a site's official accounts; see `bot.records.security`."""

LOOK = 300.0
"""Seconds between two looks whether a new day has begun somewhere."""

REMIND_EVERY = timedelta(days=7)
"""How often a renewal that is due is asked for."""


class Announcer:
    """Asks and tells the people in charge of a site. `platforms` are the connected ones, by name.

    `families_every` is after how many months families are to be told of a channel again.
    """

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        book: CaseBook,
        clock: Callable[[], datetime],
        *,
        families_every: int = 12,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._book = book
        self._clock = clock
        self._looking = Looking(store, platforms, families_every=families_every)

    @property
    def carriers(self) -> Mapping[str, CarryOut]:
        """Who carries out which kind of errand."""
        return {APPROVAL: self._ask, SITE_DAY: self._look_at, CONCERNS: self._tell_concerns}

    async def run(self) -> None:
        """Have every site looked at once a day, until cancelled."""
        while True:
            try:
                await self.begin_days()
            except StoreError as error:
                log.warning("The daily look at channels waits: %s", error)
            await asyncio.sleep(LOOK)

    async def begin_days(self) -> None:
        """Put in today's look at each site, if it is not in yet."""
        roster, now = await self._book.read_roster(), self._clock()
        for site in roster.sites.values():
            day = self._today(roster)
            await self._store.outbox.put(Due(SITE_DAY, {"site": site.key}, now, once=f"{site.key}:{day}"))

    async def ask(self, channel_id: int, once: str | None = None) -> None:
        """Have the administrator asked about a channel."""
        await self._store.outbox.put(Due(APPROVAL, {"channel_id": str(channel_id)}, self._clock(), once=once))

    async def tell(self, site: Site, card: Card) -> None:
        """Deliver a card to whoever is in charge of a site, at once; nobody reachable is for the next look to find."""
        await self._tell(site, await self._book.read_roster(), card)

    async def settled(self, channel_id: int) -> None:
        """Redraw the cards that asked about a channel: it is decided, whoever decided it."""
        stored = await self._channel(channel_id)
        roster = await self._book.read_roster()
        if stored is None:
            return
        who = roster.people.get(stored.registered.approved_by or "")
        drawn = settled_card(
            entered_of(stored.registered, roster), who.name if who else "–", str(stored.registered.approved_on)
        )
        for card in await self._store.register_cards.of(channel_id):
            platform = self._platforms.get(card.platform)
            if platform is None:
                continue
            try:
                await platform.update(Delivery(card.place, card.message), drawn, card.language)
            except PlatformError as error:
                log.warning("A card about a registration could not be redrawn (%s).", type(error).__name__)
        await self._store.register_cards.forget(channel_id)

    async def _ask(self, errand: Errand, last: bool) -> timedelta | None:  # noqa: ARG002
        """Ask the first of those who may approve; what an operator attested is asked of the person named first."""
        stored = await self._channel(int(errand.payload["channel_id"]))
        roster = await self._book.read_roster()
        site = roster.sites.get(stored.registered.site or "") if stored else None
        if stored is None or site is None:
            return None
        for person in _approvers(site, roster, self._today(roster), stored.registered):
            card = await self._asking(stored, roster, person)
            if card is None:
                return None
            brought = await self._bring(card, (person,), site, roster)
            if brought is not None:
                place = (brought.address.platform, brought.delivery.channel, brought.delivery.message)
                await self._store.register_cards.note(RegisterCard(stored.id, person, *place, brought.language))
                return None
        log.warning("Nobody who may approve a registration could be asked; it is tried again.")
        return NOBODY_WAIT

    async def _asking(self, stored: StoredChannel, roster: Roster, person: str) -> Card | None:
        """Return what `person` is asked about a channel, or nothing when there is nothing to ask any more."""
        channel, today = stored.registered, self._today(roster)
        entered = await self._store.registrations.renewal_of(stored.id)
        if entered is not None:
            return approval_card(entered.id.hex, entered_of(entered.over(channel), roster), anew=True)
        renewal = renewal_of(channel, today)
        if renewal is not Renewal.CURRENT:
            year = label(school_year(today))
            return renewal_card(str(stored.id), channel, year, lapsed=renewal is Renewal.LAPSED)
        if channel.approval_confirmed_on is not None:
            return None
        by = channel.approved_by or ""
        who = None if person == by else roster.people[by].name if by in roster.people else by
        return approval_card(str(stored.id), entered_of(channel, roster), attested=attested(channel), approver=who)

    async def _look_at(self, errand: Errand, last: bool) -> timedelta | None:
        roster = await self._book.read_roster()
        site = roster.sites.get(errand.payload["site"])
        if site is None:
            return None
        for one in await self._store.channels.all():
            if one.registered.site == site.key:
                await self._ask_what_is_open(one, self._today(roster))
        found = await self._looking.found(site, roster, last=last)
        await self._once(ACCESS, site, repr(found) if found else None, whole=not last)
        news = await self._looking.news(site, found, self._today(roster), last=last)
        await self._once(CONCERNS, site, repr(news) if news else None, whole=not last)
        return None

    async def _once(self, kind: str, site: Site, what: str | None, *, whole: bool) -> None:
        """Have the same concerns told once, and again when they change or come back.

        A look that is not `whole`, because a platform was silent, makes nothing forgotten.
        """
        if what is None:
            if whole:
                await self._store.outbox.forget(kind, site.key)
            return
        digest = hashlib.sha256(what.encode()).hexdigest()[:16]
        due = Due(kind, {"site": site.key}, self._clock(), once=f"{site.key}:{digest}")
        if whole:
            await self._store.outbox.put_latest(due, site.key)
        else:
            await self._store.outbox.put(due)

    async def _tell_concerns(self, errand: Errand, last: bool) -> timedelta | None:
        """Tell what there is to put right now; what was put right meanwhile is not worth a card."""
        roster = await self._book.read_roster()
        site = roster.sites.get(errand.payload["site"])
        if site is None:
            return None
        found, today = await self.still_found(site, roster, last=last), self._today(roster)
        if found is None:
            return NOBODY_WAIT
        silent = False
        try:
            news = await self._looking.news(site, found, today, last=False)
        except PlatformError:
            if not last:
                raise
            silent, news = True, await self._looking.news(site, found, today, last=True)
        if news is not None:
            return await self._tell(site, roster, concerns_card(news.found, news.unregistered))
        if silent:
            return NOBODY_WAIT
        await self._store.outbox.forget(CONCERNS, site.key)
        return None

    async def still_found(self, site: Site, roster: Roster, *, last: bool) -> list[Found] | None:
        """Return what is wrong with privacy and access now, as `Looking.still_found` does."""
        return await self._looking.still_found(site, roster, last=last)

    async def _ask_what_is_open(self, stored: StoredChannel, today: date) -> None:
        channel = stored.registered
        if renewal_of(channel, today) is not Renewal.CURRENT:
            week = today.toordinal() // REMIND_EVERY.days
            await self.ask(stored.id, once=f"renewal:{stored.id}:{week}")
        elif attested(channel):
            await self.ask(stored.id, once=f"attested:{stored.id}:{channel.approved_by}:{channel.approved_on}")

    async def _tell(self, site: Site, roster: Roster, card: Card) -> timedelta | None:
        """Deliver a card to the first of the site's people in charge who can be reached."""
        keys = (site.site_administrator, *site.designees, *(key for key in (site.supervisor,) if key))
        if await self._bring(card, _here_first(keys, roster, self._today(roster)), site, roster) is not None:
            return None
        log.warning("Nobody in charge of a site could be told of its channels; it is tried again.")
        return NOBODY_WAIT

    async def _bring(self, card: Card, people: Iterable[str], site: Site, roster: Roster) -> Brought | None:
        first = next((ref.platform for ref in site.channels), "")
        return await bring(card, people, roster, self._platforms, first)

    async def _channel(self, channel_id: int) -> StoredChannel | None:
        return next((one for one in await self._store.channels.all() if one.id == channel_id), None)

    def _today(self, roster: Roster) -> date:
        return self._clock().astimezone(ZoneInfo(roster.district.time_zone)).date()


def entered_of(channel: RegisteredChannel, roster: Roster) -> Entered:
    """Return a registration with what it lacks and what should be looked at before it is approved."""
    site = roster.sites.get(channel.site or "")
    person = roster.people.get(channel.responsible or "")
    names = [] if site is None else list(names_of_the_school(channel, site))
    warnings: tuple[Text, ...] = (text("register.booster", names=", ".join(names)),) if names else ()
    approvals = (Lacking.APPROVER, Lacking.APPROVED_ON)
    missing = tuple(fact for fact in waiting_for(channel) if fact not in approvals)
    return Entered(channel, person.name if person else "–", missing, warnings)


def _approvers(site: Site, roster: Roster, today: date, channel: RegisteredChannel) -> list[str]:
    """Return whose approval counts, in the order in which they are asked; see `APPROVERS` in `bot.domain.people`."""
    people = (site.site_administrator, *site.designees, *roster.district.administrators)
    named = (channel.approved_by,) if attested(channel) and channel.approved_by in people else ()
    return _here_first((*named, *people), roster, today)


def _here_first(people: Iterable[str], roster: Roster, today: date) -> list[str]:
    known = dict.fromkeys(key for key in people if key in roster.people)
    return sorted(known, key=lambda key: roster.people[key].is_away(today))
