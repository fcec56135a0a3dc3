"""What waits for the core: people who wait for an answer first, then the rest, in the order in which it happened.

Promise: memory is bounded and nothing is missed. When the core falls behind by more than `MOST` comments, further ones
are dropped and the core is told that the line is broken; once it has caught up it is told to read history instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count

from discord.utils import utcnow

from bot.errors import CrossingGuardError
from bot.platform.events import (
    ButtonPressed,
    CommandUsed,
    Event,
    FormSubmitted,
    HomeOpened,
    Interrupted,
    Posted,
    Resumed,
)

MOST = 10_000
"""Events that may wait before comments are left to history."""

_AT_ONCE = (CommandUsed, ButtonPressed, FormSubmitted, HomeOpened, Interrupted)
"""Told first. A break may be told before the end of an earlier one, never after its own: the end says whose it is."""
_FIRST, _LATER, _LAST = 0, 1, 2


class Stream:
    """A queue of events that one reader takes from."""

    def __init__(self, most: int = MOST) -> None:
        self._waiting: asyncio.PriorityQueue[tuple[int, int, Event | CrossingGuardError | None]] = (
            asyncio.PriorityQueue()
        )
        self._numbers = count()
        self._most = most
        self._dropping: Interrupted | None = None

    def put(self, event: Event) -> None:
        """Have the core told of an event."""
        if isinstance(event, Posted) and self._is_full():
            return
        self._put(_FIRST if isinstance(event, _AT_ONCE) else _LATER, event)

    def end(self, failure: CrossingGuardError | None = None) -> None:
        """End the stream, once what is in it has been taken; with a failure, by raising that."""
        self._put(_LAST, failure)

    async def events(self) -> AsyncIterator[Event]:
        """Yield what happens until the end; raise what the stream ended with."""
        while (event := (await self._waiting.get())[2]) is not None:
            if isinstance(event, CrossingGuardError):
                raise event
            yield event
            self._look_again()

    def _put(self, turn: int, event: Event | CrossingGuardError | None) -> None:
        self._waiting.put_nowait((turn, next(self._numbers), event))

    def _is_full(self) -> bool:
        if self._dropping is None and self._waiting.qsize() >= self._most:
            self._dropping = Interrupted(utcnow())
            self.put(self._dropping)
        return self._dropping is not None

    def _look_again(self) -> None:
        if self._dropping is not None and self._waiting.qsize() <= self._most // 2:
            broken, self._dropping = self._dropping, None
            self.put(Resumed(broken.at, utcnow()))
