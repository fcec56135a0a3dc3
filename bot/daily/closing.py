"""Closes the days: sweeps each channel, counts its day, and once all of a day's entries are closed asks for a sign-off.

Promise: a day is swept before it is counted. A channel that nobody can read is closed unswept after `GIVE_UP`, and its
entry says so; a site is kept from signing neither by a platform that does not answer nor by another site's workspace.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
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
"""How long a sweep is tried before the entry is closed without one; what is under way then is broken off."""

ONE_TRY = timedelta(minutes=2)
"""How long a channel's sweep may take in any case: a day that is looked at late, after an outage, is tried, too."""

AT_LEAST = timedelta(hours=1)
"""How long people have between the digest and the first reminder, also for a day that was missed."""

DIGEST, OVERDUE = "digest", "overdue"
"""The kinds of what follows once a day can be signed."""


_Workspace = tuple[str, str]
"""A platform and a workspace on it."""


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
        self._under_way: set[_Workspace] = set()

    async def run(self) -> None:
        """Close days until cancelled. A workspace that takes long keeps no other waiting, and is not begun twice."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                try:
                    await self._begin(tasks)
                except StoreError as error:
                    log.warning("Closing a day failed and is tried again: %s", error)
                await asyncio.sleep(TICK)

    async def look(self) -> None:
        """Sweep and close what is due, one workspace beside the other, one channel after the other.

        Raise the first failure once all have ended.
        """
        closing = map(self._close_workspace, (await self._due()).values())
        for failure in await asyncio.gather(*closing, return_exceptions=True):
            if failure is not None:
                raise failure

    async def _begin(self, tasks: asyncio.TaskGroup) -> None:
        # Noted before the look at what is due: who ends meanwhile has closed some of that.
        busy = frozenset(self._under_way)
        for workspace, channels in (await self._due()).items():
            if workspace not in busy:
                self._under_way.add(workspace)
                tasks.create_task(self._carry_out(workspace, channels), name=f"close days {' '.join(workspace)}")

    async def _carry_out(self, workspace: _Workspace, channels: Sequence[_Channel]) -> None:
        try:
            await self._close_workspace(channels)
        except StoreError as error:
            log.warning("Closing a day failed and is tried again: %s", error)
        finally:
            self._under_way.discard(workspace)

    async def _due(self) -> dict[_Workspace, list[_Channel]]:
        """Return the channels with days to close, by workspace; have the days signed that wait for none."""
        days = {day.id: day for day in await self._store.ledger.unfinished(self._clock() - SETTLE)}
        if not days:
            return {}
        entries, known = await asyncio.gather(self._store.ledger.entries(list(days)), self._store.channels.all())
        due = [entry for entry in entries if entry.closed_at is None]
        stored = {item.id: item for item in known}
        channels: dict[int, _Channel] = {}
        for entry in due:
            channel = channels.setdefault(entry.channel_id, _Channel(stored[entry.channel_id]))
            channel.days.append((days[entry.day_id], entry))
        waiting = {entry.day_id for entry in due}
        await self._make_ready(day for day in days.values() if day.id not in waiting)
        workspaces: dict[_Workspace, list[_Channel]] = {}
        for channel in channels.values():
            ref = channel.stored.registered.ref
            workspaces.setdefault((ref.platform, ref.workspace), []).append(channel)
        return workspaces

    async def _close_workspace(self, channels: Sequence[_Channel]) -> None:
        for number, channel in enumerate(channels):
            done = await self._swept(channel)
            if done is not None or self._hopeless(channel):
                await self._close(channel, done)
            if done is not None and number + 1 < len(channels):
                await self._keep_pace(channel, done)

    async def _close(self, channel: _Channel, done: Sweep | None) -> None:
        """Close a channel's days, and have those signed of which it was the last."""
        for day, entry in channel.days:
            reading = None if done is None else done.readings[day.date]
            await self._store.ledger.close(
                Closing(entry.channel_id, day.date, day.opens_at, day.closes_at, self._clock(), reading)
            )
        await self._make_ready(day for day, _ in channel.days)

    async def _make_ready(self, days: Iterable[LedgerDay]) -> None:
        """Ask for the sign-off of those days of which no entry is open any more."""
        for day in days:
            await self._store.ledger.ready(day.id, self._clock(), self._follows(day))

    async def _swept(self, channel: _Channel) -> Sweep | None:
        ref = channel.stored.registered.ref
        platform = self._platforms.get(ref.platform)
        if platform is None or not channel.stored.registered.watched:
            return None
        days = [day for day, _ in channel.days]
        try:
            async with asyncio.timeout(self._left(channel).total_seconds()):
                return await sweep(ref, days, platform.history, self._receive, self._clock)
        except TimeoutError:
            log.warning("A channel's history could not be swept in time.")
            return None
        except (PlatformError, StoreError) as error:
            log.warning("A channel could not be swept and is tried again (%s).", type(error).__name__)
            return None

    def _hopeless(self, channel: _Channel) -> bool:
        """Whether the channel is closed unswept: nobody may read it, or its history was asked for long enough."""
        return not channel.stored.registered.watched or self._clock() >= _given_up_at(channel)

    def _left(self, channel: _Channel) -> timedelta:
        """How long a channel may still be swept."""
        return max(_given_up_at(channel) - self._clock(), ONE_TRY)

    async def _keep_pace(self, channel: _Channel, done: Sweep) -> None:
        """Leave live reading its share of what the platform answers, while there is time for that."""
        allowed = allowance(channel.stored.registered.ref.platform)
        takes = allowed.takes(allowed.reads(done.comments, done.threads))
        await self._pause(min(takes, self._left(channel)).total_seconds())

    def _follows(self, day: LedgerDay) -> tuple[Due, ...]:
        """What people hear of once the day can be signed; on days without duty nobody is asked."""
        if not day.on_duty:
            return ()
        now = self._clock()
        return (
            Due(DIGEST, {"day_id": str(day.id)}, now, once=str(day.id)),
            overdue(day.id, 0, max(day.sign_by, now + AT_LEAST)),
        )


def _given_up_at(channel: _Channel) -> datetime:
    return max(max(day.closes_at, day.noted_at) for day, _ in channel.days) + GIVE_UP


def overdue(day_id: UUID, step: int, due_at: datetime, tried: Iterable[str] = ()) -> Due:
    """Return a step of the reminders of a day: each happens once, whoever puts it in how often.

    `tried` are the people who had their turn in an earlier step.
    """
    payload = {"day_id": str(day_id), "step": str(step), "tried": " ".join(tried)}
    return Due(OVERDUE, payload, due_at, once=f"{day_id}:{step}")
