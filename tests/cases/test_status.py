"""The case's state machine, under any sequence of things that people try."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.status import (
    UNANSWERED,
    UNDECIDED,
    Status,
    answered,
    call_stands,
    may_ask_removal,
    may_follow,
    standing_of,
    status_of,
)
from bot.domain.cases import NOBODY, CaseEvent, CaseKind, EventKind
from bot.domain.categories import Severity
from tests.store.examples import NOON

DECISIONS = {EventKind.CONFIRMED, EventKind.DISMISSED, EventKind.UPHELD, EventKind.REVERSED}
BACK = {EventKind.REOPENED, EventKind.REPORTED, EventKind.APPEALED}
ASKED = {
    EventKind.REMOVED: EventKind.REMOVAL_ASKED,
    EventKind.BY_HAND: EventKind.REMOVAL_ASKED,
    EventKind.TIMED_OUT: EventKind.TIME_OUT_ASKED,
    EventKind.TIME_OUT_FAILED: EventKind.TIME_OUT_ASKED,
    EventKind.MEMBER_REMOVED: EventKind.MEMBER_REMOVAL_ASKED,
    EventKind.MEMBER_REMOVAL_FAILED: EventKind.MEMBER_REMOVAL_ASKED,
    EventKind.AUTHOR_TOLD: EventKind.AUTHOR_NOTE_ASKED,
    EventKind.AUTHOR_UNREACHED: EventKind.AUTHOR_NOTE_ASKED,
}
MOVING = [
    EventKind.ACKNOWLEDGED,
    EventKind.CLAIMED,
    EventKind.ESCALATED,
    EventKind.CONFIRMED,
    EventKind.DISMISSED,
    EventKind.FOLLOW_UP,
    EventKind.LOOKED_AGAIN,
    EventKind.CLOSED,
    EventKind.REOPENED,
    EventKind.REPORTED,
    EventKind.APPEALED,
    EventKind.UPHELD,
    EventKind.REVERSED,
]
kinds = st.lists(st.sampled_from(EventKind) | st.sampled_from(MOVING), max_size=40)
often = settings(max_examples=200)


DANGER = CaseEvent(EventKind.REPORTED, NOON, rule="threat", about="critical")
MORE = CaseEvent(EventKind.REPORTED, NOON, rule="threat")
FOUND = CaseEvent(EventKind.CONFIRMED, NOON, rule="threat", about="critical")
POLICE, NO_CALL = CaseEvent(EventKind.CALLED, NOON, about="laspd"), CaseEvent(EventKind.CALLED, NOON, about=NOBODY)
BACK_TO_MILD = tuple(CaseEvent(kind, NOON) for kind in (EventKind.APPEALED, EventKind.REVERSED))


def tried(kinds: list[EventKind]) -> tuple[CaseEvent, ...]:
    """The events that remain when only what may follow is let in."""
    events: tuple[CaseEvent, ...] = ()
    for kind in kinds:
        if may_follow(events, kind):
            events += (CaseEvent(kind, NOON),)
    return events


def stations(events: tuple[CaseEvent, ...]) -> list[Status]:
    return [status_of(events[:count]) for count in range(len(events) + 1)]


@often
@given(kinds)
def test_no_sequence_leads_anywhere_undefined(attempts: list[EventKind]) -> None:
    events = tried(attempts)
    assert set(stations(events)) <= set(Status)
    stands = standing_of(events)
    decided = stands.status not in UNDECIDED
    assert not decided or stands.decision in (EventKind.CONFIRMED, EventKind.DISMISSED)
    if stands.status is Status.DISMISSED:
        assert stands.decision is EventKind.DISMISSED
    if stands.status in (Status.ACTION_TAKEN, Status.FOLLOW_UP):
        assert stands.decision is EventKind.CONFIRMED
    assert (stands.status is Status.FOLLOW_UP) <= stands.watched


@often
@given(kinds)
def test_something_can_always_happen_next_and_every_end_can_be_undone(attempts: list[EventKind]) -> None:
    events = tried(attempts)
    moves = {kind for kind in MOVING if may_follow(events, kind)}
    assert moves, "no case is ever stuck"
    if status_of(events) in (Status.DISMISSED, Status.CLOSED):
        assert {EventKind.REOPENED, EventKind.REPORTED, EventKind.APPEALED} <= moves


@often
@given(kinds)
def test_closing_needs_a_decision_that_stands_and_nothing_left_to_look_at(attempts: list[EventKind]) -> None:
    events = tried(attempts)
    for before, event in enumerate(events):
        if event.kind is EventKind.CLOSED:
            stands = standing_of(events[:before])
            assert stands.decision is not None
            assert stands.status in (Status.ACTION_TAKEN, Status.DISMISSED)
            assert not stands.watched


@often
@given(kinds)
def test_a_decision_falls_only_by_a_report_a_person_or_an_appeal(attempts: list[EventKind]) -> None:
    events = tried(attempts)
    for event, (before, after) in zip(events, itertools.pairwise(stations(events)), strict=True):
        if before not in UNDECIDED and after in UNDECIDED:
            assert event.kind in BACK
        if before in UNDECIDED and after not in UNDECIDED:
            assert event.kind in DECISIONS


@often
@given(kinds)
def test_nothing_is_done_to_anybody_that_no_person_asked_for(attempts: list[EventKind]) -> None:
    happened = [event.kind for event in tried(attempts)]
    for done, asked in ASKED.items():
        if done in happened:
            assert EventKind.CONFIRMED in happened or EventKind.REVERSED in happened
            assert happened.index(asked) < happened.index(done)
    for asked in set(ASKED.values()):
        assert happened.count(asked) <= 1


@often
@given(kinds)
def test_what_could_not_have_happened_moves_nothing(forged: list[EventKind]) -> None:
    """Whatever stands in the table, where a case stands follows from what was possible, in order."""
    assert standing_of(CaseEvent(kind, NOON) for kind in forged) == standing_of(tried(forged))


@given(kinds, st.sampled_from([Severity.MEDIUM, Severity.CRITICAL]))
def test_an_answer_is_a_person_and_for_critical_ones_a_confirmed_call(
    attempts: list[EventKind], severity: Severity
) -> None:
    events = tried(attempts)
    case: Any = SimpleNamespace(
        events=events, kind=CaseKind.FLAG, judgement=SimpleNamespace(severity=severity), status=status_of(events)
    )
    happened = {event.kind for event in events}
    if answered(case):
        assert case.status not in UNANSWERED
        called = EventKind.CALLED in happened or case.status in (Status.DISMISSED, Status.CLOSED)
        assert called or severity is not Severity.CRITICAL
    elif severity is Severity.MEDIUM:
        assert case.status in UNANSWERED


def test_every_station_can_be_reached() -> None:
    ways = [
        [EventKind.ACKNOWLEDGED, EventKind.CLAIMED, EventKind.ESCALATED, EventKind.CONFIRMED, EventKind.FOLLOW_UP],
        [EventKind.DISMISSED, EventKind.APPEALED, EventKind.REVERSED, EventKind.CLOSED, EventKind.REOPENED],
    ]
    assert {station for way in ways for station in stations(tried(way))} == set(Status)


def test_an_appeal_turns_the_decision_around_or_leaves_it() -> None:
    for decision, upheld, reversed_ in (
        (EventKind.CONFIRMED, Status.ACTION_TAKEN, Status.DISMISSED),
        (EventKind.DISMISSED, Status.DISMISSED, Status.ACTION_TAKEN),
    ):
        way = [decision, EventKind.APPEALED]
        assert status_of(tried([*way, EventKind.UPHELD])) is upheld
        assert status_of(tried([*way, EventKind.REVERSED])) is reversed_
    watched = [EventKind.CONFIRMED, EventKind.FOLLOW_UP, EventKind.APPEALED]
    assert status_of(tried([*watched, EventKind.UPHELD])) is Status.FOLLOW_UP


def test_a_report_about_a_case_at_rest_opens_it_again_and_leaves_others_where_they_stand() -> None:
    assert status_of(tried([EventKind.DISMISSED, EventKind.REPORTED])) is Status.REOPENED
    assert status_of(tried([EventKind.CONFIRMED, EventKind.REPORTED])) is Status.ACTION_TAKEN
    assert status_of(tried([EventKind.CLAIMED, EventKind.REPORTED])) is Status.INVESTIGATING


@pytest.mark.parametrize(
    ("events", "stands"),
    [
        ([], False), ([POLICE], True), ([NO_CALL], True),
        ([NO_CALL, DANGER], False), ([POLICE, DANGER], False), ([POLICE, DANGER, NO_CALL], True),
        ([DANGER, POLICE, DANGER], True), ([FOUND, NO_CALL, DANGER], True), ([POLICE, MORE], True),
        ([NO_CALL, FOUND], False), ([POLICE, FOUND], True), ([POLICE, NO_CALL, FOUND], True),
        ([FOUND, NO_CALL, *BACK_TO_MILD, DANGER], False), ([DANGER, NO_CALL, FOUND, *BACK_TO_MILD, DANGER], True),
    ],
)  # fmt: skip
def test_only_a_call_that_knows_of_the_danger_stands(events: list[CaseEvent], stands: bool) -> None:
    for before, event in enumerate(events):
        assert may_follow(events[:before], event.kind)
    assert call_stands(events) is stands


@often
@given(kinds)
def test_removal_may_be_asked_for_where_confirming_and_asking_may_follow(attempts: list[EventKind]) -> None:
    events = tried(attempts)
    confirmed = tried([*(event.kind for event in events), EventKind.CONFIRMED])
    assert may_ask_removal(events) is may_follow(confirmed, EventKind.REMOVAL_ASKED)
    assert not may_ask_removal(events) or EventKind.REMOVAL_ASKED not in {event.kind for event in events}
