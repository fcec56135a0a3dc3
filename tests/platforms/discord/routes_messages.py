"""The routes about messages: history, posting, editing, deleting, pins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.platforms.discord import errors, validation
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.routing import Call, Routes
from tests.platforms.discord.snowflakes import moment, stamp
from tests.platforms.discord.values import COMPONENTS_V2, EPHEMERAL, Channel, Json, Message

routes = Routes()

_REPLY = 19
_MESSAGES = "/channels/{channel}/messages"
_ONE = _MESSAGES + "/{message}"
_BULK_AGE = timedelta(days=14)
_NONCE_AGE = timedelta(minutes=5)


@routes.on("GET", _MESSAGES)
def history(call: Call) -> list[Json]:
    """A page of a channel's history; empty for who may not read it."""
    channel = call.world.seen_channel(call.path["channel"])
    limit = call.limit(50, 100)
    if not call.world.may(channel, Permission.READ_MESSAGE_HISTORY):
        return []
    marks = {name: call.mark(name) for name in ("before", "after", "around")}
    return [drawn(call, message) for message in channel.messages.page(limit, **marks)]


@routes.on("GET", _ONE)
def fetch(call: Call) -> Json:
    """One message."""
    channel = call.world.seen_channel(call.path["channel"], Permission.READ_MESSAGE_HISTORY)
    return drawn(call, call.world.message(channel, call.path["message"]))


@routes.on("POST", _MESSAGES)
def post(call: Call) -> Json:
    """Post a message as the bot."""
    channel = call.world.seen_channel(call.path["channel"])
    _may_send(call, channel)
    validation.message(call.body, files=len(call.files), has=0)
    if sent_before := _sent_before(call, channel):
        return call.world.drawn(sent_before)
    message = Message(call.world.ids.make(), channel.id, call.world.bot, nonce=call.body.get("nonce"))
    write(call, message)
    if reference := call.body.get("message_reference"):
        _refer(call, channel, message, reference)
    call.world.publish(message)
    return call.world.drawn(message)


@routes.on("PATCH", _ONE)
def edit(call: Call) -> Json:
    """Change the bot's own message."""
    channel = call.world.seen_channel(call.path["channel"])
    message = call.world.message(channel, call.path["message"])
    if message.author is not call.world.bot:
        raise errors.ApiError(403, 50005, "Cannot edit a message authored by another user")
    rewrite(call, message)
    call.world.changed(message)
    return call.world.drawn(message)


@routes.on("DELETE", _ONE)
def delete(call: Call) -> None:
    """Delete a message; another person's needs the right to."""
    channel = call.world.seen_channel(call.path["channel"])
    message = call.world.message(channel, call.path["message"])
    if channel.guild is None and message.author is not call.world.bot:
        raise errors.ApiError(403, 50003, "Cannot execute action on a DM channel")
    if message.author is not call.world.bot and not call.world.may(channel, Permission.MANAGE_MESSAGES):
        raise errors.missing_permissions()
    call.world.delete(message, by=call.world.bot, reason=call.reason)


@routes.on("POST", _MESSAGES + "/bulk-delete")
def delete_many(call: Call) -> None:
    """Delete two to a hundred messages that are younger than two weeks."""
    channel = call.world.seen_channel(call.path["channel"], Permission.MANAGE_MESSAGES)
    ids = [int(one) for one in call.body["messages"]]
    if not 2 <= len(ids) <= 100:
        raise errors.ApiError(400, 50016, "Provided too few or too many messages to delete.")
    if any(moment(one) < datetime.now(UTC) - _BULK_AGE for one in ids):
        raise errors.ApiError(400, 50034, "A message provided to bulk delete was too old")
    found = [message for one in ids if (message := channel.messages.get(one))]
    call.world.delete_many(channel, found, by=call.world.bot, reason=call.reason)


@routes.on("GET", _MESSAGES + "/pins")
def pins(call: Call) -> Json:
    """What is pinned, last pinned first, in pages."""
    channel = call.world.seen_channel(call.path["channel"], Permission.READ_MESSAGE_HISTORY)
    limit = call.limit(50, 50)
    before = datetime.fromisoformat(call.query["before"]) if "before" in call.query else None
    found = [one for one in channel.pins if before is None or (one.pinned_at is not None and one.pinned_at < before)]
    items = [{"pinned_at": stamp(one.pinned_at), "message": drawn(call, one)} for one in found[:limit]]
    return {"items": items, "has_more": len(found) > limit}


@routes.on("GET", "/channels/{channel}/pins")
def old_pins(call: Call) -> list[Json]:
    """What is pinned, as older clients ask."""
    channel = call.world.seen_channel(call.path["channel"], Permission.READ_MESSAGE_HISTORY)
    return [drawn(call, one) for one in channel.pins]


@routes.on("PUT", _MESSAGES + "/pins/{message}", "/channels/{channel}/pins/{message}")
def pin(call: Call) -> None:
    """Pin a message, of at most 250."""
    channel, message = _pinnable(call)
    if len(channel.pins) >= 250:
        raise errors.ApiError(400, 30003, "Maximum number of pins reached for the channel (250)")
    call.world.pin(message, by=call.world.bot, reason=call.reason)


