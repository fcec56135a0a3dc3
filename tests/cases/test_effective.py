"""What a case is taken for: never less than it began as, and as much as a person found, as long as that stands."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.effective import confirmed, effective
from bot.cases.status import may_follow, this_round
from bot.domain.assessments import Finding, Judgement
from bot.domain.cases import CaseEvent, EventKind
from bot.domain.categories import Category, Severity
from bot.domain.comments import AuthorRole
from bot.policy.loader import load_pack
from tests.store.examples import NOON

PACK = load_pack("lausd")
RULES = [rule.id for rule in PACK.reasons()]
REPORTED = Judgement(Severity.MEDIUM, (Category.OTHER,), rule="report")
RUDE = Finding("rules", Category.DEROGATORY, 0, 3, 0.9, "rude words")
INSULT = Judgement(Severity.LOW, (Category.DEROGATORY,), "insult", "BUL-5688.1 II.6", (), (RUDE,))
NAMED = {EventKind.CONFIRMED, EventKind.REVERSED, EventKind.REMOVAL_ASKED}


def happened(*told: tuple[EventKind, str | None] | EventKind) -> tuple[CaseEvent, ...]:
    events: tuple[CaseEvent, ...] = ()
    for one in told:
        kind, rule = one if isinstance(one, tuple) else (one, None)
        assert may_follow(events, kind), (kind, events)
        events += (CaseEvent(kind, NOON, "principal", rule),)
    return events


def now(stored: Judgement, *told: tuple[EventKind, str | None] | EventKind) -> Judgement:
    return effective(stored, happened(*told), PACK, AuthorRole.STUDENT)


@pytest.mark.parametrize(
    ("rule", "severity"),
    [("threat", "critical"), ("sexual", "critical"), ("self_harm", "critical"), ("bullying", "high"),
     ("abuse_disclosure", "high"), ("insult", "medium"), ("defamation", "medium"), ("other", "medium")],
)  # fmt: skip
def test_a_confirmed_report_is_what_the_pack_says_of_its_rule(rule: str, severity: str) -> None:
    found = now(REPORTED, (EventKind.CONFIRMED, rule))
    known = PACK.rule(rule)
    assert known is not None
    assert (found.rule, str(found.severity), found.categories) == (rule, severity, (known.category,))
    assert (found.clause, found.consult) == PACK.cite(known, AuthorRole.STUDENT)


def test_what_a_machine_found_worse_stays_and_keeps_its_route() -> None:
    threat = Judgement(Severity.CRITICAL, (Category.THREAT,), "threat", "clause", ("BUL",), INSULT.findings)
    found = now(threat, (EventKind.CONFIRMED, "insult"))
    assert found == replace(threat, categories=(Category.THREAT, Category.DEROGATORY))


def test_of_two_that_weigh_the_same_the_persons_word_leads() -> None:
    found = now(replace(INSULT, severity=Severity.HIGH), (EventKind.CONFIRMED, "sexual_harassment"))
    assert found.rule == "sexual_harassment"
    assert found.categories == (Category.SEXUAL_HARASSMENT, Category.DEROGATORY)
    assert found.findings == INSULT.findings


def test_the_finding_counts_as_long_as_it_stands() -> None:
    threat = (EventKind.CONFIRMED, "threat")
    appealed = now(REPORTED, threat, EventKind.APPEALED)
    assert appealed.severity is Severity.CRITICAL, "nobody has said yet that it is not"
    assert now(REPORTED, threat, EventKind.APPEALED, EventKind.UPHELD) == appealed
    assert now(REPORTED, threat, EventKind.APPEALED, EventKind.REVERSED) == REPORTED
    again = (threat, EventKind.CLOSED, EventKind.REOPENED)
    assert now(REPORTED, *again).severity is Severity.CRITICAL
    assert now(REPORTED, *again, EventKind.DISMISSED) == REPORTED
    assert now(REPORTED, *again, (EventKind.CONFIRMED, "insult")).rule == "insult", "the latest person's word"


def test_an_appeal_that_ends_in_a_finding_counts_like_a_confirmation() -> None:
    found = now(REPORTED, EventKind.DISMISSED, EventKind.APPEALED, (EventKind.REVERSED, "sexual"))
    assert (found.severity, found.rule) == (Severity.CRITICAL, "sexual")


def test_a_later_removal_under_a_worse_rule_counts_and_one_under_a_milder_takes_nothing_away() -> None:
    assert now(REPORTED, (EventKind.CONFIRMED, "insult"), (EventKind.REMOVAL_ASKED, "sexual")).rule == "sexual"
    found = now(REPORTED, (EventKind.CONFIRMED, "sexual"), (EventKind.REMOVAL_ASKED, "insult"))
    assert (found.rule, found.severity) == ("sexual", Severity.CRITICAL)
    assert Category.DEROGATORY in found.categories


def test_a_report_raises_and_stays_whatever_is_decided_as_a_machines_flag_does() -> None:
    told = CaseEvent(EventKind.REPORTED, NOON, rule="threat", about="critical")
    for events in ((told,), (told, CaseEvent(EventKind.DISMISSED, NOON)), (told, told)):
        found = effective(INSULT, events, PACK, AuthorRole.MEMBER)
        assert (found.severity, found.rule) == (Severity.CRITICAL, "threat")
    milder = CaseEvent(EventKind.REPORTED, NOON, rule="threat")
    grave = Judgement(Severity.CRITICAL, (Category.SELF_HARM,), "self_harm")
    assert effective(grave, (milder,), PACK, AuthorRole.MEMBER).rule == "self_harm", "words never push a flag aside"
    high = replace(REPORTED, severity=Severity.HIGH)
    assert effective(high, (milder,), PACK, AuthorRole.MEMBER).severity is Severity.HIGH


def test_a_rule_that_the_pack_has_no_more_changes_nothing() -> None:
    assert now(REPORTED, (EventKind.CONFIRMED, "long-gone")) == REPORTED
    assert confirmed(INSULT, "", PACK, AuthorRole.MEMBER) == INSULT


judgements = st.builds(
    Judgement,
    st.sampled_from([severity for severity in Severity if severity]),
    st.lists(st.sampled_from(Category), min_size=1, max_size=3, unique=True).map(tuple),
    st.sampled_from([*RULES, "report"]) | st.none(),
)
any_events = st.lists(
    st.builds(
        CaseEvent,
        st.sampled_from(EventKind) | st.sampled_from([*NAMED, EventKind.REPORTED]),
        st.just(NOON),
        rule=st.sampled_from([*RULES, "long-gone"]) | st.none(),
    ),
    max_size=12,
).map(tuple)


@given(judgements, any_events, st.sampled_from(AuthorRole))
def test_it_is_never_less_than_it_began_as_and_the_same_when_asked_again(
    stored: Judgement, events: tuple[CaseEvent, ...], author: AuthorRole
) -> None:
    found = effective(stored, events, PACK, author)
    assert found.severity >= stored.severity
    assert set(stored.categories) - {Category.OTHER} <= set(found.categories)
    assert len(set(found.categories)) == len(found.categories) > 0
    assert found.findings == stored.findings
    assert effective(found, events, PACK, author) == found


def test_it_rings_anew_once_however_often_it_is_said() -> None:
    """Whoever files one report after the other must not keep the ladder on its first rung."""
    told = CaseEvent(EventKind.REPORTED, NOON, about="critical")
    climbed = CaseEvent(EventKind.CLIMBED, NOON)
    number, since = this_round((CaseEvent(EventKind.ACKNOWLEDGED, NOON), told, climbed, told, climbed, told))
    assert number == 1
    assert [event.kind for event in since].count(EventKind.CLIMBED) == 2


def test_every_new_round_may_find_it_critical_anew_and_note_its_own_end() -> None:
    critical = CaseEvent(EventKind.CONFIRMED, NOON, rule="threat", about="critical")
    plain = [CaseEvent(kind, NOON) for kind in (EventKind.UNANSWERED, EventKind.CLAIMED)]
    back = [CaseEvent(kind, NOON) for kind in (EventKind.CLOSED, EventKind.REOPENED, EventKind.CLAIMED)]
    events = (*plain, critical, *back, critical)
    numbers = [this_round(events[:count])[0] for count in range(len(events) + 1)]
    assert numbers == [0, 0, 0, 1, 1, 2, 2, 3]
    assert not may_follow(tuple(plain), EventKind.UNANSWERED)
    assert may_follow((*plain, critical), EventKind.UNANSWERED)


def test_only_what_a_person_or_a_report_says_makes_a_case_critical() -> None:
    kinds = set(EventKind) - NAMED - {EventKind.REPORTED}
    first = CaseEvent(EventKind.CLAIMED, NOON)
    for kind, other in itertools.product(kinds, ["critical", "high", None]):
        events = (first, CaseEvent(kind, NOON, rule="threat", about=other))
        assert effective(REPORTED, events, PACK, AuthorRole.MEMBER) == REPORTED
