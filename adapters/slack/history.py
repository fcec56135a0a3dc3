"""What was said in a channel and its threads, read again from Slack: oldest first, edits in the look-back included.

Slack gives a channel's messages newest first and its threads apart, and does not say which of them were edited. So a
reading goes back beyond the time that was asked for: `THREADS` for conversations that got new replies, `EDITS` for
words that were changed. What was changed or answered later than that is told live, or not at all: see docs/slack.md.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.reading import accounts, is_written, read_message, stamp, time_of
from adapters.slack.refusals import RefusedError
from adapters.slack.workspaces import Workspace
from bot.domain.comments import ChannelRef, Comment, CommentRef

THREADS = timedelta(days=30)
"""How long before the asked-for time a thread may have begun for its new replies to be found."""
EDITS = timedelta(days=3)
"""How long before the asked-for time a message may have been posted for its edit to be found."""
PAGE = 200
"""Messages of one call; Slack recommends no more."""
MOST = 20_000
"""Messages of a channel that are held in memory at once; a longer history is read in several turns."""
_PEOPLE = 200
"""Messages whose people are looked up together."""
_SECOND = timedelta(seconds=1)
Message = Mapping[str, Any]


@dataclass
class _Turn:
    """What one turn found: new messages, at most `MOST` of them, edited older ones, and threads that have news."""

    new: deque[Message] = field(default_factory=lambda: deque(maxlen=MOST))
    edited: list[Message] = field(default_factory=list)
    parents: list[Message] = field(default_factory=list)
    count: int = 0

    @property
    def end(self) -> str | None:
        """The newest message that is held, when there are more than could be held."""
        return None if self.count <= MOST else str(self.new[0].get("ts"))


async def history(workspace: Workspace, channel: ChannelRef, after: datetime, key: bytes) -> AsyncIterator[Comment]:
    """Yield every comment still there that was posted or edited after `after`, oldest first, threads included."""
    waiting: dict[str, Message] = {}
    while True:
        turn = await _turn(workspace, channel, after)
        found = waiting
        for parent in turn.parents:
            found |= await _replies(workspace, channel, parent, after)
        found |= {str(one.get("ts")): one for one in (*turn.edited, *turn.new)}
        end = turn.end
        due = [one for ts, one in sorted(found.items()) if (end is None or ts <= end) and _is_new(one, after)]
        waiting = {ts: one for ts, one in found.items() if end is not None and ts > end}
        async for comment in _read(workspace, channel, due, key):
            yield comment
        if end is None:
            return
        after = time_of(end) or after


async def read(workspace: Workspace, ref: CommentRef, key: bytes) -> Comment | None:
    """Return a comment as it stands now, or nothing when it is gone."""
    ts = ref.comment
    try:
        answer = await workspace.calls(
            "conversations.replies", channel=ref.channel.channel, ts=ts, oldest=ts, latest=ts, inclusive=True, limit=10
        )
    except RefusedError as error:
        if error.code in ("thread_not_found", "message_not_found"):
            return None
        raise
    standing = [one for one in answer.get("messages") or () if one.get("ts") == ts and is_written(one)]
    async for comment in _read(workspace, ref.channel, standing, key):
        return comment
    return None


async def _turn(workspace: Workspace, channel: ChannelRef, after: datetime) -> _Turn:
    """Read a channel's own messages from the newest back to the look-back's beginning."""
    turn = _Turn()
    pages = workspace.calls.pages(
        "conversations.history",
        "messages",
        PAGE,
        channel=channel.channel,
        oldest=stamp(after - THREADS),
        inclusive=True,
    )
    async for page in pages:
        for one in page:
            if (moment := time_of(str(one.get("ts")))) is not None and moment > after:
                turn.new.append(one)
                turn.count += 1
            elif _is_new(one, after):
                turn.edited.append(one)
            if _has_news(one, after):
                turn.parents.append(one)
    return turn


async def _replies(workspace: Workspace, channel: ChannelRef, parent: Message, after: datetime) -> dict[str, Message]:
    oldest = stamp(after - EDITS)
    found: dict[str, Message] = {}
    pages = workspace.calls.pages(
        "conversations.replies",
        "messages",
        PAGE,
        channel=channel.channel,
        ts=parent["ts"],
        oldest=oldest,
        inclusive=True,
    )
    try:
        async for page in pages:
            found |= {str(one.get("ts")): one for one in page if one.get("ts") != parent["ts"]}
    except RefusedError as error:
        if error.code != "thread_not_found":  # deleted as a whole meanwhile
            raise
    return found


async def _read(
    workspace: Workspace, channel: ChannelRef, messages: list[Message], key: bytes
) -> AsyncIterator[Comment]:
    written = [one for one in messages if is_written(one) and one.get("user") != workspace.bot_user]
    for start in range(0, len(written), _PEOPLE):
        some = written[start : start + _PEOPLE]
        people = await workspace.people.among(account for one in some for account in accounts(one))
        for one in some:
            yield read_message(one, channel, people, address=workspace.address, key=key)


def _is_new(message: Message, after: datetime) -> bool:
    posted = time_of(str(message.get("ts")))
    edited = message.get("edited")
    changed = time_of(str(edited.get("ts"))) if isinstance(edited, dict) else None
    # An edit's time is cut to the second, so it counts for all of that second.
    return (posted is not None and posted > after) or (changed is not None and changed > after - _SECOND)


def _has_news(parent: Message, after: datetime) -> bool:
    """Whether a thread got replies so late that they, or edits of them, can be wanted."""
    latest = time_of(str(parent.get("latest_reply", "")))
    return bool(parent.get("reply_count")) and (latest is None or latest > after - EDITS)
