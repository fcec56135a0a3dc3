"""What a case still lacks before it may be closed, and what its level suggests. Pure."""

from __future__ import annotations

from bot.cases.case import Case
from bot.cases.status import UNDECIDED, call_stands
from bot.domain.cases import CaseKind, EventKind
from bot.domain.categories import Severity
from bot.policy.records import Level
from bot.policy.schema import Pack

NUMBERED = "K"
"""The protocol's step that enters an incident in the district's system (R20); a pack without it asks for no number."""


def wants_call(case: Case) -> bool:
    """Whether a person has still to confirm who was called: a critical flag that nobody found to be nothing."""
    if case.kind is not CaseKind.FLAG or case.judgement.severity is not Severity.CRITICAL:
        return False
    # A case that was dismissed and came back, by a report of danger, is open again: the decision is of before.
    nothing = case.standing.decision is EventKind.DISMISSED and case.standing.status not in UNDECIDED
    return not nothing and not call_stands(case.events)


def wants_number(case: Case, pack: Pack) -> bool:
    """Whether the incident's number is missing, and no reason why there is none: critical ones that were confirmed."""
    if case.judgement.severity is not Severity.CRITICAL or case.standing.decision is not EventKind.CONFIRMED:
        return False
    noted = case.happened(EventKind.INCIDENT) or case.happened(EventKind.NO_INCIDENT)
    return not noted and any(step.id == NUMBERED for step in pack.checklist.steps)


def suggested(case: Case, pack: Pack, before: int) -> Level | None:
    """Return the level of the intervention matrix that fits, after `before` confirmed cases of the same person (R23).

    A critical case takes the last level. It is a suggestion: the person decides.
    """
    kinds = set(case.judgement.categories)
    levels = [level for level in pack.matrix.levels if not level.categories or kinds.intersection(level.categories)]
    if not levels:
        return None
    critical = case.judgement.severity is Severity.CRITICAL
    return levels[-1 if critical else min(before, len(levels) - 1)]
