"""Context: the few comments around a flagged one, sealed a little later because they come over the network.

Promise: only channels that are watched give context (R1), only a few comments of it are kept, and they are sealed like
the comment itself. A platform that does not answer is asked again until the comment is a day old; a crash loses
nothing, because which cases lack context is read off the tables.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from bot.domain.comments import ChannelRef, Comment
from bot.errors import DamagedError, KeyFileError, PlatformError, StoreError
from bot.store import Store

log = logging.getLogger(__name__)

BEFORE = 3
AFTER = 3
"""How many comments before and after are kept, unless told otherwise."""

WINDOW = timedelta(hours=6)
"""How far back from the comment its context may lie."""

WAIT = timedelta(minutes=2)
"""How long after the flag the context is fetched, so that answers are in it."""

ASKED_FOR = timedelta(days=1)
PATIENCE = 60.0
"""Seconds that one channel's history may take."""
REST, MOST_REST = timedelta(seconds=15), timedelta(hours=1)
"""How long a case waits after a failure: twice as long each time, so that a silent channel holds up no other."""

_AT_ONCE = 20
_READ = 2000
"""At most so many comments after a comment are read in search of its neighbours."""


class History(Protocol):
    """What context needs of a platform: `Platform.history`."""

    def history(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        """Yield every comment still there that was posted or edited after `after`, oldest first."""
        ...


async def around(reader: History, comment: Comment, *, before: int = BEFORE, after: int = AFTER) -> tuple[Comment, ...]:
    """Return the neighbours of a comment in its channel, oldest first, without the comment itself.

    What bots write is left out. Raise `PlatformError` when the history cannot be read.
    """
    posted = comment.posted_at
    if posted is None:
        return ()
    earlier: deque[Comment] = deque(maxlen=before)
    later: list[Comment] = []
    read = 0
    async for one in reader.history(comment.ref.channel, posted - WINDOW):
        # What came before is bounded by its time alone: who stops amid it takes strangers' words for neighbours.
        read += one.posted_at is not None and one.posted_at > posted
        if one.ref == comment.ref or one.author.is_bot or one.posted_at is None:
            pass
        elif one.posted_at <= posted:
            earlier.append(one)
        elif len(later) < after:
            later.append(one)
        if len(later) >= after or read >= _READ:
            break
    return (*earlier, *later)


class Contexts:
    """Seals the context of flagged comments. `run` is one of the guard's rounds."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, History],
        clock: Callable[[], datetime],
        *,
        before: int = BEFORE,
        after: int = AFTER,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._clock = clock
        self._before = before
        self._after = after
        self._resting: dict[UUID, tuple[datetime, timedelta]] = {}

    async def run(self) -> None:
        """Seal what is due, every few seconds, until cancelled."""
        while True:
            try:
                await self.seal_due()
            except StoreError as error:
                log.error("Context could not be sealed: %s", error)  # noqa: TRY400 (the sentence says it all)
            await asyncio.sleep(15)

    async def seal_due(self) -> int:
        """Seal the context of every case that waits for it and can have it; return how many got it."""
        now, sealed = self._clock(), 0
        due = await self._store.evidence.without_context(now - ASKED_FOR, now - WAIT, _AT_ONCE + len(self._resting))
        self._resting = {case: rest for case, rest in self._resting.items() if case in due}
        ready = [case for case in due if case not in self._resting or self._resting[case][0] <= now]
        for case in ready[:_AT_ONCE]:
            try:
                async with asyncio.timeout(PATIENCE):
                    sealed += await self.seal(case)
            except (DamagedError, KeyFileError, PlatformError, TimeoutError) as error:
                log.warning("A comment's context could not be read and is tried again (%s).", type(error).__name__)
                _, rested = self._resting.get(case, (now, REST / 2))
                rest = min(2 * rested, MOST_REST)
                self._resting[case] = (now + rest, rest)
        return sealed

    async def seal(self, case: UUID) -> bool:
        """Fetch and seal the context of one case; return whether it was sealed now.

        A case in a channel that is not watched gets an empty one: only the reported comment itself is kept there (R21).
        """
        stored = await self._store.cases.read(case)
        if stored is None or stored.snapshot is None:
            return False
        comments: tuple[Comment, ...] = ()
        channel = stored.channel.registered
        if channel.watched:
            reader = self._platforms.get(channel.ref.platform)
            if reader is None:
                return False
            comments = await around(reader, stored.snapshot.comment, before=self._before, after=self._after)
        return await self._store.evidence.add_context(case, comments, self._clock())
