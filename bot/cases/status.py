"""Where a case stands, derived from its events, and what may happen next. Pure.

::

    open ─► acknowledged ─► investigating ─► action taken ◄─► follow-up
      │          │      ▲        │    │            │
      └──────────┴──► escalated ─┘    └► dismissed │
                                             │     │
      reopened ◄── (a report, a person) ── closed ◄┘
      appealed ◄── from every decision; another person upholds or reverses it

A confirmed flag is “action taken”; which action (removal, time-out, note to the author …) is in its events. A report
about a dismissed or closed case opens it again, because somebody has more to say. Whatever else is noted moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.cases import NOBODY, CaseEvent, CaseKind, EventKind
from bot.domain.categories import Severity

if TYPE_CHECKING:
    from bot.cases.case import Case


class Status(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    INVESTIGATING = "investigating"
    ESCALATED = "escalated"
    ACTION_TAKEN = "action_taken"
    DISMISSED = "dismissed"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"
    REOPENED = "reopened"
    APPEALED = "appealed"


_FRESH = frozenset({Status.OPEN, Status.ACKNOWLEDGED, Status.INVESTIGATING, Status.ESCALATED, Status.REOPENED})

UNDECIDED = _FRESH | {Status.APPEALED}
"""A person has still to decide."""

UNANSWERED = frozenset({Status.OPEN, Status.ESCALATED, Status.REOPENED, Status.APPEALED})
"""Nobody has taken it up since it came, came back, or was handed up."""

_CONFIRMED = frozenset({Status.ACTION_TAKEN, Status.FOLLOW_UP})
_AT_REST = frozenset({Status.DISMISSED, Status.CLOSED})
_ANY = frozenset(Status)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a case's events amount to. `decision` is the one that stands; `watched` says that somebody looks again."""

    status: Status = Status.OPEN
    decision: EventKind | None = None
    watched: bool = False
    happened: frozenset[EventKind] = frozenset()


_MOVES: Mapping[EventKind, tuple[frozenset[Status], Status]] = {
    EventKind.ACKNOWLEDGED: (frozenset({Status.OPEN, Status.ESCALATED, Status.REOPENED}), Status.ACKNOWLEDGED),
    EventKind.CLAIMED: (_FRESH, Status.INVESTIGATING),
    EventKind.ESCALATED: (_FRESH, Status.ESCALATED),
    EventKind.CONFIRMED: (_FRESH, Status.ACTION_TAKEN),
    EventKind.DISMISSED: (_FRESH, Status.DISMISSED),
    EventKind.FOLLOW_UP: (_CONFIRMED, Status.FOLLOW_UP),
    EventKind.LOOKED_AGAIN: (frozenset({Status.FOLLOW_UP}), Status.ACTION_TAKEN),
    EventKind.CLOSED: (frozenset({Status.ACTION_TAKEN, Status.DISMISSED}), Status.CLOSED),
    EventKind.REOPENED: (_AT_REST, Status.REOPENED),
    EventKind.REPORTED: (_AT_REST, Status.REOPENED),
    EventKind.APPEALED: (_CONFIRMED | _AT_REST, Status.APPEALED),
    EventKind.UPHELD: (frozenset({Status.APPEALED}), Status.ACTION_TAKEN),
    EventKind.REVERSED: (frozenset({Status.APPEALED}), Status.DISMISSED),
}
"""What moves a case: from where, to where. An appeal's end also depends on the decision: see `_after`."""

_STANDS: Mapping[EventKind, frozenset[Status]] = {
    EventKind.CLAIMED: _CONFIRMED | {Status.APPEALED},
    EventKind.HANDED_OVER: UNDECIDED | _CONFIRMED,
    EventKind.ESCALATED: _CONFIRMED,
    EventKind.REMOVAL_ASKED: _CONFIRMED,
    EventKind.TIME_OUT_ASKED: _CONFIRMED,
    EventKind.MEMBER_REMOVAL_ASKED: _CONFIRMED,
    EventKind.AUTHOR_NOTE_ASKED: _CONFIRMED,
    EventKind.CLIMBED: _ANY - _AT_REST,
    EventKind.UNANSWERED: _ANY - _AT_REST,
    EventKind.TICKED: _ANY - {Status.CLOSED},
    EventKind.UNTICKED: _ANY - {Status.CLOSED},
    EventKind.REMINDED: frozenset({Status.FOLLOW_UP}),
    **dict.fromkeys(
        (
            EventKind.PERMITTED,
            EventKind.REPORTED,
            EventKind.UNREACHED,
            EventKind.REACHED,
            EventKind.NOTED,
            EventKind.CALLED,
            EventKind.INCIDENT,
            EventKind.NO_INCIDENT,
            EventKind.ATTACHED,
            EventKind.REMOVED,
            EventKind.BY_HAND,
            EventKind.TIMED_OUT,
            EventKind.TIME_OUT_FAILED,
            EventKind.MEMBER_REMOVED,
            EventKind.MEMBER_REMOVAL_FAILED,
            EventKind.AUTHOR_TOLD,
            EventKind.AUTHOR_UNREACHED,
        ),
        _ANY,
    ),
}
"""What leaves a case where it stands, and from where it may happen."""

