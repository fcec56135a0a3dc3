"""What the adapter asks of Slack: methods with their scopes and rates, events with theirs, and why.

`Calls` refuses a method that does not stand here and `app.py` hears no other event, so the manifest made of this table
asks for all that is needed, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
"""Where Slack, and the browsers of people who install the app, come to on the program's HTTP address."""

READ = ("channels:read", "groups:read")
HISTORY = ("channels:history", "groups:history")


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API: calls a minute (its tier), bot scopes, and whether it may be tried twice safely."""

    a_minute: int
    scopes: tuple[str, ...] = ()
    repeatable: bool = True


METHODS: Mapping[str, Method] = {
    "apps.connections.open": Method(20, repeatable=False),
    "auth.test": Method(600),
    "chat.delete": Method(50),
    "chat.postEphemeral": Method(100, ("chat:write",), repeatable=False),
    "chat.postMessage": Method(300, ("chat:write",), repeatable=False),
    "chat.update": Method(50, ("chat:write",)),
    "conversations.history": Method(50, HISTORY),
    "conversations.info": Method(50, READ),
    "conversations.members": Method(100, READ),
    "conversations.replies": Method(50, HISTORY),
    "pins.add": Method(20, ("pins:write",)),
    "users.conversations": Method(50, READ),
    "users.info": Method(100, ("users:read",)),
    "users.list": Method(20, ("users:read",)),
    "views.open": Method(100, repeatable=False),
    "views.publish": Method(100),
    "views.push": Method(100, repeatable=False),
    "views.update": Method(100),
}
"""Tiers 1 to 4 are 1, 20, 50 and 100 calls a minute; the others have limits of their own. `chat.delete` is called with
an administrator's token alone, `apps.connections.open` with the app's own."""

EVENTS: Mapping[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_uninstalled": (),
    "channel_archive": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_left": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_shared": ("channels:read", "groups:read"),
    "channel_unarchive": ("channels:read",),
    "group_archive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_left": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "tokens_revoked": (),
}
"""Events the app subscribes to, with the scopes of each. No `message.im`: direct messages are never read (R1)."""

WHY: Mapping[str, str] = {
    "channels:history": "read comments of registered public channels that the bot was invited to",
    "groups:history": "the same for private channels",
    "channels:read": "know a channel's name, members and privacy, and when they change",
    "groups:read": "the same for private channels",
    "chat:write": "post notices, alert cards and answers, and keep cards up to date",
    "commands": "the `/guard-…` commands and “Report to school” in the message menu",
    "pins:write": "pin its notice and the guidelines",
    "users:read": "show names, know who is a bot or an administrator, and answer in a person's language",
}
"""Every bot scope, and what it is for."""

USER_SCOPES: Mapping[str, str] = {
    "chat:write": "remove a comment at a reviewer's word; only for an administrator's token (`SLACK_ADMIN_TOKEN`)",
}
"""Scopes of the administrator's token, asked for only where removal is wanted."""


def bot_scopes() -> tuple[str, ...]:
    """Return every scope that the bot needs, in order."""
    needed = {scope for method in METHODS.values() for scope in method.scopes}
    needed |= {scope for scopes in EVENTS.values() for scope in scopes}
    return tuple(sorted(needed | {"commands"}))
