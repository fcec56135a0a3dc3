"""A workspace: its people, channels, views and what only one person saw."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterable

from tests.platforms.slack.clock import Clock, moment
from tests.platforms.slack.values import Channel, ChannelKind, Ephemeral, Json, SlackError, User, View

SLACKBOT = "USLACKBOT"
"""Slack's own account, in every workspace; it does not say that it is a bot."""


class Workspace:
    """The state of one workspace, with the app's bot in it."""

    def __init__(self, team: str, name: str, clock: Clock) -> None:
        self.id = team
        self.name = name
        self.domain = name.lower().replace(" ", "-")
        self.clock = clock
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.ephemerals: list[Ephemeral] = []
        self._numbers = itertools.count(1)
        self.users[SLACKBOT] = User(SLACKBOT, "Slackbot")
        self.bot = self.add_user("Crossing Guard", bot=True)

    def new_id(self, letter: str) -> str:
        """Return an id of this workspace that nothing else has: its first letter says what it is."""
        return f"{letter}{self.id[1:][-4:]}{next(self._numbers):05d}"

    def add_user(self, name: str, *, bot: bool = False, locale: str = "en-US", admin: bool = False) -> User:
        """Add an account."""
        user = User(self.new_id("U"), name, locale, is_admin=admin, bot_id=self.new_id("B") if bot else None)
        self.users[user.id] = user
        return user

    def add_channel(self, name: str, members: Iterable[str], kind: ChannelKind = "channel") -> Channel:
        """Add a channel; nobody is told."""
        inside = list(members)
        letter = {"channel": "C", "group": "C", "im": "D"}[kind]
        channel = Channel(self.new_id(letter), name, kind, set(inside), creator=inside[0] if inside else self.bot.id)
        self.channels[channel.id] = channel
        return channel

    def direct(self, user: str) -> Channel:
        """Return the conversation between the bot and a person; it is there from the first word on."""
        if user not in self.users or self.users[user].deleted:
            raise SlackError("user_not_found")
        for channel in self.channels.values():
            if channel.partner == user:
                return channel
        channel = self.add_channel("", (user, self.bot.id), "im")
        channel.partner = user
        return channel

    def visible(self, channel: str, user: str) -> Channel:
        """Return a channel that a user can know of, or raise `channel_not_found`."""
        found = self.channels.get(channel)
        if found is None or found.deleted or (found.kind != "channel" and user not in found.members):
            raise SlackError("channel_not_found")
        return found

    def message(self, channel: Channel, ts: str) -> Json:
        """Return a message, or raise `message_not_found`."""
        if ts not in channel.messages:
            raise SlackError("message_not_found")
        return channel.messages[ts]

    @property
    def address(self) -> str:
        """The workspace's address for people."""
        return f"https://{self.domain}.slack.com"

    def permalink(self, channel: str, message: Json) -> str:
        """Return the address at which people see a message in its place."""
        address = f"{self.address}/archives/{channel}/p{message['ts'].replace('.', '')}"
        thread = message.get("thread_ts")
        return address if thread in (None, message["ts"]) else f"{address}?thread_ts={thread}&cid={channel}"

    def new_view(self, user: str, content: Json) -> View:
        """Put a view before a person."""
        view = View(self.new_id("V"), user, content["type"], content, hash=new_hash())
        view.root = view.id
        self.views[view.id] = view
        return view

    # --- as the Web API shows it --------------------------------------------------------------------------------------

    def user_json(self, user: User, *, with_locale: bool = False) -> Json:
        """Return an account as `users.info` gives it."""
        shown: Json = {
            "id": user.id,
            "team_id": self.id,
            "name": user.handle,
            "real_name": user.name,
            "deleted": user.deleted,
            "profile": {"real_name": user.name, "display_name": user.name, "team": self.id},
            "is_admin": user.is_admin or user.is_owner,
            "is_owner": user.is_owner,
            "is_primary_owner": user.is_owner,
            "is_restricted": user.is_guest,
            "is_ultra_restricted": False,
            "is_bot": user.bot_id is not None,
            "is_app_user": False,
            "updated": 1,
        }
        return shown | ({"locale": user.locale} if with_locale else {})

    def channel_json(self, channel: Channel, user: str) -> Json:
        """Return a channel as `conversations.info` gives it to `user`."""
        created = int(moment(min(channel.messages)).timestamp()) if channel.messages else 1
        if channel.kind == "im":
            return {"id": channel.id, "created": created, "is_im": True, "user": channel.partner, "is_archived": False}
        return {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "previous_names": channel.previous_names,
            "is_channel": channel.kind == "channel",
            "is_group": channel.kind == "group",
            "is_im": False,
            "is_mpim": False,
            "is_private": channel.kind == "group",
            "is_archived": channel.archived,
            "is_general": False,
            "is_shared": channel.shared,
            "is_ext_shared": channel.shared,
            "is_org_shared": False,
            "is_member": user in channel.members,
            "creator": channel.creator,
            "created": created,
            "context_team_id": self.id,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(channel.members),
        }

    def view_json(self, view: View, app: str) -> Json:
        """Return a view as Slack gives it back, with the ids that it was given."""
        given = {"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": False}
        return (
            given
            | view.content
            | {
                "id": view.id,
                "team_id": self.id,
                "app_installed_team_id": self.id,
                "app_id": app,
                "bot_id": self.bot.bot_id,
                "hash": view.hash,
                "root_view_id": view.root,
                "previous_view_id": view.previous,
                "state": {"values": {}},
            }
        )


def new_hash() -> str:
    """Return the mark of a view's newest content."""
    return f"1.{secrets.token_hex(4)}"
