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
    CLIMBED = "climbed"
    """Nobody acknowledged it in time: the next contact of the ladder is told as well."""
    UNANSWERED = "unanswered"
    """The ladder came to its end and still nobody has acknowledged it."""
    UNREACHED = "unreached"
    """Nobody could be told; the errand goes on trying, and `doctor` says so."""
    REACHED = "reached"
    """Somebody was told after all."""
    CLAIMED = "claimed"
    """Somebody took the case: it is theirs to look into."""
    HANDED_OVER = "handed_over"
    """It was given to another decider; `about` says to whom."""
    NOTED = "noted"
    """An internal note, sealed."""
    TICKED = "ticked"
    """A step of the protocol was done; `about` is its letter (R24)."""
    UNTICKED = "unticked"
    CALLED = "called"
    """A person confirms whom they called and when; `about` is the agency, or `NOBODY` with the reason (R17-R19)."""
    INCIDENT = "incident"
    """The incident's number in the district's system was noted, sealed (R20)."""
    NO_INCIDENT = "no_incident"
    """There is no such number, and why is recorded."""
    TIME_OUT_ASKED = "time_out_asked"
    """A person decided that the author may not write for a while; `about` is for how many hours."""
    TIMED_OUT = "timed_out"
    TIME_OUT_FAILED = "time_out_failed"
    """The platform did not do it: a person does it by hand."""
    MEMBER_REMOVAL_ASKED = "member_removal_asked"
    """A person decided that the author must leave the channel."""
    MEMBER_REMOVED = "member_removed"
    MEMBER_REMOVAL_FAILED = "member_removal_failed"
    """The platform did not do it: a person does it by hand."""
    AUTHOR_NOTE_ASKED = "author_note_asked"
    """The author is to get a private, kind note of fixed words (R32)."""
    AUTHOR_TOLD = "author_told"
    AUTHOR_UNREACHED = "author_unreached"
    FOLLOW_UP = "follow_up"
    """Somebody is to look again; `about` is the day (R22)."""
    REMINDED = "reminded"
    """That day has come."""
    LOOKED_AGAIN = "looked_again"
    """Somebody looked whether it has stopped; `about` is `stopped` or `goes_on`."""
    ATTACHED = "attached"
    """A new comment by the same person toward the same people; `about` is its own case."""
    CLOSED = "closed"
    REOPENED = "reopened"
    APPEALED = "appealed"
    """The decision is to be looked at by somebody else (R28)."""
    UPHELD = "upheld"
    REVERSED = "reversed"


NOBODY = "nobody"
"""What a confirmation is about when nobody had to be called."""


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One event. `person` is a key of the roster, nobody for what the program itself notes.

    `rule` is the pack's rule that a decision names. `about` is what else the event is about, a word of the program's
    or the pack's own: see the kinds. The reason and the note are sealed apart: reviewers quote.
    """

    kind: EventKind
    at: datetime
    person: str | None = None
    rule: str | None = None
    about: str | None = None
