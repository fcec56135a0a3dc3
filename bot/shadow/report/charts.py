"""Charts as plain geometry, which the template draws as SVG: rectangles and labels, in units of the picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from bot.domain.categories import Category, Severity
from bot.shadow.counts import DayCount

WIDTH = 640
HEIGHT = 180
TOP = 28
"""Room above the tallest column for its number."""
FOOT = 24
MOST_BINS = 35
"""Columns beyond this are joined: days to weeks, weeks to months."""
STACK = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
"""The worst at the foot of a column and at the start of a bar, where it is compared best."""
ROW = 52
"""Height of one bar with the words over it."""
BAR = 12


class Part(NamedTuple):
    """One coloured rectangle."""

    severity: Severity
    x: float
    y: float
    width: float
    height: float


class Bin(NamedTuple):
    """Some days: the first of them, the comments and the flags."""

    first: date
    comments: int
    flags: Counter[Severity]


class Column(NamedTuple):
    """One bin as drawn; `label` is whether its date is written below."""

    bin: Bin
    middle: float
    top: float
    parts: tuple[Part, ...]
    label: bool


class Bar(NamedTuple):
    """One category as drawn, words at `words_y`, number at `end`."""

    category: Category
    total: int
    words_y: float
    number_y: float
    end: float
    parts: tuple[Part, ...]


def bins(days: Mapping[date, DayCount]) -> tuple[str, list[Bin]]:
    """Return `day`, `week` or `month`, and the days joined accordingly, without gaps (empty without days)."""
    if not days:
        return "day", []
    first, last = min(days), max(days)
    unit = "day" if (last - first).days < MOST_BINS else "week" if (last - first).days < 7 * MOST_BINS else "month"
    found: dict[date, Bin] = {}
    if unit != "month":
        step = timedelta(days=1 if unit == "day" else 7)
        at = _start(first, unit)
        while at <= last:
            found[at] = Bin(at, 0, Counter())
            at += step
    for day, count in sorted(days.items()):
        start = _start(day, unit)
        old = found.get(start, Bin(start, 0, Counter()))
        found[start] = Bin(start, old.comments + count.comments, old.flags + count.flags)
    return unit, list(found.values())


def columns(bins_: list[Bin]) -> list[Column]:
    """Return a column for each bin, the tallest as high as the picture allows."""
    tallest = max((item.flags.total() for item in bins_), default=0) or 1
    slot = WIDTH / max(len(bins_), 1)
    width = min(slot * 0.7, 56)
    every = -(-len(bins_) // 8)
    drawn: list[Column] = []
    for index, item in enumerate(bins_):
        x, y = index * slot + (slot - width) / 2, float(HEIGHT - FOOT)
        parts: list[Part] = []
        for severity in STACK:
            if count := item.flags[severity]:
                height = (HEIGHT - FOOT - TOP) * count / tallest
                y -= height
                parts.append(Part(severity, round(x, 1), round(y, 1), round(width, 1), round(height, 1)))
        drawn.append(Column(item, round(x + width / 2, 1), round(y, 1), tuple(parts), index % every == 0))
    return drawn


def bars(categories: Mapping[Category, Counter[Severity]]) -> list[Bar]:
    """Return a bar for each category, the longest as long as the picture allows."""
    longest = max((flags.total() for flags in categories.values()), default=0) or 1
    drawn: list[Bar] = []
    for index, (category, flags) in enumerate(categories.items()):
        x, y = 0.0, index * ROW + 36.0
        parts: list[Part] = []
        for severity in STACK:
            if count := flags[severity]:
                width = (WIDTH - 60) * count / longest
                parts.append(Part(severity, round(x, 1), y, round(width, 1), BAR))
                x += width
        drawn.append(Bar(category, flags.total(), y - 9, y + BAR, round(x + 8, 1), tuple(parts)))
    return drawn


def _start(day: date, unit: str) -> date:
    if unit == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if unit == "week" and day.toordinal() > 7 else day
