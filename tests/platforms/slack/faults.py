"""What goes wrong on demand, and how much Slack lets an app call."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Literal

Kind = Literal["storm", "status", "slow", "reset", "error"]
EVERYTHING = "*"

TIERS = {1: 1, 2: 20, 3: 50, 4: 100, 5: 600}
"""Calls a minute that each of Slack's tiers allows; 5 stands for the methods that Slack limits by hundreds."""

POSTING = 1.0
"""Seconds between two messages in the same channel; a short burst is let through."""

BURST = 10
"""Messages of a burst."""

UNLISTED_METHODS = frozenset({"conversations.history", "conversations.replies"})
UNLISTED_MESSAGES = 15
"""Messages that an app which is sold but not listed gets at once, and once a minute."""


@dataclass
class Fault:
    """Something that goes wrong the next `times` calls of a method."""

    method: str
    kind: Kind
    times: int
    number: float = 0.0
    error: str = ""


class Faults:
    """The faults that wait for calls; the oldest that fits a call is spent first."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def storm(self, method: str = EVERYTHING, *, times: int, retry_after: int = 1) -> None:
        """Answer `ratelimited` with status 429, and so many seconds to wait."""
        self.waiting.append(Fault(method, "storm", times, retry_after))

    def fail(self, method: str = EVERYTHING, *, times: int = 1, status: int = 503) -> None:
        """Answer with a server's error and a page that is not JSON."""
        self.waiting.append(Fault(method, "status", times, status))

    def slow(self, method: str = EVERYTHING, *, times: int = 1, seconds: float) -> None:
        """Answer, but late."""
        self.waiting.append(Fault(method, "slow", times, seconds))

    def reset(self, method: str = EVERYTHING, *, times: int = 1) -> None:
        """Tear the connection instead of answering."""
        self.waiting.append(Fault(method, "reset", times))

    def refuse(self, method: str, error: str, *, times: int = 1) -> None:
        """Answer with one of Slack's errors."""
        self.waiting.append(Fault(method, "error", times, error=error))

    def clear(self) -> None:
        """Let everything go well again."""
        self.waiting.clear()

    def meets(self, method: str) -> Fault | None:
        """Return what goes wrong with this call, if anything does."""
        for fault in self.waiting:
            if fault.method in (EVERYTHING, method):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None


class Limits:
    """Slack's rate limits. Enforced only when a test says so; `window` is the minute, in seconds.

    `unlisted` is how apps are held that are distributed without being listed: one reading of history a minute, with at
    most 15 messages.
    """

    def __init__(self) -> None:
        self.enforced = False
        self.unlisted = False
        self.window = 60.0
        self._calls: defaultdict[tuple[str, ...], deque[float]] = defaultdict(deque)

    def wait(self, method: str, tier: int, team: str, channel: str) -> int | None:
        """Count a call; return the seconds to wait when it is one too many."""
        if self.unlisted and method in UNLISTED_METHODS:
            return self._count((team, method), 1, self.window)
        if not self.enforced:
            return None
        if method == "chat.postMessage":
            return self._count((team, method, channel), BURST, BURST * POSTING * self.window / 60.0)
        return self._count((team, method), TIERS[tier], self.window)

    def most_messages(self, asked: int) -> int:
        """Return how many messages a call may get at once."""
        return min(asked, UNLISTED_MESSAGES) if self.unlisted else asked

    def _count(self, key: tuple[str, ...], most: int, window: float) -> int | None:
        now, calls = time.monotonic(), self._calls[key]
        while calls and calls[0] <= now - window:
            calls.popleft()
        if len(calls) >= most:
            return max(1, math.ceil(calls[0] + window - now))
        calls.append(now)
        return None
