"""Carries out the outbox: claims what is due, hands it to whoever is in charge of its kind, tries again what failed.

Promise: at least once. Errands are claimed one at a time under a lease; a process that is killed loses nothing, because
another claims what it held when the lease ends. A platform that does not answer holds up one worker, not the others.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from bot.errors import PlatformError, StoreError
from bot.store import Errand, Store

log = logging.getLogger(__name__)

TRIES = 6
"""How often an errand is tried before something else must happen: about a minute in all."""

FIRST_WAIT = timedelta(seconds=2)
NOBODY_WAIT = timedelta(minutes=15)
"""How long until it is tried again when nobody at all could be reached, or the program itself is at fault."""

POLL = 1.0
"""Seconds after which a worker looks for what became due, or was put in by another process."""

PATIENCE = 90.0
"""Seconds that one errand may take: less than its lease, so that nobody else has claimed it meanwhile."""

WORKERS = 4
"""Errands under way at the same time: a platform that does not answer holds up one of them."""

GRACE = 5.0
"""Seconds that errands in hand are given when the program stops: one cut off is claimed again two minutes later."""

REDRAWING = frozenset({"update", "day_cards"})
"""Kinds of errand that bring a standing card up to date; nobody waits for them as for an alert."""

_dice = random.SystemRandom()

CarryOut = Callable[[Errand, bool], Awaitable[timedelta | None]]
"""Carries out one errand; the second argument says that this is the last of the quick tries.

Returns how long the errand waits for its next try, nothing when it is done. May raise `PlatformError`: the errand is
tried again, and after the last try every `NOBODY_WAIT`.
"""


class Errands:
    """Works through the outbox until cancelled. `carriers` says by kind of errand who carries it out.

    Cards that are redrawn wait behind whatever must still be told, and half of the workers never redraw: platforms
    allow few updates a minute, and in a raid the next alert must not stand in line behind the state of the last one.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], carriers: Mapping[str, CarryOut]) -> None:
        self._store = store
        self._clock = clock
        self._carriers = carriers
        self._prompt = tuple(kind for kind in carriers if kind not in REDRAWING)
        self._redraws = tuple(kind for kind in carriers if kind in REDRAWING)
        self._ending = False

    async def run(self) -> None:
        """Carry out errands as they become due, until cancelled; then finish what is in hand, within `GRACE`."""
        self._ending = False
        tasks = [self._work(redraws=number % 2 == 1) for number in range(WORKERS)]
        workers = [asyncio.create_task(task, name="errands") for task in tasks]
        try:
            ended, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
            for worker in ended:
                worker.result()
        finally:
            self._ending = True
            self._store.outbox.woken.set()
            try:
                await asyncio.wait(workers, timeout=GRACE)
            finally:
                for worker in workers:
                    worker.cancel()
                await asyncio.gather(*workers, return_exceptions=True)

    async def carry_out_due(self, now: datetime) -> int:
        """Carry out everything that is due at `now`, one after the other; return how many errands that were."""
        count = 0
        while await self._carry_out_next(now):
            count += 1
        return count

    async def _work(self, *, redraws: bool) -> None:
        woken = self._store.outbox.woken
        while not self._ending:
            # Cleared before looking: what is put in from now on wakes us again.
            woken.clear()
            try:
                busy = await self._carry_out_next(self._clock(), redraws=redraws)
            except StoreError as error:
                log.error("Messages to people wait: %s", error)  # noqa: TRY400 (the sentence says it all)
                busy = False
            if not busy:
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL):
                        await woken.wait()

    async def _carry_out_next(self, now: datetime, *, redraws: bool = True) -> bool:
        for kinds in (self._prompt, self._redraws if redraws else ()):
            for errand in await self._store.outbox.claim(now, limit=1, kinds=kinds) if kinds else ():
                wait = await self._carried_out(errand)
                if wait is None:
                    await self._store.outbox.delivered(errand.id, now)
                else:
                    await self._store.outbox.postpone(errand.id, now + wait)
                return True
        return False

    async def _carried_out(self, errand: Errand) -> timedelta | None:
        """Carry out an errand; return how long it waits for its next try, nothing when it is done."""
        last = errand.attempts >= TRIES
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._carriers[errand.kind](errand, last)
        except StoreError:
            raise
        except (PlatformError, TimeoutError) as error:
            if not last:
                return backoff(errand.attempts)
            log.warning("An errand (%s) was given up for now (%s).", errand.kind, type(error).__name__)
            return NOBODY_WAIT
        except Exception as error:  # noqa: BLE001  (a mistake of ours must not silence the alerts behind it)
            # The message may quote a comment, so only the kind of error is logged.
            log.error("An errand (%s) failed (%s).", errand.kind, type(error).__name__)  # noqa: TRY400
            return NOBODY_WAIT if last else backoff(errand.attempts)


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after the `attempts`-th try: doubling, half of it by chance, so that nobody marches."""
    longest = FIRST_WAIT * 2 ** min(attempts - 1, 8)
    return timedelta(seconds=longest.total_seconds() * _dice.uniform(0.5, 1.0))
