"""What follows from people's decisions in its own time: members, authors and reporters are told, reminders are sent.

Promise: at least once for each, and only what a person asked for. What a platform cannot do, or does not after the last
try, the case says, so that a person does it by hand. Nothing is ever sent to an agency.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from bot.alerts.contacts import Address, address_of, contacts
from bot.alerts.errands import NOBODY_WAIT, CarryOut, backoff
from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.domain.cases import CaseEvent, EventKind
from bot.domain.comments import ChannelRef, CommentRef
from bot.errors import PlatformError
from bot.interface.cards import Card
from bot.interface.cases import author_card, reminder_card, told_card
from bot.interface.texts import text
from bot.platform.capabilities import Capability
from bot.platform.protocol import Platform, Recipient
from bot.policy.schema import Pack
from bot.store import Errand, ErrandKind, Store
from bot.store.cases import NewEvent

log = logging.getLogger(__name__)

_REASON = "A person of the school decided this, under the rule “{rule}”."
_AGAIN = timedelta(seconds=5)
_FLAGGED_WITHIN = timedelta(days=2)


class Aftermath:
    """Carries out the errands that a case leaves behind; `platforms` are the connected ones, by name.

    ===========  =====================================================================================
    member       a member is timed out or taken out at a person's word, or the case says: by hand
    author_note  the author gets the private note, or the case says that they could not be reached
    reporter     a reporter hears how far their report is
    look_again   whose case it is, or else the first who may decide, is asked to look again
    attach       a comment that a follow-up watch raised is noted on the older case
    ===========  =====================================================================================
    """

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        pack: Pack,
        clock: Callable[[], datetime],
        book: CaseBook,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._pack = pack
        self._clock = clock
        self._book = book

    @property
    def carriers(self) -> Mapping[str, CarryOut]:
        """Who carries out which kind of errand."""
        return {
            ErrandKind.MEMBER: self._member,
            ErrandKind.AUTHOR_NOTE: self._author_note,
            ErrandKind.REPORTER: self._reporter,
            ErrandKind.LOOK_AGAIN: self._look_again,
            ErrandKind.ATTACH: self._attach,
        }

    async def _member(self, errand: Errand, last: bool) -> timedelta | None:
        case = await self._book.read(UUID(errand.payload["case_id"]))
        if case is None:
            return None
        for asked, done, failed, needs in _MEMBER:
            event = next((event for event in case.events if event.kind is asked), None)
            if event is None or case.happened(done) or case.happened(failed):
                continue
            outcome = failed
            platform = self._platforms.get(case.channel.ref.platform)
            if platform and needs in platform.capabilities and case.author_account and case.snapshot:
                try:
                    await _carry(platform, case, event)
                    outcome = done
                except PlatformError:
                    if not last:
                        return backoff(errand.attempts)
            if not await self._note(case, outcome, (ErrandKind.UPDATE,)):
                return _AGAIN
            case = await self._book.read(case.id) or case
        return None

    async def _author_note(self, errand: Errand, last: bool) -> timedelta | None:
        case = await self._book.read(UUID(errand.payload["case_id"]))
        if case is None or case.happened(EventKind.AUTHOR_TOLD) or case.happened(EventKind.AUTHOR_UNREACHED):
            return None
        outcome = EventKind.AUTHOR_UNREACHED
        platform = self._platforms.get(case.channel.ref.platform)
        if platform is not None and case.author_account:
            language, card = self._note_to(case)
            try:
                await platform.deliver(card, Recipient(person=case.author_account), language)
                outcome = EventKind.AUTHOR_TOLD
            except PlatformError:
                if not last:
                    return backoff(errand.attempts)
        return None if await self._note(case, outcome, (ErrandKind.UPDATE,)) else _AGAIN

    def _note_to(self, case: Case) -> tuple[str, Card]:
        """Return the note to the author, in their language where the roster knows it, and that language."""
        roster = self._book.roster
        person = roster.person_at(case.channel.ref.platform, case.author_account)
        language = person.language if person else roster.district.languages[0]
        confirmed = [event.rule for event in case.events if event.kind is EventKind.CONFIRMED and event.rule]
        rule = self._pack.rule(confirmed[-1]) if confirmed else None
        points = self._pack.netiquette["es" if language == "es" else "en"].points
        title = text("plain", value=rule.title.in_(language)) if rule else text("case.author.our_rules")
        point = points.get(rule.netiquette, "").replace("**", "") if rule else ""
        line = text("plain", value=point) if point else text("case.author.guidelines")
        return language, author_card(title, line, channel=case.channel.name)

    async def _reporter(self, errand: Errand, last: bool) -> timedelta | None:
        case = await self._book.read(UUID(errand.payload["case_id"]))
        told = await self._store.reports.addressee(UUID(errand.payload["report"]))
        platform = self._platforms.get(case.channel.ref.platform) if case else None
        if told is None or platform is None:
            return None
        try:
            card = told_card(told.code, errand.payload["stage"])
            await platform.deliver(card, Recipient(person=told.account), told.language)
        except PlatformError:
            if not last:
                return backoff(errand.attempts)
            log.warning("A reporter could not be told of their report; “status” shows it to them.")
        return None

    async def _look_again(self, errand: Errand, last: bool) -> timedelta | None:
        case = await self._book.read(UUID(errand.payload["case_id"]))
        if case is None or case.look_again_on != errand.payload["day"]:
            return None
        for person, address in self._to_remind(case):
            language = self._book.roster.people[person].language
            card = reminder_card(case.token, case.code, channel=case.channel.name)
            try:
                await self._platforms[address.platform].deliver(card, Recipient(person=address.account), language)
            except PlatformError:
                if not last:
                    return backoff(errand.attempts)
                continue
            # The reminder is out; a note that lost its place to another event is no reason for a second one.
            await self._note(case, EventKind.REMINDED, (ErrandKind.UPDATE,))
            return None
        return NOBODY_WAIT

    def _to_remind(self, case: Case) -> Iterator[tuple[str, Address]]:
        """Yield whose case it is, then everybody else who may decide, where each can be reached in chat."""
        roster = self._book.roster
        for person in dict.fromkeys([case.holder or "", *contacts(case, roster)]):
            if person in case.barred or not case.may_be_decided_by(person, roster):
                continue
            address = address_of(roster, person, self._platforms, case.channel.ref.platform)
            if address is not None:
                yield person, address

    async def _attach(self, errand: Errand, last: bool) -> timedelta | None:
        """Note on the older case that a comment of a watch is now a case of its own; for two days it waits for that.

        Nothing is noted where somebody may know of the older case and not of the new one: it may be about them.
        """
        told = errand.payload
        parent = await self._book.read(UUID(told["case_id"]))
        ref = CommentRef(ChannelRef(told["platform"], told["workspace"], told["channel"]), told["comment"])
        for case_id in await self._store.cases.of_comments([ref.comment]):
            child = await self._book.read(case_id)
            if child is None or parent is None or child.belongs_to != parent.id or child.comment != ref:
                continue
            noted = {event.about for event in parent.events if event.kind is EventKind.ATTACHED}
            if child.id.hex in noted or child.barred - parent.barred:
                return None
            event = CaseEvent(EventKind.ATTACHED, self._clock(), about=child.id.hex)
            new = NewEvent(parent.id, len(parent.events), event, errands=(ErrandKind.UPDATE,))
            return None if await self._store.cases.append(new) else _AGAIN
        since = datetime.fromisoformat(told["since"]) if "since" in told else None
        if since is None or self._clock() - since > _FLAGGED_WITHIN:
            return None if last else backoff(errand.attempts)
        return NOBODY_WAIT if last else backoff(errand.attempts)

    async def _note(self, case: Case, kind: EventKind, errands: tuple[ErrandKind, ...]) -> bool:
        if not case.allows(kind):
            return True
        return await self._store.cases.append(
            NewEvent(case.id, len(case.events), CaseEvent(kind, self._clock()), errands=errands)
        )


_MEMBER = (
    (EventKind.TIME_OUT_ASKED, EventKind.TIMED_OUT, EventKind.TIME_OUT_FAILED, Capability.TIME_OUT_MEMBER),
    (
        EventKind.MEMBER_REMOVAL_ASKED,
        EventKind.MEMBER_REMOVED,
        EventKind.MEMBER_REMOVAL_FAILED,
        Capability.REMOVE_MEMBER,
    ),
)


async def _carry(platform: Platform, case: Case, asked: CaseEvent) -> None:
    """Have the platform do what was asked; the reason that it records names the rule (R27)."""
    reason = _REASON.format(rule=asked.rule)
    if asked.kind is EventKind.TIME_OUT_ASKED:
        span = timedelta(hours=int(asked.about or 1))
        await platform.time_out_member(case.channel.ref, case.author_account, span, reason)
    else:
        await platform.remove_member(case.channel.ref, case.author_account, reason)
