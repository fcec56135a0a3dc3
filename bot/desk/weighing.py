"""What a decision weighs: naming a rule can make a case more than it was, and then more people must be told."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.case import Case
from bot.cases.effective import FOUND, confirmed
from bot.desk.acting import Step
from bot.domain.categories import Severity
from bot.policy.schema import Pack
from bot.store import ErrandKind


def weighed(step: Step, case: Case, pack: Pack) -> Step:
    """Return the step with what follows when its rule makes the case worse, or of another kind.

    Its cards then go to everybody who should have them, before they are redrawn; a case that turns out to be critical
    says so in its event, and is told from the first rung on.
    """
    if step.kind not in FOUND or not step.rule:
        return step
    found = confirmed(case.judgement, step.rule, pack, case.author_role)
    if found == case.judgement:
        return step
    errands = tuple(ErrandKind.TELL if errand is ErrandKind.UPDATE else errand for errand in step.errands)
    turns_critical = found.severity is Severity.CRITICAL and case.judgement.severity is not Severity.CRITICAL
    return replace(step, errands=errands, about=str(found.severity) if turns_critical else step.about)
