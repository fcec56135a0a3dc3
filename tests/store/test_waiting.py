"""What the ledger counts as waiting is what waits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.cases.status import UNDECIDED, may_follow, status_of
from bot.domain.cases import CaseEvent, EventKind
from bot.store.waiting import waits
from tests.store.examples import NOON

MOVING = (
    EventKind.CONFIRMED,
    EventKind.DISMISSED,
    EventKind.FOLLOW_UP,
    EventKind.CLOSED,
    EventKind.REOPENED,
    EventKind.REPORTED,
    EventKind.APPEALED,
    EventKind.UPHELD,
    EventKind.REVERSED,
)


@given(st.lists(st.sampled_from(MOVING) | st.sampled_from(EventKind), max_size=40))
def test_a_count_and_a_status_agree_whatever_happened(kinds: list[EventKind]) -> None:
    events: tuple[CaseEvent, ...] = ()
    for kind in kinds:
        if may_follow(events, kind):
            events = (*events, CaseEvent(kind, NOON))
    assert waits(event.kind for event in events) == (status_of(events) in UNDECIDED)
