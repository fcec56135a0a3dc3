"""How fast methods may be called: at most so many calls in any minute, each workspace and method for itself."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict, deque

from adapters.slack.needs import METHODS

log = logging.getLogger(__name__)

MINUTE = 60.0
UNLISTED = frozenset({"conversations.history", "conversations.replies"})
UNLISTED_MESSAGES = 15
"""Messages that an app gets at once, once a minute, when it is distributed without being listed by Slack."""
SURE = 2
"""Pages in a row that stop at that number before it is taken for the limit."""


class Pace:
    """Keeps one workspace's calls within Slack's tiers. `minute` is a minute in seconds; tests make it shorter."""

    def __init__(self, minute: float = MINUTE) -> None:
        self._minute = minute
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        self._gates: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._short = 0
        self.unlisted = False

    async def wait(self, method: str) -> None:
        """Return when the method may be called; those who wait are let through in the order in which they came."""
        async with self._gates[method]:
            calls = self._calls[method]
            most = 1 if self.unlisted and method in UNLISTED else METHODS[method].a_minute
            while len(calls) >= most:
                pause = calls[0] + self._minute - time.monotonic()
                if pause > 0:
                    await asyncio.sleep(pause)
                calls.popleft()
            calls.append(time.monotonic())

    def looked_at(self, messages: int, asked: int, *, more: bool) -> None:
        """Note how many messages a page had: those that stop at fifteen tell how Slack holds this app."""
        self._short = self._short + 1 if more and messages == UNLISTED_MESSAGES < asked else 0
        if not self.unlisted and self._short == SURE:
            self.unlisted = True
            log.warning(
                "Slack lets this app read 15 messages a minute, as it does with apps that are distributed but not "
                "listed; install it as an internal app of the workspace to catch up faster."
            )
