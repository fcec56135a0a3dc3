"""Closes the days: sweeps each channel, counts its day, and once all of a day's entries are closed asks for a sign-off.

Promise: a day is swept before it is counted. A channel that nobody can read is closed unswept after `GIVE_UP`, and its
entry says so; a site is never kept from signing by a platform that does not answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from bot.daily.budget import allowance
from bot.daily.sweep import Receive, Sweep, sweep
from bot.domain.ledger import Entry, LedgerDay
from bot.errors import PlatformError, StoreError
from bot.platform.protocol import Platform
from bot.store import Store, StoredChannel
from bot.store.outbox import Due
from bot.store.tally import Closing

log = logging.getLogger(__name__)

TICK = 30.0
"""Seconds between two looks."""

SETTLE = timedelta(minutes=10)
"""How long after its close a day is swept: comments can be shown late, and reports are being written."""

GIVE_UP = timedelta(hours=2)
"""How long a sweep is tried before the entry is closed without one."""

AT_LEAST = timedelta(hours=1)
"""How long people have between the digest and the first reminder, also for a day that was missed."""

DIGEST, OVERDUE = "digest", "overdue"
"""The kinds of what follows once a day can be signed."""


@dataclass(slots=True)
class _Channel:
    stored: StoredChannel
    days: list[tuple[LedgerDay, Entry]] = field(default_factory=list)


class DayEnd:
    """Closes days as they end. `receive` is intake's door, `platforms` the connected ones by name."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        receive: Receive,
        clock: Callable[[], datetime],
        *,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._receive = receive
        self._clock = clock
        self._pause = pause

    async def run(self) -> None:
        """Close days until cancelled."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                log.warning("Closing a day failed and is tried again: %s", error)
            await asyncio.sleep(TICK)

    async def look(self) -> None:
        """Sweep and close what is due, one workspace beside the other, one channel after the other."""
        days = {day.id: day for day in await self._store.ledger.unfinished(self._clock() - SETTLE)}
        if not days:
            return
        entries, known = await asyncio.gather(self._store.ledger.entries(list(days)), self._store.channels.all())
        due = [entry for entry in entries if entry.closed_at is None]
        stored = {item.id: item for item in known}
        channels: dict[int, _Channel] = {}
        for entry in due:
            channel = channels.setdefault(entry.channel_id, _Channel(stored[entry.channel_id]))
            channel.days.append((days[entry.day_id], entry))
        workspaces: dict[tuple[str, str], list[_Channel]] = {}
        for channel in channels.values():
            ref = channel.stored.registered.ref
            workspaces.setdefault((ref.platform, ref.workspace), []).append(channel)
        await asyncio.gather(*map(self._close_workspace, workspaces.values()))
        for day in days.values():
            await self._store.ledger.ready(day.id, self._clock(), self._follows(day))

    async def _close_workspace(self, channels: Sequence[_Channel]) -> None:
        for number, channel in enumerate(channels):
            done = await self._swept(channel)
            if done is not None or self._hopeless(channel):
                for day, entry in channel.days:
                    reading = None if done is None else done.readings[day.date]
                    await self._store.ledger.close(
                        Closing(entry.channel_id, day.date, day.opens_at, day.closes_at, self._clock(), reading)
                    )
            if done is not None and number + 1 < len(channels):
                await self._keep_pace(channel, done)

    async def _swept(self, channel: _Channel) -> Sweep | None:
        ref = channel.stored.registered.ref
        platform = self._platforms.get(ref.platform)
        if platform is None or not channel.stored.registered.watched:
            return None
        days = [day for day, _ in channel.days]
        try:
            return await sweep(ref, days, platform.history, self._receive, self._clock)
        except (PlatformError, StoreError) as error:
            log.warning("A channel could not be swept and is tried again (%s).", type(error).__name__)
            return None

    def _hopeless(self, channel: _Channel) -> bool:
        """Whether the channel is closed unswept: nobody may read it, or its history was asked for long enough."""
        if not channel.stored.registered.watched:
            return True
        newest = max(max(day.closes_at, day.noted_at) for day, _ in channel.days)
        return self._clock() - newest >= GIVE_UP

    async def _keep_pace(self, channel: _Channel, done: Sweep) -> None:
        allowed = allowance(channel.stored.registered.ref.platform)
        seconds = allowed.takes(allowed.reads(done.comments, done.threads)).total_seconds()
        await self._pause(seconds)

    def _follows(self, day: LedgerDay) -> tuple[Due, ...]:
        """What people hear of once the day can be signed; on days without duty nobody is asked."""
        if not day.on_duty:
            return ()
        now = self._clock()
        return (
            Due(DIGEST, {"day_id": str(day.id)}, now, once=str(day.id)),
            overdue(day.id, 0, max(day.sign_by, now + AT_LEAST)),
        )


def overdue(day_id: UUID, step: int, due_at: datetime) -> Due:
    """Return a step of the reminders of a day: each happens once, whoever puts it in how often."""
    return Due(OVERDUE, {"day_id": str(day_id), "step": str(step)}, due_at, once=f"{day_id}:{step}")
