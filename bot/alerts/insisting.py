"""Insisting: where the ladder has ended and still nobody has answered, two people are reminded in turn until one does.

Promise: never silent, never a flood, and no turn twice, whatever crashes in between. A turn is a row of the outbox. It
puts in the next turn and its own reminder in one transaction; a turn taken before a crash finds the next one there, and
leaves it at that. Turns come further and further apart, up to a longest distance that the severity sets. Whoever stands
in turn for many cases hears of one of each severity within the first distance, and that others may wait, too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.alerts.contacts import next_contacts, wanted
from bot.alerts.errands import CarryOut
from bot.alerts.messenger import Messenger
from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.routing import route
from bot.cases.status import answered, this_round
from bot.daily.days import Quiet, at_local
from bot.domain.categories import Severity
from bot.domain.roster import Roster, Site
from bot.errors import PlatformError
from bot.store import Errand, Store
from bot.store.outbox import Due

log = logging.getLogger(__name__)

TURN = "insist"
"""The kind of a turn in the outbox."""

STILL_WAITING = "still_waiting"
"""The kind of the reminder that a turn leaves."""

MORNING = time(8)
"""When people are reminded of medium and low cases, on each duty day, by the school's clock."""

IN_TURN = 2
"""How many people take turns: enough that one asleep or out of reach leaves another, and few enough to feel meant."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How far the turns are apart: `first`, then twice as far each time, never further than `longest`."""

    first: timedelta
    longest: timedelta

    def after(self, turns: int) -> timedelta:
        """Return how long to wait when so many turns have been taken; the first comes as the ladder ends."""
        return min(self.first * 2 ** min(turns - 1, 16), self.longest) if turns else timedelta(0)


PACES: Mapping[Severity, Pace] = {
    Severity.CRITICAL: Pace(timedelta(minutes=10), timedelta(minutes=30)),
    Severity.HIGH: Pace(timedelta(minutes=30), timedelta(hours=2)),
}
"""Whatever is milder comes once each duty day, at `MORNING`."""


class Insisting:
    """Goes on where the ladder ends. `quiet` are the hours without reminders; a critical case has none."""

    def __init__(
        self,
        store: Store,
        messenger: Messenger,
        book: CaseBook,
        clock: Callable[[], datetime],
        *,
        quiet: Quiet | None = None,
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._book = book
        self._clock = clock
        self._quiet = quiet or Quiet()

    @property
    def carriers(self) -> Mapping[str, CarryOut]:
        """Who carries out which kind of errand."""
        return {TURN: self._turn, STILL_WAITING: self._remind}

    def first(self, case: Case) -> Due:
        """Return the first turn, for the transaction that notes the ladder's end."""
        return self._due(case, 0)

    def _due(self, case: Case, turn: int) -> Due:
        number, _ = this_round(case.events)
        payload = {"case_id": str(case.id), "round": str(number), "turn": str(turn)}
        due = next_turn(case.judgement.severity, case.site, turn, self._clock(), self._zone())
        return Due(TURN, payload, due, once=f"{case.id}:{number}:{turn}")

    async def _turn(self, errand: Errand, last: bool) -> timedelta | None:  # noqa: ARG002
        case = await self._book.read(UUID(errand.payload["case_id"]))
        if case is None or answered(case) or is_past(errand, case):
            return None
        now = self._clock()
        begins = self._rings_from(case, now)
        if begins > now:
            return begins - now
        turn = int(errand.payload["turn"])
        people = in_turn(case, self._book.roster, self._messenger.reachable(case))
        reminders = [self._reminder(case, people[turn % len(people)], now)] if people else []
        if not people:
            log.error("Nobody can be reminded of case %s; see that contacts and platforms are right.", case.id)
        await self._store.outbox.put_all(self._due(case, turn + 1), *reminders)
        return None

    def _reminder(self, case: Case, person: str, now: datetime) -> Due:
        number, _ = this_round(case.events)
        payload = {"case_id": str(case.id), "round": str(number), "recipient": person}
        span = span_of(case.judgement.severity, now, self._zone())
        return Due(STILL_WAITING, payload, now, once=f"{person}:{span}")

    async def _remind(self, errand: Errand, last: bool) -> None:
        """Remind one person. What comes too late, or gets nowhere, is left to the next turn: that is on its way."""
        case, now = await self._book.read(UUID(errand.payload["case_id"])), self._clock()
        if case is None or answered(case) or is_past(errand, case):
            return
        if self._rings_from(case, now) > now:
            return
        try:
            await self._messenger.remind(case, errand.payload["recipient"], ended=True)
        except PlatformError:
            if not last:
                raise
            log.warning("Somebody could not be reminded of case %s; the next one in turn is.", case.id)

    def _rings_from(self, case: Case, now: datetime) -> datetime:
        return rings_from(case.judgement.severity, case.site, now, self._quiet, self._zone())

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._book.roster.district.time_zone)


def is_past(errand: Errand, case: Case) -> bool:
    """Whether an errand belongs to an earlier round of its case."""
    return int(errand.payload.get("round", "0")) != this_round(case.events)[0]


def in_turn(case: Case, roster: Roster, reachable: Collection[str]) -> tuple[str, ...]:
    """Return who is reminded in turn: the last rung's person and the site administrator.

    Where one of them may not decide, cannot be reached, or is who brought the case back, whoever was told last stands
    in. Nobody at all only where nobody can be reached who may decide.
    """
    able = next_contacts(case, roster, reachable, ())
    number, since = this_round(case.events)
    brought_back = since[0].person if number else None
    rungs = [step.person for step in route(roster, case.site, case.first_concern).ladder]
    told = [key for key in wanted(case, roster, reachable) if key in able]
    ordered = [*rungs[-1:], case.site.site_administrator, *reversed(told), *able]
    chosen = [key for key in dict.fromkeys(ordered) if key in able and key != brought_back]
    return tuple(chosen[:IN_TURN]) or able[:1]


def next_turn(severity: Severity, site: Site, turns: int, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when the next turn comes, so many having been taken, the latest of them `now`."""
    pace = PACES.get(severity)
    return next_morning(site, now, zone) if pace is None else now + pace.after(turns)


def rings_from(severity: Severity, site: Site, now: datetime, quiet: Quiet, zone: ZoneInfo) -> datetime:
    """Return from when on somebody may be reminded: at any hour of a critical case, of others when the night is over.

    Medium and low cases also wait for a duty day.
    """
    if severity is Severity.CRITICAL:
        return now
    if severity not in PACES and not _on_duty(site, now.astimezone(zone)):
        return next_morning(site, now, zone)
    return quiet.until(now, zone) or now


def next_morning(site: Site, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the next `MORNING` of a duty day, in UTC."""
    today = after.astimezone(zone).date()
    mornings = (at_local(today + timedelta(days=days), MORNING, zone) for days in range(9))
    return next(morning for morning in mornings if morning > after and _on_duty(site, morning.astimezone(zone)))


def span_of(severity: Severity, now: datetime, zone: ZoneInfo) -> str:
    """Name the span of time in which a person hears of one case of a severity; medium and low ones share a day."""
    pace = PACES.get(severity)
    if pace is None:
        return f"mild:{now.astimezone(zone).date()}"
    return f"{severity}:{int(now.timestamp() // pace.first.total_seconds())}"


def _on_duty(site: Site, local: datetime) -> bool:
    return not site.duty_days or local.weekday() in site.duty_days
