"""Tells people of registrations: asks for approvals, confirmations and renewals, once a day looks whether all is well.

Promise: the site administrator is asked about every registration, and each site is looked at once on every day that the
program runs (R13, R14, R29). What follows is a row of the outbox, so a crash loses none of it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.bringing import bring
from bot.alerts.errands import NOBODY_WAIT, CarryOut
from bot.cases.book import CaseBook
from bot.domain.channels import Lacking, RegisteredChannel
from bot.domain.roster import Roster, Site
from bot.errors import PlatformError, StoreError
from bot.interface.cards import Card
from bot.interface.registry import Entered, approval_card, concerns_card, renewal_card
from bot.interface.texts import Text, text
from bot.platform.protocol import Delivery, Platform, SeenChannel
from bot.registry.applying import attested, waiting_for
from bot.registry.checks import Concerns, concerns, unregistered, untold
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


Found = tuple[str, tuple[Text, ...]]
"""A channel's name, and what is wrong with it, a sentence each."""


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
        self._families_every = families_every

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
        await self._bring(site, await self._book.read_roster(), card)

    async def settled(self, channel_id: int) -> None:
        """Redraw the cards that asked about a channel: it is decided, whoever decided it."""
        stored = await self._channel(channel_id)
        roster = await self._book.read_roster()
        if stored is None:
            return
        who = roster.people.get(stored.registered.approved_by or "")
        done = text("register.done", who=who.name if who else "–", day=str(stored.registered.approved_on))
        entered = entered_of(stored.registered, roster)
        for card in await self._store.register_cards.of(channel_id):
            platform = self._platforms.get(card.platform)
            if platform is None:
                continue
            try:
                drawn = approval_card(str(channel_id), entered, decided=done)
                await platform.update(Delivery(card.place, card.message), drawn, card.language)
            except PlatformError as error:
                log.warning("A card about a registration could not be redrawn (%s).", type(error).__name__)
        await self._store.register_cards.forget(channel_id)

    async def _ask(self, errand: Errand, last: bool) -> timedelta | None:  # noqa: ARG002
        stored = await self._channel(int(errand.payload["channel_id"]))
        roster = await self._book.read_roster()
        site = roster.sites.get(stored.registered.site or "") if stored else None
        if stored is None or site is None:
            return None
        card = await self._asking(stored, roster)
        if card is None:
            return None
        return await self._bring(site, roster, card, channel_id=stored.id)

    async def _asking(self, stored: StoredChannel, roster: Roster) -> Card | None:
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
        return approval_card(str(stored.id), entered_of(channel, roster), attested=attested(channel))

    async def _look_at(self, errand: Errand, last: bool) -> timedelta | None:
        roster = await self._book.read_roster()
        site = roster.sites.get(errand.payload["site"])
        if site is None:
            return None
        for one in await self._store.channels.all():
            if one.registered.site == site.key:
                await self._ask_what_is_open(one, self._today(roster))
        found = await self.found(site, roster, last=last)
        card = await self._card(site, found)
        await self._once(ACCESS, site, repr(found) if found else None, whole=not last)
        await self._once(CONCERNS, site, repr(card) if card else None, whole=not last)
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
        found = await self.still_found(site, roster, last=last)
        card = None if found is None else await self._card(site, found)
        if found is None:
            return NOBODY_WAIT
        if card is None:
            await self._store.outbox.forget(CONCERNS, site.key)
            return None
        return await self._bring(site, roster, card)

    async def still_found(self, site: Site, roster: Roster, *, last: bool) -> list[Found] | None:
        """Return what is wrong now, for news that are told once: nothing at all while a platform keeps it from us.

        Raise `PlatformError` when a platform does not answer, but with `last` return what the others say.
        """
        try:
            return await self.found(site, roster, last=False)
        except PlatformError:
            if not last:
                raise
            return await self.found(site, roster, last=True) or None

    async def found(self, site: Site, roster: Roster, *, last: bool) -> list[Found]:
        """Return what is wrong with privacy and access in a site's channels (R13, R14), by the channel's name.

        Raise `PlatformError` when a platform does not answer; with `last`, leave out what it was asked.
        """
        channels = [one.registered for one in await self._store.channels.all()]
        watched = [channel for channel in channels if channel.site == site.key and channel.watched]
        looked = [await self._concerns(channel, roster, site, last=last) for channel in watched]
        return [(item.channel.name, item.sentences) for item in looked if item is not None and item.sentences]

    async def _card(self, site: Site, found: Sequence[Found]) -> Card | None:
        """Return the card of what should be put right in a site's channels, or nothing when all is well."""
        channels = [one.registered for one in await self._store.channels.all()]
        unknown = unregistered(await self._seen(site), channels, site)
        today = self._today(await self._book.read_roster())
        late = [
            (channel.name, (sentence,))
            for channel in channels
            if channel.site == site.key
            and channel.watched
            and (sentence := untold(channel, today, self._families_every)) is not None
        ]
        return concerns_card([*found, *late], [one.name for one in unknown]) if found or late or unknown else None

    async def _ask_what_is_open(self, stored: StoredChannel, today: date) -> None:
        channel = stored.registered
        if renewal_of(channel, today) is not Renewal.CURRENT:
            week = today.toordinal() // REMIND_EVERY.days
            await self.ask(stored.id, once=f"renewal:{stored.id}:{week}")
        elif attested(channel):
            await self.ask(stored.id, once=f"attested:{stored.id}:{channel.approved_by}:{channel.approved_on}")

    async def _concerns(self, channel: RegisteredChannel, roster: Roster, site: Site, *, last: bool) -> Concerns | None:
        platform = self._platforms.get(channel.ref.platform)
        if platform is None:
            return None
        try:
            facts = await platform.inspect(channel.ref)
        except PlatformError:
            if not last:
                raise
            return None
        return concerns(channel, facts, roster, site)

    async def _seen(self, site: Site) -> tuple[SeenChannel, ...]:
        found: list[SeenChannel] = []
        for name in {ref.platform for ref in site.channels} & self._platforms.keys():
            found += await self._platforms[name].channels()
        return tuple(found)

    async def _bring(
        self, site: Site, roster: Roster, card: Card, *, channel_id: int | None = None
    ) -> timedelta | None:
        """Deliver a card to the first of the site's people in charge who can be reached."""
        keys = (site.site_administrator, *site.designees, *(key for key in (site.supervisor,) if key))
        first = next((ref.platform for ref in site.channels), "")
        brought = await bring(card, keys, roster, self._platforms, first)
        if brought is None:
            log.warning("Nobody in charge of a site could be told of a registration; it is tried again.")
            return NOBODY_WAIT
        if channel_id is not None:
            place = (brought.address.platform, brought.delivery.channel, brought.delivery.message)
            await self._store.register_cards.note(RegisterCard(channel_id, brought.person, *place, brought.language))
        return None

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