_NEEDS: Mapping[EventKind, EventKind] = {
    EventKind.REMOVED: EventKind.REMOVAL_ASKED,
    EventKind.BY_HAND: EventKind.REMOVAL_ASKED,
    EventKind.TIMED_OUT: EventKind.TIME_OUT_ASKED,
    EventKind.TIME_OUT_FAILED: EventKind.TIME_OUT_ASKED,
    EventKind.MEMBER_REMOVED: EventKind.MEMBER_REMOVAL_ASKED,
    EventKind.MEMBER_REMOVAL_FAILED: EventKind.MEMBER_REMOVAL_ASKED,
    EventKind.AUTHOR_TOLD: EventKind.AUTHOR_NOTE_ASKED,
    EventKind.AUTHOR_UNREACHED: EventKind.AUTHOR_NOTE_ASKED,
    EventKind.UNTICKED: EventKind.TICKED,
    EventKind.REACHED: EventKind.UNREACHED,
}
"""What cannot happen before something else has: nothing is done to anybody that no person asked for (R27)."""

_NOT_AFTER: Mapping[EventKind, EventKind] = {
    EventKind.BY_HAND: EventKind.REMOVED,
    EventKind.TIME_OUT_FAILED: EventKind.TIMED_OUT,
    EventKind.MEMBER_REMOVAL_FAILED: EventKind.MEMBER_REMOVED,
    EventKind.AUTHOR_UNREACHED: EventKind.AUTHOR_TOLD,
}

_RAISING = frozenset({EventKind.CONFIRMED, EventKind.REVERSED, EventKind.REMOVAL_ASKED, EventKind.REPORTED})
"""What can make a case critical that was not; the event is then about `critical`."""

_ONCE = frozenset(_NEEDS) - {EventKind.UNTICKED} | {
    EventKind.REMOVAL_ASKED,
    EventKind.TIME_OUT_ASKED,
    EventKind.MEMBER_REMOVAL_ASKED,
    EventKind.AUTHOR_NOTE_ASKED,
    EventKind.PERMITTED,
    EventKind.ESCALATED,
    EventKind.UNREACHED,
    EventKind.UNANSWERED,
}


def standing_of(events: Iterable[CaseEvent]) -> Standing:
    """Return what these events amount to; events that could not have happened move nothing."""
    stands = Standing()
    for event in events:
        stands = _folded(stands, event)
    return stands


def status_of(events: Iterable[CaseEvent]) -> Status:
    """Return where a case with these events stands."""
    return standing_of(events).status


def may_follow(events: Iterable[CaseEvent], kind: EventKind) -> bool:
    """Whether `kind` may happen next, as far as the events say; who may do it is another question."""
    return _after(standing_of(events), kind) is not None


def may_ask_removal(events: Iterable[CaseEvent]) -> bool:
    """Whether removal may be asked for: at once, or together with confirming the case; only once for a case."""
    stands = standing_of(events)
    confirmed = _after(stands, EventKind.CONFIRMED) or stands
    return _after(confirmed, EventKind.REMOVAL_ASKED) is not None


def this_round(events: Iterable[CaseEvent]) -> tuple[int, tuple[CaseEvent, ...]]:
    """Return which round of telling people a case is in, and its events: from what began it.

    A round begins when the case comes back, is handed up, or turns out to be critical; that once, however often it is
    said: whoever files one report after the other must not keep the ladder on its first rung.
    """
    stands, number, since, critical = Standing(), 0, list[CaseEvent](), False
    for event in events:
        after = _after(stands, event.kind)
        back = after is not None and after.status is not stands.status and _begins_anew(event.kind, after)
        raises = after is not None and makes_critical(event)
        if back or (raises and not critical):
            number, since = number + 1, []
        since.append(event)
        critical = raises or (critical and not back)
        stands = _folded(stands, event)
    return number, tuple(since)


