"""Brings cases to people: claims what is due, has it delivered or redrawn, and tries again what failed.

Promise: at least once, and at most one visible duplicate for one crash. Errands are claimed one at a time; a card is
delivered, noted, and only then is the errand settled. A crash between delivering and noting shows one card twice. After
the last try the failure itself becomes visible: the next contact gets the card with a line that says so; and if nobody
can be reached, the case says so, `doctor` counts it, and the errand goes on trying.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from bot.alerts.contacts import is_above, may_share, next_contacts, wanted
from bot.alerts.messenger import Messenger
from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.routing import may_decide, route
from bot.cases.status import may_follow
from bot.domain.cases import CaseEvent, EventKind
from bot.errors import PlatformError, StoreError
from bot.platform.capabilities import Capability
from bot.platform.protocol import Platform
from bot.policy.schema import Pack
from bot.store import Errand, ErrandKind, Store
from bot.store.cases import NewEvent
from bot.store.deliveries import SHARED

log = logging.getLogger(__name__)

TRIES = 6
"""How often a card is tried before the next contact gets it: about a minute in all."""

FIRST_WAIT = timedelta(seconds=2)
NOBODY_WAIT = timedelta(minutes=15)
"""How long until it is tried again when nobody at all could be reached, or the program itself is at fault."""

POLL = 1.0
"""Seconds after which a worker looks for what became due, or was put in by another process."""

PATIENCE = 90.0
"""Seconds that one errand may take: less than its lease, so that nobody else has claimed it meanwhile."""

WORKERS = 4
"""Errands under way at the same time: a platform that does not answer holds up one of them."""

GRACE = 5.0
"""Seconds that errands in hand are given when the program stops: one cut off is claimed again two minutes later."""

_REASON = "A person of the school decided this, under the rule “{rule}”."
_dice = random.SystemRandom()


class Deliverer:
    """Carries out the errands of the outbox. `platforms` are the connected ones, by name.

    ======================  ==========================================================================================
    flag, review            whoever should have the case's card and has none gets it
    tell                    the same, because more people should have it; then all its cards are redrawn
    update                  the case's cards are redrawn where they stand
    remove                  the platform removes the comment at a person's word, or the case says: by hand
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
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._clock = clock
        self._book = book or CaseBook(store, clock)
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._messenger = Messenger(store, platforms, pack, self._book, clock)
        self._ending = False

    async def run(self) -> None:
        """Carry out errands as they become due, until cancelled; then finish what is in hand, within `GRACE`."""
        self._ending = False
        workers = [asyncio.create_task(self._work(), name="errands") for _ in range(WORKERS)]
        try:
            ended, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
            for worker in ended:
                worker.result()
        finally:
            self._ending = True
            self._store.outbox.woken.set()
            try:
                await asyncio.wait(workers, timeout=GRACE)
            finally:
                for worker in workers:
                    worker.cancel()
                await asyncio.gather(*workers, return_exceptions=True)

    async def deliver_due(self, now: datetime) -> int:
        """Carry out everything that is due at `now`, one after the other; return how many errands that were."""
        count = 0
        while await self._carry_out_next(now):
            count += 1
        return count

    async def _work(self) -> None:
        woken = self._store.outbox.woken
        while not self._ending:
            # Cleared before looking: what is put in from now on wakes us again.
            woken.clear()
            try:
                busy = await self._carry_out_next(self._clock())
            except StoreError as error:
                log.error("Messages to people wait: %s", error)  # noqa: TRY400 (the sentence says it all)
                busy = False
            if not busy:
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL):
                        await woken.wait()

    async def _carry_out_next(self, now: datetime) -> bool:
        for errand in await self._store.outbox.claim(now, limit=1):
            wait = await self._carried_out(errand)
            if wait is None:
                await self._store.outbox.delivered(errand.id, now)
            else:
                await self._store.outbox.postpone(errand.id, now + wait)
            return True
        return False

    async def _carried_out(self, errand: Errand) -> timedelta | None:
        """Carry out an errand; return how long it waits for its next try, nothing when it is done."""
        case = UUID(next(iter(errand.payload.values())))
        last = errand.attempts >= TRIES
        try:
            async with asyncio.timeout(PATIENCE):
                match errand.kind:
                    case ErrandKind.FLAG | ErrandKind.REVIEW | ErrandKind.TELL:
                        return await self._tell(case, errand, last=last)
                    case ErrandKind.REMOVE:
                        return await self._remove(case, errand, last=last)
                    case _:
                        await self._messenger.redraw(case)
                        return None
        except StoreError:
            raise
        except (PlatformError, TimeoutError) as error:
            if not last:
                return backoff(errand.attempts)
            log.warning("An errand of case %s was given up for now (%s).", case, type(error).__name__)
            # A card that shows an older state may stay; a person who was not told, or a comment that stands, may not.
            return None if errand.kind == ErrandKind.UPDATE else NOBODY_WAIT
        except Exception as error:  # noqa: BLE001  (a mistake of ours must not silence the alerts behind it)
            # The message may quote a comment, so only the kind of error is logged.
            log.error("An errand of case %s failed (%s).", case, type(error).__name__)  # noqa: TRY400
            return NOBODY_WAIT if last else backoff(errand.attempts)

    async def _tell(self, case_id: UUID, errand: Errand, *, last: bool) -> timedelta | None:
        # One at a time for a case: two errands about it would both find the same person without a card.
        async with self._turns.setdefault(case_id, asyncio.Lock()):
            return await self._told(case_id, errand, last=last)

    async def _told(self, case_id: UUID, errand: Errand, *, last: bool) -> timedelta | None:
        case = await self._book.read(case_id)
        if case is None:
            return None
        reached = {stands.recipient for stands in await self._store.deliveries.of(case_id)}
        failed = await self._bring(case, await self._recipients(case), reached)
        if failed and not last:
            return backoff(errand.attempts)
        if failed and not await self._bring_to_the_next(case, failed, reached):
            log.warning("A card of case %s could not be delivered to %d people.", case_id, len(failed))
        in_front_of_somebody = any(self._acts(case, recipient) for recipient in reached)
        if not in_front_of_somebody:
            log.error("Nobody could be told of case %s; see that contacts and platforms are right.", case_id)
            await self._note(case, EventKind.UNREACHED)
        elif case.happened(EventKind.UNREACHED):
            await self._note(case, EventKind.REACHED)
        # What happened while these cards were on their way found no card to redraw.
        if errand.kind == ErrandKind.TELL or await self._book.read(case_id) != case:
            await self._messenger.redraw(case_id)
        return None if in_front_of_somebody else NOBODY_WAIT

    async def _recipients(self, case: Case) -> list[str]:
        """Whoever should have a card: the site's own people through their alert channel where it is safe."""
        roster, reachable = self._book.roster, self._messenger.reachable(case)
        people = list(wanted(case, roster, reachable))
        routing = route(roster, case.site, case.first_concern)
        if await self._messenger.can_share(case):
            people = [SHARED, *(key for key in people if is_above(case, roster, key))]
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
        """After the last try: the next contact who can be reached gets the card; return whether there was one."""
        reachable = self._messenger.reachable(case)
        tried = reached | ({SHARED} if failed == [SHARED] else set(failed))
        for contact in next_contacts(case, self._book.roster, reachable, tried):
            if not await self._bring(case, [contact], reached):
                return True
        return False

    def _acts(self, case: Case, recipient: str) -> bool:
        """Whether a card with this recipient is in front of somebody who can act on it."""
        roster, channel = self._book.roster, case.site.alert_channel
        if recipient == SHARED:
            return channel is not None and may_share(case, roster, channel.platform)
        return may_decide(roster, case.site, recipient, case.first_concern)

    async def _note(self, case: Case, kind: EventKind) -> None:
        """Append an event that no card shows; if something else happened meanwhile, a later try notes it."""
        if may_follow(case.events, kind):
            await self._append(case, kind, ())

    async def _remove(self, case_id: UUID, errand: Errand, *, last: bool) -> timedelta | None:
        """Remove the comment, once confirmed, asked for and sealed; what cannot be removed is left to people."""
        case = await self._book.read(case_id)
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


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after the `attempts`-th try: doubling, half of it by chance, so that nobody marches."""
    longest = FIRST_WAIT * 2 ** min(attempts - 1, 8)
    return timedelta(seconds=longest.total_seconds() * _dice.uniform(0.5, 1.0))
