"""Ledger days: from one close to the next, school-local, named by the date of the close. Pure.

Promise: every instant belongs to exactly one day, in every time zone; a day that holds a change of the clocks has 23 or
25 hours. A close that the clocks skip comes as much later as they jump; of one that comes twice, the first counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One ledger day, `opens_at` included, `closes_at` not; both in UTC."""

    date: date
    opens_at: datetime
    closes_at: datetime


def at_local(on: date, when: time, zone: ZoneInfo) -> datetime:
    """Return the instant of a local time of day, in UTC."""
    return datetime.combine(on, when, zone).astimezone(UTC)


def day_named(on: date, closes: time, zone: ZoneInfo) -> Day:
    """Return the day that closes on a date."""
    return Day(on, at_local(on - _ONE, closes, zone), at_local(on, closes, zone))


def day_at(instant: datetime, closes: time, zone: ZoneInfo) -> Day:
    """Return the day that `instant` belongs to."""
    on = instant.astimezone(zone).date()
    while instant < at_local(on - _ONE, closes, zone):
        on -= _ONE
    while instant >= at_local(on, closes, zone):
        on += _ONE
    return day_named(on, closes, zone)


def days_after(last: Day, now: datetime, closes: time, zone: ZoneInfo) -> Iterator[Day]:
    """Yield the days after `last` up to the one in progress at `now`, without a hole where `closes` was changed.

    The first of them begins where `last` ended; a changed hour makes that one day longer or shorter.
    """
    while last.closes_at <= now:
        on = last.date + _ONE
        close = at_local(on, closes, zone)
        last = Day(on, last.closes_at, max(close, last.closes_at))
        yield last


def sign_by(day: Day, by: time, zone: ZoneInfo) -> datetime:
    """Return until when the day is to be signed: the next `by` after its close."""
    on = day.closes_at.astimezone(zone).date()
    same = at_local(on, by, zone)
    return same if same > day.closes_at else at_local(on + _ONE, by, zone)


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours, school-local, in which nobody is reminded; alike means there are none."""

    begins: time = time(21)
    ends: time = time(6, 30)

    def next_morning(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Return when the quiet ends on the date after that of `instant`."""
        return at_local(instant.astimezone(zone).date() + _ONE, self.ends, zone)

    def until(self, instant: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when the quiet that holds at `instant` ends, or nothing when none holds."""
        local = instant.astimezone(zone).time()
        over_midnight = self.begins > self.ends
        inside = self.begins <= local or local < self.ends if over_midnight else self.begins <= local < self.ends
        if not inside:
            return None
        on = instant.astimezone(zone).date()
        end = at_local(on, self.ends, zone)
        return end if end > instant else at_local(on + _ONE, self.ends, zone)
