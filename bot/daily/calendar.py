"""A month of a site's days: what each says at a glance, by word and mark, never by colour alone. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.daily.view import DayView
from bot.interface.texts import Text, text


class State(StrEnum):
    """How a day stands. A signed day with undecided items is `PARTLY`; a day without duty is never "moderated"."""

    SIGNED = "signed"
    LATE = "signed late"
    PARTLY = "items open"
    WAITING = "to sign"
    OVERDUE = "overdue"
    CLOSING = "being read"
    IN_PROGRESS = "in progress"
    OFF_DUTY = "not on duty"


MARKS = {
    State.SIGNED: "✓",
    State.LATE: "✓",
    State.PARTLY: "◐",
    State.WAITING: "○",
    State.OVERDUE: "!",
    State.CLOSING: "…",
    State.IN_PROGRESS: "…",
    State.OFF_DUTY: "–",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the month. `remarks` are short words: unswept channels, gaps, numbers that do not add up."""

    date: date
    state: State
    comments: int
    flagged: int
    open: int
    remarks: tuple[Text, ...] = ()

    @property
    def mark(self) -> str:
        """The state as one character."""
        return MARKS[self.state]


@dataclass(frozen=True, slots=True)
class Month:
    """A site's month in weeks from Monday; a day that has no entry is `None`, and so is one of another month."""

    site: str
    first: date
    weeks: tuple[tuple[tuple[date, Cell | None], ...], ...]

    @property
    def title(self) -> Text:
        """The site's name, the month and the year."""
        return text("calendar.title", site=self.site, month=text(f"month.{self.first:%m}"), year=self.first.year)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The days that have an entry."""
        return tuple(cell for week in self.weeks for _, cell in week if cell is not None)


def month_of(site: str, first: date, views: Sequence[DayView], now: datetime) -> Month:
    """Return a month, given the views of its days."""
    cells = {view.day.date: cell(view, now) for view in views}
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    shown = ((on, cells.get(on) if on.month == first.month else None) for week in weeks for on in week)
    days = tuple(shown)
    return Month(site, first, tuple(days[start : start + 7] for start in range(0, len(days), 7)))


def cell(view: DayView, now: datetime) -> Cell:
    """Return a day at a glance."""
    unswept = sum(channel.entry.swept is None for channel in view.channels) if view.day.ready_at else 0
    gaps = sum(len(channel.gaps) for channel in view.channels)
    odd = sum(bool(channel.mismatches) for channel in view.channels)
    told = ((unswept, "unswept"), (gaps, "gaps"), (odd, "odd"))
    remarks = [text(f"calendar.{remark}", count=count) for count, remark in told if count]
    if view.day.missed:
        remarks.append(text("calendar.missed"))
    comments = view.total("posted")
    return Cell(view.day.date, state_of(view, now), comments, len(view.cases), len(view.open), tuple(remarks))


def state_of(view: DayView, now: datetime) -> State:
    """Return how a day stands at `now`."""
    if view.signed is not None:
        if view.open:
            return State.PARTLY
        return State.LATE if view.signed.late else State.SIGNED
    if now < view.day.closes_at:
        return State.IN_PROGRESS
    if not view.day.on_duty:
        return State.OFF_DUTY
    if now > view.day.sign_by:
        return State.OVERDUE
    return State.CLOSING if view.day.ready_at is None else State.WAITING
