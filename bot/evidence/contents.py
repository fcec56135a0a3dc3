"""What a packet says, as plain values: the machine-readable `packet.json`, and what the pages are drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.alerts.drawing import withholds
from bot.cases.case import Case
from bot.cases.status import makes_critical
from bot.domain.cases import CaseEvent, EventKind
from bot.domain.comments import Comment
from bot.domain.custody import CustodyRow
from bot.domain.people import SiteRole
from bot.domain.roster import Roster
from bot.evidence.naming import Known, Naming, Redacting, mentioned_in, writers_of
from bot.evidence.words import words_in
from bot.policy.schema import Pack
from bot.store.decisions import Versions
from bot.store.documents import Snapshot
from bot.store.evidence import Opened
from bot.store.reports import Reporter

FORMAT = 1

_ROLES = (
    SiteRole.SITE_ADMINISTRATOR,
    SiteRole.DESIGNEE,
    SiteRole.SUPERVISOR,
    SiteRole.SAFETY_CONTACT,
    SiteRole.DISTRICT_ADMINISTRATOR,
    SiteRole.STAFF,
    SiteRole.PARENT_LEADER,
)


_NOT_TOLD = frozenset(
    {
        EventKind.REACHED,
        EventKind.UNREACHED,
        EventKind.CLIMBED,
        EventKind.UNANSWERED,
        EventKind.REMINDED,
        EventKind.NOTED,
        EventKind.TICKED,
        EventKind.UNTICKED,
        EventKind.REPORTED,
    }
)
"""What the program does by itself, what people note for themselves, and what stands elsewhere in the packet."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that a packet is made of, opened and in memory. `names` maps custody pseudonyms to roster keys."""

    case: Case
    roster: Roster
    pack: Pack
    opened: Opened
    versions: Versions | None
    decisions: Sequence[tuple[CaseEvent, str, str]]
    custody: Sequence[CustodyRow]
    reasons: Mapping[Any, str]
    names: Mapping[bytes, str]
    received: Sequence[tuple[datetime, str]]
    reporters: Sequence[Reporter]
    person: str
    reason: str
    at: datetime


def contents(material: Material, language: str, *, redacted: bool) -> dict[str, Any]:
    """Return what the packet says. Times are RFC 3339 in UTC; texts are as they were written, unless redacted."""
    case, seen = material.case, material.opened.snapshot.comment
    naming = _naming(material, language) if redacted else Naming()
    link = not withholds(case, material.pack)  # of what may be a sexual image, no link is handed on (R16)
    marks = [(item.start, item.end) for item in case.judgement.findings]
    return {
        "format": FORMAT,
        "case": str(case.id),
        "language": language,
        "redacted": redacted,
        "made": {
            "at": written(material.at),
            "by": _named(naming, material.roster, material.person),
            "reason": naming.words(material.reason)[0],
        },
        "district": material.roster.district.name,
        "time_zone": material.roster.district.time_zone,
        "site": case.site.name,
        "channel": {"name": case.channel.name, "kind": str(case.channel.kind), "platform": case.channel.ref.platform}
        | ({} if redacted else {"workspace": case.channel.ref.workspace, "id": case.channel.ref.channel}),
        "comment": _comment(naming, seen, marks, link=link) | {"scores": _scores(material.opened.snapshot)},
        "revisions": [_comment(naming, other.comment, link=link) for other in material.opened.revisions],
        # Another case's comment may be among them, whose picture's link is withheld there (R16).
        "context": [_comment(naming, one, link=False) for one in material.opened.context],
        "flag": _flag(material, language, naming),
        "reports": list(_reports(material, naming)),
        "decisions": list(_decisions(material, naming, language)),
        "custody": list(_custody(material, naming)),
    }


