"""What a reader of exports yields: rows that hold a comment, rows that do not, and what was left out unread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import Protocol

from bot.domain.comments import AuthorRole, ChannelKind, Comment

MAX_TEXT = 1_000_000
"""Code points of one comment (Slack allows 40,000, Discord 4,000); a longer text becomes a bad row."""


class Format(StrEnum):
    """The kinds of input, by the words of `--format`."""

    SLACK = "slack-export"
    DISCORD = "discord-export"
    CSV = "csv"
    JSONL = "jsonl"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """One comment to screen.

    `number` is its place in the input `where`, from 1. `channel` is the name that people know the channel by.
    `addressed` pairs names that stand in the text with the ids of the people they name, so that a report can show
    pseudonyms in their place.
    """

    number: int
    where: str
    comment: Comment
    channel: str = ""
    kind: ChannelKind = ChannelKind.CLASS
    addressed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BadRow:
    """Something that should have been a comment; `reason` says in a few words what is wrong, never what it says."""

    number: int
    where: str
    reason: str


@dataclass(slots=True)
class LeftOut:
    """What was left out on purpose. Direct messages are counted as conversations: they are never opened."""

    direct: int = 0
    private: list[str] = field(default_factory=list)
    automatic: int = 0
    """Messages by apps and of the platform itself (joins, renames, pins)."""
    notes: Counter[str] = field(default_factory=Counter)
    """Oddities that kept no comment from being screened, by the key of a report text."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to read. `private` names the private channels to read; `kinds` are by channel name, `roles` by person."""

    private: frozenset[str] = frozenset()
    kind: ChannelKind = ChannelKind.CLASS
    kinds: Mapping[str, ChannelKind] = field(default_factory=dict)
    roles: Mapping[str, AuthorRole] = field(default_factory=dict)
    zone: tzinfo = UTC
    """Where times without a zone of their own were written."""

    def kind_of(self, channel: str) -> ChannelKind:
        """Return what the person at the terminal said the channel is for."""
        return self.kinds.get(channel.casefold(), self.kind)

    def role_of(self, *who: str) -> AuthorRole | None:
        """Return the role given for the first of these ids and names that is listed."""
        return next((self.roles[name.casefold()] for name in who if name.casefold() in self.roles), None)


class Source(Protocol):
    """One input, recognised and ready to be read once."""

    name: str
    """How people know it: the file's name."""
    format: Format
    left_out: LeftOut
    channels: frozenset[str] | None
    """Names of the channels that it holds, where that is known before reading."""

    def rows(self) -> Generator[Row | BadRow]:
        """Yield every row in the order of the input, in bounded memory; raise `InputError` only for danger."""
        ...
