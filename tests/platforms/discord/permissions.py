"""Who may do what where, computed as Discord documents it: roles first, then a channel's overwrites."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntFlag

from tests.platforms.discord.values import Channel, Guild, Member


class Permission(IntFlag):
    """The permissions that matter to a bot that watches."""

    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    PIN_MESSAGES = 1 << 51


NOTHING = Permission(0)
EVERYTHING = Permission(sum(Permission))
MEMBER = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""What Discord gives everybody in a new server, as far as it matters here."""

_WHILE_TIMED_OUT = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY


def granted(guild: Guild, member: Member) -> Permission:
    """Return what a member may do in the guild at large."""
    if guild.owner == member.person.id:
        return EVERYTHING
    permissions = NOTHING
    for role in (guild.id, *member.roles):
        permissions |= guild.roles[role].permissions
    return EVERYTHING if Permission.ADMINISTRATOR in permissions else permissions


def allowed(guild: Guild, member: Member, channel: Channel) -> Permission:
    """Return what a member may do in a channel; for a thread, `channel` is the channel that it is in."""
    permissions = granted(guild, member)
    if Permission.ADMINISTRATOR in permissions:
        return permissions
    for layer in ((guild.id,), member.roles, (member.person.id,)):
        allow, deny = _overwrites(channel, layer)
        permissions = permissions & ~deny | allow
    if member.is_timed_out:
        permissions &= _WHILE_TIMED_OUT
    return permissions if Permission.VIEW_CHANNEL in permissions else NOTHING


def outranks(guild: Guild, member: Member, other: Member) -> bool:
    """Whether a member stands above another, so that they may act upon them."""
    if guild.owner in (member.person.id, other.person.id):
        return guild.owner == member.person.id
    return _rank(guild, member) > _rank(guild, other)


def _overwrites(channel: Channel, targets: Iterable[int]) -> tuple[Permission, Permission]:
    allow = deny = NOTHING
    for target in targets:
        if overwrite := channel.overwrites.get(target):
            allow |= overwrite.allow
            deny |= overwrite.deny
    return allow, deny


def _rank(guild: Guild, member: Member) -> int:
    return max((guild.roles[role].position for role in member.roles), default=0)
