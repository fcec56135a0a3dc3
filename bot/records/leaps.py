"""Whether this machine's clock may have leapt ahead: for some days after, nothing is destroyed by itself.

A clock that is a year ahead makes everything past its time, and what is destroyed never comes back. Neither a wrong
clock nor a summer switched off can be told from the other by a program alone; a few days give people time to see it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.ledger import GapCause
from bot.store import Store

LEAP = timedelta(days=3)
"""Time that passed unseen, from which on the clock is doubted: longer than a weekend's outage."""

PAUSE = timedelta(days=3)
"""How long the doubt lasts, if nobody sets the clock back."""


async def doubted_until(store: Store, now: datetime) -> datetime | None:
    """Return until when the clock is doubted for a long silence that ended lately; nothing when it is not.

    A silence that ends after `now` was no silence: since then somebody has set the clock back.
    """
    silences = [
        gap.ended_at
        for gap in await store.gaps.within(now - PAUSE, now)
        if gap.cause is GapCause.DOWNTIME and gap.ended_at is not None and gap.ended_at - gap.began_at > LEAP
    ]
    return max((end + PAUSE for end in silences if end <= now < end + PAUSE), default=None)


class Leaps:
    """Watches the clock of a running program: against its last heartbeat before, and against the time that it counts.

    `steady` gives seconds that nobody can set.
    """

    def __init__(
        self, store: Store, clock: Callable[[], datetime], *, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._steady = steady
        self._seen = (clock(), steady())
        self._leapt: datetime | None = None

    async def begin(self) -> None:
        """Compare the clock with the last heartbeat; to be called before the heart beats again."""
        beats = (await self._store.gaps.last_beats()).values()
        if beats and self._clock() - max(beats) > LEAP:
            self._leapt = self._clock()

    async def doubted_until(self) -> datetime | None:
        """Return until when the clock is doubted; nothing when it is not."""
        now, steady = self._clock(), self._steady()
        counted = timedelta(seconds=steady - self._seen[1])
        if now - self._seen[0] - counted > LEAP:
            self._leapt = now
        self._seen = (now, steady)
        mine = self._leapt + PAUSE if self._leapt is not None and self._leapt <= now < self._leapt + PAUSE else None
        before = await doubted_until(self._store, now)
        return max((end for end in (mine, before) if end is not None), default=None)
