"""The documents inside a seal: a comment as it stood, and those around it, in JSON and back again without loss."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.comments import Attachment, AttachmentKind, Author, AuthorRole, ChannelRef, Comment, CommentRef

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a seal keeps: the comment, the model's scores for it, and why it was unscored if it was."""

    comment: Comment
    scores: Mapping[str, float] = field(default_factory=dict)
    unscored: str | None = None


Tag = Callable[[str], str]
"""Makes a keyed digest of a file's name."""


def encode(snapshot: Snapshot, tag: Tag) -> bytes:
    """Return the snapshot as ASCII JSON; broken Unicode survives, because it is written as escapes."""
    return _written_down(_fields(snapshot, tag))


def decode(document: bytes) -> Snapshot:
    """Return the snapshot that `encode` wrote."""
    return _snapshot(json.loads(document))


def encode_context(comments: Sequence[Comment], tag: Tag) -> bytes:
    """Return the comments around another, as ASCII JSON."""
    return _written_down({"format": _FORMAT, "comments": [_fields(Snapshot(comment), tag) for comment in comments]})


def decode_context(document: bytes) -> tuple[Comment, ...]:
    """Return the comments that `encode_context` wrote."""
    return tuple(_snapshot(fields).comment for fields in json.loads(document)["comments"])


def _written_down(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def _fields(snapshot: Snapshot, tag: Tag) -> dict[str, Any]:
    comment = snapshot.comment
    return {
        "format": _FORMAT,
        "platform": comment.ref.channel.platform,
        "workspace": comment.ref.channel.workspace,
        "channel": comment.ref.channel.channel,
        "comment": comment.ref.comment,
        "revision": comment.revision,
        "text": comment.text,
        "author": {
            "id": comment.author.id,
            "name": comment.author.name,
            "role": comment.author.role,
            "is_bot": comment.author.is_bot,
        },
        "posted_at": _written(comment.posted_at),
        "edited_at": _written(comment.edited_at),
        "reply_to": comment.reply_to,
        "thread": comment.thread,
        "mentions": comment.mentions,
        "called": comment.called,
        "attachments": [
            {
                "kind": item.kind,
                "size_bytes": item.size_bytes,
                "name_tag": tag(item.name) if item.name else item.name_tag,
            }
            for item in comment.attachments
        ],
        "permalink": comment.permalink,
        "scores": dict(snapshot.scores),
        "unscored": snapshot.unscored,
    }


def _snapshot(fields: Mapping[str, Any]) -> Snapshot:
    author = fields["author"]
    comment = Comment(
        ref=CommentRef(ChannelRef(fields["platform"], fields["workspace"], fields["channel"]), fields["comment"]),
        text=fields["text"],
        author=Author(author["id"], author["name"], AuthorRole(author["role"]), is_bot=author["is_bot"]),
        posted_at=_read(fields["posted_at"]),
        revision=fields["revision"],
        edited_at=_read(fields["edited_at"]),
        reply_to=fields["reply_to"],
        thread=fields["thread"],
        mentions=tuple(fields["mentions"]),
        attachments=tuple(
            Attachment(AttachmentKind(item["kind"]), item["size_bytes"], name_tag=item.get("name_tag", ""))
            for item in fields["attachments"]
        ),
        permalink=fields["permalink"],
        called=tuple((account, name) for account, name in fields.get("called", ())),  # older documents have ids only
    )
    return Snapshot(comment, fields["scores"], fields["unscored"])


def _written(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _read(time: str | None) -> datetime | None:
    return None if time is None else datetime.fromisoformat(time)
