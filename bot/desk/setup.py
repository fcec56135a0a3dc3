"""The counter of `setup`: how a site is set up, who can be reached how, and what should be put right.

Promise: it shows no address and no account, only whether somebody can be reached; and only to those who decide there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.alerts.contacts import MAIL, address_of
from bot.alerts.story import person_name
from bot.cases.book import CaseBook
from bot.desk.counter import Counter
from bot.domain.channels import ChannelStatus, RegisteredChannel
from bot.domain.people import DECIDERS, SiteRole
from bot.domain.roster import Roster, Site
from bot.interface.cards import Card, Fact
from bot.interface.desk import lacking_text, said
from bot.interface.setup import setup_card
from bot.interface.texts import Text, paired, text
from bot.platform.events import CommandUsed
from bot.platform.protocol import Platform
from bot.registry.applying import waiting_for
from bot.registry.schoolyear import Renewal, label, renewal_of, school_year
from bot.store import Store

ENOUGH = 2
"""People on a ladder, at the least: one of them will be ill one day."""


class Setup(Counter):
    """Answers `setup`. `outlets` are the ways by which cards can be brought to people: platforms' names and `MAIL`."""

    commands = frozenset({"setup"})

    def __init__(self, store: Store, clock: Callable[[], datetime], book: CaseBook, outlets: Collection[str]) -> None:
        self._store = store
        self._clock = clock
        self._book = book
        self._outlets = frozenset(outlets)

    async def used(self, event: CommandUsed, platform: Platform) -> None:
        """Show the site of the channel where the command was given, or the first where the person decides."""
        ask = event.interaction
        roster = await self._book.read_roster()
        person = roster.person_at(platform.name, ask.by.id)
        theirs = [
            site for site in roster.sites.values() if person is not None and roster.roles(person.key, site) & DECIDERS
        ]
        if not theirs:
            await platform.answer(ask, said("desk.not_for_you"))
            return
        here = roster.site_of(ask.where) if ask.where else None
        site = here if here in theirs else theirs[0]
        others = [one.name for one in theirs if one is not site]
        await platform.answer(ask, await self._page(site, roster, others))

    async def _page(self, site: Site, roster: Roster, others: list[str]) -> Card:
        known = [one.registered for one in await self._store.channels.all()]
        channels = open_channels([channel for channel in known if channel.site == site.key])
        today = self._clock().astimezone(ZoneInfo(roster.district.time_zone)).date()
        shared = next((channel.name for channel in known if channel.ref == site.alert_channel), None)
        return setup_card(
            site,
            roster.district.time_zone,
            wrong=[*self._wrong_with_people(site, roster, today), *_wrong_with_channels(channels, today)],
            people=[self._person(key, site, roster, today) for key in people_of(site, roster)],
            ladder=[(person_name(step.person, roster), step) for step in site.ladder],
            alerts=shared or (site.alert_channel.channel if site.alert_channel else None),
            channels=[Fact(text("plain", value=f"#{one.name}"), state_of(one, today)) for one in channels],
            others=others,
        )

    def _person(self, key: str, site: Site, roster: Roster, today: date) -> Fact:
        roles = roster.roles(key, site)
        held = [text(f"setup.role.{role}") for role in SiteRole if role in roles - {SiteRole.MEMBER}]
        ways = [
            *(text("plain", value=name.capitalize()) for name in self._accounts(key, roster)),
            *([text("setup.mail")] if self._has_mail(key, roster) else []),
        ]
        parts = [paired(ways) if ways else text("setup.unreachable")]
        person = roster.people.get(key)
        away = [] if person is None else sorted(span for span in person.away if span[1] >= today)
        parts += [text("setup.away", first=f"{first}", last=f"{last}") for first, last in away[:1]]
        return Fact(
            text("pair", first=person_name(key, roster), second=paired(held or [text("setup.role.none")])),
            paired(parts),
        )

    def _accounts(self, key: str, roster: Roster) -> list[str]:
        person = roster.people.get(key)
        return [] if person is None else sorted(name for name in person.accounts if name in self._outlets)

    def _has_mail(self, key: str, roster: Roster) -> bool:
        person = roster.people.get(key)
        return MAIL in self._outlets and person is not None and bool(person.email)

    def _wrong_with_people(self, site: Site, roster: Roster, today: date) -> Iterator[Text]:
        """Yield what would leave an alert without anybody who answers it."""
        rungs = list(dict.fromkeys(step.person for step in site.ladder))
        reached = [key for key in rungs if address_of(roster, key, self._outlets, "") is not None]
        if not rungs:
            yield text("setup.wrong.no_ladder")
        elif len(rungs) < ENOUGH:
            yield text("setup.wrong.too_few")
        if rungs and not reached:
            yield text("setup.wrong.nobody")
        elif reached and all(roster.people[key].is_away(today) for key in reached):
            yield text("setup.wrong.all_away")
        if site.supervisor is None and roster.district.safety_contact is None:
            yield text("setup.wrong.nobody_above")
        counted = [key for key in people_of(site, roster) if roster.roles(key, site) & DECIDERS or key in rungs]
        missing = [key for key in counted if address_of(roster, key, self._outlets, "") is None]
        if missing:
            yield text("setup.wrong.unreachable", names=", ".join(person_name(key, roster) for key in missing))


def people_of(site: Site, roster: Roster) -> tuple[str, ...]:
    """Return everybody with a part in a site, those who decide first, the ladder's other people after them."""
    district = roster.district
    ordered: Iterable[str | None] = (
        site.site_administrator,
        *site.designees,
        site.supervisor,
        district.safety_contact,
        *district.administrators,
        *(step.person for step in site.ladder),
        *site.staff,
        *site.parent_leaders,
    )
    return tuple(dict.fromkeys(key for key in ordered if key))


def open_channels(channels: Iterable[RegisteredChannel]) -> list[RegisteredChannel]:
    """Return the channels that are not closed, those that need a person first, then by name."""
    here = (channel for channel in channels if channel.status is not ChannelStatus.CLOSED)
    return sorted(here, key=lambda channel: (channel.watched, channel.name))


def state_of(channel: RegisteredChannel, today: date) -> Text:
    """Return how a channel stands: watched or not, what it waits for, whether it is renewed for the school year."""
    if channel.status is ChannelStatus.SUSPENDED:
        return text("setup.channel.suspended")
    if not channel.watched:
        return text("setup.channel.waits", facts=lacking_text(waiting_for(channel)))
    if renewal_of(channel, today) is not Renewal.CURRENT:
        return text("setup.channel.unrenewed", year=label(school_year(today)))
    if channel.approval_confirmed_on is None:
        return text("setup.channel.attested")
    return text("setup.channel.watched")


def _wrong_with_channels(channels: Iterable[RegisteredChannel], today: date) -> Iterator[Text]:
    known = list(channels)
    if not any(channel.watched for channel in known):
        yield text("setup.wrong.nothing_watched")
    old = [channel.name for channel in known if renewal_of(channel, today) is not Renewal.CURRENT]
    if old:
        yield text("setup.wrong.unrenewed", year=label(school_year(today)), channels=", ".join(old[:8]), count=len(old))
