"""Work that begins once Slack has its acknowledgement, and that nobody waits for: none of it is lost at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Tasks:
    """Everything that is under way. What fails is logged by its kind alone, because a message may quote a comment."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Have some work done."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def close(self, patience: float) -> None:
        """Wait for what is under way, at most `patience` seconds, and end the rest."""
        if self._running:
            await asyncio.wait(tuple(self._running), timeout=patience)
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("Something from Slack could not be handled: %s (%s).", task.get_name(), type(error).__name__)
