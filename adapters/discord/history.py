"""Reads a channel's past forward: the channel and all its threads as one stream, oldest first.

Message ids grow with time, so streams are merged by id. A thread is opened when its turn comes and closed when it has
nothing more, so that few are open at a time. What was posted before the time asked for and edited after it comes first,
as far back as `LOOK_BACK` and `MOST_LOOKED_AT` reach: Discord has no way to ask for edits.
"""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

import discord
from discord.utils import DISCORD_EPOCH, time_snowflake

from adapters.discord.asking import ClosedError, GoneError, asking
from adapters.discord.places import Place, Readable, place_of
from adapters.discord.reading import comment_of
from bot.domain.comments import Comment

PAGE = 100
"""Messages that Discord gives at once."""

LOOK_BACK = timedelta(days=7)
MOST_LOOKED_AT = 300
"""How far before the time asked for, and at how many messages of each channel and thread, edits are looked for."""

_BEGINNING = datetime.fromtimestamp(DISCORD_EPOCH / 1000, UTC)


async def history_of(channel: Readable, after: datetime) -> AsyncIterator[tuple[discord.Message, Place]]:
    """Yield every message of `channel` and its threads that was posted or edited after `after`, oldest first.

    Raise `PlatformError` when Discord does not let the bot read, or does not answer.
    """
    start = max(after, _BEGINNING)
    first = time_snowflake(start)
    streams = [_Stream(one, place, first) for one in await _places(channel, start) if (place := place_of(one))]
    if start > _BEGINNING:
        for message, place in await _edited(streams, start):
            yield message, place
    async for message, place in _merged([stream for stream in streams if stream.has_later_than(first)]):
        yield message, place


async def comments_of(channel: Readable, after: datetime, me: int) -> AsyncIterator[Comment]:
    """Yield `history_of` as comments, without what the account `me` wrote."""
    async for message, place in history_of(channel, after):
        comment = comment_of(message, place)
        if comment is not None and message.author.id != me:
            yield comment


class _Stream:
    """The messages of one channel or thread, read page by page. `turn` is the id of its next message, or less."""

    def __init__(self, source: discord.abc.Messageable, place: Place, first: int) -> None:
        self.source = source
        self.place = place
        self.turn = max(first, place.thread or 0)
        self._read_to = first
        self._page: list[discord.Message] = []

    def has_later_than(self, first: int) -> bool:
        """Whether anything was posted after an id, as far as Discord has told."""
        last = getattr(self.source, "last_message_id", None)
        return last is None or last > first or self.place.thread is None

    async def next(self) -> discord.Message | None:
        """Return the next message, or nothing when there is none any more."""
        if not self._page:
            await self._turn_the_page()
        return self._page.pop() if self._page else None

    async def edited_before(self, end: datetime) -> list[discord.Message]:
        """Return what was posted before `end`, not too long ago, and edited after it."""
        found = self.source.history(limit=MOST_LOOKED_AT, before=end, after=end - LOOK_BACK, oldest_first=False)
        messages = await asking("read a channel's past", _all(found))
        return [message for message in messages if message.edited_at is not None and message.edited_at > end]

    async def _turn_the_page(self) -> None:
        after = discord.Object(self._read_to)
        found = self.source.history(limit=PAGE, after=after, oldest_first=True)
        self._page = (await asking("read a channel's past", _all(found)))[::-1]
        if self._page:
            self._read_to = self._page[0].id


async def _all(found: AsyncIterator[discord.Message]) -> list[discord.Message]:
    return [message async for message in found]


async def _merged(streams: Iterable[_Stream]) -> AsyncIterator[tuple[discord.Message, Place]]:
    numbers = count()
    heap: list[tuple[int, int, _Stream, discord.Message | None]] = [
        (stream.turn, next(numbers), stream, None) for stream in streams
    ]
    heapq.heapify(heap)
    while heap:
        _, _, stream, message = heapq.heappop(heap)
        if message is not None:
            yield message, stream.place
        following = await _next_of(stream)
        if following is not None:
            heapq.heappush(heap, (following.id, next(numbers), stream, following))


async def _next_of(stream: _Stream) -> discord.Message | None:
    """Return the stream's next message; a thread that was deleted or closed meanwhile has none."""
    try:
        return await stream.next()
    except (GoneError, ClosedError):
        if stream.place.thread is None:
            raise
        return None


async def _edited(streams: Iterable[_Stream], start: datetime) -> list[tuple[discord.Message, Place]]:
    found: list[tuple[discord.Message, Place]] = []
    earliest = time_snowflake(start - LOOK_BACK)
    for stream in streams:
        if stream.place.thread is not None and stream.place.thread > time_snowflake(start):
            continue
        if stream.has_later_than(earliest):
            try:
                found += [(message, stream.place) for message in await stream.edited_before(start)]
            except (GoneError, ClosedError):
                if stream.place.thread is None:
                    raise
    return sorted(found, key=lambda one: one[0].id)


async def _places(channel: Readable, start: datetime) -> list[discord.abc.Messageable]:
    """Return the channel itself, unless it is a forum, and its threads that may have something since `start`."""
    here: list[discord.abc.Messageable] = [] if isinstance(channel, discord.ForumChannel) else [channel]
    if not isinstance(channel, discord.TextChannel | discord.ForumChannel):
        return here
    threads = {thread.id: thread for thread in await asking("list threads", channel.guild.active_threads())}
    threads = {key: thread for key, thread in threads.items() if thread.parent_id == channel.id}
    for private in (False, True) if isinstance(channel, discord.TextChannel) else (False,):
        threads |= {thread.id: thread for thread in await _archived(channel, start - LOOK_BACK, private=private)}
    return [*here, *threads.values()]


async def _archived(
    channel: discord.TextChannel | discord.ForumChannel, start: datetime, *, private: bool
) -> list[discord.Thread]:
    """Return the threads put away since `start`: nobody wrote in the others after it."""
    found: list[discord.Thread] = []
    before: datetime | None = None
    while True:
        page = await _archived_page(channel, before, private=private)
        found += [thread for thread in page if thread.archive_timestamp >= start]
        if len(page) < PAGE or page[-1].archive_timestamp < start:
            return found
        before = page[-1].archive_timestamp


async def _archived_page(
    channel: discord.TextChannel | discord.ForumChannel, before: datetime | None, *, private: bool
) -> list[discord.Thread]:
    """Return a page of threads that were put away, the last first; without the permission there are no private ones."""
    if isinstance(channel, discord.ForumChannel):
        found = channel.archived_threads(limit=PAGE, before=before)
    else:
        found = channel.archived_threads(limit=PAGE, before=before, private=private)
    try:
        return await asking("list archived threads", _threads(found))
    except ClosedError:
        if not private:
            raise
        return []


async def _threads(found: AsyncIterator[discord.Thread]) -> list[discord.Thread]:
    return [thread async for thread in found]
