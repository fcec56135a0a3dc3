"""The judge: an assessment and a pack in, a judgement out. Pure, deterministic, a few microseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.domain.assessments import CLEAR, Assessment, Finding, Judgement
from bot.domain.categories import Severity
from bot.domain.comments import AuthorRole, ChannelKind, Comment
from bot.policy.schema import Pack, Watch
from bot.policy.words import reached

MODEL = "toxicity"
"""The name under which the model's findings stand beside those of the detectors."""

READINGS: Mapping[str, str] = {
    "toxicity": "a hurtful tone",
    "severe_toxicity": "severe abuse",
    "obscene": "obscene language",
    "threat": "a threat",
    "insult": "an insult",
    "identity_attack": "an attack on who people are",
    "sexual_explicit": "sexual content",
    "harassment": "harassment",
    "bullying": "bullying",
    "derogatory": "disparaging words",
    "sexual_harassment": "sexual harassment",
    "self_harm": "words about hurting oneself",
    "abuse_disclosure": "words about being hurt by someone",
    "boundary": "a boundary concern",
    "student_info": "information about a student",
    "incitement": "a call to break rules or the law",
    "retaliation": "retaliation",
}
"""What the model may have read, in plain words, by label; said as a possibility, never as a verdict (R28)."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the judge must know besides the assessment.

    `length` is that of the comment's original text, in code points. `target_roles` are the roles of the people
    whom the comment addresses or is about, as far as the roster knows them.
    """

    length: int
    author_role: AuthorRole = AuthorRole.MEMBER
    channel_kind: ChannelKind = ChannelKind.CLASS
    target_roles: frozenset[AuthorRole] = frozenset()


def context_of(
    comment: Comment, channel_kind: ChannelKind, target_roles: frozenset[AuthorRole] = frozenset()
) -> Context:
    """Return the context of `comment` in a channel of that kind."""
    return Context(len(comment.text), comment.author.role, channel_kind, target_roles)


class _Raised(NamedTuple):
    severity: Severity
    watch: Watch
    finding: Finding

    def order(self) -> tuple[int, int, int, int, str, str]:
        """The most severe first; then as the pack orders its rules, then as the text runs."""
        finding = self.finding
        place = (finding.start, finding.end, finding.detector, finding.label or "")
        return (-self.severity, self.watch.rank, *place)


def judge(pack: Pack, assessment: Assessment, context: Context) -> Judgement:
    """Return what `pack` says of an assessed comment.

    Each rule takes the worst level that any of its signals reaches; the comment takes that of its worst rule, whose
    rule and clause are cited. An unscored assessment is judged on its detectors' findings alone: that it needs a
    person anyway is the caller's business.
    """
    table = pack.table(context.author_role, context.channel_kind)
    raised: list[_Raised] = []
    for label, score in assessment.scores.items():
        for watch in table.labels.get(label, ()):
            if score >= watch.floor and _concerns(watch, context):
                finding = _model_finding(watch, label, score, context.length)
                raised.append(_Raised(reached(watch.levels, score), watch, finding))
    for finding in assessment.findings:
        raised.extend(
            _Raised(reached(watch.levels, finding.score), watch, _under(watch, finding))
            for watch in table.findings.get(finding.category, ())
            if finding.score >= watch.floor and _concerns(watch, context, finding.detector)
        )
    return _summed_up(raised) if raised else CLEAR


def _concerns(watch: Watch, context: Context, detector: str | None = None) -> bool:
    if watch.detector is not None and watch.detector != detector:
        return False
    return not context.target_roles or not watch.targets.isdisjoint(context.target_roles)


def _model_finding(watch: Watch, label: str, score: float, length: int) -> Finding:
    reading = READINGS.get(label) or f"“{label.replace('_', ' ')}”"
    explanation = f"Possibly {reading}: the model's score is {score:.2f}."
    return Finding(MODEL, watch.rule.category, 0, length, score, explanation, label)


def _under(watch: Watch, finding: Finding) -> Finding:
    """A finding stands under the category of the rule that asked for it."""
    category = watch.rule.category
    return finding if finding.category is category else replace(finding, category=category)


def _summed_up(raised: list[_Raised]) -> Judgement:
    raised.sort(key=_Raised.order)
    worst = raised[0]
    return Judgement(
        severity=worst.severity,
        categories=tuple(dict.fromkeys(item.watch.rule.category for item in raised)),
        rule=worst.watch.rule.id,
        clause=worst.watch.citation.clause,
        consult=worst.watch.citation.consult,
        findings=tuple(dict.fromkeys(item.finding for item in raised)),
    )
