"""What there is on Discord: people, guilds, channels, messages. Plain state: who may do what stands elsewhere."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from tests.platforms.discord.snowflakes import moment

Json = dict[str, Any]

EPHEMERAL = 1 << 6
LOADING = 1 << 7
COMPONENTS_V2 = 1 << 15


class Kind(IntEnum):
    """Kinds of channels."""

    TEXT = 0
    DM = 1
    CATEGORY = 4
    NEWS = 5
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


THREADS = frozenset({Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD})


@dataclass(eq=False)
class Person:
    """An account. `accepts_messages` is false for somebody who closed their direct messages."""

    id: int
    name: str
    shown: str
    bot: bool = False
    locale: str = "en-US"
    accepts_messages: bool = True


@dataclass(eq=False)
class Role:
    """A role; the one with the guild's id is everyone's."""

    id: int
    name: str
    position: int
    permissions: int
    managed_by: int | None = None


@dataclass
class Overwrite:
    """What a channel gives or takes of one role's or member's permissions."""

    target: int
    is_member: bool
    allow: int = 0
    deny: int = 0


@dataclass(eq=False)
class Member:
    """A person in a guild."""

    person: Person
    joined: datetime
    roles: list[int] = field(default_factory=list)
    nick: str | None = None
    timed_out_until: datetime | None = None

    @property
    def is_timed_out(self) -> bool:
        """Whether the member may not write now."""
        return self.timed_out_until is not None and self.timed_out_until > datetime.now(UTC)


@dataclass(eq=False)
class Guild:
    """A server of Discord's."""

    id: int
    name: str
    owner: int
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: list[int] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    locale: str = "en-US"
    audit_log: list[Json] = field(default_factory=list)


@dataclass(eq=False)
class Message:
    """A message as it stands."""

    id: int
    channel: int
    author: Person
    content: str = ""
    type: int = 0
    edited: datetime | None = None
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    stickers: list[Json] = field(default_factory=list)
    snapshots: list[Json] = field(default_factory=list)
    poll: Json | None = None
    flags: int = 0
    mentions: list[int] = field(default_factory=list)
    mentioned_roles: list[int] = field(default_factory=list)
    mentions_everyone: bool = False
    reference: Json | None = None
    pinned_at: datetime | None = None
    webhook: int | None = None
    application: int | None = None
    nonce: str | None = None
    interaction: Json | None = None
    thread: int | None = None

    @property
    def posted(self) -> datetime:
        """When it was posted."""
        return moment(self.id)

    @property
    def is_ephemeral(self) -> bool:
        """Whether only the one who is answered sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def is_loading(self) -> bool:
        """Whether it says that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def buttons(self) -> list[Json]:
        """Every button on it."""
        return [part for part in walk(self.components) if part["type"] == 2]


def walk(components: list[Json]) -> Iterator[Json]:
    """Yield every component, those inside others too."""
    for part in components:
        yield part
        inner = [*part.get("components", ()), *(part[key] for key in ("component", "accessory") if key in part)]
        yield from walk(inner)


class Log:
    """A channel's messages in the order of their ids, so that backdated ones stand where they belong."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._messages: dict[int, Message] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Message]:
        return (self._messages[one] for one in self._ids)

    def add(self, message: Message) -> None:
        """Put a message where its id says."""
        insort(self._ids, message.id)
        self._messages[message.id] = message

    def get(self, message: int) -> Message | None:
        """Return a message, if it is there."""
        return self._messages.get(message)

    def remove(self, message: int) -> None:
        """Take a message out."""
        del self._messages[message]
        self._ids.remove(message)

    def last(self) -> int | None:
        """Return the newest id."""
        return self._ids[-1] if self._ids else None

    def page(
        self, limit: int, *, before: int | None = None, after: int | None = None, around: int | None = None
    ) -> list[Message]:
        """Return a page as Discord gives it: newest first, and after a mark the oldest ones beyond it."""
        if around is not None:
            middle = bisect_left(self._ids, around)
            chosen = self._ids[max(0, middle - limit // 2) : middle + limit // 2 + 1][:limit]
        elif after is not None:
            start = bisect_right(self._ids, after)
            chosen = self._ids[start : start + limit]
        else:
            end = len(self._ids) if before is None else bisect_left(self._ids, before)
            chosen = self._ids[max(0, end - limit) : end]
        return [self._messages[one] for one in reversed(chosen)]


@dataclass(eq=False)
class Channel:
    """A channel, a thread (in `parent`), a forum post, or direct messages (with `recipient`)."""

    id: int
    kind: Kind
    name: str = ""
    guild: int | None = None
    parent: int | None = None
    position: int = 0
    topic: str | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    recipient: Person | None = None
    messages: Log = field(default_factory=Log)
    owner: int | None = None
    archived_at: datetime | None = None
    locked: bool = False
    joined: dict[int, datetime] = field(default_factory=dict)
    sent: int = 0

    @property
    def is_thread(self) -> bool:
        """Whether it is a thread or a forum post."""
        return self.kind in THREADS

    @property
    def pins(self) -> list[Message]:
        """What is pinned here, last pinned first."""
        pinned = [message for message in self.messages if message.pinned_at is not None]
        return sorted(pinned, key=lambda message: str(message.pinned_at), reverse=True)
