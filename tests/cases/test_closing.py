"""What a case still lacks, and what the matrix suggests."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from bot.cases.closing import suggested, wants_call, wants_number
from bot.cases.status import standing_of
from bot.domain.cases import CaseEvent, CaseKind, EventKind
from bot.domain.categories import Category, Severity
from bot.policy.loader import load_pack
from bot.policy.records import ChecklistFile, Level, MatrixFile
from tests.store.examples import NOON

PACK = load_pack("lausd")
TITLE: Any = {"en": "x", "es": "y"}


def case(severity: Severity, *kinds: EventKind) -> Any:
    events = tuple(CaseEvent(kind, NOON) for kind in kinds)
    return SimpleNamespace(
        kind=CaseKind.FLAG,
        judgement=SimpleNamespace(severity=severity, categories=(Category.OBSCENE,)),
        standing=standing_of(events),
        events=events,
        happened=lambda kind: kind in kinds,
    )


def test_a_critical_flag_wants_its_call_until_it_is_confirmed_or_found_to_be_nothing() -> None:
    assert wants_call(case(Severity.CRITICAL))
    assert wants_call(case(Severity.CRITICAL, EventKind.CONFIRMED))
    assert not wants_call(case(Severity.CRITICAL, EventKind.CALLED))
    assert not wants_call(case(Severity.CRITICAL, EventKind.DISMISSED))
    assert not wants_call(case(Severity.HIGH))
    assert wants_call(case(Severity.CRITICAL, EventKind.DISMISSED, EventKind.REPORTED)), "it came back with a danger"


def test_a_call_from_before_a_report_of_danger_is_none() -> None:
    later = case(Severity.CRITICAL, EventKind.CALLED, EventKind.CONFIRMED)
    assert not wants_call(later)
    later.events = (*later.events, CaseEvent(EventKind.REPORTED, NOON, rule="threat", about="critical"))
    assert wants_call(later)
    later.events = (*later.events, CaseEvent(EventKind.CALLED, NOON, about="laspd"))
    assert not wants_call(later)


def test_the_number_is_wanted_once_a_critical_case_is_confirmed_where_the_pack_has_that_step() -> None:
    confirmed = case(Severity.CRITICAL, EventKind.CONFIRMED)
    assert wants_number(confirmed, PACK)
    assert not wants_number(case(Severity.CRITICAL), PACK)
    assert not wants_number(case(Severity.HIGH, EventKind.CONFIRMED), PACK)
    for noted in (EventKind.INCIDENT, EventKind.NO_INCIDENT):
        assert not wants_number(case(Severity.CRITICAL, EventKind.CONFIRMED, noted), PACK)
    steps = tuple(step for step in PACK.checklist.steps if step.id != "K")
    assert not wants_number(confirmed, replace(PACK, checklist=ChecklistFile(steps=steps)))


def test_the_matrix_goes_up_with_repetition_and_leaves_out_levels_for_other_kinds() -> None:
    names = [level.id for level in PACK.matrix.levels]
    found = [suggested(case(Severity.LOW), PACK, before) for before in range(5)]
    assert [level.id if level else None for level in found] == [*names, names[-1], names[-1]]
    critical = suggested(case(Severity.CRITICAL), PACK, 0)
    assert critical is not None
    assert critical.id == names[-1]
    other = MatrixFile(levels=(Level(id="other", title=TITLE, categories=(Category.LOGO,)),))
    assert suggested(case(Severity.LOW), replace(PACK, matrix=other), 0) is None