def written(at: datetime | None) -> str | None:
    """Return a time as packets write it."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


def _naming(material: Material, language: str) -> Naming:
    words = words_in(language)
    case, opened = material.case, material.opened
    seen = opened.snapshot.comment
    platform = case.channel.ref.platform
    people: dict[str, Known] = {}
    counts: dict[str, int] = {}
    for key, person in material.roster.people.items():
        if person.accounts.get(platform) == seen.author.id:
            continue
        roles = material.roster.roles(key, case.site)
        role = next((role for role in _ROLES if role in roles), SiteRole.MEMBER)
        label = words[f"role.{role}"]
        counts[label] = counts.get(label, 0) + 1
        numbered = label if counts[label] == 1 else f"{label} {counts[label]}"
        accounts = tuple(person.accounts[platform] for _ in "1" if platform in person.accounts)
        people[key] = Known(numbered, (person.name,), accounts)
    comments = [seen, *(one.comment for one in opened.revisions), *opened.context]
    return Redacting(seen.author, people, [*writers_of(comments), *mentioned_in(comments)], words["person"])


def _named(naming: Naming, roster: Roster, key: str | None) -> str | None:
    if key is None:
        return None
    person = roster.people.get(key)
    return naming.person(key, person.name if person else key)


def _comment(
    naming: Naming, comment: Comment, marks: Iterable[tuple[int, int]] = (), *, link: bool = True
) -> dict[str, Any]:
    text, moved = naming.said(comment, marks)
    shown: dict[str, Any] = {
        "author": naming.account(comment.author),
        "author_role": str(comment.author.role),
        "posted_at": written(comment.posted_at),
        "edited_at": written(comment.edited_at),
        "text": text,
        "marks": [list(mark) for mark in moved],
        "attachments": [
            {"kind": str(item.kind), "size_bytes": item.size_bytes, "name_tag": item.name_tag}
            for item in comment.attachments
        ],
    }
    if not naming.redacted:
        shown |= {
            "author_id": comment.author.id,
            "id": comment.ref.comment,
            "revision": comment.revision,
            "reply_to": comment.reply_to,
            "mentions": list(comment.mentions),
            "permalink": comment.permalink if link else None,
        }
    return shown


def _scores(snapshot: Snapshot) -> dict[str, float]:
    return {label: round(score, 4) for label, score in snapshot.scores.items()}


def _flag(material: Material, language: str, naming: Naming) -> dict[str, Any]:
    judgement = material.case.first_judgement
    rule = material.pack.rule(judgement.rule) if judgement.rule else None
    return {
        "at": written(material.case.opened_at),
        "severity": str(judgement.severity),
        "categories": [str(category) for category in judgement.categories],
        "rule": judgement.rule,
        "rule_title": rule.title.in_(language) if rule else None,
        "clause": judgement.clause,
        "consult": list(judgement.consult),
        "cause": None if material.case.cause is None else str(material.case.cause),
        "findings": [
            {
                "detector": item.detector,
                "category": str(item.category),
                "score": round(float(item.score), 4),
                "explanation": naming.words(item.explanation)[0],
            }
            for item in judgement.findings
        ],
        "policy": material.versions.policy if material.versions else None,
        "model": material.versions.model if material.versions else None,
    }


def _reports(material: Material, naming: Naming) -> Iterator[dict[str, Any]]:
    known = {one.code: one for one in material.reporters}
    for at, code in material.received:
        report: dict[str, Any] = {"at": written(at), "reporter": None, "statement": None}
        if code in known and not naming.redacted:
            one = known[code]
            report |= {"code": code, "reporter": one.name or one.id, "statement": one.words.what}
        yield report


def _decisions(material: Material, naming: Naming, language: str) -> Iterator[dict[str, Any]]:
    for event, reason, note in material.decisions:
        if event.kind in _NOT_TOLD:
            continue
        rule = material.pack.rule(event.rule) if event.rule else None
        yield {
            "at": written(event.at),
            "what": str(event.kind),
            "by": _named(naming, material.roster, event.person),
            "rule": event.rule,
            "rule_title": rule.title.in_(language) if rule else None,
            "about": _about(event, material, naming, language),
            "reason": naming.words(reason)[0] or None,
            "note": None if naming.redacted else note or None,
        }


def _about(event: CaseEvent, material: Material, naming: Naming, language: str) -> str | None:
    """Return what else an event is about, as people say it: a colleague, an office, a day."""
    if event.about is None or event.kind is EventKind.ATTACHED or makes_critical(event):
        return None
    if event.kind is EventKind.HANDED_OVER:
        return _named(naming, material.roster, event.about)
    agencies = {agency.id: agency.name.in_(language) for agency in material.pack.routes.agencies}
    words = words_in(language)
    return agencies.get(event.about) or words.get(f"about.{event.about}", event.about)


def _custody(material: Material, naming: Naming) -> Iterator[dict[str, Any]]:
    for row in material.custody:
        key = material.names.get(row.person) if row.person is not None else None
        reason = material.reasons.get(row.reason, "") if row.reason is not None else ""
        yield {
            "number": row.number,
            "at": written(row.at),
            "act": str(row.act),
            "by": _named(naming, material.roster, key),
            "why": row.why,
            "reason": naming.words(reason)[0] or None,
            "hash": row.hash.hex(),
        }
