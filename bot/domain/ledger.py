"""The daily ledger as values: a site's days, a channel's entry for each, gaps, and who signed (R11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """A site's day: from one close to the next, named by the date of its close. Times are aware, half open.

    `noted_at` is when the program took it up: after its close when the program did not run. `ready_at` is when every
    entry of the day was closed, and the day could be signed.
    """

    id: UUID
    site: str
    date: date
    opens_at: datetime
    closes_at: datetime
    sign_by: datetime
    on_duty: bool
    noted_at: datetime
    ready_at: datetime | None = None

    @property
    def missed(self) -> bool:
        """Whether the program did not run on that day, and took it up afterwards."""
        return self.noted_at >= self.closes_at


class GapCause(StrEnum):
    """Why a channel was not heard for a while."""

    LINE = "line"
    """The line to the platform was down."""
    DOWNTIME = "downtime"
    """The program did not run."""
    HISTORY = "history"
    """The platform did not give back the channel's history."""
    UNWATCHED = "unwatched"
    """The channel was not registered, approved and complete."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a channel was not heard.

    `ended_at` is when it was heard again, `closed_at` when its history since then had been read: from then on only
    what was deleted meanwhile is unknown.
    """

    channel_id: int
    cause: GapCause
    began_at: datetime
    ended_at: datetime | None = None
    closed_at: datetime | None = None

    def touches(self, opens_at: datetime, closes_at: datetime) -> bool:
        """Whether any of it lies in that time."""
        return self.began_at < closes_at and (self.ended_at is None or self.ended_at > opens_at)


@dataclass(frozen=True, slots=True)
class Counts:
    """A channel's day in numbers. Every comment, edit, deletion and case is counted in one day, ever.

    `posted` are the comments of this day; `earlier` are those of days before that were first seen now. `screened` and
    `unscored` (handed to a person) split the comments of the day. `deleted` are comments of this day that were gone
    when it was closed, `unknown` those that the platform did not give back and nobody told us were deleted;
    `deleted_earlier` are comments of days before. `open_at_end` are cases that waited for a decision at the close.
    """

    posted: int = 0
    screened: int = 0
    unscored: int = 0
    edited: int = 0
    deleted: int = 0
    unknown: int = 0
    flagged: int = 0
    reported: int = 0
    open_at_end: int = 0
    earlier: int = 0
    deleted_earlier: int = 0


@dataclass(frozen=True, slots=True)
class Swept:
    """What the sweep found: how many of the day's comments the platform still has, how many were new to us."""

    at: datetime
    on_platform: int
    found: int


class Mismatch(StrEnum):
    """What does not add up in an entry; a text's key."""

    UNSCREENED = "unscreened"
    """Comments that are neither screened nor handed to a person."""
    UNSEEN = "unseen"
    """Comments on the platform that were not counted."""
    VANISHED = "vanished"
    """Comments that the platform did not give back, without a deletion or a gap that would explain it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A channel's day. Before it is closed it has no counts; `swept` is missing where nobody could read the history.

    `sample` are links to a few comments, chosen by chance, to read in place: none that has a case by now.
    """

    channel_id: int
    day: date
    day_id: UUID
    noted_at: datetime
    closed_at: datetime | None = None
    counts: Counts | None = None
    swept: Swept | None = None
    sample: tuple[str, ...] = ()


def mismatches(counts: Counts, swept: Swept | None, *, gap: bool) -> tuple[Mismatch, ...]:
    """Return what does not add up: posted = screened + unscored, on platform = posted − deleted − unknown."""
    found: list[Mismatch] = []
    if counts.posted != counts.screened + counts.unscored:
        found.append(Mismatch.UNSCREENED)
    if swept is not None and swept.on_platform != counts.posted - counts.deleted - counts.unknown:
        found.append(Mismatch.UNSEEN)
    if counts.unknown and not gap:
        found.append(Mismatch.VANISHED)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a day, and when; late after `sign_by`. `open_items` cases waited for a decision then."""

    day_id: UUID
    person: str
    at: datetime
    late: bool
    open_items: int
    open_critical: int
