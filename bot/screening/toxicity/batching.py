"""Requests that wait together are scored as one batch, in worker threads, off the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from bot.errors import ModelError
from bot.screening.seams import Scores

log = logging.getLogger(__name__)

BatchScorer = Callable[[Sequence[str]], list[Scores]]


@dataclass(slots=True)
class _Waiting:
    text: str
    answer: asyncio.Future[Scores]


class Batcher:
    """Turns a blocking scorer of batches into an async scorer of texts.

    While a batch is being scored, new texts gather; the next batch takes all of them, up to `most`. With little
    to do a text is scored at once, alone; under load batches grow by themselves. At most `room` texts wait:
    callers beyond that wait their turn, so memory stays bounded. A batch that fails is scored again text by
    text, so that one bad text never takes its neighbours along.

    Use as an async context manager; leaving it scores what still waits, then ends the threads.
    """

    def __init__(self, scorer: BatchScorer, *, workers: int = 1, most: int = 64, room: int = 4096) -> None:
        self._scorer = scorer
        self._most = most
        self._queue: asyncio.Queue[_Waiting | None] = asyncio.Queue(maxsize=room)
        self._threads = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="toxicity")
        self._workers = workers
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = False

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._work(), name=f"toxicity-{n}") for n in range(self._workers)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        for _ in self._tasks:
            await self._queue.put(None)
        await asyncio.gather(*self._tasks)
        self._threads.shutdown(wait=True)

    @property
    def waiting(self) -> int:
        """How many texts wait for a batch."""
        return self._queue.qsize()

    async def score(self, texts: Sequence[str]) -> list[Scores]:
        """Return the scores of `texts` in order; raise `ModelError` if one of them cannot be scored.

        Space around a text is taken off: it says nothing, and some tokenizers make a piece of it that sways the score.
        """
        if self._closed or not self._tasks:
            raise ModelError("The toxicity model is shut down; the comment has to be read by a person.")
        loop = asyncio.get_running_loop()
        answers: list[asyncio.Future[Scores]] = []
        try:
            for text in texts:
                waiting = _Waiting(text.strip(), loop.create_future())
                answers.append(waiting.answer)
                await self._queue.put(waiting)
            return [await answer for answer in answers]
        finally:
            for answer in answers:  # a cancelled or failed caller leaves no answer unread behind
                if not answer.done():
                    answer.cancel()
                elif not answer.cancelled():
                    answer.exception()

    async def _work(self) -> None:
        ending = False
        while not ending:
            first = await self._queue.get()
            if first is None:
                return
            batch = [first]
            while len(batch) < self._most and not self._queue.empty():
                item = self._queue.get_nowait()
                if item is None:
                    ending = True
                    break
                batch.append(item)
            await self._answer([item for item in batch if not item.answer.done()])

    async def _answer(self, batch: list[_Waiting]) -> None:
        if not batch:
            return
        try:
            scores = await self._run([item.text for item in batch])
        except Exception as error:  # noqa: BLE001 - whatever a model throws, the comment must reach a person
            if len(batch) > 1:
                for item in batch:
                    await self._answer([item])
            elif not batch[0].answer.done():
                log.warning("a comment could not be scored: %s", type(error).__name__)
                batch[0].answer.set_exception(
                    ModelError(f"The toxicity model failed on this comment ({type(error).__name__}).")
                )
            return
        for item, score in zip(batch, scores, strict=True):
            if not item.answer.done():
                item.answer.set_result(score)

    async def _run(self, texts: list[str]) -> list[Scores]:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._scorer, texts)
