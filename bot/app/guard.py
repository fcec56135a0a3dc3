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

from bot.app.discreet import described
from bot.domain.comments import ChannelRef
from bot.errors import PlatformError, StoreError
from bot.intake import Intake
from bot.platform.events import ChannelChanged, ChannelNews, Deleted, Event, Interrupted, Posted, Resumed
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

_ACCESS = frozenset({ChannelNews.ACCESS_LOST, ChannelNews.ACCESS_GAINED, ChannelNews.ARCHIVED})
"""News after which a channel has to be read anew. What archives a channel may put the bot out, too."""

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


class Breaks:
    """Which lines are down. Each break ends by a `Resumed` of its own: no other says that the line stands."""

    def __init__(self) -> None:
        self._open: dict[str, set[datetime]] = {}

    def began(self, platform: str, at: datetime) -> None:
        """Note that a platform's line broke, or broke in one more way."""
        self._open.setdefault(platform, set()).add(at)

    def ended(self, platform: str, began: datetime) -> bool:
        """Note that the break of that time is over, if there is one; return whether that brought the line back."""
        still = self._open.get(platform, set())
        if began not in still:
            return False
        still.remove(began)
        return not still

    def down(self, platform: str) -> bool:
        """Whether a platform's line is broken just now."""
        return bool(self._open.get(platform))


class Guard:
    """Runs until cancelled. Whatever one event does wrong, the others go on.

    Promise 1 in the program: live events and history go through the same intake; a channel whose line was broken, whose
    comment could not be committed, or which the bot could not read for a while, is behind until its history has been
    read again.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._room = asyncio.Semaphore(AT_ONCE)
        self._look_now = asyncio.Event()
        self._breaks = Breaks()
        self._noting = asyncio.Lock()
        self._rests = Rests(time.monotonic)
        self._being_read: set[tuple[str, str]] = set()

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
                case Interrupted(at):
                    self._breaks.began(platform.name, at)
                    self._parts.intake.interrupted(platform.name)
                    await self._note(event, platform.name)
                case Resumed(since):
                    is_back = self._breaks.ended(platform.name, since)
                    self._rests.over(platform.name)
                    self._parts.intake.interrupted(platform.name)
                    self._look_now.set()
                    if is_back:
                        await self._note(event, platform.name)
                case ChannelChanged(channel, news):
                    if news in _ACCESS:
                        self._rests.well(channel)
                        self._parts.intake.missed_in(channel)
                        self._look_now.set()
                    await self._parts.desk(event, platform)
                case _:
                    await self._parts.desk(event, platform)
        except StoreError as error:
            # Intake has marked the channel as behind: its history is read again at the next look.
            log.warning("An event could not be committed: %s", error)

    async def _note(self, event: Interrupted | Resumed, platform: str) -> None:
        """Have the ledger told, in the order in which it happened: an end must find its beginning."""
        async with self._noting:
            await self._parts.line(event, platform)

    async def _look_after(self) -> None:
        """Post notices, move quiet watermarks on, catch up what is behind: at once, and then every few seconds.

        A workspace that catches up does so in a task of its own: a long history keeps nothing else waiting.
        """
        async with asyncio.TaskGroup() as readings:
            while True:
                # Cleared before looking: a line that comes back meanwhile has us look again.
                self._look_now.clear()
                try:
                    await self._post_notices()
                    await self._parts.intake.advance()
                    self._catch_up(readings)
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
        platforms = self._parts.platforms
        reachable = {name: platform for name, platform in platforms.items() if not self._breaks.down(name)}
        await post_notices(self._parts.store, reachable, tuple(languages), today)

    def _catch_up(self, readings: asyncio.TaskGroup) -> None:
        """Begin to read what is behind, in every workspace where no reading is under way."""
        behind: dict[tuple[str, str], list[ChannelRef]] = {}
        for channel in self._parts.intake.behind():
            if self._is_readable(channel):
                behind.setdefault((channel.platform, channel.workspace), []).append(channel)
        for workspace, channels in behind.items():
            if workspace not in self._being_read:
                self._being_read.add(workspace)
                readings.create_task(self._read(workspace, channels), name=f"catch up {' '.join(workspace)}")

    async def _read(self, workspace: tuple[str, str], channels: Sequence[ChannelRef]) -> None:
        """Read a workspace's channels, one after the other. Never raises: one channel's failure is its own."""
        try:
            for channel in channels:
                if self._is_readable(channel):  # the line may have broken since
                    await self._read_one(channel)
        finally:
            self._being_read.discard(workspace)

    async def _read_one(self, channel: ChannelRef) -> None:
        try:
            await self._parts.intake.catch_up(channel, self._parts.platforms[channel.platform].history)
        except (StoreError, PlatformError) as error:
            self._rests.failed(channel)
            log.warning("A channel's history could not be read and is tried again: %s", error)
        except Exception as error:  # noqa: BLE001  (whatever is wrong with one channel, the others are read)
            self._rests.failed(channel)
            # Its words may quote a comment.
            log.warning("A channel's history could not be read and is tried again (%s).", described(error))
        else:
            self._rests.well(channel)

    def _is_readable(self, channel: ChannelRef) -> bool:
        """Whether a channel's history can be asked for: its line stands, and it is not left alone for a while."""
        connected = channel.platform in self._parts.platforms
        return connected and not self._breaks.down(channel.platform) and not self._rests.resting(channel)


async def _walked(walk: Callable[[], Awaitable[None]]) -> None:
    await walk()
