"""Where a case stands, derived from its events, and what may happen next. Pure.

::

    open ──► acknowledged ──► confirmed ──► removal asked ──► removed
      │            │              ▲               └── by hand: stays asked, a person does it
      ├────────────┴──────────────┤
      └────────────┴──► dismissed

Escalation, permission, reports, and the notes that nobody was reached or somebody after all, move nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from bot.domain.cases import CaseEvent, EventKind


class Status(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    REMOVAL_ASKED = "removal_asked"
    REMOVED = "removed"


UNDECIDED = frozenset({Status.OPEN, Status.ACKNOWLEDGED})
"""A person has still to decide."""

_MOVES: dict[EventKind, tuple[frozenset[Status], Status]] = {
    EventKind.ACKNOWLEDGED: (frozenset({Status.OPEN}), Status.ACKNOWLEDGED),
    EventKind.CONFIRMED: (UNDECIDED, Status.CONFIRMED),
    EventKind.DISMISSED: (UNDECIDED, Status.DISMISSED),
    EventKind.REMOVAL_ASKED: (frozenset({Status.CONFIRMED}), Status.REMOVAL_ASKED),
    EventKind.REMOVED: (frozenset({Status.REMOVAL_ASKED}), Status.REMOVED),
}
"""What moves a case: from where, to where."""

_STANDS: dict[EventKind, frozenset[Status]] = {
    EventKind.BY_HAND: frozenset({Status.REMOVAL_ASKED}),
    EventKind.ESCALATED: UNDECIDED | {Status.CONFIRMED},
    EventKind.PERMITTED: frozenset(Status),
    EventKind.UNREACHED: frozenset(Status),
    EventKind.REACHED: frozenset(Status),
    EventKind.REPORTED: frozenset(Status),
}
"""What leaves a case where it stands, and from where it may happen."""

_ONCE = frozenset(EventKind) - {EventKind.REPORTED}


def status_of(events: Iterable[CaseEvent]) -> Status:
    """Return where a case with these events stands; events that could not have happened move nothing."""
    status = Status.OPEN
    for event in events:
        origins, goal = _MOVES.get(event.kind, (frozenset(), status))
        if status in origins:
            status = goal
    return status


def may_follow(events: tuple[CaseEvent, ...], kind: EventKind) -> bool:
    """Whether `kind` may happen next; everything but a report happens once."""
    if kind in _ONCE and any(event.kind is kind for event in events):
        return False
    origins = _MOVES[kind][0] if kind in _MOVES else _STANDS[kind]
    return status_of(events) in origins
