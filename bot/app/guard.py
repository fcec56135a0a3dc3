"""The guard: keeps watch on every connected platform until told to stop.

platform events ─► intake (comments) ─► outbox ─► rounds (errands) ─► people
              └──► desk (commands, buttons, forms, who joined, what became of a channel)
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.comments import ChannelRef
from bot.errors import PlatformError, StoreError
from bot.intake import Intake
from bot.platform.events import Deleted, Event, Interrupted, Posted, Resumed
from bot.platform.protocol import Platform
from bot.policy.words import Language
from bot.registry.known import Known
from bot.registry.notices import post_notices
from bot.store import Store

log = logging.getLogger(__name__)

AT_ONCE = 256
"""Events under way at the same time; more wait in the platform's own queue."""
TICK = 5.0
"""Seconds between two looks at what is behind, what waits for its notice, and how far watermarks may move."""

LONGEST_REST = 300.0
"""Seconds that a channel is left alone at most, after its history could not be read again and again."""

Handle = Callable[[Event, Platform], Awaitable[None]]
"""The desk: carries out what people do with commands, buttons and forms. Never raises."""


LineNews = Callable[[Interrupted | Resumed, str], Awaitable[None]]
"""Notes that the line to a platform broke or is back, for the ledger."""


async def _unnoted(event: Interrupted | Resumed, platform: str) -> None:
    """Keep no ledger."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the guard works with. Each of the `rounds` runs until cancelled: errands, sweeps, what is due each day."""

    store: Store
    platforms: Mapping[str, Platform]
    intake: Intake
    known: Known
    desk: Handle
    rounds: Sequence[Callable[[], Awaitable[None]]]
    clock: Callable[[], datetime]
    line: LineNews = _unnoted


class Rests:
    """Which channels are left alone for a while, because their history could not be read: longer after each failure."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[ChannelRef, tuple[float, float]] = {}

    def failed(self, channel: ChannelRef) -> None:
        """Leave the channel alone for a while: a look first, then twice as long each time, five minutes at most."""
        _, before = self._until.get(channel, (0.0, TICK / 2))
        rest = min(2 * before, LONGEST_REST)
        self._until[channel] = (self._clock() + rest, rest)

    def well(self, channel: ChannelRef) -> None:
        """Forget a channel's failures."""
        self._until.pop(channel, None)

    def over(self, platform: str) -> None:
        """Look again at every channel of a platform whose line is back."""
        self._until = {channel: rest for channel, rest in self._until.items() if channel.platform != platform}

    def resting(self, channel: ChannelRef) -> bool:
        """Whether the channel is left alone just now."""
        return self._until.get(channel, (0.0, 0.0))[0] > self._clock()


class Guard:
    """Runs until cancelled. Whatever one event does wrong, the others go on.

    Promise 1 in the program: live events and history go through the same intake; a channel whose line was broken, or
    whose comment could not be committed, is behind until its history has been read again.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._room = asyncio.Semaphore(AT_ONCE)
        self._look_now = asyncio.Event()
        self._down: set[str] = set()
        self._rests = Rests(time.monotonic)

    async def run(self) -> None:
        """Keep watch. Cancelling it stops taking in, and ends when what is in hand is done or cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for number, walk in enumerate(self._parts.rounds):
                tasks.create_task(_walked(walk), name=f"round {number}")
            tasks.create_task(self._look_after(), name="look after")
            for platform in self._parts.platforms.values():
                tasks.create_task(self._listen(platform), name=f"listen to {platform.name}")

    async def _listen(self, platform: Platform) -> None:
        async with asyncio.TaskGroup() as tasks:
            async for event in platform.events():
                await self._room.acquire()
                task = tasks.create_task(self._take(event, platform))
                task.add_done_callback(lambda _: self._room.release())

    async def _take(self, event: Event, platform: Platform) -> None:
        try:
            match event:
                case Posted(comment):
                    await self._parts.intake.receive(comment)
                case Deleted(ref, at):
                    await self._parts.intake.deleted(ref, at)
                case Interrupted():
                    self._down.add(platform.name)
                    self._parts.intake.interrupted(platform.name)
                    await self._parts.line(event, platform.name)
                case Resumed():
                    self._down.discard(platform.name)
                    self._rests.over(platform.name)
                    self._parts.intake.interrupted(platform.name)
                    self._look_now.set()
                    await self._parts.line(event, platform.name)
                case _:
                    await self._parts.desk(event, platform)
        except StoreError as error:
            # Intake has marked the channel as behind: its history is read again at the next look.
            log.warning("An event could not be committed: %s", error)

    async def _look_after(self) -> None:
        """Post notices, catch up what is behind, move quiet watermarks on: at once, and then every few seconds."""
        while True:
            # Cleared before looking: a line that comes back meanwhile has us look again.
            self._look_now.clear()
            try:
                await self._post_notices()
                await self._parts.intake.advance()
                await self._catch_up()
            except (StoreError, PlatformError) as error:
                log.warning("Looking after the channels failed and is tried again: %s", error)
            try:
                async with asyncio.timeout(TICK):
                    await self._look_now.wait()
            except TimeoutError:
                continue

    async def _post_notices(self) -> None:
        await self._parts.known.refresh()
        roster = self._parts.known.roster
        if roster is None:
            return
        languages: list[Language] = [language for language in ("en", "es") if language in roster.district.languages]
        today = self._parts.clock().astimezone(ZoneInfo(roster.district.time_zone)).date()
        reachable = {name: self._parts.platforms[name] for name in self._parts.platforms.keys() - self._down}
        await post_notices(self._parts.store, reachable, tuple(languages), today)

    async def _catch_up(self) -> None:
        for channel in self._parts.intake.behind():
            platform = self._parts.platforms.get(channel.platform)
            if platform is None or platform.name in self._down or self._rests.resting(channel):
                continue
            try:
                await self._parts.intake.catch_up(channel, platform.history)
            except (StoreError, PlatformError) as error:
                self._rests.failed(channel)
                log.warning("A channel's history could not be read and is tried again: %s", error)
            else:
                self._rests.well(channel)


async def _walked(walk: Callable[[], Awaitable[None]]) -> None:
    await walk()
