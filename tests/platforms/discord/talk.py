"""What people and the bot do with messages. Every act tells the sessions; nothing here asks whether it is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.platforms.discord import drawing
from tests.platforms.discord.snowflakes import stamp
from tests.platforms.discord.state import Happening, State
from tests.platforms.discord.values import Channel, Guild, Json, Message, Person

MESSAGE_DELETE, MESSAGE_BULK_DELETE, MESSAGE_PIN, MESSAGE_UNPIN = 72, 73, 74, 75
_REPLY, _PIN_NOTE = 19, 6
FORWARD = 1

MEDIA = {"image": "image/png", "video": "video/mp4", "document": "application/pdf", "audio": "audio/ogg"}
"""Kinds of attachments as `post` takes them, and the media types that they come as."""


class Talk(State):
    """The world's messages."""

    def post(
        self,
        author: Person,
        channel: Channel,
        text: str = "",
        *,
        reply_to: Message | None = None,
        forwards: Message | None = None,
        attachments: Iterable[str] = (),
        at: datetime | None = None,
        **more: Any,
    ) -> Message:
        """Post a message, and return it.

        `attachments` are kinds (see `MEDIA`) or file names; `at` backdates it; `more` are fields of `Message` such as
        `embeds`, `components`, `stickers`, `poll`, `flags`.
        """
        message = Message(self.ids.make(at), channel.id, author, text, **more)
        message.attachments += [self._attachment(kind) for kind in attachments]
        if reply_to is not None:
            message.type, message.reference = _REPLY, self._pointer(reply_to)
        if forwards is not None:
            message.reference = self._pointer(forwards) | {"type": FORWARD}
            message.snapshots = [self._snapshot(forwards)]
        self.note_mentions(message)
        self.publish(message)
        return message

    def publish(self, message: Message) -> None:
        """Put a finished message into its channel, and tell of it."""
        channel = self.channels[message.channel]
        channel.messages.add(message)
        channel.sent += 1
        self._tell_of("MESSAGE_CREATE", message)

    def edit(self, message: Message, text: str, *, at: datetime | None = None) -> None:
        """Have a message's author change its words."""
        message.content = text
        message.edited = at or datetime.now(UTC)
        self.note_mentions(message)
        self.changed(message)

    def changed(self, message: Message) -> None:
        """Tell that a message is not what it was; a preview that Discord adds to a link is such a change, too."""
        self._tell_of("MESSAGE_UPDATE", message)

    def delete(self, message: Message, *, by: Person | None = None, reason: str | None = None) -> None:
        """Delete a message; by somebody else than its author, it is noted in the audit log."""
        channel = self.channels[message.channel]
        channel.messages.remove(message.id)
        self._tell_where(channel, "MESSAGE_DELETE", {"id": str(message.id), "channel_id": str(channel.id)})
        if by is not None and by is not message.author and channel.guild is not None:
            options = {"channel_id": str(channel.id), "count": "1"}
            self.log(self.guilds[channel.guild], by, MESSAGE_DELETE, message.author.id, reason, options=options)

    def delete_many(
        self, channel: Channel, messages: Sequence[Message], *, by: Person | None = None, reason: str | None = None
    ) -> None:
        """Delete messages at one stroke, as moderation bots do."""
        for message in messages:
            channel.messages.remove(message.id)
        ids = [str(message.id) for message in messages]
        self._tell_where(channel, "MESSAGE_DELETE_BULK", {"ids": ids, "channel_id": str(channel.id)})
        if by is not None and channel.guild is not None:
            options = {"count": str(len(ids))}
            self.log(self.guilds[channel.guild], by, MESSAGE_BULK_DELETE, channel.id, reason, options=options)

    def pin(self, message: Message, *, by: Person, reason: str | None = None) -> None:
        """Pin a message, which posts the small note that says so."""
        channel = self.channels[message.channel]
        message.pinned_at = datetime.now(UTC)
        self.changed(message)
        self._pins_changed(channel)
        self.publish(Message(self.ids.make(), channel.id, by, type=_PIN_NOTE, reference=self._pointer(message)))
        self._log_pin(channel, message, MESSAGE_PIN, by, reason)

    def unpin(self, message: Message, *, by: Person, reason: str | None = None) -> None:
        """Take a pin out."""
        channel = self.channels[message.channel]
        message.pinned_at = None
        self.changed(message)
        self._pins_changed(channel)
        self._log_pin(channel, message, MESSAGE_UNPIN, by, reason)

    def log(
        self,
        guild: Guild,
        by: Person,
        action: int,
        target: int | None,
        reason: str | None = None,
        *,
        options: Json | None = None,
        changes: list[Json] | None = None,
    ) -> None:
        """Write the audit log, and tell of it."""
        entry: Json = {
            "id": str(self.ids.make()),
            "user_id": str(by.id),
            "target_id": None if target is None else str(target),
            "action_type": action,
            "changes": changes or [],
            **({"options": options} if options else {}),
            **({"reason": reason} if reason else {}),
        }
        guild.audit_log.append(entry)
        self.tell(Happening("GUILD_AUDIT_LOG_ENTRY_CREATE", entry | {"guild_id": str(guild.id)}, guild.id))

    def _tell_of(self, name: str, message: Message) -> None:
        channel = self.channels[message.channel]
        where = {"guild_id": str(channel.guild)} if channel.guild else {}
        more = {"channel_type": int(channel.kind)}
        self.tell(Happening(name, self.drawn(message) | where | more, channel.guild, message))

    def _tell_where(self, channel: Channel, name: str, payload: Json) -> None:
        where = {"guild_id": str(channel.guild)} if channel.guild else {}
        self.tell(Happening(name, payload | where, channel.guild))

    def _pins_changed(self, channel: Channel) -> None:
        last = channel.pins[0].pinned_at if channel.pins else None
        payload = {"channel_id": str(channel.id), "last_pin_timestamp": stamp(last)}
        self._tell_where(channel, "CHANNEL_PINS_UPDATE", payload)

    def _log_pin(self, channel: Channel, message: Message, action: int, by: Person, reason: str | None) -> None:
        if channel.guild is not None:
            options = {"channel_id": str(channel.id), "message_id": str(message.id)}
            self.log(self.guilds[channel.guild], by, action, message.author.id, reason, options=options)

    def _attachment(self, kind: str) -> Json:
        media_type = MEDIA.get(kind, "application/octet-stream")
        name = f"{kind}.{media_type.rpartition('/')[2]}" if kind in MEDIA else kind
        return drawing.attachment(self.ids.make(), name, 2048, media_type)

    def _pointer(self, message: Message) -> Json:
        channel = self.channels[message.channel]
        where = {"guild_id": str(channel.guild)} if channel.guild else {}
        return {"type": 0, "message_id": str(message.id), "channel_id": str(channel.id), **where}

    def _snapshot(self, message: Message) -> Json:
        drawn = drawing.message(message, self.people)
        kept = ("type", "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags", "mentions")
        return {key: drawn[key] for key in (*kept, "mention_roles", "components")}
