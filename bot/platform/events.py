"""What a platform tells the core: comments, and what people do with commands, forms and buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

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
    """The line to the platform broke at `at`; until `Resumed`, events are lost and calls raise `PlatformError`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Resumed:
    """The line is back. What happened since `since` was not told: every watched channel's history must be read.

    An adapter whose platform replays what was missed (a gateway session that resumed) need not say either.
    """

    since: datetime
    at: datetime


Event = Posted | Deleted | CommandUsed | ButtonPressed | FormSubmitted | Interrupted | Resumed
