"""What commands show: the queue, the guidelines, the rules and contacts, how a channel is looked after."""

from __future__ import annotations

from bot.alerts.drawing import REPORTED, agency_fact, local, withholds
from bot.cases.book import CaseBook
from bot.cases.case import Case, site_of
from bot.cases.routing import may_decide
from bot.desk.counter import Counter
from bot.domain.cases import CaseKind
from bot.domain.channels import missing_facts
from bot.domain.people import SiteRole
from bot.domain.roster import Person
from bot.interface.alerts import reason
from bot.interface.cards import Card, Fact
from bot.interface.commands import COMMANDS
from bot.interface.desk import netiquette_card, policy_card, queue_card, reported_card, said, status_card
from bot.interface.texts import Text, text
from bot.platform.events import CommandUsed
from bot.platform.protocol import Platform
from bot.policy.schema import Netiquette, Pack
from bot.store import Store, StoredChannel

SHOWN = 10
"""How many cases the queue lists; a card has room for few."""

COUNTED = 200
"""How many of the newest undecided cases are looked through for it."""

_CONTACTS = 3
_LATER = {"case", "register", "setup"}


class Pages(Counter):
    """Makes the card that answers a command. Barred cases are on no list and in no count (R25)."""

    commands = frozenset({"queue", "netiquette", "policy", "status", *_LATER})

    def __init__(self, store: Store, pack: Pack, book: CaseBook) -> None:
        self._store = store
        self._pack = pack
        self._book = book

    async def used(self, event: CommandUsed, platform: Platform) -> None:
        """Answer with the page that the command stands for."""
        await platform.answer(event.interaction, await self.page(event, platform.name))

    async def page(self, event: CommandUsed, platform: str) -> Card:
        """Return the answer to a command, in the language of whoever asked."""
        roster = await self._book.read_roster()
        ask = event.interaction
        person = roster.person_at(platform, ask.by.id)
        if not self._may_use(event.command, person):
            return said("desk.not_for_you")
        if event.command == "queue" and person is not None:
            return await self._queue(person)
        if event.command == "netiquette":
            return netiquette_card(_plain(self._netiquette(ask.language)))
        if event.command == "policy":
            return self._policy(ask.language)
        if event.command == "status" and person is not None:
            return await self._status(event, person)
        return said(f"later.{event.command}" if event.command in _LATER else "later.button")

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

    async def _theirs(self, person: Person) -> list[Case]:
        """Return the undecided cases that the person may decide on, the newest first."""
        found = [await self._book.read(case) for case in await self._store.cases.undecided(COUNTED)]
        roster = self._book.roster
        return [case for case in found if case is not None and may_decide(roster, case.site, person.key, case.concern)]

    async def _queue(self, person: Person) -> Card:
        theirs = await self._theirs(person)
        return queue_card([self._item(case) for case in theirs[:SHOWN]], max(0, len(theirs) - SHOWN))

    def _item(self, case: Case) -> Fact:
        what: Text = reason(case.judgement)
        if case.kind is CaseKind.REVIEW:
            what = text("queue.review")
        elif case.judgement.rule == REPORTED:
            what = text("report.alert")
        label = text("queue.item", severity=text(f"severity.{case.judgement.severity}"), reason=what)
        place = {"channel": case.channel.name, "when": local(case.opened_at, self._book.roster)}
        if case.permalink is None or withholds(case, self._pack):
            return Fact(label, text("queue.place", **place))
        return Fact(label, text("queue.link", link=case.permalink, **place))

    def _netiquette(self, language: str) -> Netiquette:
        return self._pack.netiquette["es" if language == "es" else "en"]

    def _policy(self, language: str) -> Card:
        # Offices whose number the district has filled in come first.
        agencies = sorted(self._pack.routes.agencies, key=lambda agency: not agency.phones)[:_CONTACTS]
        contacts = [agency_fact(agency, number, self._pack, language) for number, agency in enumerate(agencies, 1)]
        what = self._pack.identity
        return policy_card(what.title.in_(language), what.version, contacts, self._pack.routes.verify.in_(language))

    async def _status(self, event: CommandUsed, person: Person) -> Card:
        where, roster = event.interaction.where, self._book.roster
        stored = next((one for one in await self._store.channels.all() if one.registered.ref == where), None)
        if stored is None:
            return status_card("unknown", (), len(await self._theirs(person)), None)
        site = site_of(roster, stored.registered)
        waiting = [case for case in await self._theirs(person) if case.site.key == site.key]
        return _status_of(stored, len(waiting), self._through(stored))

    def _through(self, stored: StoredChannel) -> str | None:
        return None if stored.watermark is None else local(stored.watermark, self._book.roster)


def _status_of(stored: StoredChannel, waiting: int, through: str | None) -> Card:
    channel = stored.registered
    if channel.site is None and not channel.watched:
        return status_card("unknown", (), waiting, None)
    return status_card("watched" if channel.watched else "waiting", missing_facts(channel), waiting, through)


def _plain(netiquette: Netiquette) -> dict[int, str]:
    """Return the points without Markdown's stars: a card draws its own emphasis."""
    return {number: words.replace("**", "") for number, words in netiquette.points.items()}
