"""Retention: what is past the periods of the policy pack goes, every day, and whatever was destroyed is written down.

Promise: nothing of an open case goes, and nothing while a hold stands. A period without days or years destroys nothing,
and neither does a clock that may have leapt (`bot.records.leaps`), until people have had days to set it right.
It may be run at any time, any number of times, beside the running bot; each transaction is small.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cases.book import CaseBook
from bot.cases.status import Status, standing_of
from bot.domain.cases import CaseEvent, EventKind
from bot.domain.roster import Roster
from bot.errors import DamagedError, KeyFileError, StoreError
from bot.policy.records import Kept, Period
from bot.policy.schema import Pack
from bot.records.leaps import Leaps
from bot.registry.schoolyear import school_year
from bot.store import Store
from bot.store.deeds import Deed
from bot.store.retention import Destroying, KeptCase, Leftover, Part

log = logging.getLogger(__name__)

BY_THE_RULE = "retention"
"""What the custody log says of a destruction that nobody asked for but the pack's rule."""

ERRANDS = timedelta(days=14)
OLD_ERRANDS = timedelta(days=400)
"""How long done errands stay; those that keep something from happening twice stay for more than a school year."""

CARDS = timedelta(days=7)
"""How long after a case's period it is still known where its cards stand, so that all become stubs before."""

EVERY = timedelta(days=1).total_seconds()
AGAIN = timedelta(minutes=15).total_seconds()
"""Seconds between two daily runs, and after one that failed."""

_DECISIONS = (EventKind.CONFIRMED, EventKind.DISMISSED, EventKind.UPHELD, EventKind.REVERSED)
_PERIODS: Mapping[Part, Kept] = {
    Part.SNAPSHOTS: Kept.SNAPSHOT,
    Part.AUTHORS: Kept.FLAG_CONFIRMED,
    Part.REPORTS: Kept.REPORT,
    Part.REASONS: Kept.CASE,
    Part.CARDS: Kept.CASE,
}
"""Which period holds for what of a case; a dismissed one's snapshot and author go by its own."""

_EVIDENCE = (Part.SNAPSHOTS, Part.REPORTS, Part.REASONS, Part.AUTHORS)
"""What goes for good and was somebody's words or leads to somebody: by hand only with a name and a reason."""

_OF_A_DISMISSED = frozenset({Part.SNAPSHOTS, Part.AUTHORS})


@dataclass(frozen=True, slots=True)
class Order:
    """Whose word destroys evidence that is due: a person's, with a reason and where it was given."""

    person: str
    reason: str
    where: str


@dataclass(slots=True)
class Purged:
    """What went, or with a dry run would go, by kind.

    `held` cases are due and kept by a hold, `damaged` ones because they do not open, so that nobody can tell whom they
    bar.
    """

    counts: dict[str, int] = field(default_factory=dict)
    held: int = 0
    damaged: int = 0

    @property
    def evidence(self) -> int:
        """How much of it was evidence: sealed parts, reports and reasons, and pseudonyms of authors."""
        return sum(self.counts.get(part, 0) for part in _EVIDENCE)

    def add(self, kind: str, count: int) -> None:
        """Count something."""
        self.counts[kind] = self.counts.get(kind, 0) + count


