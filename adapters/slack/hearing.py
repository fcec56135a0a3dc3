"""Slack's events as the core's: comments, deletions, who joined, and what became of a channel.

==============================================  =======================================================================
message, file share, thread reply, broadcast    `Posted`, also of bots, which are said to be bots
message changed by somebody, blocks too         `Posted` with a new revision; a link's preview is nobody's change
message deleted, or left as a tombstone         `Deleted`
member joined                                   `MemberJoined`; the bot itself: `ChannelChanged` (access gained)
channel renamed, archived, unarchived, deleted  `ChannelChanged`
channel shared, made public or private          `ChannelChanged` (opened up)
bot taken out of a channel, app uninstalled     `ChannelChanged` (access lost); of the app also `Resumed`
home page opened                                `HomeOpened`
Slack left events out (rate limit)              `Interrupted` and `Resumed`, so that history is read
direct and group messages, the bot's own        nothing
==============================================  =======================================================================
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from slack_bolt.request.internals import extract_team_id

from adapters.slack.line import Line, Put
from adapters.slack.once import Once
from adapters.slack.people import SlackPerson
from adapters.slack.reading import PLATFORM, ROOMS, accounts, is_written, read_message, time_of, written
from adapters.slack.tasks import Tasks
from adapters.slack.workspaces import Workspace, Workspaces
from bot.domain.comments import Author, ChannelRef, CommentRef
from bot.platform.events import ChannelChanged, ChannelNews, Deleted, HomeOpened, MemberJoined, Posted, Resumed

log = logging.getLogger(__name__)

NAMES = 5.0
"""Seconds that a comment may wait for the names of the people in it; then it goes on without those that are missing."""

_NEWS = {
    "rename": ChannelNews.RENAMED,
    "archive": ChannelNews.ARCHIVED,
    "unarchive": ChannelNews.ACCESS_GAINED,
    "deleted": ChannelNews.GONE,
    "left": ChannelNews.ACCESS_LOST,
    "shared": ChannelNews.OPENED_UP,
}
_CONVERTED = frozenset({"channel_convert_to_public", "channel_convert_to_private"})

KINDS = frozenset(
    {"message", "member_joined_channel", "app_home_opened", "app_uninstalled", "tokens_revoked", "channel_shared"}
    | {f"{family}_{what}" for family in ROOMS for what in _NEWS if what != "shared"}
)
"""Every type of event that is taken; the rest is left alone."""

Gone = Callable[[str], Awaitable[None]]
"""Told of a workspace that took the app out."""


class Hearing:
    """Takes events in. `key` is for revision marks; `gone` is told which workspace took the app out."""

    def __init__(self, workspaces: Workspaces, put: Put, *, line: Line, tasks: Tasks, key: bytes, gone: Gone) -> None:
        self._workspaces = workspaces
        self._put = put
        self._line = line
        self._tasks = tasks
        self._key = key
        self._gone = gone
        self.once = Once()

    def heard(self, body: Mapping[str, Any]) -> None:
        """Take an event in its envelope; one that came before is left alone."""
        if body.get("type") == "app_rate_limited":
            log.warning("Slack left events out, because there were too many; history is read instead.")
            self._line.missed()
        elif self.once.is_new(str(body.get("event_id", ""))):
            event = body.get("event")
            if isinstance(event, dict):
                # In a channel that another workspace shares, the envelope's own team is theirs.
                self._tasks.begin(self._take(event, extract_team_id(dict(body)) or ""), f"event {event.get('type')}")

    async def _take(self, event: Mapping[str, Any], team: str) -> None:
        kind = str(event.get("type", ""))
        if kind not in KINDS:
            return
        if kind in ("app_uninstalled", "tokens_revoked"):
            await self._uninstalled(event, team)
            return
        if kind == "message":
            try:
                await self._message(event, team)
            except Exception:
                self._line.missed()  # so that the comment is read in its channel's history
                raise
            return
        workspace = await self._workspaces.of(team)
        if kind == "member_joined_channel":
            await self._joined(event, workspace)
        elif kind == "app_home_opened":
            await self._home(event, workspace)
        else:
            self._changed(event, workspace, _NEWS[kind.partition("_")[2]])

    async def _message(self, event: Mapping[str, Any], team: str) -> None:
        if event.get("channel_type") not in ROOMS:
            return
        workspace = await self._workspaces.of(team)
        channel = ChannelRef(PLATFORM, workspace.team, str(event.get("channel", "")))
        kind, message, before = event.get("subtype"), event.get("message"), event.get("previous_message")
        if kind in _CONVERTED:
            self._changed(event, workspace, ChannelNews.OPENED_UP)
        elif kind == "message_deleted":
            if not _is_own(before, workspace):
                self._deleted(channel, str(event.get("deleted_ts", "")), event)
        elif kind != "message_changed":
            await self._posted(event, channel, workspace)
        elif isinstance(message, dict):
            if message.get("subtype") == "tombstone":
                self._deleted(channel, str(message.get("ts", "")), event)
            elif _edited(message, before):
                await self._posted(message, channel, workspace, changed=str(event.get("ts", "")))

    async def _posted(
        self, message: Mapping[str, Any], channel: ChannelRef, workspace: Workspace, *, changed: str = ""
    ) -> None:
        if not is_written(message) or _is_own(message, workspace):
            return
        people = await self._people(accounts(message), workspace)
        read = read_message(message, channel, people, address=workspace.address, key=self._key, changed=changed)
        self._put(Posted(read))

    def _deleted(self, channel: ChannelRef, ts: str, event: Mapping[str, Any]) -> None:
        at = time_of(str(event.get("event_ts") or event.get("ts") or "")) or datetime.now(UTC)
        self._put(Deleted(CommentRef(channel, ts), at))

    async def _joined(self, event: Mapping[str, Any], workspace: Workspace) -> None:
        user = str(event.get("user", ""))
        channel = ChannelRef(PLATFORM, workspace.team, str(event.get("channel", "")))
        if user == workspace.bot_user:
            workspace.channels.add(channel.channel)
            self._changed(event, workspace, ChannelNews.ACCESS_GAINED)
            return
        person = (await self._people({user}, workspace)).get(user)
        if person is None or not person.is_bot:
            name, language = (person.name, person.language) if person else ("", "en")
            self._put(MemberJoined(Author(user, name), (channel,), language))

    async def _home(self, event: Mapping[str, Any], workspace: Workspace) -> None:
        if event.get("tab", "home") == "home":
            user = str(event.get("user", ""))
            person = (await self._people({user}, workspace)).get(user)
            self._put(HomeOpened(Author(user, person.name if person else ""), person.language if person else "en"))

    def _changed(self, event: Mapping[str, Any], workspace: Workspace, news: ChannelNews) -> None:
        told = event.get("channel")
        channel = told if isinstance(told, dict) else {"id": told}
        by = event.get("user") or event.get("actor_id")
        at = time_of(str(event.get("event_ts", ""))) or datetime.now(UTC)
        if news in (ChannelNews.ACCESS_LOST, ChannelNews.GONE):
            workspace.channels.discard(str(channel["id"]))
        ref = ChannelRef(PLATFORM, workspace.team, str(channel["id"]))
        self._put(ChannelChanged(ref, news, at, str(channel.get("name", "")), str(by) if by else None))

    async def _uninstalled(self, event: Mapping[str, Any], team: str) -> None:
        if event.get("type") == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        log.error("A Slack workspace took the app out; nothing is read there until it is installed again.")
        at = datetime.now(UTC)
        for workspace in self._workspaces.all():
            if workspace.team == team:
                for channel in sorted(workspace.channels):
                    self._put(ChannelChanged(ChannelRef(PLATFORM, team, channel), ChannelNews.ACCESS_LOST, at))
        # Not every channel may be known here: none of them passes for read until it can be read again.
        self._put(Resumed(at, at))
        await self._gone(team)

    async def _people(self, users: set[str], workspace: Workspace) -> Mapping[str, SlackPerson]:
        """Return who is known in time: a comment never waits long for names."""
        try:
            async with asyncio.timeout(NAMES):
                return await workspace.people.among(users)
        except TimeoutError:
            return workspace.people.remembered(users)


def _is_own(message: object, workspace: Workspace) -> bool:
    return isinstance(message, dict) and (
        message.get("user") == workspace.bot_user or message.get("bot_id") == workspace.bot_id
    )


def _edited(message: Mapping[str, Any], before: object) -> bool:
    """Whether somebody changed what is shown; previews and new replies change a message, too."""
    if not isinstance(before, dict):
        return True
    return message.get("edited") != before.get("edited") or written(message) != written(before)
