"""What happens to a case, as events: they are appended and never changed, and where a case stands follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CaseKind(StrEnum):
    """Why there is a case: a comment was flagged (or reported), or no machine could read it."""

    FLAG = "flag"
    REVIEW = "review"


class EventKind(StrEnum):
    """What can happen to a case."""

    ACKNOWLEDGED = "acknowledged"
    """Somebody is on it."""
    ESCALATED = "escalated"
    """It was handed up: the next person above is told as well."""
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    REMOVAL_ASKED = "removal_asked"
    """A person decided that the comment must go."""
    REMOVED = "removed"
    """The platform removed it at that person's word."""
    BY_HAND = "by_hand"
    """The platform cannot, or did not: a person removes it by hand."""
    PERMITTED = "permitted"
    """The site administrator permitted the evidence to be opened for this case (R15)."""
    REPORTED = "reported"
    """A person reported the comment; who it was is sealed."""
    UNREACHED = "unreached"
    """Nobody could be told; the errand goes on trying, and `doctor` says so."""
    REACHED = "reached"
    """Somebody was told after all."""


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One event. `person` is a key of the roster, nobody for what the program itself notes.

    `rule` is the pack's rule that a decision names. The reason and the note are sealed apart: reviewers quote.
    """

    kind: EventKind
    at: datetime
    person: str | None = None
    rule: str | None = None
