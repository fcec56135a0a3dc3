"""What commands show: the guidelines, the rules and contacts, how a channel is looked after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.drawing import agency_fact
from bot.alerts.story import local
from bot.cases.book import CaseBook
from bot.cases.case import Case, site_of
from bot.cases.status import UNDECIDED
from bot.daily.view import Views
from bot.desk.counter import Counter
from bot.desk.waiting import Waiting
from bot.domain.cases import EventKind
from bot.domain.channels import missing_facts
from bot.domain.comments import ChannelRef
from bot.domain.people import DECIDERS, SiteRole
from bot.domain.roster import Person, Site
from bot.errors import PlatformError
from bot.interface.cards import Card, Fact
from bot.interface.cases import mine
from bot.interface.commands import COMMANDS, RUNNERS
from bot.interface.desk import policy_card, reported_card, said, status_card, week_fact
from bot.platform.capabilities import Capability
from bot.platform.events import CommandUsed
from bot.platform.protocol import Platform
from bot.policy.schema import Pack
from bot.registry.schoolyear import school_year
from bot.store import Store, StoredChannel

REPORTS = 5
"""How many of their own reports a person is shown, the latest ones."""

MOST_SITES = 3
"""How many sites a status names the week of."""

_CONTACTS = 3


class Pages(Counter):
    """Makes the card that answers a command. Barred cases are on no list and in no count (R25)."""

    commands = frozenset({"policy", "status"})

    def __init__(self, store: Store, pack: Pack, book: CaseBook, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._pack = pack
        self._book = book
        self._clock = clock
        self._views = Views(store, book)
        self._waiting = Waiting(store, book)

    async def used(self, event: CommandUsed, platform: Platform) -> None:
        """Answer with the page that the command stands for."""
        await platform.answer(event.interaction, await self.page(event, platform))

    async def page(self, event: CommandUsed, platform: Platform) -> Card:
        """Return the answer to a command, in the language of whoever asked."""
        roster = await self._book.read_roster()
        ask = event.interaction
        person = roster.person_at(platform.name, ask.by.id)
        if not self._may_use(event.command, person):
            return said("desk.not_for_you")
        if event.command == "policy":
            return self._policy(ask.language)
        return await self._status(event, person, platform)

    async def reported(self, case: Case) -> Card:
        """Return what reporters wrote about a case, for someone who may decide on it."""
        stored = await self._store.cases.read(case.id)
        return reported_card([report.what for report in stored.reports] if stored else [])

    def _may_use(self, command: str, person: Person | None) -> bool:
        known = next((one for one in COMMANDS if one.name == command), None)
        if known is None or SiteRole.MEMBER in known.roles:
            return True
        if person is None:
            return False
        sites = self._book.roster.sites.values()
        return any(self._book.roster.roles(person.key, site) & known.roles for site in sites)

    def _runs(self, person: Person) -> bool:
        roster = self._book.roster
        return any(roster.roles(person.key, site) & RUNNERS for site in roster.sites.values())

    async def _undecided(self, person: Person | None, site: Site | None = None) -> int:
        """Return how many cases, of one site or of all, are for the person to decide on."""
        waiting = await self._waiting.of(person, site=site) if person is not None else []
        return sum(case.status in UNDECIDED for case in waiting)

    def _policy(self, language: str) -> Card:
        # Offices whose number the district has filled in come first.
        agencies = sorted(self._pack.routes.agencies, key=lambda agency: not agency.phones)[:_CONTACTS]
        contacts = [agency_fact(agency, number, self._pack, language) for number, agency in enumerate(agencies, 1)]
        what = self._pack.identity
        return policy_card(what.title.in_(language), what.version, contacts, self._pack.routes.verify.in_(language))

    async def _status(self, event: CommandUsed, person: Person | None, platform: Platform) -> Card:
        """Return how the channel is looked after, the week's days for deciders, and how far the asker's reports are."""
        card = await self._looked_after(event, person, platform)
        runs = person is not None and self._runs(person)
        facts = card.facts if runs else tuple(fact for fact in card.facts if fact.label.key != "status.cases")
        weeks = [] if person is None else await self._weeks(person)
        return replace(card, facts=(*facts, *weeks, *await self._reports(event, platform)))

    async def _weeks(self, person: Person) -> list[Fact]:
        """Return how this week's days stand, for each site where the person decides."""
        roster = self._book.roster
        theirs = [site for site in roster.sites.values() if roster.roles(person.key, site) & DECIDERS]
        return [await self._week(site, person) for site in theirs[:MOST_SITES]]

    async def _week(self, site: Site, person: Person) -> Fact:
        today = self._today()
        days = await self._store.ledger.days(site.key, today - timedelta(days=today.weekday()), today)
        # A day can be signed once it was counted; one without duty is never called moderated.
        views = await self._views.of([day for day in days if day.ready_at is not None], person.key)
        signed = sum(view.signed is not None for view in views)
        off_duty = sum(view.signed is None and not view.day.on_duty for view in views)
        return week_fact(site.name, signed, len(views) - signed - off_duty, off_duty)

    async def _reports(self, event: CommandUsed, platform: Platform) -> list[Fact]:
        """Return the asker's own latest reports: whoever reported may see how far it is (R21)."""
        elsewhere = ChannelRef(platform.name, "", "")
        places = tuple(dict.fromkeys([event.interaction.where or elsewhere, elsewhere]))
        own = await self._store.reports.mine(places, event.interaction.by.id, REPORTS)
        return [mine(one.code, local(one.reported_at, self._book.roster), stage_of(one.happened)) for one in own]

    async def _looked_after(self, event: CommandUsed, person: Person | None, platform: Platform) -> Card:
        where, roster = event.interaction.where, self._book.roster
        stored = next((one for one in await self._store.channels.all() if one.registered.ref == where), None)
        if stored is None:
            return status_card("unknown", (), await self._undecided(person), None)
        waiting = await self._undecided(person, site_of(roster, stored.registered))
        unread = await self._unread(stored, platform)
        return _status_of(stored, waiting, self._through(stored), unread)

    async def _unread(self, stored: StoredChannel, platform: Platform) -> int | None:
        """Return how many who can read the channel have not read its guidelines this school year (R32)."""
        if Capability.LIST_MEMBERS not in platform.capabilities or not stored.registered.watched:
            return None
        try:
            members = await platform.members(stored.registered.ref)
        except PlatformError:
            return None
        ref, year = stored.registered.ref, school_year(self._today())
        return len(await self._store.acknowledgements.missing(stored.id, ref, members, year))

    def _today(self) -> date:
        return self._clock().astimezone(ZoneInfo(self._book.roster.district.time_zone)).date()

    def _through(self, stored: StoredChannel) -> str | None:
        return None if stored.watermark is None else local(stored.watermark, self._book.roster)


def _status_of(stored: StoredChannel, waiting: int, through: str | None, unread: int | None) -> Card:
    channel = stored.registered
    if channel.site is None and not channel.watched:
        return status_card("unknown", (), waiting, None)
    state = "watched" if channel.watched else "waiting"
    return status_card(state, missing_facts(channel), waiting, through, unread)


def stage_of(happened: Iterable[EventKind]) -> str:
    """Return how far a report is, in the words that reporters are told: never what became of anybody."""
    stage = "received"
    for kind in happened:
        stage = _STAGES.get(kind, stage)
    return stage


_STAGES = {
    EventKind.CONFIRMED: "reviewed",
    EventKind.DISMISSED: "reviewed",
    EventKind.REMOVED: "removed",
    EventKind.CLOSED: "closed",
    EventKind.REOPENED: "received",
    EventKind.APPEALED: "received",
    EventKind.UPHELD: "reviewed",
    EventKind.REVERSED: "reviewed",
}
