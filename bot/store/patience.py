"""Tries a transaction again while somebody else holds the lock that it needs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.store.failures import is_contention

R = TypeVar("R")

PATIENCE_S = 30.0
"""How many seconds another program's lock is borne, unless the caller says otherwise."""

_PAUSE_S = 0.1


async def patiently(attempt: Callable[[], Awaitable[R]], patience: float) -> R:
    """Return what `attempt` returns; call it again for `patience` seconds while it fails for somebody's lock.

    It must be a whole transaction, or several that may each be repeated. Raise whatever else it raises, and the
    lock's error once the time is over.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            return await attempt()
        except Exception as error:
            if not is_contention(error) or time.monotonic() >= deadline:
                raise
        await asyncio.sleep(min(_PAUSE_S, patience / 10))
