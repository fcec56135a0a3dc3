"""Figures of a span of days: a row of blocks, how fast people answered, how often each rule was wrong. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from bot.cases.case import Case
from bot.cases.status import UNDECIDED
from bot.domain.cases import EventKind

BLOCKS = "▁▂▃▄▅▆▇█"
"""From little to much; a day without anything is a dot."""

_DECIDED = (EventKind.CONFIRMED, EventKind.DISMISSED)


def spark(numbers: Sequence[int]) -> str:
    """Return one character for each number, the highest the fullest."""
    most = max(numbers, default=0)
    return "".join("·" if not number else BLOCKS[(number * len(BLOCKS) - 1) // most] for number in numbers)


@dataclass(frozen=True, slots=True)
class Response:
    """How long cases waited: from the flag until somebody was on it, and until somebody decided. Medians.

    A case that was decided without being acknowledged was acknowledged by that. `waiting` are undecided.
    """

    acknowledged: timedelta | None
    decided: timedelta | None
    waiting: int


def response(cases: Iterable[Case]) -> Response:
    """Return how fast people answered these cases."""
    known = list(cases)
    acknowledged = [_after(case, (EventKind.ACKNOWLEDGED, *_DECIDED)) for case in known]
    decided = [_after(case, _DECIDED) for case in known]
    return Response(_median(acknowledged), _median(decided), sum(case.status in UNDECIDED for case in known))


@dataclass(frozen=True, slots=True)
class Alarm:
    """How one rule did: of its flags `confirmed` were right, `dismissed` were false alarms, `open` are undecided."""

    rule: str
    confirmed: int
    dismissed: int
    open: int

    @property
    def false_alarms(self) -> float | None:
        """The fraction of decided flags that were dismissed, from 0 to 1; nothing before one was decided."""
        decided = self.confirmed + self.dismissed
        return self.dismissed / decided if decided else None


def alarms(cases: Iterable[Case]) -> list[Alarm]:
    """Return how each rule did, the one with the most flags first; so that thresholds can be judged."""
    counted: dict[str, Counter[str]] = {}
    for case in cases:
        # How a rule did is asked of the flag as it was raised, not of what people found it to be.
        rule = case.first_judgement.rule
        if rule is None:
            continue
        # What stands last: a case that came back, or an appeal, may be decided otherwise.
        outcome = "open"
        if case.status not in UNDECIDED:
            outcome = "dismissed" if case.standing.decision is EventKind.DISMISSED else "confirmed"
        counted.setdefault(rule, Counter())[outcome] += 1
    found = [Alarm(rule, each["confirmed"], each["dismissed"], each["open"]) for rule, each in counted.items()]
    return sorted(found, key=lambda alarm: (-alarm.confirmed - alarm.dismissed - alarm.open, alarm.rule))


def _after(case: Case, kinds: Sequence[EventKind]) -> timedelta | None:
    at = next((event.at for event in case.events if event.kind in kinds), None)
    return None if at is None else max(timedelta(0), at - case.opened_at)


def _median(spans: Sequence[timedelta | None]) -> timedelta | None:
    seconds = [span.total_seconds() for span in spans if span is not None]
    return timedelta(seconds=median(seconds)) if seconds else None
