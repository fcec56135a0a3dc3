"""The shadow run: rows in, assessed and judged with many in flight, out to the sinks in the order of the input.

Nothing is stored in any database and nobody is told. Memory stays bounded: readers stream, at most `IN_FLIGHT`
comments (and `CHARACTERS_IN_FLIGHT` of their text) are under way, and sinks keep counts or write on.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import NamedTuple, Protocol

from bot.domain.assessments import Assessment, Judgement
from bot.domain.comments import Comment
from bot.policy.judge import Context, context_of
from bot.screening.seams import Facts
from bot.shadow.counts import Counts
from bot.shadow.people import People
from bot.shadow.rows import BadRow, Row, Source

IN_FLIGHT = 256
CHARACTERS_IN_FLIGHT = 250_000
PATIENCE = 1800.0
"""Seconds that a comment of an export may wait for its scores: nobody waits for it, so only a model that has stopped
for good makes it unscored, never the long comments before it."""


class Assessor(Protocol):
    """What the run needs of `bot.screening.screener.Screener`."""

    async def assess(self, comment: Comment, facts: Facts) -> Assessment:
        """Return what the machine says of the comment; never raise for any text."""
        ...

    async def explain(self, comment: Comment, assessment: Assessment, judgement: Judgement) -> Judgement:
        """Return the judgement with findings narrowed to the words that carried them."""
        ...


Judge = Callable[[Assessment, Context], Judgement]
"""`bot.policy.judge.judge` with its pack."""


class Screened(NamedTuple):
    """One comment with everything that was found out about it."""

    row: Row
    assessment: Assessment
    judgement: Judgement


class Sink(Protocol):
    """Where results go, one by one, in the order of the input."""

    def take(self, screened: Screened) -> None:
        """Take one result."""
        ...


class ShadowRun:
    """One pass over sources. `tell_bad` is called with each bad row as it is met; the rest goes on."""

    def __init__(
        self,
        screener: Assessor,
        judge: Judge,
        *,
        counts: Counts,
        people: People,
        sinks: Iterable[Sink] = (),
        tell_bad: Callable[[BadRow], None] = lambda _: None,
    ) -> None:
        self._screener = screener
        self._judge = judge
        self._counts = counts
        self._people = people
        self._sinks = tuple(sinks)
        self._tell_bad = tell_bad
        self._under_way: deque[tuple[Row, asyncio.Task[Screened]]] = deque()
        self._characters = 0

    async def over(self, sources: Iterable[Source]) -> Counts:
        """Screen everything in `sources` and return the figures.

        A cancelled run (Ctrl-C) ends early instead of raising: what was finished in order has reached the sinks and
        is in the figures, which say so.
        """
        began = time.monotonic()
        sources = list(sources)
        try:
            for source in sources:
                with closing(source.rows()) as rows:
                    for row in rows:
                        await self._take_in(row)
            while self._under_way:
                await self._take_out()
        except asyncio.CancelledError:
            self._counts.interrupted = True
        finally:
            await self._drop_the_rest()
            self._counts.add_left_out(source.left_out for source in sources)
            self._counts.seconds = time.monotonic() - began
        return self._counts

    async def _take_in(self, row: Row | BadRow) -> None:
        if isinstance(row, BadRow):
            self._counts.add_bad(row)
            self._tell_bad(row)
            return
        self._under_way.append((row, asyncio.create_task(self._screen(row))))
        self._characters += len(row.comment.text)
        while len(self._under_way) >= IN_FLIGHT or self._characters > CHARACTERS_IN_FLIGHT:
            await self._take_out()

    async def _take_out(self) -> None:
        """Wait for the oldest comment under way and hand it to the sinks."""
        row, task = self._under_way[0]
        screened = await task
        self._under_way.popleft()
        self._characters -= len(row.comment.text)
        self._people.number(row.comment.author.id or row.comment.author.name)
        self._counts.add(*screened)
        for sink in self._sinks:
            sink.take(screened)

    async def _screen(self, row: Row) -> Screened:
        comment = row.comment
        facts = Facts(
            channel_kind=row.kind,
            author_role=comment.author.role,
            author_name=comment.author.name,
            attachments=comment.attachments,
        )
        assessment = await self._screener.assess(comment, facts)
        judgement = self._judge(assessment, context_of(comment, row.kind))
        if judgement.flagged:
            judgement = await self._screener.explain(comment, assessment, judgement)
        return Screened(row, assessment, judgement)

    async def _drop_the_rest(self) -> None:
        tasks = [task for _, task in self._under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
