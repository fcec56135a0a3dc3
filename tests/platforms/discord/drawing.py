"""The things of `values.py` as Discord's payloads. What a session or token may not see is taken out in `hidden`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.platforms.discord.snowflakes import moment, stamp
from tests.platforms.discord.values import Channel, Guild, Json, Kind, Member, Message, Person, Role

ARCHIVES_AFTER = 1440
"""Minutes without a message after which a thread is archived, as threads say of themselves."""


def user(person: Person) -> Json:
    """Return an account."""
    return {
        "id": str(person.id),
        "username": person.name,
        "discriminator": "0",
        "global_name": person.shown,
        "avatar": None,
        "bot": person.bot,
        "public_flags": 0,
    }


def member(guild: Guild, one: Member) -> Json:
    """Return a member with their account."""
    return {"user": user(one.person), **member_alone(guild, one)}


def member_alone(guild: Guild, one: Member) -> Json:
    """Return a member as messages carry it: without the account, which stands beside it."""
    return {
        "roles": [str(role) for role in one.roles],
        "joined_at": stamp(one.joined),
        "nick": one.nick,
        "avatar": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "premium_since": None,
        "communication_disabled_until": stamp(one.timed_out_until),
    }


def role(one: Role) -> Json:
    """Return a role."""
    return {
        "id": str(one.id),
        "name": one.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": one.position,
        "permissions": str(int(one.permissions)),
        "managed": one.managed_by is not None,
        "mentionable": False,
        "flags": 0,
        **({"tags": {"bot_id": str(one.managed_by)}} if one.managed_by else {}),
    }


def channel(one: Channel) -> Json:
    """Return a channel, a thread or direct messages."""
    if one.is_thread:
        return thread(one)
    payload: Json = {"id": str(one.id), "type": int(one.kind), "last_message_id": _id(one.messages.last())}
    if one.recipient is not None:
        return payload | {"recipients": [user(one.recipient)], "name": one.recipient.name, "flags": 0}
    return payload | {
        "guild_id": _id(one.guild),
        "name": one.name,
        "topic": one.topic,
        "position": one.position,
        "parent_id": _id(one.parent),
        "nsfw": False,
        "rate_limit_per_user": 0,
        "permission_overwrites": [
            {
                "id": str(overwrite.target),
                "type": int(overwrite.is_member),
                "allow": str(int(overwrite.allow)),
                "deny": str(int(overwrite.deny)),
            }
            for overwrite in one.overwrites.values()
        ],
        **({"available_tags": [], "default_reaction_emoji": None} if one.kind is Kind.FORUM else {}),
        **({"last_pin_timestamp": stamp(one.pins[0].pinned_at)} if one.pins else {}),
    }


def thread(one: Channel, reader: int | None = None) -> Json:
    """Return a thread; with `reader`'s membership, if that account has joined it."""
    archived_at = one.archived_at or moment(one.messages.last() or one.id)
    payload: Json = {
        "id": str(one.id),
        "guild_id": _id(one.guild),
        "parent_id": _id(one.parent),
        "owner_id": _id(one.owner),
        "name": one.name,
        "type": int(one.kind),
        "last_message_id": _id(one.messages.last()),
        "message_count": len(one.messages),
        "total_message_sent": one.sent,
        "member_count": len(one.joined),
        "rate_limit_per_user": 0,
        "flags": 0,
        "thread_metadata": {
            "archived": one.archived_at is not None,
            "auto_archive_duration": ARCHIVES_AFTER,
            "archive_timestamp": stamp(archived_at),
            "locked": one.locked,
            "invitable": False,
            "create_timestamp": stamp(moment(one.id)),
        },
    }
    return payload | ({"member": thread_member(one, reader)} if reader in one.joined else {})


def thread_member(one: Channel, person: int | None) -> Json:
    """Return the membership of somebody who joined a thread."""
    assert person is not None
    return {"id": str(one.id), "user_id": str(person), "join_timestamp": stamp(one.joined[person]), "flags": 0}


def guild(one: Guild) -> Json:
    """Return a guild as it is fetched: without channels, threads and members."""
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(one.owner),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 2,
        "roles": [role(each) for each in one.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": list(one.features),
        "mfa_level": 0,
        "nsfw_level": 0,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "max_members": 500000,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "preferred_locale": one.locale,
        "premium_progress_bar_enabled": False,
        "region": "us-west",
        "incidents_data": None,
    }


def message(one: Message, people: Mapping[int, Person], home: Guild | None = None) -> Json:
    """Return a message; its author's membership and the message it answers are added by who knows them."""
    payload: Json = {
        "id": str(one.id),
        "channel_id": str(one.channel),
        "author": user(one.author),
        "content": one.content,
        "timestamp": stamp(one.posted),
        "edited_timestamp": stamp(one.edited),
        "tts": False,
        "mention_everyone": one.mentions_everyone,
        "mentions": [user(people[person]) for person in one.mentions],
        "mention_roles": [str(each) for each in one.mentioned_roles],
        "attachments": one.attachments,
        "embeds": one.embeds,
        "components": one.components,
        "pinned": one.pinned_at is not None,
        "type": one.type,
        "flags": one.flags,
    }
    optional = {
        "sticker_items": one.stickers,
        "message_snapshots": [{"message": snapshot} for snapshot in one.snapshots],
        "poll": one.poll,
        "message_reference": one.reference,
        "webhook_id": _id(one.webhook),
        "application_id": _id(one.application),
        "interaction_metadata": one.interaction,
        "nonce": one.nonce,
    }
    payload |= {key: value for key, value in optional.items() if value}
    if home is not None and (sender := home.members.get(one.author.id)) and one.webhook is None:
        payload["member"] = member_alone(home, sender)
    return payload


def hidden(payload: Json) -> Json:
    """Return a message as those see it who may not read what people write."""
    empty: dict[str, Any] = {"content": "", "embeds": [], "attachments": [], "components": []}
    shown = {key: value for key, value in payload.items() if key not in ("poll", "message_snapshots")} | empty
    if isinstance(answered := shown.get("referenced_message"), dict):
        shown["referenced_message"] = hidden(answered)
    return shown


def attachment(made: int, name: str, size: int, media_type: str, host: str = "cdn.invalid") -> Json:
    """Return an attachment: its address leads nowhere, so that reading it would fail a test."""
    address = f"https://{host}/attachments/{made}/{name}"
    return {
        "id": str(made),
        "filename": name,
        "size": size,
        "content_type": media_type,
        "url": address,
        "proxy_url": address,
        **({"width": 640, "height": 480} if media_type.startswith(("image", "video")) else {}),
    }


def _id(snowflake: int | None) -> str | None:
    return None if snowflake is None else str(snowflake)
