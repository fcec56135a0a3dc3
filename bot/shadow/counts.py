"""What a run adds up to. Bounded: however many channels and days an input claims to have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from bot.domain.assessments import Assessment, Judgement
from bot.domain.categories import Category, Severity
from bot.shadow.rows import BadRow, LeftOut, Row

MOST_CHANNELS = 1000
MOST_DAYS = 4000
MOST_BAD_ROWS = 50
"""Bad rows that are named in a report; all of them are counted, and told on standard error."""
ELSEWHERE = "…"
"""Stands for all channels beyond `MOST_CHANNELS`."""


@dataclass(slots=True)
class ChannelCount:
    """Comments in one channel."""

    comments: int = 0
    flagged: int = 0


@dataclass(slots=True)
class DayCount:
    """Comments of one school-local day, and the flags among them by severity."""

    comments: int = 0
    flags: Counter[Severity] = field(default_factory=Counter)


@dataclass(slots=True)
class Counts:
    """The figures of one run; each comment is counted under its most severe category, once.

    `zone` decides which day an evening comment belongs to. `seconds` is wall-clock time.
    """

    zone: tzinfo
    comments: int = 0
    flagged: int = 0
    unscored: int = 0
    undated: int = 0
    flags: Counter[tuple[Category, Severity]] = field(default_factory=Counter)
    channels: dict[str, ChannelCount] = field(default_factory=dict)
    days: dict[date, DayCount] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None
    bad: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)
    seconds: float = 0.0
    interrupted: bool = False

    def add(self, row: Row, assessment: Assessment, judgement: Judgement) -> None:
        """Count one screened comment."""
        self.comments += 1
        self.unscored += assessment.unscored is not None
        self.flagged += judgement.flagged
        if judgement.flagged:
            self.flags[judgement.categories[0], judgement.severity] += 1
        name = row.channel if row.channel in self.channels or len(self.channels) < MOST_CHANNELS else ELSEWHERE
        channel = self.channels.setdefault(name, ChannelCount())
        channel.comments += 1
        channel.flagged += judgement.flagged
        self._add_time(row.comment.posted_at, judgement)

    def add_bad(self, row: BadRow) -> None:
        """Count one row that could not be read."""
        self.bad += 1
        if len(self.bad_rows) < MOST_BAD_ROWS:
            self.bad_rows.append(row)

    def add_left_out(self, parts: Iterable[LeftOut]) -> None:
        """Add up what the readers left out."""
        for part in parts:
            self.left_out.direct += part.direct
            self.left_out.private.extend(part.private)
            self.left_out.automatic += part.automatic
            self.left_out.notes.update(part.notes)

    def by_severity(self) -> Counter[Severity]:
        """Return the number of flagged comments of each severity."""
        found: Counter[Severity] = Counter()
        for (_, severity), count in self.flags.items():
            found[severity] += count
        return found

    def by_category(self) -> dict[Category, Counter[Severity]]:
        """Return the flags by category, the category with the worst and then the most flags first."""
        found: dict[Category, Counter[Severity]] = {}
        for (category, severity), count in self.flags.items():
            found.setdefault(category, Counter())[severity] += count
        return dict(sorted(found.items(), key=lambda item: (-max(item[1]), -item[1].total(), item[0])))

    def _add_time(self, time: datetime | None, judgement: Judgement) -> None:
        day = None if time is None else _day(time, self.zone)
        if time is None or day is None or (day not in self.days and len(self.days) >= MOST_DAYS):
            self.undated += 1
            return
        self.first = time if self.first is None else min(self.first, time)
        self.last = time if self.last is None else max(self.last, time)
        count = self.days.setdefault(day, DayCount())
        count.comments += 1
        if judgement.flagged:
            count.flags[judgement.severity] += 1


def _day(time: datetime, zone: tzinfo) -> date | None:
    try:
        return time.astimezone(zone).date()
    except OverflowError:  # within a day of the end of the calendar
        return None
