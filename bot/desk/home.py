"""The counter of a person's own page (Slack's App Home): drawn anew each time it is opened, for whoever opens it.

Promise: it shows what the person may know of, at that moment. Cases that they are barred from are in no list and no
count (R25); days can be signed by those who may sign; everybody sees how to report, and how far their own reports are.
"""

from __future__ import annotations

import collections
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.alerts.story import local
from bot.cases.book import CaseBook
from bot.daily import drawing
from bot.daily.view import ChannelDay, Views, may_sign
from bot.desk.caseview import CaseView
from bot.desk.counter import Counter
from bot.desk.pages import REPORTS, stage_of
from bot.desk.setup import open_channels, state_of
from bot.domain.channels import RegisteredChannel
from bot.domain.comments import ChannelRef
from bot.domain.people import DECIDERS, SiteRole
from bot.domain.roster import Person, Roster, Site
from bot.interface.cards import Card, Fact
from bot.interface.cases import mine
from bot.interface.desk import netiquette_card, said
from bot.interface.home import Live, live_text, report_card, reports_card, today_card, yours_card
from bot.interface.texts import Text, text
from bot.platform.capabilities import Capability
from bot.platform.events import ChannelChanged, HomeOpened, MemberJoined
from bot.platform.protocol import Platform
from bot.policy.schema import Pack
from bot.store import Store, StoredChannel

MOST_SITES = 5
"""How many sites a page shows; whoever looks after more is told so."""


class Home(Counter):
    """Draws the page of whoever opens it, where the platform has such pages."""

    def __init__(
        self, store: Store, pack: Pack, clock: Callable[[], datetime], book: CaseBook, *, views: Views, cases: CaseView
    ) -> None:
        self._store = store
        self._pack = pack
        self._clock = clock
        self._book = book
        self._views = views
        self._cases = cases

    async def told(self, event: MemberJoined | ChannelChanged | HomeOpened, platform: Platform) -> None:
        """Draw the page of a person who opened it."""
        if isinstance(event, HomeOpened) and Capability.HOME_PAGE in platform.capabilities:
            cards = [card async for card in self._page(event, platform)]
            await platform.show_home(event.by.id, cards, event.language)

    async def _page(self, event: HomeOpened, platform: Platform) -> AsyncIterator[Card]:
        roster = await self._book.read_roster()
        person = roster.person_at(platform.name, event.by.id)
        if person is not None:
            async for card in self._work(person, roster):
                yield card
        yield report_card()
        if reports := await self._reports(event.by.id, platform, roster):
            yield reports_card(reports)
        netiquette = self._pack.netiquette["es" if event.language == "es" else "en"]
        points = {number: words.replace("**", "") for number, words in netiquette.points.items()}
        yield netiquette_card(points)

    async def _work(self, person: Person, roster: Roster) -> AsyncIterator[Card]:
        """Yield what waits for a person of the roster: cases, days to sign, channels."""
        known = await self._store.channels.all()
        decides = [site for site in roster.sites.values() if roster.roles(person.key, site) & DECIDERS]
        if decides:
            theirs = await self._cases.theirs(person)
            yield self._cases.listed(person, theirs)
            for site in decides[:MOST_SITES]:
                if (card := await self._to_sign(site, person, roster)) is not None:
                    yield card
            waiting = collections.Counter(case.channel.ref for case in theirs)
            for site in decides[:MOST_SITES]:
                yield await self._today(site, known, waiting, roster)
        if len(decides) > MOST_SITES:
            yield said("home.more_sites", count=len(decides) - MOST_SITES)
        teaches = any(SiteRole.STAFF in roster.roles(person.key, site) for site in roster.sites.values())
        own = open_channels([one.registered for one in known if one.registered.responsible == person.key])
        if own or teaches:
            yield yours_card([_named(one, state_of(one, self._date(roster))) for one in own])

    async def _to_sign(self, site: Site, person: Person, roster: Roster) -> Card | None:
        """Return the days that wait for the person's signature, as `signoff` lists them."""
        unsigned = await self._views.unsigned(site.key) if may_sign(roster, site, person.key) else []
        if not unsigned:
            return None
        shown = drawing.listed_together(unsigned)
        return drawing.unsigned(await self._views.of(shown, person.key), len(unsigned) - len(shown))

    async def _today(
        self, site: Site, known: list[StoredChannel], waiting: Mapping[ChannelRef, int], roster: Roster
    ) -> Card:
        """Return a site's channels: numbers of the day in progress for those that are read, else what they wait for.

        `waiting` are the cases in each channel that the reader may decide on.
        """
        day = (await self._store.ledger.latest()).get(site.key)
        views = await self._views.of([day], None) if day is not None else []
        live = {one.channel.ref: one for view in views for one in view.channels}
        facts: list[Fact] = []
        for one in open_channels(stored.registered for stored in known if stored.registered.site == site.key):
            read = live.get(one.ref) if one.watched else None
            state = state_of(one, self._date(roster)) if read is None else _live(read, waiting.get(one.ref, 0))
            facts.append(_named(one, state))
        return today_card(site.name, day.date if day else None, facts)

    async def _reports(self, account: str, platform: Platform, roster: Roster) -> list[Fact]:
        """Return the person's own latest reports, and how far they are (R21)."""
        # Whoever reports is known by workspace, and the page says none: those where channels are registered are tried.
        refs = [one.registered.ref for one in await self._store.channels.all()]
        workspaces = dict.fromkeys(["", *(ref.workspace for ref in refs if ref.platform == platform.name)])
        places = tuple(ChannelRef(platform.name, workspace, "") for workspace in workspaces)
        own = await self._store.reports.mine(places, account, REPORTS)
        return [mine(one.code, local(one.reported_at, roster), stage_of(one.happened)) for one in own]

    def _date(self, roster: Roster) -> date:
        return self._clock().astimezone(ZoneInfo(roster.district.time_zone)).date()


def _named(channel: RegisteredChannel, value: Text) -> Fact:
    return Fact(text("plain", value=f"#{channel.name}"), value)


def _live(channel: ChannelDay, waiting: int) -> Text:
    counts = channel.counts
    return live_text(Live(counts.posted, counts.screened, counts.unscored, waiting, len(channel.gaps)))
