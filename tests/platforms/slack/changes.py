"""Everything that changes a channel, whoever does it, and what the app is told of it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from tests.platforms.slack.values import Channel, Json
from tests.platforms.slack.workspace import SLACKBOT, Workspace

if TYPE_CHECKING:
    from tests.platforms.slack.service import Service


class Changes:
    """Changes one workspace and tells the app."""

    def __init__(self, service: Service, workspace: Workspace) -> None:
        self._service = service
        self._workspace = workspace

    def posted(self, channel: Channel, message: Json) -> Json:
        """Put a message, with its `ts`, into a channel; replies hang on their parent."""
        ts: str = message["ts"]
        thread: str | None = message.get("thread_ts")
        channel.messages[ts] = {"type": "message", "team": self._workspace.id, **message}
        if thread is not None and thread != ts:
            replies = channel.threads.setdefault(thread, [])
            replies.append(ts)
            channel.messages[ts]["parent_user_id"] = channel.messages[thread].get("user", "")
        shown = channel.messages[ts]
        if message.get("files"):
            shown = shown | {"subtype": "file_share"}
        if thread is not None and message.get("subtype") == "thread_broadcast":
            shown = shown | {"root": channel.shown(channel.messages[thread])}
        self._tell(channel, shown | {"event_ts": ts})
        return channel.messages[ts]

    def edited(self, channel: Channel, message: Json, by: str, **content: Json | str | list[Json]) -> None:
        """Give a message new content and the mark of an edit."""
        before = dict(message)
        message.update(content, edited={"user": by, "ts": self._service.clock.edit_mark()})
        self._changed(channel, message, before)

    def unfurled(self, channel: Channel, message: Json) -> None:
        """Have Slack add a link's preview: the message changes, but nobody edited it."""
        before = dict(message)
        message["attachments"] = [{"id": 1, "fallback": "A page", "title": "A page", "from_url": "https://example.org"}]
        self._changed(channel, message, before)

    def deleted(self, channel: Channel, ts: str) -> None:
        """Delete a message. A parent whose replies stay leaves a tombstone; a reply that goes changes its parent."""
        message = channel.messages[ts]
        if channel.threads.get(ts):
            before = dict(message)
            message.clear()
            message.update(
                type="message", subtype="tombstone", ts=ts, thread_ts=ts, user=SLACKBOT, hidden=True,
                text="This message was deleted.",
            )  # fmt: skip
            self._changed(channel, message, before)
            return
        del channel.messages[ts]
        gone = {"type": "message", "subtype": "message_deleted", "hidden": True, "deleted_ts": ts}
        self._tell(channel, gone | {"ts": self._service.clock.ts(), "previous_message": message})
        thread = message.get("thread_ts")
        if thread not in (None, ts) and thread in channel.threads:
            channel.threads[thread].remove(ts)
            parent = channel.messages[thread]
            self._changed(channel, parent, parent)

    def joined(self, channel: Channel, user: str) -> None:
        """Have a person come into a channel."""
        channel.members.add(user)
        joined = {"type": "member_joined_channel", "user": user, "channel": channel.id, "team": self._workspace.id}
        self._service.happenings.tell(
            self._workspace, joined | {"channel_type": "C" if channel.kind == "channel" else "G"}, channel
        )
        self._said_by_slack(channel, f"{channel.kind}_join", user, f"<@{user}> has joined the channel")

    def left(self, channel: Channel, user: str) -> None:
        """Have a person leave a channel, or be taken out of it."""
        what = {"type": "member_left_channel", "user": user, "channel": channel.id, "team": self._workspace.id}
        if user == self._workspace.bot.id:
            left = "channel_left" if channel.kind == "channel" else "group_left"
            self._service.happenings.tell(self._workspace, {"type": left, "channel": channel.id}, channel)
        self._service.happenings.tell(self._workspace, what, channel)
        channel.members.discard(user)
        self._said_by_slack(channel, f"{channel.kind}_leave", user, f"<@{user}> has left the channel")

    def renamed(self, channel: Channel, name: str, by: str) -> None:
        """Give a channel another name."""
        old, channel.name = channel.name, name
        channel.previous_names.insert(0, old)
        kind = f"{channel.kind}_rename"
        event = {"type": kind, "channel": {"id": channel.id, "name": name, "created": 1}}
        self._service.happenings.tell(self._workspace, event, channel)
        self._said_by_slack(
            channel, f"{channel.kind}_name", by, f"has renamed the channel from “{old}” to “{name}”", name=name
        )

    def archived(self, channel: Channel, by: str, *, archived: bool = True) -> None:
        """Archive a channel, or bring it back."""
        channel.archived = archived
        kind = f"{channel.kind}_{'archive' if archived else 'unarchive'}"
        event = {"type": kind, "channel": channel.id, "user": by}
        self._service.happenings.tell(self._workspace, event, channel)

    def shared(self, channel: Channel) -> None:
        """Share a channel with another organisation."""
        channel.shared = True
        event = {"type": "channel_shared", "connected_team_id": "T0ELSEWHERE", "channel": channel.id}
        self._service.happenings.tell(self._workspace, event, channel)

    def removed(self, channel: Channel, by: str) -> None:
        """Delete a whole channel."""
        channel.deleted = True
        event = {"type": f"{channel.kind}_deleted", "channel": channel.id, "actor_id": by}
        self._service.happenings.tell(self._workspace, event, channel)

    def _said_by_slack(self, channel: Channel, subtype: str, user: str, text: str, **more: str) -> None:
        self.posted(channel, {"subtype": subtype, "user": user, "text": text, "ts": self._service.clock.ts(), **more})

    def _changed(self, channel: Channel, message: Json, before: Json) -> None:
        event = {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "message": channel.shown(message),
            "previous_message": before,
            "ts": self._service.clock.ts(),
        }
        self._tell(channel, event)

    def _tell(self, channel: Channel, event: Json) -> None:
        told = event | {"channel": channel.id, "channel_type": channel.kind}
        self._service.happenings.tell(self._workspace, told, channel)


def new_client_id() -> str:
    """Return the id that a person's own program gives to what they write."""
    return secrets.token_hex(16)
