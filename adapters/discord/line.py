"""Whether the line to Discord stands, shard by shard, and what the core must know of it.

A session that Discord resumes has everything told that was missed: the core hears nothing of it. A new session has not:
the core hears that the line broke and is back, and reads history. A line that stays down is told of before watermarks
could move past what is missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from discord.utils import utcnow

from bot.platform.events import Event, Interrupted, Resumed

GRACE = 20.0
"""Seconds that a line may be down before the core is told."""

NOTICED_WITHIN = timedelta(minutes=2)
"""How long a broken line may go unnoticed: discord.py waits this long for the answer to a heartbeat, at most."""


class Line:
    """The state of every shard's line. `tell` takes what the core is told."""

    def __init__(self, tell: Callable[[Event], None], grace: float = GRACE) -> None:
        self._tell = tell
        self._grace = grace
        self._seen: set[int] = set()
        self._down: dict[int, datetime] = {}
        self._since: datetime | None = None
        """When the line broke that the core knows of."""
        self._timers: dict[int, asyncio.TimerHandle] = {}

    def lost(self, shard: int) -> None:
        """Note that a shard's line broke."""
        if shard in self._seen and shard not in self._down:
            self._down[shard] = utcnow() - NOTICED_WITHIN
            self._timers[shard] = asyncio.get_running_loop().call_later(self._grace, self._interrupt, shard)

    def resumed(self, shard: int) -> None:
        """Note that a session goes on and that everything missed was told."""
        self._back(shard)

    def renewed(self, shard: int) -> None:
        """Note that a shard has a new session: the first one, or one that does not know what was missed."""
        if shard in self._seen:
            self._down.setdefault(shard, utcnow() - NOTICED_WITHIN)
            self._interrupt(shard)
            self._back(shard)
        self._seen.add(shard)

    def close(self) -> None:
        """Forget what was to be told later."""
        for timer in self._timers.values():
            timer.cancel()

    @property
    def stands(self) -> bool:
        """Whether every shard that was ever up is up."""
        return bool(self._seen) and not self._down

    def _interrupt(self, shard: int) -> None:
        if self._since is None:
            self._since = self._down[shard]
            self._tell(Interrupted(self._since))

    def _back(self, shard: int) -> None:
        self._down.pop(shard, None)
        if timer := self._timers.pop(shard, None):
            timer.cancel()
        if self._since is not None and not self._down:
            self._tell(Resumed(self._since, utcnow()))
            self._since = None
