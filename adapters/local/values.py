"""What the local chat service is made of: people, rooms, messages with their revisions, and the bot's cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.assessments import Judgement
from bot.domain.comments import Attachment, AttachmentKind, AuthorRole, ChannelKind
from bot.domain.outcomes import Outcome
from bot.interface.cards import Card
from bot.platform.protocol import Outsiders

LONGEST = 40_000
"""Characters that one message may have (as Slack allows)."""

ATTACHABLE: Mapping[str, Attachment] = {
    "photo": Attachment(AttachmentKind.IMAGE, 1_200_000),
    "video": Attachment(AttachmentKind.VIDEO, 18_400_000),
    "voice": Attachment(AttachmentKind.AUDIO, 240_000),
    "paper": Attachment(AttachmentKind.DOCUMENT, 310_000),
    "sticker": Attachment(AttachmentKind.STICKER, 24_000),
}
"""What can be attached: kind and size, no bytes anywhere, because the bot never looks at more than that (R16)."""

MOST_ATTACHED = 4
"""Attachments that one message may have."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person with an account. `title` says by language what they are at school; `desk` gives them a desk."""

    account: str
    name: str
    role: AuthorRole = AuthorRole.MEMBER
    title: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    desk: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """A channel. Without `members` everybody is in it. An `alerts` room is shown on desks, not in the chat."""

    id: str
    name: str
    kind: ChannelKind
    about: Mapping[str, str] = field(default_factory=dict)
    members: frozenset[str] = frozenset()
    administrators: frozenset[str] = frozenset()
    open_to: tuple[Outsiders, ...] = ()
    alerts: bool = False

    def holds(self, account: str) -> bool:
        """Whether the person can read and write here."""
        return not self.members or account in self.members


@dataclass(frozen=True, slots=True)
class Revision:
    """What a message said from `at` on."""

    text: str
    at: datetime


class EndedBy(StrEnum):
    """Who made a message disappear."""

    AUTHOR = "author"
    SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class Ended:
    """When and by whom a message was deleted; `reason` is the school's."""

    at: datetime
    by: EndedBy
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A comment with all its revisions. `thread` is the id of the message that a thread hangs on."""

    id: str
    room: str
    author: str
    revisions: tuple[Revision, ...]
    reply_to: str | None = None
    thread: str | None = None
    attachments: tuple[str, ...] = ()
    ended: Ended | None = None

    @property
    def text(self) -> str:
        """What it says now."""
        return self.revisions[-1].text

    @property
    def posted_at(self) -> datetime:
        """When it was written."""
        return self.revisions[0].at

    @property
    def changed_at(self) -> datetime:
        """When it was written or last edited."""
        return self.revisions[-1].at

    @property
    def mark(self) -> str:
        """What tells this revision from the others: empty for the first, then the revision's number."""
        return str(len(self.revisions)) if len(self.revisions) > 1 else ""


@dataclass(frozen=True, slots=True)
class Post:
    """A card of the bot, in a room or with one person."""

    id: str
    card: Card
    at: datetime
    changed_at: datetime
    room: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """What became of one revision of a message, shown beside it to visitors who want to see how the bot works."""

    message: str
    mark: str
    outcome: Outcome
    judgement: Judgement | None


@dataclass(frozen=True, slots=True)
class Silence:
    """A member may not write in a room until `until`."""

    account: str
    room: str
    until: datetime
