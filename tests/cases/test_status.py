"""The case's state machine, under any sequence of things that people try."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from bot.cases.status import UNDECIDED, Status, may_follow, status_of
from bot.domain.cases import CaseEvent, EventKind
from tests.store.examples import NOON

ENDS = {Status.DISMISSED, Status.REMOVED}
kinds = st.lists(st.sampled_from(EventKind), max_size=25)


def tried(kinds: list[EventKind]) -> tuple[CaseEvent, ...]:
    """The events that remain when only what may follow is let in."""
    events: tuple[CaseEvent, ...] = ()
    for kind in kinds:
        if may_follow(events, kind):
            events += (CaseEvent(kind, NOON),)
    return events


@given(kinds)
def test_a_decision_is_made_once_and_never_undone(attempts: list[EventKind]) -> None:
    events = tried(attempts)
    decisions = [event.kind for event in events if event.kind in (EventKind.CONFIRMED, EventKind.DISMISSED)]
    assert len(decisions) <= 1
    stations = [status_of(events[:count]) for count in range(len(events) + 1)]
    for before, after in itertools.pairwise(stations):
        assert before is after or before not in ENDS
    decided = [station not in UNDECIDED for station in stations]
    assert decided == sorted(decided)


@given(kinds)
def test_nothing_is_removed_unless_confirmed_and_asked_for(attempts: list[EventKind]) -> None:
    happened = [event.kind for event in tried(attempts)]
    if EventKind.REMOVED in happened:
        order = [happened.index(kind) for kind in (EventKind.CONFIRMED, EventKind.REMOVAL_ASKED, EventKind.REMOVED)]
        assert order == sorted(order)
        assert EventKind.DISMISSED not in happened


@given(kinds)
def test_only_reports_happen_more_than_once(attempts: list[EventKind]) -> None:
    happened = [event.kind for event in tried(attempts) if event.kind is not EventKind.REPORTED]
    assert len(happened) == len(set(happened))


@given(kinds)
def test_what_could_not_have_happened_moves_nothing(forged: list[EventKind]) -> None:
    """Whatever stands in the table, the status follows from the moves that were possible, in order."""
    events = tuple(CaseEvent(kind, NOON) for kind in forged)
    moving = (EventKind.ACKNOWLEDGED, EventKind.CONFIRMED, EventKind.DISMISSED, EventKind.REMOVAL_ASKED)
    possible = tried([kind for kind in forged if kind in (*moving, EventKind.REMOVED)])
    assert status_of(events) is status_of(possible)


def test_every_station_can_be_reached() -> None:
    way = [EventKind.ACKNOWLEDGED, EventKind.CONFIRMED, EventKind.REMOVAL_ASKED, EventKind.REMOVED]
    stations = {status_of(tried(way[:count])) for count in range(len(way) + 1)}
    assert stations | {status_of(tried([EventKind.DISMISSED]))} == set(Status)
