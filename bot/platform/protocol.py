"""The verbs that every adapter gives the core. Adapters hold translation only; whatever two platforms need is core."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.comments import ChannelRef, Comment, CommentRef
from bot.interface.cards import Card
from bot.interface.forms import Form
from bot.platform.capabilities import Capability
from bot.platform.events import Event, Interaction


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a card goes: one person (their platform id) or one channel. Exactly one of the two is given."""

    person: str | None = None
    channel: ChannelRef | None = None

    def __post_init__(self) -> None:
        if (self.person is None) == (self.channel is None):
            raise ValueError("a card goes to one person or to one channel")


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a delivered card now stands, so that it can be updated in place."""

    channel: str
    message: str


class Outsiders(StrEnum):
    """Who can read a channel beyond the members let in by name."""

    EVERYONE = "everyone"
    PUBLIC_SERVER = "public server"
    EXTERNAL_GUESTS = "external guests"


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What the platform says of a channel's privacy and of the bot's powers there (R13, R14).

    `open_to` says who can read it beyond its members; `administrators` are the platform ids of those with
    administrative access; `missing` are the permissions the bot lacks, as the platform names them.
    """

    name: str
    open_to: tuple[Outsiders, ...]
    administrators: frozenset[str]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeenChannel:
    """A channel that the bot can see, registered or not."""

    ref: ChannelRef
    name: str


class Outlet(Protocol):
    """Somewhere cards can be brought to people. Raises `PlatformError` when it fails."""

    @property
    def name(self) -> str:
        """The outlet as addresses name it: a platform's name, or `mail`."""
        ...

    async def deliver(self, card: Card, to: Recipient, language: str) -> Delivery:
        """Post `card`, drawn natively in `language`; nothing in it pings, formats or unfurls beyond the card's own."""
        ...

    async def update(self, delivery: Delivery, card: Card, language: str) -> None:
        """Redraw a delivered card in place, where that is possible."""
        ...


class Platform(Outlet, Protocol):
    """One connected platform. Every call that leaves the process has a timeout and raises `PlatformError`."""

    @property
    def name(self) -> str:
        """The platform as channel references name it: `discord`, `slack`, `local`."""
        ...

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this platform can do for a bot."""
        ...

    def events(self) -> AsyncIterator[Event]:
        """Yield what happens, until the platform is closed. May repeat events; intake removes duplicates."""
        ...

    def history(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        """Yield every comment still there that was posted or edited after `after`, oldest first, threads included."""
        ...

    async def answer(self, interaction: Interaction, card: Card) -> None:
        """Answer an interaction, seen by the person alone where the platform can (`PRIVATE_ANSWER`)."""
        ...

    async def open_form(self, interaction: Interaction, form: Form) -> None:
        """Open `form` as the first answer to `interaction`; must be called within 3 seconds of it."""
        ...

    async def read(self, ref: CommentRef) -> Comment | None:
        """Return a comment as it stands now, or nothing when it is gone."""
        ...

    async def remove_comment(self, ref: CommentRef, reason: str) -> None:
        """Remove a comment, decided by a person; one that is gone already is done. Needs `REMOVE_COMMENT`."""
        ...

    async def time_out_member(self, channel: ChannelRef, person: str, span: timedelta, reason: str) -> None:
        """Keep a person from writing for `span`, decided by a person. Needs `TIME_OUT_MEMBER`."""
        ...

    async def remove_member(self, channel: ChannelRef, person: str, reason: str) -> None:
        """Take a person out of the channel or its workspace, decided by a person. Needs `REMOVE_MEMBER`."""
        ...

    async def pin(self, delivery: Delivery) -> None:
        """Pin a card that was posted in a channel. Needs `PIN`."""
        ...

    async def show_home(self, person: str, cards: Sequence[Card], language: str) -> None:
        """Draw a person's page of the bot: `cards` from top to bottom. Needs `HOME_PAGE`."""
        ...

    async def channels(self) -> tuple[SeenChannel, ...]:
        """Return every channel where the bot could read, registered or not."""
        ...

    async def members(self, channel: ChannelRef) -> frozenset[str]:
        """Return the platform ids of all who can read the channel, its owner too, bots not. Needs `LIST_MEMBERS`."""
        ...

    async def inspect(self, channel: ChannelRef) -> ChannelFacts:
        """Look at a channel's privacy and at the bot's powers in it."""
        ...
