"""What a platform tells the core: comments, and what people do with commands, forms and buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.comments import Author, ChannelRef, Comment, CommentRef


@dataclass(frozen=True, slots=True)
class Posted:
    """A comment was posted, or an edit gave it a new revision; history yields the same event."""

    comment: Comment


@dataclass(frozen=True, slots=True)
class Deleted:
    """A comment was deleted on the platform. What it said is not repeated here."""

    ref: CommentRef
    at: datetime


@dataclass(frozen=True, slots=True)
class Interaction:
    """A person's action that waits for an answer: first answer within 3 seconds, on every platform.

    `handle` is the platform's own token for answering; it means nothing to the core.
    """

    by: Author
    where: ChannelRef | None
    handle: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class CommandUsed:
    """Someone used a command, typed or from a menu; `about` is the comment a message menu was opened on."""

    interaction: Interaction
    command: str
    options: Mapping[str, str]
    about: Comment | None = None


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """Someone pressed a button of a card; `token` says which thing the card is about."""

    interaction: Interaction
    verb: str
    token: str


@dataclass(frozen=True, slots=True)
class FormSubmitted:
    """Someone sent a form; `values` maps field names to what was entered (hostile text, as all text of people)."""

    interaction: Interaction
    form: str
    token: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The line to the platform broke at `at`; until its `Resumed`, events are lost and calls raise `PlatformError`.

    It is told once. Its `Resumed` follows it, is told once, too, and has this `at` as its `since`.
    """

    at: datetime


@dataclass(frozen=True, slots=True)
class Resumed:
    """The line is back. What happened since `since` was not told: every watched channel's history must be read.

    It ends the `Interrupted` of that very time and no other; one without any only has history read: the line stands, or
    not, as before. An adapter whose platform replays what was missed (a gateway session that resumed) need say neither.
    """

    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """Someone can read `channels` now who could not before. Bots are not told of."""

    person: Author
    channels: tuple[ChannelRef, ...]
    language: str = "en"


class ChannelNews(StrEnum):
    """What became of a channel, or of the bot's place in it."""

    RENAMED = "renamed"
    ARCHIVED = "archived"
    GONE = "gone"
    ACCESS_LOST = "access_lost"
    """The bot can no longer read it: what is said there from now on must be read once it can again."""
    ACCESS_GAINED = "access_gained"
    """The bot can read it again, or for the first time: its history must be read."""
    OPENED_UP = "opened_up"
    """Its privacy or administrative access changed (R13, R14)."""
    MODERATED = "moderated"
    """Someone other than the bot removed comments or members there; `by` says who."""


@dataclass(frozen=True, slots=True)
class ChannelChanged:
    """Something happened to a channel that its administrator should know of. `name` is its name now, if known."""

    channel: ChannelRef
    news: ChannelNews
    at: datetime
    name: str = ""
    by: str | None = None


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """Someone opened the bot's own page (`HOME_PAGE`); it is drawn anew for them."""

    by: Author
    language: str = "en"


Event = (
    Posted
    | Deleted
    | CommandUsed
    | ButtonPressed
    | FormSubmitted
    | Interrupted
    | Resumed
    | MemberJoined
    | ChannelChanged
    | HomeOpened
)