def makes_critical(event: CaseEvent) -> bool:
    """Whether the case, which was less before, turned out to be critical with this event."""
    return event.kind in _RAISING and event.about == str(Severity.CRITICAL)


def call_stands(events: Iterable[CaseEvent]) -> bool:
    """Whether a person has confirmed who was called, or that nobody had to be, knowing how grave the case is.

    When a report makes a case critical, what was confirmed before was about something milder: it counts no more. When
    a person finds it to be critical, a call stands that they had made, but not that nobody had to be called. What is
    said again of a case that is critical already takes nothing back.
    """
    stands, calls, reported, found = Standing(), list[CaseEvent](), False, False
    for event in events:
        stands = _folded(stands, event)
        # A report's words weigh for good, a person's finding as long as the decision stands.
        found = found and stands.decision is not EventKind.DISMISSED
        if event.kind is EventKind.CALLED:
            calls.append(event)
        elif makes_critical(event):
            by_report = event.kind is EventKind.REPORTED
            if not reported and not found:
                calls = [] if by_report else [call for call in calls if call.about != NOBODY]
            reported, found = reported or by_report, found or not by_report
    return bool(calls)


def _begins_anew(kind: EventKind, after: Standing) -> bool:
    """Whether people are told from the first rung on again: the case came back, or was handed up unanswered."""
    return kind in _MOVES and _MOVES[kind][1] is after.status and after.status in UNANSWERED


def answered(case: Case) -> bool:
    """Whether the ladder may stop: somebody has taken the case up since it came, came back, or was handed up.

    A critical flag is answered only when a person has confirmed who was called, or that nobody had to be, since the
    danger is known, or has found it to be nothing (R17-R19).
    """
    stands = standing_of(case.events)
    if stands.status in _AT_REST:
        return True
    if case.judgement.severity is Severity.CRITICAL and case.kind is CaseKind.FLAG:
        return stands.status not in UNANSWERED and call_stands(case.events)
    return stands.status not in UNANSWERED


def _folded(stands: Standing, event: CaseEvent) -> Standing:
    """Return what a case amounts to after an event; one that could not have happened moves nothing."""
    after = _after(stands, event.kind) or stands
    # A case that turns out to be critical is told anew: what was noted of the ladder's end is of the round before.
    return replace(after, happened=after.happened - {EventKind.UNANSWERED}) if makes_critical(event) else after


def _after(stands: Standing, kind: EventKind) -> Standing | None:
    """Return what a case amounts to when `kind` happens next, nothing when it cannot."""
    if not _in_order(stands, kind):
        return None
    noted = replace(stands, happened=stands.happened | {kind})
    origins, goal = _MOVES.get(kind, (frozenset(), stands.status))
    if stands.status not in origins:
        return noted if stands.status in _STANDS.get(kind, frozenset()) else None
    # What was noted of the ladder's end is of the round that ends here.
    again = {EventKind.UNANSWERED} if goal in UNANSWERED else set()
    moved = replace(noted, status=goal, happened=noted.happened - again)
    if kind in (EventKind.CONFIRMED, EventKind.DISMISSED):
        return replace(moved, decision=kind, watched=False)
    if kind in (EventKind.FOLLOW_UP, EventKind.LOOKED_AGAIN):
        return replace(moved, watched=kind is EventKind.FOLLOW_UP)
    if kind in (EventKind.UPHELD, EventKind.REVERSED):
        return _appeal_ended(moved, kind)
    return moved


def _in_order(stands: Standing, kind: EventKind) -> bool:
    happened = stands.happened
    if kind in _ONCE and kind in happened:
        return False
    return _NEEDS.get(kind, kind) in {kind, *happened} and _NOT_AFTER.get(kind) not in happened


def _appeal_ended(stands: Standing, kind: EventKind) -> Standing:
    confirmed = (stands.decision is EventKind.CONFIRMED) is (kind is EventKind.UPHELD)
    if not confirmed:
        return replace(stands, status=Status.DISMISSED, decision=EventKind.DISMISSED, watched=False)
    goal = Status.FOLLOW_UP if stands.watched else Status.ACTION_TAKEN
    return replace(stands, status=goal, decision=EventKind.CONFIRMED)