class Keeper:
    """Lets go of what is past its time. Raises `StoreError` when the database cannot be used."""

    def __init__(
        self, store: Store, book: CaseBook, pack: Pack, clock: Callable[[], datetime], *, leaps: Leaps | None = None
    ) -> None:
        self._store = store
        self._book = book
        self._pack = pack
        self._clock = clock
        self._leaps = leaps
        self._periods = {period.id: period for period in pack.retention.periods}

    async def run(self) -> None:
        """Look once a day, until cancelled."""
        while True:
            wait = await self.look()
            await asyncio.sleep(wait)

    async def look(self) -> float:
        """Purge by the pack's rule, unless the clock is in doubt; return after how many seconds to look again."""
        try:
            if self._leaps is not None and (until := await self._leaps.doubted_until()) is not None:
                log.warning(
                    "The program was off for days, or the clock leapt ahead: if it is wrong, set it right. "
                    "Nothing is destroyed by itself before %s UTC.",
                    f"{until:%Y-%m-%d %H:%M}",
                )
                return min(EVERY, (until - self._clock()).total_seconds())
            done = await self.purge()
        except StoreError as error:
            log.error("What is past its time could not be let go: %s", error)  # noqa: TRY400 (it says it all)
            return AGAIN
        if any(done.counts.values()):
            log.info("Let go of what is past its time: %s.", told(done.counts))
        return EVERY

    async def purge(self, order: Order | None = None, *, dry: bool = False) -> Purged:
        """Let go of everything that is past its time; with `dry` only count it.

        Evidence goes at the word of `order`, else by the pack's rule, which is then the reason in the custody log.
        """
        done = Purged()
        for what, before in (await self._leftovers()).items():
            if before is not None:
                go = self._store.retention.count if dry else self._store.retention.clear
                done.add(what, await go(what, before))
        spared = await self._spared()
        async for kept in self._store.retention.ended(self._clock()):
            parts = self.due(kept) - ({Part.AUTHORS} if kept.authors <= spared else frozenset())
            if not parts:
                continue
            if kept.held:
                done.held += 1
            elif dry:
                for part in sorted(parts):
                    done.add(part, kept.left[part])
            else:
                try:
                    await self._book.note_barred(kept.events)
                except (DamagedError, KeyFileError) as error:
                    log.error("A case that is past its time is kept: %s", error)  # noqa: TRY400 (it says it all)
                    done.damaged += 1
                    continue
                destroying = Destroying(self._deed(kept, order, parts), kept, parts, spared)
                for part, count in (await self._store.retention.destroy(destroying)).items():
                    done.add(part, count)
        return done

    def due(self, kept: KeptCase) -> frozenset[Part]:
        """Return what of a case is past its time now: nothing as long as one of its events leaves it open."""
        ended = [_ended(events) for events in kept.events.values()]
        if any(one is None for one in ended):
            return frozenset()
        return frozenset(
            part
            for part in Part
            if kept.left[part] and all(self._is_over(part, *one) for one in ended if one is not None)
        )

    def _is_over(self, part: Part, at: datetime, dismissed: bool) -> bool:
        of_dismissed = dismissed and part in _OF_A_DISMISSED
        over = after(self._periods.get(Kept.FLAG_DISMISSED if of_dismissed else _PERIODS[part]), at)
        return over is not None and over + (CARDS if part is Part.CARDS else timedelta(0)) <= self._clock()

    async def _leftovers(self) -> dict[Leftover, datetime | int | None]:
        now = self._clock()
        roster = await self._store.registry.read()
        zone = ZoneInfo(roster.district.time_zone if roster else "UTC")
        signed = before(self._periods.get(Kept.NOT_FLAGGED), now)
        daily = (Leftover.SCREENED, Leftover.DELETIONS, Leftover.LINKS, Leftover.DAY_CARDS)
        return {
            **dict.fromkeys(daily, signed),
            Leftover.WATCHES: now,
            Leftover.ACKNOWLEDGEMENTS: school_year(now.astimezone(zone).date()),
            Leftover.ERRANDS: now - ERRANDS,
            Leftover.OLD_ERRANDS: now - OLD_ERRANDS,
            Leftover.INSTALLS: now,
        }

    def _deed(self, kept: KeptCase, order: Order | None, parts: Iterable[Part]) -> Deed:
        if order is not None:
            return Deed(kept.case, order.person, self._clock(), order.where, order.reason, notice=True)
        rule = f"{self._pack.name} {self._pack.identity.version}, retention: {', '.join(sorted(parts))}"
        return Deed(kept.case, None, self._clock(), BY_THE_RULE, rule)

    async def _spared(self) -> frozenset[bytes]:
        """Return the pseudonyms of everyone on the roster: whom a case of their own bars must stay known."""
        roster = await self._store.registry.read()
        return frozenset([one async for one in _pseudonyms(self._store, roster)] if roster else ())


def after(period: Period | None, start: datetime) -> datetime | None:
    """Return when a period that begins at `start` is over; never, for one that the district has not set."""
    if period is None or (period.days is None and period.years is None):
        return None
    if period.days is not None:
        return start + timedelta(days=period.days)
    year = start.year + (period.years or 0)
    try:
        return start.replace(year=year)
    except ValueError:  # begun on a 29 February
        return start.replace(year=year, month=3, day=1)


def before(period: Period | None, now: datetime) -> datetime | None:
    """Return until when something must have begun for its period to be over now."""
    if period is None or (period.days is None and period.years is None):
        return None
    days = timedelta(days=period.days) if period.days is not None else timedelta(days=366 * (period.years or 0))
    return now - days


def told(counts: Mapping[str, int]) -> str:
    """Return counts as a short list for people."""
    return ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items() if count)


def _ended(events: tuple[CaseEvent, ...]) -> tuple[datetime, bool] | None:
    """Return when a case came to its end, and whether it was dismissed; nothing for one that is open."""
    stands = standing_of(events)
    if stands.status not in (Status.CLOSED, Status.DISMISSED) or stands.watched:
        return None
    kinds = (EventKind.CLOSED,) if stands.status is Status.CLOSED else _DECISIONS
    at = max((event.at for event in events if event.kind in kinds), default=None)
    return None if at is None else (at, stands.decision is EventKind.DISMISSED)


async def _pseudonyms(store: Store, roster: Roster) -> AsyncIterator[bytes]:
    places = {(one.registered.ref.platform, one.registered.ref.workspace): one for one in await store.channels.all()}
    for (platform, _), stored in places.items():
        for person in roster.people.values():
            if account := person.accounts.get(platform):
                yield store.cases.pseudonym(stored.registered.ref, account)
