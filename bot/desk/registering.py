"""The counter where channels are registered: a teacher asks, an administrator approves, the bot does the rest (R29).

Promise: nothing is read before a named administrator has approved it, and only for a channel of their own site. Both
are checked when the form comes back and when the button is pressed. What is approved stays so, and watched, while
something newer waits for approval, such as a later day on which families were told; and nobody enters or approves a
channel that is on another site's register.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.cases.book import CaseBook
from bot.desk.counter import Counter
from bot.domain.channels import ChannelStatus, Lacking, RegisteredChannel, missing_facts
from bot.domain.comments import ChannelRef
from bot.domain.people import APPROVERS
from bot.domain.roster import Person, Roster, Site
from bot.errors import PlatformError
from bot.interface.cards import Card, Verb
from bot.interface.commands import RUNNERS
from bot.interface.desk import lacking_text, said
from bot.interface.registry import entered_card, register_form, tell_again_card
from bot.interface.texts import Text, text
from bot.platform.events import ButtonPressed, CommandUsed, FormSubmitted, Interaction
from bot.platform.protocol import Platform
from bot.policy.schema import Pack
from bot.registry.announcing import Announcer, entered_of
from bot.registry.checks import untold
from bot.registry.registration import Applicant, WrongEntryError, approved, registered, signs_with_full_name
from bot.registry.schoolyear import Renewal, renewal_of
from bot.store import Store, StoredChannel
from bot.store.registrations import StoredRenewal

MOST_OPEN = 200
_HEX = 32
"""The length of the token of what was entered for an approved channel: others are row ids."""


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
            return
        owner = roster.site_of(ask.where)
        applicant = _applicant(roster, ask, platform, owner.key if owner else None)
        if isinstance(applicant, Card):
            await platform.answer(ask, applicant)
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
        if where is None:
            return said("report.expired")
        standing = await self._standing(where)
        owner = standing.registered.site if standing else None
        applicant = _applicant(roster, replace(ask, where=where), platform, owner)
        if isinstance(applicant, Card):
            return applicant
        try:
            channel = registered(where, await _name_of(where, platform), event.values, applicant, self._today(roster))
        except WrongEntryError as wrong:
            return said(wrong.key)
        if standing is not None and standing.registered.watched and not self._renews(standing, roster):
            if not _tells_later(channel, standing.registered):
                return self._nothing_new(standing.registered, ask.language, self._today(roster))
            # Who enters the day of a notice does not take the channel over with it.
            channel = replace(channel, responsible=standing.registered.responsible)
        if standing is not None:
            channel = replace(channel, notice_posted_on=standing.registered.notice_posted_on)
        row = await self._kept(channel, standing)
        if row is None:
            # Somebody entered or approved it since it was read: what stands now decides.
            return await self._entered(event, platform)
        await self._announcer.ask(row)
        self._open.pop(event.token, None)
        entered = entered_of(channel, roster)
        if not signs_with_full_name(ask.by.name, applicant.person):
            entered = replace(entered, warnings=(*entered.warnings, _full_name(applicant.person)))
        anew = standing is not None and standing.registered.status is ChannelStatus.APPROVED
        return entered_card(entered, self._notice(ask.language), anew=anew)

    async def _kept(self, channel: RegisteredChannel, standing: StoredChannel | None) -> int | None:
        """Keep what was entered: beside what is approved, else on the register; nothing when it has changed since."""
        if standing is None or standing.registered.status is not ChannelStatus.APPROVED:
            return await self._store.registrations.enter(channel)
        await self._store.registrations.renew(standing.id, channel)
        return standing.id

    def _notice(self, language: str) -> list[str]:
        words = self._pack.parent_notice["es" if language == "es" else "en"]
        return [paragraph.replace("**", "") for paragraph in words.split("\n\n") if paragraph.strip()]

    def _nothing_new(self, channel: RegisteredChannel, language: str, today: date) -> Card:
        """Answer for a channel whose approval is current; if its families are to be told again, with what to send."""
        late = untold(channel, today, self._pack.identity.time_limits.parent_notice_months)
        return said("register.already") if late is None else tell_again_card(self._notice(language))

    def _renews(self, standing: StoredChannel, roster: Roster) -> bool:
        return renewal_of(standing.registered, self._today(roster)) is not Renewal.CURRENT

    async def _approved(self, event: ButtonPressed, platform: Platform) -> Card:
        roster = await self._book.read_roster()
        entered = await self._waiting(event.token)
        stored = await self._called(str(entered.channel_id) if entered else event.token)
        if stored is None:
            return said("register.gone")
        channel = stored.registered
        site = roster.sites.get(channel.site or "")
        person = roster.person_at(platform.name, event.interaction.by.id)
        if site is None or person is None or not _may_approve(roster, person, site):
            return said("register.not_yours")
        if entered is not None:
            agreed = approved(entered.over(channel), person.key, self._today(roster))
            if not await self._store.registrations.settle(entered.id, agreed):
                return said("register.gone")
        elif await self._store.registrations.renewal_of(stored.id) is not None:
            return said("register.newer")
        elif self._is_settled(channel, roster):
            return said("register.approved_already")
        else:
            agreed = self._agreed(channel, person, roster)
            await self._store.channels.save(agreed)
        await self._announcer.settled(stored.id)
        lacking = [fact for fact in missing_facts(agreed) if fact is not Lacking.NOTICE]
        return said("register.approved_but", facts=lacking_text(lacking)) if lacking else said("register.approved")

    def _is_settled(self, channel: RegisteredChannel, roster: Roster) -> bool:
        confirmed = channel.approved_by is not None and channel.approval_confirmed_on is not None
        return confirmed and renewal_of(channel, self._today(roster)) is Renewal.CURRENT

    def _agreed(self, channel: RegisteredChannel, person: Person, roster: Roster) -> RegisteredChannel:
        """Return the channel as this person approves, confirms or renews it."""
        today = self._today(roster)
        fresh = channel if renewal_of(channel, today) is Renewal.CURRENT else replace(channel, approved_on=None)
        return approved(fresh, person.key, today)

    async def _waiting(self, token: str) -> StoredRenewal | None:
        """Return what was entered for an approved channel, where the button is about that."""
        try:
            return await self._store.registrations.renewal(UUID(hex=token)) if len(token) == _HEX else None
        except ValueError:
            return None

    async def _standing(self, where: ChannelRef) -> StoredChannel | None:
        return next((one for one in await self._store.channels.all() if one.registered.ref == where), None)

    async def _called(self, token: str) -> StoredChannel | None:
        row = int(token) if token.isascii() and token.isdigit() and len(token) < 18 else -1
        return next((one for one in await self._store.channels.all() if one.id == row), None)

    def _today(self, roster: Roster) -> date:
        return self._clock().astimezone(ZoneInfo(roster.district.time_zone)).date()


def _applicant(roster: Roster, ask: Interaction, platform: Platform, owner: str | None) -> Applicant | Card:
    """Return who registers, and the site; or why they cannot.

    The site is `owner` for a channel that is on its register, else that of the channel's workspace, else the one where
    the person works.
    """
    person = roster.person_at(platform.name, ask.by.id)
    theirs = [site for site in roster.sites.values() if person and roster.roles(person.key, site) & RUNNERS]
    if person is None or ask.where is None or not theirs:
        return said("desk.not_for_you")
    if owner is not None:
        own = next((site for site in theirs if site.key == owner), None)
        return said("register.elsewhere") if own is None else Applicant(person, own)
    place = (ask.where.platform, ask.where.workspace)
    here = [site for site in theirs if any((ref.platform, ref.workspace) == place for ref in site.channels)]
    return Applicant(person, (here or theirs)[0])


def _tells_later(entered: RegisteredChannel, standing: RegisteredChannel) -> bool:
    """Whether families were told of the channel again since the day on record (R12)."""
    told, before = entered.parents_notified_on, standing.parents_notified_on
    return told is not None and before is not None and told > before


def _may_approve(roster: Roster, person: Person, site: Site) -> bool:
    return bool(roster.roles(person.key, site) & APPROVERS)


async def _name_of(where: ChannelRef, platform: Platform) -> str:
    try:
        return (await platform.inspect(where)).name
    except PlatformError:
        return where.channel


def _full_name(person: Person) -> Text:
    return text("register.full_name", name=person.name, title=person.title or "–")
