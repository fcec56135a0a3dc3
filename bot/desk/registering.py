"""The counter where channels are registered: a teacher asks, an administrator approves, the bot does the rest (R29).

Promise: nothing is read before a named administrator has approved it, and only for a channel of their own site. Both
are checked when the form comes back and when the button is pressed.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.cases.book import CaseBook
from bot.desk.counter import Counter
from bot.domain.channels import Lacking, missing_facts
from bot.domain.comments import ChannelRef
from bot.domain.people import SiteRole
from bot.domain.roster import Person, Roster, Site
from bot.errors import PlatformError
from bot.interface.cards import Card, Verb
from bot.interface.commands import RUNNERS
from bot.interface.desk import lacking_text, said
from bot.interface.registry import entered_card, register_form
from bot.interface.texts import Text, text
from bot.platform.events import ButtonPressed, CommandUsed, FormSubmitted, Interaction
from bot.platform.protocol import Platform
from bot.policy.schema import Pack
from bot.registry.announcing import Announcer, entered_of
from bot.registry.registration import Applicant, WrongEntryError, approved, registered, signs_with_full_name
from bot.registry.schoolyear import Renewal, renewal_of
from bot.store import Store, StoredChannel

APPROVERS = frozenset({SiteRole.SITE_ADMINISTRATOR, SiteRole.DESIGNEE, SiteRole.DISTRICT_ADMINISTRATOR})
MOST_OPEN = 200


class Registering(Counter):
    """Answers `register`, its form, and the button that approves."""

    commands = frozenset({"register"})
    verbs = frozenset({Verb.APPROVE})
    forms = frozenset({"register"})

    def __init__(
        self, store: Store, pack: Pack, clock: Callable[[], datetime], book: CaseBook, announcer: Announcer
    ) -> None:
        self._store = store
        self._pack = pack
        self._clock = clock
        self._book = book
        self._announcer = announcer
        self._open: OrderedDict[str, ChannelRef] = OrderedDict()

    async def used(self, event: CommandUsed, platform: Platform) -> None:
        """Open the form for the channel where the command was given."""
        ask = event.interaction
        roster = await self._book.recall_roster()
        if ask.where is None:
            await platform.answer(ask, said("register.where"))
        elif _applicant(roster, ask, platform) is None:
            await platform.answer(ask, said("desk.not_for_you"))
        else:
            token = secrets.token_urlsafe(12)
            self._open[token] = ask.where
            while len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)
            await platform.open_form(ask, register_form(token))

    async def submitted(self, event: FormSubmitted, platform: Platform) -> None:
        """Put the channel on the register, pending, and ask the site administrator."""
        await platform.answer(event.interaction, await self._entered(event, platform))

    async def pressed(self, event: ButtonPressed, platform: Platform) -> None:
        """Approve, confirm or renew a registration."""
        await platform.answer(event.interaction, await self._approved(event, platform))

    async def _entered(self, event: FormSubmitted, platform: Platform) -> Card:
        ask, where = event.interaction, self._open.get(event.token)
        roster = await self._book.read_roster()
        applicant = _applicant(roster, replace(ask, where=where), platform) if where else None
        if where is None:
            return said("report.expired")
        if applicant is None:
            return said("desk.not_for_you")
        try:
            channel = registered(where, await _name_of(where, platform), event.values, applicant, self._today(roster))
        except WrongEntryError as wrong:
            return said(wrong.key)
        standing = await self._standing(where)
        if standing is not None and standing.registered.watched and not self._renews(standing, roster):
            return said("register.already")
        if standing is not None:
            channel = replace(channel, notice_posted_on=standing.registered.notice_posted_on)
        row = await self._store.channels.save(channel)
        await self._announcer.ask(row)
        self._open.pop(event.token, None)
        entered = entered_of(channel, roster)
        if not signs_with_full_name(ask.by.name, applicant.person):
            entered = replace(entered, warnings=(*entered.warnings, _full_name(applicant.person)))
        return entered_card(entered, self._notice(ask.language))

    def _notice(self, language: str) -> list[str]:
        words = self._pack.parent_notice["es" if language == "es" else "en"]
        return [paragraph.replace("**", "") for paragraph in words.split("\n\n") if paragraph.strip()]

    def _renews(self, standing: StoredChannel, roster: Roster) -> bool:
        return renewal_of(standing.registered, self._today(roster)) is not Renewal.CURRENT

    async def _approved(self, event: ButtonPressed, platform: Platform) -> Card:
        roster = await self._book.read_roster()
        stored = await self._called(event.token)
        if stored is None:
            return said("register.gone")
        channel = stored.registered
        site = roster.sites.get(channel.site or "")
        person = roster.person_at(platform.name, event.interaction.by.id)
        if site is None or person is None or not _may_approve(roster, person, site):
            return said("register.not_yours")
        today = self._today(roster)
        settled = channel.approval_confirmed_on is not None and renewal_of(channel, today) is Renewal.CURRENT
        if settled and channel.approved_by is not None:
            return said("register.approved_already")
        fresh = channel if renewal_of(channel, today) is Renewal.CURRENT else replace(channel, approved_on=None)
        agreed = approved(fresh, person.key, today)
        await self._store.channels.save(agreed)
        await self._announcer.settled(stored.id)
        lacking = [fact for fact in missing_facts(agreed) if fact is not Lacking.NOTICE]
        return said("register.approved_but", facts=lacking_text(lacking)) if lacking else said("register.approved")

    async def _standing(self, where: ChannelRef) -> StoredChannel | None:
        return next((one for one in await self._store.channels.all() if one.registered.ref == where), None)

    async def _called(self, token: str) -> StoredChannel | None:
        row = int(token) if token.isascii() and token.isdigit() and len(token) < 18 else -1
        return next((one for one in await self._store.channels.all() if one.id == row), None)

    def _today(self, roster: Roster) -> date:
        return self._clock().astimezone(ZoneInfo(roster.district.time_zone)).date()


def _applicant(roster: Roster, ask: Interaction, platform: Platform) -> Applicant | None:
    """Return who registers, and the site: that of the channel's workspace, else the one where the person works."""
    person = roster.person_at(platform.name, ask.by.id)
    if person is None or ask.where is None:
        return None
    theirs = [site for site in roster.sites.values() if roster.roles(person.key, site) & RUNNERS]
    place = (ask.where.platform, ask.where.workspace)
    here = [site for site in theirs if any((ref.platform, ref.workspace) == place for ref in site.channels)]
    found = next(iter(here or theirs), None)
    return None if found is None else Applicant(person, found)


def _may_approve(roster: Roster, person: Person, site: Site) -> bool:
    return bool(roster.roles(person.key, site) & APPROVERS)


async def _name_of(where: ChannelRef, platform: Platform) -> str:
    try:
        return (await platform.inspect(where)).name
    except PlatformError:
        return where.channel


def _full_name(person: Person) -> Text:
    return text("register.full_name", name=person.name, title=person.title or "–")
