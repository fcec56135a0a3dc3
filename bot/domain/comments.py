"""A comment as it came from a platform: who wrote what, where, in which revision.

These values carry clear text and live in memory only; what may be stored of them is decided in `bot.store`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ChannelKind(StrEnum):
    """What a registered channel is for; rules name the kinds they apply to."""

    CLASS = "class"
    PARENT = "parent"
    BOOSTER = "booster"
    STAFF = "staff"


class AuthorRole(StrEnum):
    """Who a person is to the school; decides which clauses bind them. Unknown people are `MEMBER`."""

    STUDENT = "student"
    PARENT = "parent"
    PARENT_LEADER = "parent_leader"
    TEACHER = "teacher"
    STAFF = "staff"
    COACH = "coach"
    VOLUNTEER = "volunteer"
    CONTRACTOR = "contractor"
    ADMINISTRATOR = "administrator"
    ALUMNI = "alumni"
    MEMBER = "member"


class AttachmentKind(StrEnum):
    """The kind of an attached file, from its declared media type; the file itself is never fetched."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ChannelRef:
    """Where a channel is: platform (`discord`, `slack`, `local`, or `export`), workspace (guild, team) and its id."""

    platform: str
    workspace: str
    channel: str


@dataclass(frozen=True, slots=True)
class CommentRef:
    """A comment's address on its platform; `comment` is the platform's own id (unique within the channel)."""

    channel: ChannelRef
    comment: str


@dataclass(frozen=True, slots=True)
class Author:
    """The writer as the platform names them. `role` is known only for people on the site's roster."""

    id: str
    name: str = ""
    role: AuthorRole = AuthorRole.MEMBER
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is known of an attached file without touching it: kind, size in bytes, and its name's keyed digest (R16).

    `name` is there only between a platform and the seal, in memory; `name_tag` takes its place in what is kept, so that
    the same file can be told again and nobody can read what it was called. An address is never here.
    """

    kind: AttachmentKind
    size_bytes: int | None = None
    name: str = field(default="", repr=False, compare=False)
    name_tag: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """One revision of a comment.

    `revision` tells revisions of the same comment apart (the edit mark of the platform, empty for the first).
    `mentions` are the ids or names of the people it addresses. `called` says by which names the platform called them
    when it was read, as pairs of id and name: such a name stands in the text in place of the id. Times are aware;
    `permalink` leads to the place where a person can read it in context.
    """

    ref: CommentRef
    text: str
    author: Author
    posted_at: datetime | None = None
    revision: str = ""
    edited_at: datetime | None = None
    reply_to: str | None = None
    thread: str | None = None
    mentions: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    permalink: str | None = None
    called: tuple[tuple[str, str], ...] = ()
