"""From what intake decided, in clear and in memory, to the rows that may be kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from bot.domain.assessments import Finding, Judgement
from bot.domain.outcomes import Outcome
from bot.store.documents import Snapshot, encode
from bot.store.keys import Keyring

COMMENT_SNAPSHOT = "comment"
"""The kind of a snapshot that holds the comment itself."""

CONTEXT_SNAPSHOT = "context"
"""The kind of a snapshot that holds the comments around it, sealed a little later: they come over the network."""

DESTROYED = "destroyed"
"""The state of a snapshot whose key is gone: the row stays as a tombstone."""

PROVISIONAL = "provisional"
"""The state of a snapshot that is sealed, and that nobody may open until permission is recorded (R15)."""

Row = dict[str, Any]


class ErrandKind(StrEnum):
    """Why something must reach people; the kind of an outbox row."""

    FLAG = "flag"
    REVIEW = "review"
    TELL = "tell"
    """More people must be told of a case than were so far."""
    UPDATE = "update"
    """A case changed: its cards are redrawn where they stand."""
    NOTICE = "notice"
    """The site administrator is told what somebody did with evidence."""
    REMOVE = "remove"
    """A person decided that a comment must go."""
    MEMBER = "member"
    """A person decided that an author may not write for a while, or must leave."""
    AUTHOR_NOTE = "author_note"
    """An author gets a private, kind note of fixed words."""
    REPORTER = "reporter"
    """A reporter hears, in fixed words, how far their report is."""
    LOOK_AGAIN = "look_again"
    """The day has come on which somebody is to look at a case again."""
    ATTACH = "attach"
    """A comment that a watch raised belongs to an older case, too."""


class Cause(StrEnum):
    """Why a comment is a review item. The sentence that goes with it is sealed, since nobody vouches for its words."""

    UNSCORED = "unscored"
    SCREENING_FAILED = "screening_failed"


@dataclass(frozen=True, slots=True)
class Versions:
    """What judged a comment: the policy pack and the model, each as name and version."""

    policy: str
    model: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What intake decided about one revision of a comment.

    `judgement` is given when it is flagged, `cause` when a person must read it because no machine could. With
    `watermark` the channel's mark moves there in the same transaction.
    """

    channel_id: int
    snapshot: Snapshot
    outcome: Outcome
    at: datetime
    versions: Versions
    judgement: Judgement | None = None
    cause: Cause | None = None
    watermark: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one decision; only `screened` always exists."""

    screened: Row
    flag: Row | None
    review_item: Row | None
    snapshot: Row | None
    outbox: tuple[Row, ...]
    watermark: datetime | None


def rows_of(decision: Decision, keys: Keyring) -> Rows:
    """Return the rows to write; the comment's words are in the sealed snapshot and nowhere else."""
    comment = decision.snapshot.comment
    revision = {
        "channel_id": decision.channel_id,
        "comment": comment.ref.comment,
        "revision": comment.revision,
    }
    screened = revision | {
        "text_tag": keys.text_tag(comment.ref, comment.text),
        "screened_at": decision.at,
        "outcome": decision.outcome,
        "posted_at": comment.posted_at or decision.at,
        "edited_at": comment.edited_at,
    }
    flag = review_item = snapshot = None
    outbox: list[Row] = []
    if decision.judgement is not None or decision.cause is not None:
        about = revision | {"author": keys.pseudonym(comment.ref.channel, comment.author.id)}
        if decision.judgement is not None:
            flag_id = uuid4()
            flag = about | {"id": flag_id, "flagged_at": decision.at} | _judged(decision.judgement, decision.versions)
            outbox.append(_errand(ErrandKind.FLAG, "flag_id", flag_id, decision.at))
        if decision.cause is not None:
            review_item_id = uuid4()
            review_item = about | {"id": review_item_id, "cause": decision.cause, "opened_at": decision.at}
            outbox.append(_errand(ErrandKind.REVIEW, "review_item_id", review_item_id, decision.at))
        snapshot = _sealed(decision, keys) | {
            "flag_id": flag and flag["id"],
            "review_item_id": review_item and review_item["id"],
        }
    return Rows(screened, flag, review_item, snapshot, tuple(outbox), decision.watermark)


def _judged(judgement: Judgement, versions: Versions) -> Row:
    return {
        "severity": int(judgement.severity),
        "category": judgement.categories[0] if judgement.categories else None,
        "categories": list(judgement.categories),
        "rule": judgement.rule,
        "clause": judgement.clause,
        "consult": list(judgement.consult),
        "findings": [found_row(finding) for finding in judgement.findings],
        "policy": versions.policy,
        "model": versions.model,
    }


def found_row(finding: Finding) -> Row:
    """Return a finding as it is stored: where and why, never the words."""
    return {
        "detector": finding.detector,
        "category": finding.category,
        "start": finding.start,
        "end": finding.end,
        "score": round(float(finding.score), 6),
        "explanation": finding.explanation,
    }


def _sealed(decision: Decision, keys: Keyring) -> Row:
    row: UUID = uuid4()
    sealed = keys.seal(encode(decision.snapshot, keys.name_tag), row=row, kind=COMMENT_SNAPSHOT)
    return {
        "id": row,
        "kind": COMMENT_SNAPSHOT,
        "state": PROVISIONAL,
        "sealed_at": decision.at,
    } | sealed.columns()


def _errand(kind: ErrandKind, name: str, about: UUID, at: datetime) -> Row:
    return {
        "id": uuid4(),
        "kind": kind,
        "dedup_key": f"{kind}:{about}",
        "payload": {name: str(about)},
        "due_at": at,
        "attempts": 0,
    }


def errand_row(kind: ErrandKind, case: UUID, at: datetime) -> Row:
    """Return the outbox row of an errand about a case; each is an errand of its own."""
    errand = uuid4()
    return {
        "id": errand,
        "kind": kind,
        "dedup_key": f"{kind}:{errand}",
        "payload": {"case_id": str(case)},
        "due_at": at,
        "attempts": 0,
    }
