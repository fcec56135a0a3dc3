"""Which channels may be read, kept in memory and refreshed when the register changes (R1)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.channels import RegisteredChannel
from bot.domain.comments import ChannelRef
from bot.errors import StoreError
from bot.intake.progress import Progress
from bot.store import Store

log = logging.getLogger(__name__)

REFRESH_AFTER = timedelta(seconds=5)
"""How long another process's change of the register may go unnoticed; this process's own are noticed at once."""


@dataclass(frozen=True, slots=True)
class WatchedChannel:
    """A channel that may be read: registered, approved and complete."""

    id: int
    registered: RegisteredChannel
    progress: Progress


class Watched:
    """The view of the register that intake decides by. `load` must have succeeded once before it is asked.

    A channel that leaves the register and comes back starts as not live, so that the time between is read.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], lag: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._lag = lag
        self._lock = asyncio.Lock()
        self._channels: dict[ChannelRef, WatchedChannel] = {}
        self._changes = -1
        self._looked_at = clock()

    async def load(self) -> None:
        """Read the register; raise `StoreError` when that is impossible."""
        changes, self._looked_at = self._store.channels.changes, self._clock()
        view: dict[ChannelRef, WatchedChannel] = {}
        for stored in await self._store.channels.all():
            ref = stored.registered.ref
            if stored.registered.watched:
                known = self._channels.get(ref)
                progress = Progress(self._lag, stored.watermark) if known is None else known.progress
                view[ref] = WatchedChannel(stored.id, stored.registered, progress)
        self._channels, self._changes = view, changes

    async def find(self, ref: ChannelRef) -> WatchedChannel | None:
        """Return the channel when it is registered, approved and complete.

        While the database cannot be read the last view holds: nothing could be committed then anyway, and a
        comment of a watched channel is known to be lost instead of passing unseen.
        """
        await self.look_again()
        return self._channels.get(ref)

    async def look_again(self) -> None:
        """Read the register again if it has changed, or may have."""
        if self._is_stale():
            async with self._lock:
                if self._is_stale():
                    await self._refresh()

    def all(self) -> Collection[WatchedChannel]:
        """Return the channels of the last view."""
        return self._channels.values()

    def _is_stale(self) -> bool:
        return self._changes != self._store.channels.changes or self._clock() - self._looked_at >= REFRESH_AFTER

    async def _refresh(self) -> None:
        try:
            await self.load()
        except StoreError as error:
            log.warning("The register of channels could not be read again: %s", error)
