"""The door: every comment, live or from history, comes in through `Intake.receive`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from bot.domain.assessments import Assessment, Judgement
from bot.domain.comments import ChannelRef, Comment, CommentRef
from bot.domain.outcomes import Outcome
from bot.errors import StoreError
from bot.intake.explaining import Explain, Explaining
from bot.intake.progress import Held
from bot.intake.watched import Watched, WatchedChannel
from bot.store import Cause, Decision, Snapshot, Store, Versions

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
"""Returns the present, aware."""

Screen = Callable[[Comment], Awaitable[tuple[Assessment, Judgement]]]
"""Reads one comment. Whatever it raises makes the comment a review item."""

History = Callable[[ChannelRef, datetime], AsyncIterator[Comment]]
"""`Platform.history`: every comment posted or edited after a time, oldest first, threads included."""

LAG = timedelta(minutes=5)
"""How late a platform may show a comment; the watermark trails this far behind the present."""

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Where a channel without a watermark is read from: its whole history."""

_SAME_MOMENT = timedelta(seconds=1)
"""History is read from this much before the watermark: comments can share a time, and some platforms round it."""

_AT_ONCE = 256
"""How many comments of a history are under way at the same time."""


class Intake:
    """Decides what becomes of each comment, and keeps each channel's watermark (promise 1).

    ======================================  =====================================================================
    channel not registered and approved     `NOT_WATCHED`, nothing is kept (R1); the same for what bots write
    revision recorded before, or under way  `DUPLICATE`
    no rule concerned                       `CLEAR`: a row says that it was screened
    a rule concerned                        `FLAGGED`: flag, sealed snapshot and outbox row in the same transaction
    could not be screened                   `UNSCORED`: review item, sealed snapshot and outbox row, likewise
    could not be committed                  `StoreError`; the channel is `behind` until `catch_up` reads it again
    ======================================  =====================================================================

    A flagged comment that the model could not score is `FLAGGED` and has a review item too. `explain` narrows a flag
    to the words that carried it, after the flag is committed; leaving the `async with`, or `close`, waits for it.
    """

    def __init__(
        self,
        store: Store,
        screen: Screen,
        clock: Clock,
        *,
        versions: Versions,
        lag: timedelta = LAG,
        explain: Explain | None = None,
    ) -> None:
        self._store = store
        self._explaining = Explaining(store, explain)
        self._screen = screen
        self._clock = clock
        self._versions = versions
        self._watched = Watched(store, clock, lag)
        self._under_way: dict[tuple[CommentRef, str], asyncio.Future[bool]] = {}

    async def start(self) -> Self:
        """Read the register, once, before anything else; raise `StoreError` when that is impossible."""
        await self._watched.load()
        return self

    async def close(self) -> None:
        """Finish the explanations that are under way. A crash instead only leaves the wider marks."""
        await self._explaining.close()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def receive(self, comment: Comment) -> Outcome:
        """Take one revision of a comment in; return once what became of it is committed."""
        channel = await self._watched.find(comment.ref.channel)
        if channel is None or comment.author.is_bot:
            return Outcome.NOT_WATCHED
        key = (comment.ref, comment.revision)
        while (earlier := self._under_way.get(key)) is not None:
            await asyncio.wait([earlier])
            if earlier.result():
                return Outcome.DUPLICATE
        with self._on_its_way(comment, channel) as held:
            return await self._settle(comment, channel, held)

    async def deleted(self, ref: CommentRef, at: datetime) -> None:
        """Record that a comment is gone from its platform, for the ledger; evidence is never touched."""
        channel = await self._watched.find(ref.channel)
        if channel is not None:
            await self._store.record_deletion(channel.id, ref, at)

    async def catch_up(self, ref: ChannelRef, history: History) -> bool:
        """Read a channel's history from its watermark to its end, through the same door, and go live.

        Call it at start and after every gap, with live events already flowing. Return whether the channel is live
        now; it is not when it is not watched, or when live events were interrupted meanwhile: then read again.
        Raise `StoreError` when a comment could not be committed, and whatever `history` raises.
        """
        channel = await self._watched.find(ref)
        if channel is None:
            return False
        progress = channel.progress
        reading = progress.start_reading()
        since = BEGINNING if progress.watermark is None else progress.watermark - _SAME_MOMENT
        async for some in _in_parts(history(ref, since)):
            await self._receive_all(some)
            if (through := some[-1].posted_at) is not None:
                progress.read_through(reading, through)
        live = progress.finish_reading(reading)
        await self._advance(channel)
        return live

    async def advance(self) -> None:
        """Notice changes of the register, and move the watermarks of quiet channels on. Call it every few seconds."""
        await self._watched.look_again()
        for channel in tuple(self._watched.all()):
            await self._advance(channel)

    def interrupted(self, platform: str) -> None:
        """Note that a platform's live events were, or may have been, missed: its channels are `behind` now."""
        for channel in self._watched.all():
            if channel.registered.ref.platform == platform:
                channel.progress.interrupt()

    def missed_in(self, ref: ChannelRef) -> None:
        """Note that what is said in one channel was, or may have been, missed: it is `behind` now, if it is watched."""
        for channel in self._watched.all():
            if channel.registered.ref == ref:
                channel.progress.interrupt()

    def behind(self) -> list[ChannelRef]:
        """Return the watched channels that wait for `catch_up`."""
        return [channel.registered.ref for channel in self._watched.all() if not channel.progress.live]

    @contextmanager
    def _on_its_way(self, comment: Comment, channel: WatchedChannel) -> Iterator[Held]:
        """Keep others from screening the same revision, and the watermark from passing it, until it is committed."""
        key = (comment.ref, comment.revision)
        done = self._under_way[key] = asyncio.get_running_loop().create_future()
        held = channel.progress.enter(comment.edited_at or comment.posted_at or self._clock())
        committed = False
        try:
            yield held
            committed = True
        finally:
            if committed:
                channel.progress.leave(held)
            else:
                channel.progress.lose(held)
            del self._under_way[key]
            done.set_result(committed)

    async def _settle(self, comment: Comment, channel: WatchedChannel, held: Held) -> Outcome:
        if await self._store.was_screened(channel.id, comment.ref, comment.revision):
            return Outcome.DUPLICATE
        decision = await self._decide(comment, channel)
        mark = channel.progress.reach(self._clock(), committing=held)
        outcome = await self._record(replace(decision, watermark=mark))
        if mark is not None:
            channel.progress.stored(mark)
        return outcome

    async def _decide(self, comment: Comment, channel: WatchedChannel) -> Decision:
        """Have the comment screened; a failure of any kind is a decision too: a person reads it."""
        decision = Decision(
            channel_id=channel.id,
            snapshot=Snapshot(comment),
            outcome=Outcome.CLEAR,
            at=self._clock(),
            versions=self._versions,
        )
        try:
            assessment, judgement = await self._screen(comment)
        except Exception as error:  # noqa: BLE001  (whatever went wrong, the comment must reach a person)
            # The message may quote the comment, so only the kind of error is logged.
            log.warning("A comment could not be screened (%s); it is now a review item.", type(error).__name__)
            return _unread(decision)
        decision = replace(decision, snapshot=Snapshot(comment, assessment.scores, assessment.unscored))
        if assessment.unscored is not None:
            decision = replace(decision, outcome=Outcome.UNSCORED, cause=Cause.UNSCORED)
        if judgement.flagged:
            decision = replace(decision, outcome=Outcome.FLAGGED, judgement=judgement)
        return decision

    async def _record(self, decision: Decision) -> Outcome:
        """Commit the decision; one that no row can hold (a detector's bad value) is committed as a review item."""
        try:
            new = await self._store.record(decision)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever is wrong with it, the comment must reach a person)
            log.warning("A finding could not be stored (%s); its comment is now a review item.", type(error).__name__)
            decision = _unread(decision)
            new = await self._store.record(decision)
        if new:
            self._explaining.begin(decision)
        return decision.outcome if new else Outcome.DUPLICATE

    async def _receive_all(self, comments: list[Comment]) -> None:
        """Take comments in side by side; raise the first failure once all have ended."""
        outcomes = await asyncio.gather(*map(self.receive, comments), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _advance(self, channel: WatchedChannel) -> None:
        mark = channel.progress.reach(self._clock())
        if mark is not None:
            await self._store.advance(channel.id, mark)
            channel.progress.stored(mark)


def _unread(decision: Decision) -> Decision:
    """Return the decision to have a person read the comment, without anything that was found in it."""
    return replace(
        decision,
        snapshot=Snapshot(decision.snapshot.comment),
        outcome=Outcome.UNSCORED,
        judgement=None,
        cause=Cause.SCREENING_FAILED,
    )


async def _in_parts(comments: AsyncIterator[Comment]) -> AsyncIterator[list[Comment]]:
    some: list[Comment] = []
    async for comment in comments:
        some.append(comment)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some
