"""Brings cases to people: has their cards delivered and redrawn, and comments removed at a person's word.

Promise: at least once, and at most one visible duplicate for one crash. A card is delivered, noted, and only then is
its errand settled. A crash between delivering and noting shows one card twice. After
the last try the failure itself becomes visible: the next contact gets the card with a line that says so; and if nobody
can be reached, the case says so, `doctor` counts it, and the errand goes on trying.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from bot.alerts.asking import Asking
from bot.alerts.contacts import climbed_to, is_above, next_contacts, outlets_of, wanted
from bot.alerts.errands import NOBODY_WAIT, CarryOut, backoff
from bot.alerts.handing import Handing
from bot.alerts.insisting import Insisting
from bot.alerts.ladder import Ladder
from bot.alerts.messenger import Messenger
from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.routing import may_decide, route
from bot.cases.status import may_follow
from bot.daily.days import Quiet
from bot.domain.cases import CaseEvent, EventKind
from bot.errors import PlatformError
from bot.platform.capabilities import Capability
from bot.platform.protocol import Outlet, Platform
from bot.policy.schema import Pack
from bot.store import Errand, ErrandKind, Store
from bot.store.cases import NewEvent
from bot.store.deliveries import SHARED

log = logging.getLogger(__name__)

_REASON = "A person of the school decided this, under the rule “{rule}”."


class Deliverer:
    """Carries out the errands about cases. `platforms` are the connected ones, by name.

    ======================  ==========================================================================================
    flag, review            whoever should have the case's card and has none gets it
    tell                    the same, because more people should have it; then all its cards are redrawn
    update                  the case's cards are redrawn where they stand
    remove                  the platform removes the comment at a person's word, or the case says: by hand
    told_again              whoever has a card of an earlier round hears that the case waits again
    handed_over             whoever it was handed to, and had its card before, hears that it is theirs
    climb                   nobody acknowledged in time: see `bot.alerts.ladder`
    insist, still_waiting   nobody acknowledged at all: see `bot.alerts.insisting`
    ask_permission          nobody answered for the evidence: see `bot.alerts.asking`
    ======================  ==========================================================================================
    """

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        pack: Pack,
        clock: Callable[[], datetime],
        *,
        book: CaseBook | None = None,
        mail: Outlet | None = None,
        quiet: Quiet | None = None,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._clock = clock
        self._book = book or CaseBook(store, clock, pack)
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._messenger = Messenger(store, platforms, pack, self._book, clock, mail=mail)
        insisting = Insisting(store, self._messenger, self._book, clock, quiet=quiet)
        self._ladder = Ladder(store, self._messenger, self._book, clock, insisting)
        self._handing = Handing(store, self._messenger, self._book, clock)
        outlets = outlets_of(platforms, mail)
        self._asking = Asking(store, outlets, self._book, clock)

    @property
    def carriers(self) -> Mapping[str, CarryOut]:
        """Who carries out which kind of errand."""
        telling = (ErrandKind.FLAG, ErrandKind.REVIEW, ErrandKind.TELL)
        return {
            **dict.fromkeys(telling, self._tell),
            ErrandKind.REMOVE: self._remove,
            ErrandKind.UPDATE: self._redraw,
            **self._ladder.carriers,
            **self._handing.carriers,
            **self._asking.carriers,
        }

    async def _tell(self, errand: Errand, last: bool) -> timedelta | None:
        case_id = _case_of(errand)
        # One at a time for a case: two errands about it would both find the same person without a card.
        async with self._turns.setdefault(case_id, asyncio.Lock()):
            return await self._told(case_id, errand, last=last)

    async def _told(self, case_id: UUID, errand: Errand, *, last: bool) -> timedelta | None:
        case = await self._book.read(case_id)
        if case is None:
            return None
        cards = await self._store.deliveries.of(case_id)
        await self._handing.begin(case, cards)
        reached = {stands.recipient for stands in cards}
        shared = await self._messenger.can_share(case)
        failed = await self._bring(case, self._recipients(case, shared=shared), reached)
        if failed and not last:
            return backoff(errand.attempts)
        if failed and not await self._bring_to_the_next(case, failed, reached):
            log.warning("A card of case %s could not be delivered to %d people.", case_id, len(failed))
        await self._asking.begin(case, reached)
        in_front_of_somebody = any(self._acts(case, recipient, shared=shared) for recipient in reached)
        if not in_front_of_somebody:
            log.error("Nobody could be told of case %s; see that contacts and platforms are right.", case_id)
            await self._note(case, EventKind.UNREACHED)
        else:
            if case.happened(EventKind.UNREACHED):
                await self._note(case, EventKind.REACHED)
            for first in wanted(case, self._book.roster, self._messenger.reachable(case))[:1]:
                await self._ladder.begin(case, first)
            await self._ladder.remind(case, self._recipients(case, shared=shared))
        # What happened while these cards were on their way found no card to redraw.
        if errand.kind == ErrandKind.TELL or await self._book.read(case_id) != case:
            await self._messenger.redraw(case_id)
        return None if in_front_of_somebody else NOBODY_WAIT

    def _recipients(self, case: Case, *, shared: bool) -> list[str]:
        """Whoever should have a card: the site's own people through their alert channel where it is safe."""
        roster, reachable = self._book.roster, self._messenger.reachable(case)
        people = list(wanted(case, roster, reachable))
        routing = route(roster, case.site, case.first_concern)
        if shared:
            # Whom the ladder reached, whose case it is, and who is to decide an appeal are told in person.
            personally = {*climbed_to(case, roster, reachable), case.holder, *(people if case.spent else ())}
            people = [SHARED, *(key for key in people if is_above(case, roster, key) or key in personally)]
        warned = sorted(key for key in routing.warned if key in reachable)
        return list(dict.fromkeys([*people, *warned]))

    async def _bring(self, case: Case, recipients: list[str], reached: set[str]) -> list[str]:
        """Deliver to each who has no card yet; add them to `reached`, return those who failed."""
        failed: list[str] = []
        for recipient in recipients:
            if recipient in reached:
                continue
            try:
                await self._messenger.bring(case, recipient, reached=frozenset(reached))
            except PlatformError:
                failed.append(recipient)
            else:
                reached.add(recipient)
        return failed

    async def _bring_to_the_next(self, case: Case, failed: list[str], reached: set[str]) -> bool:
        """After the last try: a mail goes out, or the next contact gets the card; return whether anybody was told."""
        if await self._mailed(case, failed, reached):
            return True
        reachable = self._messenger.reachable(case)
        tried = reached | ({SHARED} if failed == [SHARED] else set(failed))
        for contact in next_contacts(case, self._book.roster, reachable, tried):
            if not await self._bring(case, [contact], reached):
                return True
        return False

    async def _mailed(self, case: Case, failed: list[str], reached: set[str]) -> bool:
        """Send a mail to whoever could not be reached in chat (closed direct messages, say) and has an address."""
        mailed = False
        for recipient in filter(self._messenger.has_mail, failed):
            try:
                await self._messenger.bring(case, recipient, reached=frozenset(reached), by_mail=True)
            except PlatformError:
                continue
            reached.add(recipient)
            mailed = True
        return mailed

    def _acts(self, case: Case, recipient: str, *, shared: bool) -> bool:
        """Whether a card with this recipient is in front of somebody who can act on it."""
        if recipient == SHARED:
            return shared and not case.spent
        decides = may_decide(self._book.roster, case.site, recipient, case.first_concern)
        return decides and recipient not in case.spent

    async def _note(self, case: Case, kind: EventKind) -> None:
        """Append an event that no card shows; if something else happened meanwhile, a later try notes it."""
        if may_follow(case.events, kind):
            await self._append(case, kind, ())

    async def _redraw(self, errand: Errand, last: bool) -> None:
        """Redraw the case's cards; one that shows an older state may stay when it cannot be reached for long."""
        try:
            await self._messenger.redraw(_case_of(errand))
        except PlatformError:
            if not last:
                raise

    async def _remove(self, errand: Errand, last: bool) -> timedelta | None:
        """Remove the comment, once confirmed, asked for and sealed; what cannot be removed is left to people."""
        case = await self._book.read(_case_of(errand))
        if case is None or not may_follow(case.events, EventKind.REMOVED):
            return None
        platform = self._platforms.get(case.channel.ref.platform)
        outcome = EventKind.BY_HAND
        if platform and Capability.REMOVE_COMMENT in platform.capabilities and case.comment and case.snapshot:
            asked = next(event for event in case.events if event.kind is EventKind.REMOVAL_ASKED)
            try:
                await platform.remove_comment(case.comment, _REASON.format(rule=asked.rule))
                outcome = EventKind.REMOVED
            except PlatformError:
                if not last:
                    return backoff(errand.attempts)
        if may_follow(case.events, outcome) and not await self._append(case, outcome, (ErrandKind.UPDATE,)):
            return backoff(1)
        return None

    async def _append(self, case: Case, kind: EventKind, errands: tuple[ErrandKind, ...]) -> bool:
        event = CaseEvent(kind, self._clock())
        return await self._store.cases.append(NewEvent(case.id, len(case.events), event, errands=errands))


def _case_of(errand: Errand) -> UUID:
    return UUID(next(iter(errand.payload.values())))
