"""What the bot asks for and nothing more: intents of the gateway, permissions in a server; docs/discord.md says why."""

from __future__ import annotations

import base64
import binascii

import discord

INTENTS = discord.Intents(guilds=True, guild_messages=True, message_content=True, members=True, moderation=True)
"""Events that the gateway sends. Message content and members are privileged: switched on in the developer portal."""

READING = discord.Permissions(view_channel=True, read_message_history=True)
"""Without these a channel is not read at all."""

PERMISSIONS = READING | discord.Permissions(
    send_messages=True,
    embed_links=True,
    manage_messages=True,
    pin_messages=True,
    manage_threads=True,
    moderate_members=True,
    kick_members=True,
    view_audit_log=True,
)
"""What the invite link asks for."""

NEEDED_TO_RUN = discord.Permissions(manage_messages=True)
"""Who has this is shown the commands for the people who look after a channel; the core checks who they are."""

ADMINISTRATIVE = discord.Permissions(
    administrator=True, manage_guild=True, manage_roles=True, manage_channels=True, manage_webhooks=True
)
"""Any of these is administrative access (R13): it lets its owner see a channel, or let others see it."""

_CALLED = {"Read Messages": "View Channels"}
SCOPES = ("bot", "applications.commands")


def invite_link(application_id: int) -> str:
    """Return the address at which a server's administrator adds the bot with exactly `PERMISSIONS`."""
    return discord.utils.oauth_url(application_id, permissions=PERMISSIONS, scopes=SCOPES)


def application_of(token: str) -> int | None:
    """Return the application's id, which a bot's token begins with; nothing when the token is no token."""
    first = token.partition(".")[0]
    try:
        told = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return int(told) if told.isdigit() and len(told) <= 20 else None


def names(permissions: discord.Permissions) -> tuple[str, ...]:
    """Return permissions as Discord's own pages call them: `Manage Messages`."""
    found = (name.replace("_", " ").title() for name, granted in permissions if granted)
    return tuple(_CALLED.get(name, name) for name in found)
