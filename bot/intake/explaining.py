"""The explanation follows the alert: once a flag is committed, the words that carried its score are marked.

Promise: no alert waits for it. What cannot be explained (too many at once, a failing model, a crash) keeps the wider
mark that its flag was committed with.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.domain.assessments import Assessment, Judgement
from bot.domain.comments import Comment
from bot.store import Decision, Store

log = logging.getLogger(__name__)

Explain = Callable[[Comment, Assessment, Judgement], Awaitable[Judgement]]
"""`Reader.explain`: the same judgement, its findings narrowed to the words that carried them."""

AT_ONCE = 2
"""Explanations that ask the model at the same time: it is there for new comments first."""

MOST_WAITING = 256
"""Comments held in memory for it; a flood of flags beyond that keeps the wider marks."""


class Explaining:
    """The explanations under way; they end with `close`."""

    def __init__(self, store: Store, explain: Explain | None) -> None:
        self._store = store
        self._explain = explain
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, decision: Decision) -> None:
        """Explain a committed decision, when there is something to explain and room to do it."""
        if self._explain is None or decision.judgement is None or len(self._tasks) >= MOST_WAITING:
            return
        task = asyncio.create_task(self._narrow(self._explain, decision, decision.judgement), name="explanation")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Wait for what is under way; when this is cancelled, so is that."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def _narrow(self, explain: Explain, decision: Decision, judgement: Judgement) -> None:
        seen = decision.snapshot
        try:
            async with self._turn:
                narrowed = await explain(seen.comment, Assessment(seen.scores, unscored=seen.unscored), judgement)
            if narrowed.findings != judgement.findings:
                await self._store.explain(decision.channel_id, seen.comment, narrowed.findings)
        except Exception as error:  # noqa: BLE001  (an explanation is never worth an alert)
            # The message may quote the comment, so only the kind of error is logged.
            log.warning("A flag keeps its wider marks (%s).", type(error).__name__)