@routes.on("DELETE", _MESSAGES + "/pins/{message}", "/channels/{channel}/pins/{message}")
def unpin(call: Call) -> None:
    """Take a pin out."""
    _, message = _pinnable(call)
    call.world.unpin(message, by=call.world.bot, reason=call.reason)


@routes.on("POST", "/channels/{channel}/typing")
def typing(call: Call) -> None:
    """Say that the bot is typing."""
    call.world.seen_channel(call.path["channel"], Permission.SEND_MESSAGES)


def drawn(call: Call, message: Message) -> Json:
    """Return a message as the application may read it."""
    return call.world.drawn(message, reading=call.world.application.message_content)


def write(call: Call, message: Message) -> None:
    """Fill a new message from a form that was looked at."""
    body: Json = call.body
    message.content = body.get("content") or ""
    message.embeds = [_rich(embed) for embed in body.get("embeds") or []]
    message.components = body.get("components") or []
    message.flags |= (body.get("flags") or 0) & (COMPONENTS_V2 | EPHEMERAL | 1 << 2 | 1 << 12)
    message.attachments = list(call.files)
    _note(call, message)


def rewrite(call: Call, message: Message) -> None:
    """Change a message by a form: what the form leaves out stays. Refused if nothing would be left."""
    body: Json = call.body or {}
    merged: Json = {"content": message.content, "embeds": message.embeds, "components": message.components} | body
    validation.message(merged | {"flags": message.flags | (body.get("flags") or 0)}, files=len(call.files), has=0)
    if "content" in body:
        message.content = body["content"] or ""
    if "embeds" in body:
        message.embeds = [_rich(embed) for embed in body["embeds"] or []]
    if "components" in body:
        message.components = body["components"] or []
    if "attachments" in body or call.files:
        kept = {str(one.get("id")) for one in body.get("attachments") or []}
        message.attachments = [one for one in message.attachments if one["id"] in kept] + call.files
    message.edited = datetime.now(UTC)
    _note(call, message)


def _note(call: Call, message: Message) -> None:
    """Note whom it mentions: whom the form does not allow is not mentioned, and hears nothing."""
    call.world.note_mentions(message)
    allowed: Any = (call.body or {}).get("allowed_mentions")
    if allowed is None:
        return
    parse = allowed.get("parse") or []
    users, roles = ({int(one) for one in allowed.get(part) or []} for part in ("users", "roles"))
    message.mentions = [one for one in message.mentions if "users" in parse or one in users]
    message.mentioned_roles = [one for one in message.mentioned_roles if "roles" in parse or one in roles]
    message.mentions_everyone = message.mentions_everyone and "everyone" in parse


def _pinnable(call: Call) -> tuple[Channel, Message]:
    channel = call.world.seen_channel(call.path["channel"], Permission.READ_MESSAGE_HISTORY)
    if not call.world.may(channel, Permission.PIN_MESSAGES):
        raise errors.missing_permissions()
    return channel, call.world.message(channel, call.path["message"])


def _may_send(call: Call, channel: Channel) -> None:
    if channel.recipient is not None:
        shared = any(channel.recipient.id in guild.members for guild in call.world.guilds.values())
        if not channel.recipient.accepts_messages or not shared:
            raise errors.ApiError(403, 50007, "Cannot send messages to this user")
        return
    if not call.world.may(channel, Permission.SEND_MESSAGES):
        raise errors.missing_permissions()
    if call.body.get("embeds") and not call.world.may(channel, Permission.EMBED_LINKS):
        raise errors.missing_permissions()
    if call.files and not call.world.may(channel, Permission.ATTACH_FILES):
        raise errors.missing_permissions()
    if channel.locked and not call.world.may(channel, Permission.MANAGE_THREADS):
        raise errors.ApiError(400, 50083, "Thread is archived")


def _sent_before(call: Call, channel: Channel) -> Message | None:
    """Return the message of a few minutes ago that this one repeats, where the form asks that none is repeated."""
    nonce = call.body.get("nonce")
    if not nonce or not call.body.get("enforce_nonce"):
        return None
    since = datetime.now(UTC) - _NONCE_AGE
    recent = (one for one in channel.messages if one.posted > since and one.author is call.world.bot)
    return next((one for one in recent if one.nonce == nonce), None)


def _refer(call: Call, channel: Channel, message: Message, reference: Json) -> None:
    answered = channel.messages.get(int(reference["message_id"]))
    if answered is None:
        if reference.get("fail_if_not_exists", True):
            wrong = {"code": "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "message": "Unknown message"}
            raise errors.invalid({"message_reference": {"_errors": [wrong]}})
        return
    message.type = _REPLY
    message.reference = {"type": 0, "message_id": str(answered.id), "channel_id": str(channel.id)}


def _rich(embed: Json) -> Json:
    return {"type": "rich"} | embed
