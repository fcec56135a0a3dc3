"""A screener in memory: words in the text decide, and a test can hold comments on their way."""

from __future__ import annotations

import asyncio
from collections import Counter

from bot.domain.assessments import CLEAR, Assessment, Finding, Judgement
from bot.domain.comments import Comment
from tests.store.examples import SEVERE, THREAT


class WordScreener:
    """`bad` flags, `unreadable` is unscored, `crash` raises, `odd` yields a finding no row can hold.

    `seen` counts how often each revision was screened; `hold(id)` keeps a comment under way until released.
    """

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()
        self._gates: dict[str, asyncio.Event] = {}
        self._news = asyncio.Condition()

    def hold(self, comment: str) -> asyncio.Event:
        return self._gates.setdefault(comment, asyncio.Event())

    async def reached(self, comment: str, times: int = 1) -> None:
        """Wait until the comment was given to be screened so often."""
        async with self._news:
            await self._news.wait_for(lambda: self.seen[comment, ""] >= times)

    async def __call__(self, comment: Comment) -> tuple[Assessment, Judgement]:
        async with self._news:
            self.seen[comment.ref.comment, comment.revision] += 1
            self._news.notify_all()
        if comment.ref.comment in self._gates:
            await self._gates[comment.ref.comment].wait()
        if "crash" in comment.text:
            raise ValueError(f"cannot read: {comment.text}")
        unscored = "The model could not read it." if "unreadable" in comment.text else None
        judgement = SEVERE if "bad" in comment.text else CLEAR
        if "odd" in comment.text:
            strange = Finding("rules", THREAT.category, 0, 3, object(), "odd")  # type: ignore[arg-type]
            judgement = Judgement(SEVERE.severity, SEVERE.categories, findings=(strange,))
        return Assessment({} if unscored else {"toxicity": 0.5}, judgement.findings, unscored), judgement
