"""What the service is made of: the app, its tokens, people, channels, views, and how patient Slack is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

BOT_SCOPES = frozenset(
    {
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "pins:write",
        "team:read",
        "users:read",
        "users:read.email",
    }
)
"""What the app is granted unless a test says otherwise, or its manifest does."""


class SlackError(Exception):
    """Slack's answer to a call that it refuses: `error`, and what else stands in the answer."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


@dataclass
class App:
    """The app as its settings page would show it. `events` is what it subscribed to; `None` stands for everything."""

    id: str = "A0GUARD00"
    client_id: str = "100.200"
    client_secret: str = "client-secret-of-the-tests"
    signing_secret: str = "signing-secret-of-the-tests"
    verification_token: str = "verification-token"
    app_token: str = "xapp-1-A0GUARD00-tests"
    bot_scopes: frozenset[str] = BOT_SCOPES
    user_scopes: frozenset[str] = frozenset({"chat:write"})
    events: frozenset[str] | None = None
    commands: frozenset[str] | None = None
    shortcuts: frozenset[str] | None = None
    has_home: bool = True
    is_interactive: bool = True

    def follow(self, manifest: Json) -> None:
        """Be what an app manifest asks for, and nothing beyond it."""
        scopes, settings, features = manifest["oauth_config"]["scopes"], manifest["settings"], manifest["features"]
        self.bot_scopes = frozenset(scopes["bot"])
        self.user_scopes = frozenset(scopes.get("user", ()))
        self.events = frozenset(settings["event_subscriptions"]["bot_events"])
        self.is_interactive = settings.get("interactivity", {}).get("is_enabled", False)
        self.commands = frozenset(one["command"] for one in features.get("slash_commands", ()))
        self.shortcuts = frozenset(one["callback_id"] for one in features.get("shortcuts", ()))
        self.has_home = features.get("app_home", {}).get("home_tab_enabled", False)


@dataclass(frozen=True)
class Grant:
    """What a token lets its holder do. `user` is the bot's own account, or the person who gave a user token."""

    kind: Literal["bot", "user", "app"]
    team: str = ""
    user: str = ""
    scopes: frozenset[str] = frozenset()


@dataclass
class User:
    """An account of a workspace."""

    id: str
    name: str
    locale: str = "en-US"
    is_admin: bool = False
    is_owner: bool = False
    is_guest: bool = False
    bot_id: str | None = None
    deleted: bool = False
    home: str | None = None
    """The workspace of somebody from elsewhere, who is here in a shared channel."""

    @property
    def handle(self) -> str:
        """The name without spaces, as commands carry it."""
        return self.name.lower().replace(" ", ".")


ChannelKind = Literal["channel", "group", "im"]


@dataclass
class Channel:
    """A channel with its messages by `ts`. `threads` has the replies of each parent, in the order they came."""

    id: str
    name: str
    kind: ChannelKind
    members: set[str]
    creator: str
    archived: bool = False
    deleted: bool = False
    shared: bool = False
    partner: str | None = None
    previous_names: list[str] = field(default_factory=list)
    messages: dict[str, Json] = field(default_factory=dict)
    threads: dict[str, list[str]] = field(default_factory=dict)
    pins: list[str] = field(default_factory=list)

    @property
    def family(self) -> str:
        """The word that scopes and events use for this kind of channel."""
        return {"channel": "channels", "group": "groups", "im": "im"}[self.kind]

    def is_in_channel(self, message: Json) -> bool:
        """Whether a message stands in the channel itself; replies do not, unless they were sent there too."""
        thread = message.get("thread_ts")
        return thread in (None, message["ts"]) or message.get("subtype") == "thread_broadcast"

    def shown(self, message: Json) -> Json:
        """Return a message as history gives it: a parent tells of its replies."""
        replies = self.threads.get(message["ts"])
        if not replies:
            return dict(message)
        users = list(dict.fromkeys(self.messages[ts].get("user", "") for ts in replies))
        return message | {
            "thread_ts": message["ts"],
            "reply_count": len(replies),
            "reply_users": users[:5],
            "reply_users_count": len(users),
            "latest_reply": max(replies),
            "is_locked": False,
        }


@dataclass
class View:
    """A modal or a home page as it stands before a person."""

    id: str
    user: str
    type: Literal["modal", "home"]
    content: Json
    hash: str
    root: str = ""
    previous: str | None = None
    open: bool = True
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ephemeral:
    """Something that only one person saw, and only once. `message` has its text and blocks."""

    user: str
    channel: str
    message: Json


@dataclass
class Patience:
    """How long Slack waits, in seconds; tests make it shorter. `redeliver` are the pauses before each new try."""

    acknowledgement: float = 3.0
    trigger: float = 3.0
    response_url: float = 30 * 60.0
    response_url_uses: int = 5
    redeliver: tuple[float, ...] = (1.0, 60.0, 300.0)
    ticket: float = 30.0
    ping: float = 10.0
    goodbye: float = 10.0


@dataclass(frozen=True)
class Called:
    """One call of the Web API as the log keeps it: without its token."""

    method: str
    arguments: Json
    error: str | None
    status: int
    team: str
    at: float


def named(items: Iterable[str]) -> str:
    """Return scopes as Slack lists them."""
    return ",".join(sorted(items))
