"""A platform's history in memory, and a clock that a test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

from bot.domain.comments import ChannelRef, Comment
from tests.store.examples import NOON


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOON + timedelta(hours=1)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


class MemoryHistory:
    """Yields its comments oldest first; `asked` keeps from when on it was read, `during` runs amid a reading."""

    def __init__(self, *comments: Comment) -> None:
        self.comments = list(comments)
        self.asked: list[datetime] = []
        self.during: Callable[[Comment], object] = lambda _: None

    async def __call__(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        self.asked.append(after)
        for comment in list(self.comments):
            latest = comment.edited_at or comment.posted_at
            if comment.ref.channel == channel and latest is not None and latest > after:
                self.during(comment)
                yield comment
