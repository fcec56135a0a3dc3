"""Takes up every day, and notes when a channel was not heard: the ledger's clock, heartbeat and memory of gaps.

Promise: each watched channel has an entry for every day, also for days on which the program did not run, and for days
on which nothing was said. A gap is noted when it begins, and closed once the channel's history has been read since.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.cases.case import site_of
from bot.daily.days import Day, day_at, days_after, sign_by
from bot.domain.comments import ChannelRef
from bot.domain.ledger import Gap, GapCause, LedgerDay
from bot.domain.roster import Roster, Site
from bot.errors import StoreError
from bot.platform.events import Interrupted, Resumed
from bot.store import Store, StoredChannel
from bot.store.ledger import Noted

log = logging.getLogger(__name__)

TICK = 15.0
"""Seconds between two looks; a gap is known to about this much."""

SILENCE = timedelta(minutes=2)
"""A shorter silence of the program, such as a restart, is no gap: history is read from the watermark on anyway."""

_HEARD_AGAIN = (GapCause.LINE, GapCause.DOWNTIME, GapCause.HISTORY)


class Watching:
    """Notes days and gaps of the connected `platforms`.

    `behind` names the channels whose history has still to be read (`Intake.behind`).
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        behind: Callable[[], Sequence[ChannelRef]],
        platforms: Iterable[str],
    ) -> None:
        self._store = store
        self._clock = clock
        self._behind = behind
        self._behind_since: dict[ChannelRef, datetime] = {}
        self._platforms = tuple(platforms)

    async def run(self) -> None:
        """Keep watch over days and gaps until cancelled."""
        started = False
        while True:
            try:
                if not started:
                    await self.start()
                    started = True
                await self.look()
            except StoreError as error:
                log.warning("The daily ledger waits: %s", error)
            await asyncio.sleep(TICK)

    async def start(self) -> None:
        """Note what was missed while the program did not run. Call it once, before the first look."""
        now, beats = self._clock(), await self._store.gaps.last_beats()
        for name in self._platforms:
            last = beats.get(name)
            if last is not None and now - last > SILENCE:
                channels = [item.id for item in await self._watched() if item.registered.ref.platform == name]
                await self._store.gaps.open(channels, GapCause.DOWNTIME, last)
                await self._store.gaps.end(channels, [GapCause.DOWNTIME], now)

    async def told(self, event: Interrupted | Resumed, platform: str) -> None:
        """Note that a platform's line broke, or is back."""
        channels = [item.id for item in await self._watched() if item.registered.ref.platform == platform]
        if isinstance(event, Interrupted):
            await self._store.gaps.open(channels, GapCause.LINE, event.at)
        else:
            await self._store.gaps.end(channels, [GapCause.LINE], event.at)

    async def look(self) -> None:
        """Take up the days that began, close the gaps whose history was read, and let the heart beat."""
        now = self._clock()
        # Asked together, they share one transaction.
        roster, stored, gaps, latest, entries = await asyncio.gather(
            self._store.registry.read(),
            self._store.channels.all(),
            self._store.gaps.open_ones(),
            self._store.ledger.latest(),
            self._store.ledger.latest_entries(),
        )
        if roster is None:
            return
        returned = await self._watch_the_register(stored, gaps, entries, now)
        await self._follow_gaps(stored, gaps, now)
        kept = {channel: day for channel, day in entries.items() if channel not in returned}
        await self._note_days(roster, [item for item in stored if item.registered.watched], latest, kept)
        if returned:
            # Only now: as long as its gap is open, a channel is known to begin anew.
            await self._store.gaps.close(sorted(returned), [GapCause.UNWATCHED], now)
        await self._store.gaps.beat(self._platforms, now)

    async def _watched(self) -> list[StoredChannel]:
        return [item for item in await self._store.channels.all() if item.registered.watched]

    async def _watch_the_register(
        self, stored: Sequence[StoredChannel], gaps: Sequence[Gap], entries: Mapping[int, date], now: datetime
    ) -> frozenset[int]:
        """Begin the times in which a channel is not watched; return the channels that came back."""
        left = {gap.channel_id for gap in gaps if gap.cause is GapCause.UNWATCHED}
        watched = {item.id for item in stored if item.registered.watched}
        gone = entries.keys() - watched - left
        await self._store.gaps.open(sorted(gone), GapCause.UNWATCHED, now)
        return frozenset(left & watched)

    async def _follow_gaps(self, stored: Sequence[StoredChannel], gaps: Sequence[Gap], now: datetime) -> None:
        behind = set(self._behind())
        refs = {item.id: item.registered.ref for item in stored}
        open_gaps = {gap.channel_id for gap in gaps if gap.cause in _HEARD_AGAIN}
        read = sorted(channel for channel in open_gaps if refs[channel] not in behind)
        if read:
            await self._store.gaps.close(read, _HEARD_AGAIN, now)
        self._behind_since = {ref: self._behind_since.get(ref, now) for ref in behind}
        for item in stored:
            since = self._behind_since.get(item.registered.ref)
            if since is not None and item.id not in open_gaps and now - since > SILENCE:
                await self._store.gaps.open([item.id], GapCause.HISTORY, since)

    async def _note_days(
        self,
        roster: Roster,
        watched: Sequence[StoredChannel],
        latest: Mapping[str, LedgerDay],
        kept: Mapping[int, date],
    ) -> None:
        """Take up the days that are due; `kept` are the last entries of the channels that were watched all along."""
        by_site: dict[str, tuple[Site, list[int]]] = {}
        for item in watched:
            site = site_of(roster, item.registered)
            by_site.setdefault(site.key, (site, []))[1].append(item.id)
        zone = ZoneInfo(roster.district.time_zone)
        for key, (site, channels) in by_site.items():
            chain = _Chain(site, zone, latest.get(key), self._clock())
            here = {channel: kept[channel] for channel in channels if channel in kept}
            await self._store.ledger.note(chain.to_note(channels, here))


@dataclass(frozen=True, slots=True)
class _Chain:
    """A site's days: `last` is the newest that was taken up.

    Days follow one another without a hole for as long as the site has channels.
    """

    site: Site
    zone: ZoneInfo
    last: LedgerDay | None
    now: datetime

    def to_note(self, channels: Sequence[int], kept: Mapping[int, date]) -> list[Noted]:
        """Return the days that are due. A channel that was watched all along has an entry in each; others begin now.

        There is no day without an entry: what lies before the first was no day of these channels, or was one of the
        site that they came from.
        """
        days = [*self._started(), *self._new()]
        noted: list[Noted] = []
        for day in days:
            present = day is days[-1]
            due = tuple(channel for channel in channels if (day.date > kept[channel] if channel in kept else present))
            if due:
                noted.append(Noted(day, due))
        return noted

    def _started(self) -> list[LedgerDay]:
        return [self.last] if self.last is not None and self.last.closes_at > self.now else []

    def _new(self) -> list[LedgerDay]:
        if self.last is None:
            return [self._made(day_at(self.now, self.site.day_closes_at, self.zone))]
        last = Day(self.last.date, self.last.opens_at, self.last.closes_at)
        return [self._made(day) for day in days_after(last, self.now, self.site.day_closes_at, self.zone)]

    def _made(self, day: Day) -> LedgerDay:
        by = sign_by(day, self.site.sign_off_by, self.zone)
        on_duty = not self.site.duty_days or day.date.weekday() in self.site.duty_days
        return LedgerDay(uuid4(), self.site.key, day.date, day.opens_at, day.closes_at, by, on_duty, self.now)
