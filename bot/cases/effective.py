"""What a case is taken for now: as it began, raised by what a report says and by what a person found. Pure.

Promise: it is never less than what was stored when it began. What a person confirms counts as long as that stands, as a
machine's flag of that kind would: with its severity, category, rule, clause and what to consult (R17-R19).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.cases.status import standing_of
from bot.domain.assessments import Judgement
from bot.domain.cases import CaseEvent, EventKind
from bot.domain.categories import Category, Severity
from bot.domain.comments import AuthorRole
from bot.policy.rules import Rule
from bot.policy.schema import Pack

FOUND = frozenset({EventKind.CONFIRMED, EventKind.REVERSED, EventKind.REMOVAL_ASKED})
"""What a person does under a rule of the pack that says what the matter is; of an appeal, where it ends so."""


def effective(stored: Judgement, events: Sequence[CaseEvent], pack: Pack, author: AuthorRole) -> Judgement:
    """Return the worst of what was stored, of what reports say, and of what the standing confirmation found.

    `author` is the role of whoever wrote the comment: it decides which clause is cited.
    """
    judgement = stored
    for event in events:
        if event.kind is EventKind.REPORTED and event.rule and (rule := pack.rule(event.rule)):
            judgement = _raised(judgement, rule, _said(event, rule, stored, pack), pack, author, leads_if_equal=False)
    for found in _found(events):
        judgement = confirmed(judgement, found, pack, author)
    return judgement


def confirmed(judgement: Judgement, rule_id: str, pack: Pack, author: AuthorRole) -> Judgement:
    """Return what `judgement` becomes when a person says that it is a matter of this rule."""
    rule = pack.rule(rule_id)
    return judgement if rule is None else _raised(judgement, rule, pack.worst(rule), pack, author, leads_if_equal=True)


def _found(events: Sequence[CaseEvent]) -> Iterator[str]:
    """Yield the rules that people named since the latest confirmation, as long as that stands."""
    if standing_of(events).decision is not EventKind.CONFIRMED:
        return
    named = [event for event in events if event.kind in FOUND and event.rule]
    latest = [number for number, event in enumerate(named) if event.kind is not EventKind.REMOVAL_ASKED]
    for event in named[latest[-1] if latest else 0 :]:
        yield event.rule or ""


def _said(event: CaseEvent, rule: Rule, stored: Judgement, pack: Pack) -> Severity:
    """Return how severe a report's words are: as its event says, else as the case was from the start."""
    return Severity.parse(event.about) if event.about else min(pack.worst(rule), stored.severity)


def _raised(
    judgement: Judgement, rule: Rule, severity: Severity, pack: Pack, author: AuthorRole, *, leads_if_equal: bool
) -> Judgement:
    """Return the worse of the two, with the categories of both; the worse one's rule says where it goes."""
    worse = severity > judgement.severity or (leads_if_equal and severity == judgement.severity)
    if not worse and judgement.rule is not None and pack.rule(judgement.rule) is not None:
        return replace(judgement, categories=tuple(dict.fromkeys([*judgement.categories, rule.category])))
    # “Something else” is what a report is until somebody knows better.
    known = [category for category in judgement.categories if category is not Category.OTHER]
    cited = pack.cite(rule, author)
    return replace(
        judgement,
        severity=max(severity, judgement.severity),
        categories=tuple(dict.fromkeys([rule.category, *known])),
        rule=rule.id,
        clause=cited.clause,
        consult=cited.consult,
    )
