"""The sweep: a whole day's history is read again from the platform, through intake, and compared with what we counted.

What live events missed, and what was edited inside the look-back window, is screened now; re-reads deduplicate.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.domain.comments import ChannelRef, Comment
from bot.domain.ledger import LedgerDay
from bot.domain.outcomes import Outcome
from bot.store.tally import Reading

LOOK_BACK = timedelta(days=2)
"""How far before the day a sweep reads: replies to older threads and edits of older comments are found that far."""

_AT_ONCE = 256
_NEW = frozenset({Outcome.CLEAR, Outcome.FLAGGED, Outcome.UNSCORED})

Receive = Callable[[Comment], Awaitable[Outcome]]
"""`Intake.receive`."""

History = Callable[[ChannelRef, datetime], AsyncIterator[Comment]]
"""`Platform.history`."""


@dataclass(slots=True)
class _Found:
    links: dict[str, str | None] = field(default_factory=dict)
    new: int = 0


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep read: one reading for each day asked for, and how much was read in all, for the pace."""

    readings: dict[date, Reading]
    comments: int
    threads: int


async def sweep(
    channel: ChannelRef, days: Sequence[LedgerDay], history: History, receive: Receive, clock: Callable[[], datetime]
) -> Sweep:
    """Read a channel's history over these days (at least one) again, and take every comment in.

    Raise whatever `history` raises, and `StoreError` when a comment could not be committed: then nothing is known.
    """
    since = min(day.opens_at for day in days) - LOOK_BACK
    found = {day.date: _Found() for day in days}
    read, threads = 0, set[str]()
    async for some in _in_parts(history(channel, since)):
        for comment, outcome in zip(some, await _receive_all(some, receive), strict=True):
            read += 1
            threads.update([comment.thread] if comment.thread else [])
            day = _day_of(comment, days)
            if day is None or comment.author.is_bot:
                continue
            here = found[day.date]
            known = comment.ref.comment in here.links
            here.links[comment.ref.comment] = comment.permalink
            here.new += outcome in _NEW and not known
    at = clock()
    readings = {on: Reading(at, dict(here.links), here.new) for on, here in found.items()}
    return Sweep(readings, read, len(threads))


def _day_of(comment: Comment, days: Sequence[LedgerDay]) -> LedgerDay | None:
    at = comment.posted_at
    return next((day for day in days if at is not None and day.opens_at <= at < day.closes_at), None)


async def _receive_all(comments: Sequence[Comment], receive: Receive) -> list[Outcome]:
    """Take comments in side by side; raise the first failure once all have ended."""
    answers = await asyncio.gather(*map(receive, comments), return_exceptions=True)
    outcomes: list[Outcome] = []
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
        outcomes.append(answer)
    return outcomes


async def _in_parts(comments: AsyncIterator[Comment]) -> AsyncIterator[list[Comment]]:
    some: list[Comment] = []
    async for comment in comments:
        some.append(comment)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some
