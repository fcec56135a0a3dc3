"""Example channels, comments and decisions, made short."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.assessments import Finding, Judgement
from bot.domain.categories import Category, Severity
from bot.domain.channels import ChannelStatus, RegisteredChannel
from bot.domain.comments import Attachment, AttachmentKind, Author, ChannelKind, ChannelRef, Comment, CommentRef
from bot.domain.outcomes import Outcome
from bot.store import Cause, Decision, Snapshot, Versions

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
VERSIONS = Versions(policy="board 2026.1", model="embedded 1")

ROOM = RegisteredChannel(
    ref=ChannelRef("discord", "900", "12"),
    name="room-12",
    kind=ChannelKind.CLASS,
    status=ChannelStatus.APPROVED,
    grades="9-12",
    responsible="teacher",
    approved_by="principal",
    approved_on=date(2026, 8, 17),
    notice_posted_on=date(2026, 8, 18),
    parents_notified_on=date(2026, 8, 20),
)


def room(channel: str) -> RegisteredChannel:
    """Another complete class channel."""
    return replace(ROOM, ref=replace(ROOM.ref, channel=channel))


def comment(number: int | str, text: str = "See you at practice", **parts: Any) -> Comment:
    """A comment in `ROOM`, posted `number` seconds after noon where that is a number."""
    seconds = number if isinstance(number, int) else 0
    given: dict[str, Any] = {
        "ref": CommentRef(parts.pop("channel", ROOM.ref), str(number)),
        "text": text,
        "author": Author("77", "Pat Example"),
        "posted_at": NOON + timedelta(seconds=seconds),
        "attachments": (Attachment(AttachmentKind.IMAGE, 1024),),
        "permalink": "https://chat.example.org/900/12/1",
    }
    return Comment(**(given | parts))


THREAT = Finding("rules", Category.THREAT, 0, 3, 0.9, "words that announce harm")
SEVERE = Judgement(Severity.HIGH, (Category.THREAT,), "threat", "BUL-5688.1 II.7", ("BUL-5798",), (THREAT,))


def clear(channel_id: int, seen: Comment, **parts: Any) -> Decision:
    """The decision that nothing is wrong with a comment."""
    given: dict[str, Any] = {
        "channel_id": channel_id,
        "snapshot": Snapshot(seen, {"toxicity": 0.1}),
        "outcome": Outcome.CLEAR,
        "at": NOON + timedelta(minutes=1),
        "versions": VERSIONS,
    }
    return Decision(**(given | parts))


def flagged(channel_id: int, seen: Comment, **parts: Any) -> Decision:
    """The decision to flag a comment."""
    return clear(channel_id, seen, outcome=Outcome.FLAGGED, judgement=SEVERE, **parts)


def unscored(channel_id: int, seen: Comment, **parts: Any) -> Decision:
    """The decision to have a person read a comment."""
    snapshot = Snapshot(seen, unscored="The model could not read it.")
    given = {"outcome": Outcome.UNSCORED, "snapshot": snapshot, "cause": Cause.UNSCORED}
    return clear(channel_id, seen, **(given | parts))
