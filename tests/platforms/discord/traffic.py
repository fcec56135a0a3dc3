"""What stands between the bot and the routes: the log of requests, rate limits, and trouble on demand."""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

GLOBAL_PACE = 50
"""Requests in a second that Discord answers a bot at most, over all routes but interactions."""


@dataclass(frozen=True)
class Pace:
    """So many requests within so many seconds."""

    requests: int
    seconds: float


QUICK = Pace(1000, 1.0)
"""What tests run with unless they ask for limits."""

REAL: Mapping[str, Pace] = {
    "POST /channels/{channel}/messages": Pace(5, 5.0),
    "PATCH /channels/{channel}/messages/{message}": Pace(5, 5.0),
    "DELETE /channels/{channel}/messages/{message}": Pace(5, 1.0),
    "GET /channels/{channel}/messages": Pace(5, 5.0),
    "GET /channels/{channel}/messages/{message}": Pace(5, 1.0),
    "POST /users/@me/channels": Pace(10, 10.0),
}
"""About what Discord's answers say; it publishes no table. Others are taken as 10 in 10 seconds."""


@dataclass
class Asked:
    """A request as the bot made it. The bot's token is not in it; `status` is 0 for one that was cut off."""

    method: str
    path: str
    route: str
    query: dict[str, str]
    headers: dict[str, str]
    at: float
    body: Any = None
    reason: str | None = None
    status: int = 0


@dataclass
class Fault:
    """Trouble for the next `times` requests whose method and path match; `method` and `path` empty match any.

    `status` answers with that (429 with `retry_after`, and `everywhere` if it is the global limit); `seconds` answers
    late; `cut` closes the connection without an answer, before the request is carried out or `after`.
    """

    path: str = ""
    method: str = ""
    times: int = 1
    status: int | None = None
    retry_after: float = 0.2
    everywhere: bool = False
    seconds: float = 0.0
    cut: bool = False
    after: bool = False

    def matches(self, request: web.Request) -> bool:
        """Whether it strikes now."""
        return self.times > 0 and self.method in ("", request.method) and self.path in request.path


@dataclass
class Bucket:
    """One limit's state."""

    pace: Pace
    left: int
    until: float


@dataclass
class Traffic:
    """`paces` are limits by route (`POST /channels/{channel}/messages`), `pace` the one of all others."""

    asked: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    paces: dict[str, Pace] = field(default_factory=dict)
    pace: Pace = QUICK
    global_pace: int | None = None
    refused: int = 0
    """How many requests were answered with 429."""
    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _recent: deque[float] = field(default_factory=deque)

    def be_real(self) -> None:
        """Limit as Discord does."""
        self.paces, self.pace, self.global_pace = dict(REAL), Pace(10, 10.0), GLOBAL_PACE

    def fault(self, path: str = "", **what: Any) -> Fault:
        """Order trouble; see `Fault`."""
        made = Fault(path, **what)
        self.faults.append(made)
        return made

    def storm(self, requests: int, *, retry_after: float = 0.1, everywhere: bool = False) -> Fault:
        """Answer the next requests with 429, whatever they are."""
        return self.fault(times=requests, status=429, retry_after=retry_after, everywhere=everywhere)

    def struck(self, request: web.Request) -> Fault | None:
        """Return the trouble that is due for a request, used up by it."""
        for fault in self.faults:
            if fault.matches(request):
                fault.times -= 1
                return fault
        return None

    def of(self, method: str, path: str = "") -> list[Asked]:
        """Return the requests whose method is this and whose path contains that, oldest first."""
        return [one for one in self.asked if one.method == method and path in one.path]

    def take(self, route: str, major: str) -> tuple[dict[str, str], float | None, bool]:
        """Count a request: return the headers of its answer, and after how many seconds to try again if over a limit.

        The third value tells that the limit over all routes was met.
        """
        now = time.monotonic()
        key = f"{route} {major}"
        pace = self.paces.get(route, self.pace)
        bucket = self._buckets.get(key)
        if bucket is None or bucket.until <= now or bucket.pace is not pace:
            bucket = self._buckets[key] = Bucket(pace, pace.requests, now + pace.seconds)
        over, everywhere = bucket.left <= 0, False
        if not over and self.global_pace is not None:
            while self._recent and self._recent[0] < now - 1:
                self._recent.popleft()
            over = everywhere = len(self._recent) >= self.global_pace
        if over:
            wait = 1 - (now - self._recent[0]) if everywhere else bucket.until - now
            return self._headers(bucket, route, now), max(wait, 0.001), everywhere
        bucket.left -= 1
        self._recent.append(now)
        return self._headers(bucket, route, now), None, False

    @staticmethod
    def _headers(bucket: Bucket, route: str, now: float) -> dict[str, str]:
        after = max(0.0, bucket.until - now)
        return {
            "X-RateLimit-Limit": str(bucket.pace.requests),
            "X-RateLimit-Remaining": str(bucket.left),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": hashlib.blake2s(route.encode(), digest_size=16).hexdigest(),
        }


def too_many(headers: dict[str, str], retry_after: float, *, everywhere: bool) -> web.Response:
    """Return the answer to a request that is over a limit."""
    body = {"message": "You are being rate limited.", "retry_after": round(retry_after, 3), "global": everywhere}
    scope = "global" if everywhere else "user"
    more = {"Retry-After": str(max(1, round(retry_after))), "X-RateLimit-Scope": scope}
    more |= {"X-RateLimit-Global": "true"} if everywhere else {}
    return answer(429, body, headers | more)


def answer(status: int, body: Any, headers: Mapping[str, str]) -> web.Response:
    """Return an answer as Discord writes it: its clients read a body only of exactly this content type."""
    if body is None:
        return web.Response(status=status, headers=headers)
    fixed = {"Content-Type": "application/json", "Via": "1.1 google"}
    return web.Response(status=status, body=json.dumps(body).encode(), headers={**headers, **fixed})
