"""The ladder: an alert that nobody acknowledges in time climbs to the next contact, and the next, until someone does.

Promise: every rung is told once in each round, in order, whatever crashes in between. A round begins with the case, and
anew when it is reopened, appealed or handed up. Each step is a row of the outbox that is due when the rung's time is
up, and there can be only one row for each step of a round; the next step's row is written with what the step before it
brought about. Whoever has a card of an earlier round gets a reminder: a card that is redrawn rings nowhere. Where the
ladder ends, `bot.alerts.insisting` goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from bot.alerts.contacts import climbs, next_contacts, wanted
from bot.alerts.errands import CarryOut
from bot.alerts.handing import handed_over
from bot.alerts.insisting import Insisting, is_past
from bot.alerts.messenger import Messenger
from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.status import answered, may_follow, this_round
from bot.domain.cases import CaseEvent, EventKind
from bot.errors import PlatformError
from bot.store import Errand, ErrandKind, Store
from bot.store.cases import NewEvent
from bot.store.outbox import Due

log = logging.getLogger(__name__)

CLIMB = "climb"
"""The kind of a ladder's step in the outbox."""

AGAIN_TOLD = "told_again"
"""The kind of a reminder to somebody who has a card of an earlier round."""

OFF_LADDER = timedelta(minutes=30)
"""How long someone who stands on no rung has to acknowledge."""

AGAIN = timedelta(seconds=30)


class Ladder:
    """Starts the clock when a case's first card is out, and takes the next step when it has run down."""

    def __init__(
        self,
        store: Store,
        messenger: Messenger,
        book: CaseBook,
        clock: Callable[[], datetime],
        insisting: Insisting,
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._book = book
        self._clock = clock
        self._insisting = insisting

    @property
    def carriers(self) -> Mapping[str, CarryOut]:
        """Who carries out which kind of errand."""
        return {CLIMB: self._climb, AGAIN_TOLD: self._remind, **self._insisting.carriers}

    async def begin(self, case: Case, told: str) -> None:
        """Give whoever was told first their time; once for a round, however often it is called."""
        await self._store.outbox.put(self._step(case, 0, told))

    def _step(self, case: Case, step: int, told: str) -> Due:
        due = self._clock() + patience(case, told)
        number, _ = this_round(case.events)
        payload = {"case_id": str(case.id), "round": str(number), "step": str(step)}
        return Due(CLIMB, payload, due, once=f"{case.id}:{number}:{step}")

    async def remind(self, case: Case, recipients: Collection[str]) -> None:
        """Remind those of `recipients` whose card is of an earlier round; each once for a round.

        Whoever it was handed to in this round hears of that instead.
        """
        number, since = this_round(case.events)
        if number == 0 or answered(case):
            return
        handed = handed_over(since)
        spared = {since[0].person, handed.about if handed else None}
        for stands in await self._store.deliveries.of(case.id):
            if stands.recipient in recipients and stands.at < since[0].at and stands.recipient not in spared:
                payload = {"case_id": str(case.id), "round": str(number), "recipient": stands.recipient}
                once = f"{case.id}:{number}:{stands.recipient}"
                await self._store.outbox.put(Due(AGAIN_TOLD, payload, self._clock(), once=once))

    async def _remind(self, errand: Errand, last: bool) -> timedelta | None:
        case, recipient = await self._book.read(UUID(errand.payload["case_id"])), errand.payload["recipient"]
        if case is None or answered(case) or is_past(errand, case):
            return None
        try:
            await self._messenger.remind(case, recipient)
        except PlatformError:
            if not last:
                raise
            log.warning("Somebody could not be reminded of case %s; it climbs on.", case.id)
        return None

    async def _climb(self, errand: Errand, last: bool) -> timedelta | None:  # noqa: ARG002
        case = await self._book.read(UUID(errand.payload["case_id"]))
        step = int(errand.payload["step"])
        if case is None or answered(case) or is_past(errand, case):
            return None
        roster, reachable = self._book.roster, self._messenger.reachable(case)
        told = wanted(case, roster, reachable)
        if climbs(case) > step:
            return None  # taken before a crash, and the next step was put in with it
        upwards = next_contacts(case, roster, reachable, told)
        kind = EventKind.CLIMBED if upwards else EventKind.UNANSWERED
        if not may_follow(case.events, kind):
            return None
        if not upwards:
            log.error("Nobody has acknowledged case %s, and the ladder has no further contact.", case.id)
        later = self._step(case, step + 1, upwards[0]) if upwards else self._insisting.first(case)
        event = CaseEvent(kind, self._clock())
        new = NewEvent(case.id, len(case.events), event, errands=(ErrandKind.TELL,), later=(later,))
        return None if await self._store.cases.append(new) else AGAIN


def patience(case: Case, person: str) -> timedelta:
    """Return how long `person` has to acknowledge: as their rung says, as long as the shortest for several."""
    mine = [step.acknowledge_within for step in case.site.ladder if step.person == person]
    severe = [
        step.acknowledge_within
        for step in case.site.ladder
        if step.person == person and case.judgement.severity in step.severities
    ]
    return min(severe or mine, default=OFF_LADDER)
