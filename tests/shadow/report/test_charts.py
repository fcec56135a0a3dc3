"""Charts show every number inside the picture."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.categories import Category, Severity
from bot.shadow.counts import DayCount
from bot.shadow.report.charts import HEIGHT, MOST_BINS, STACK, WIDTH, bars, bins, columns

DAYS = st.dictionaries(
    st.dates(),
    st.builds(DayCount, st.integers(1, 500), st.dictionaries(st.sampled_from(STACK), st.integers(1, 90)).map(Counter)),
    max_size=40,
)


@given(DAYS)
def test_days_are_joined_without_losing_one(days: dict[date, DayCount]) -> None:
    _, joined = bins(days)
    assert sum(item.comments for item in joined) == sum(day.comments for day in days.values())
    flags = sum(day.flags.total() for day in days.values())
    assert sum(item.flags.total() for item in joined) == flags
    for column in columns(joined):
        for part in column.parts:
            assert part.x >= 0
            assert part.x + part.width <= WIDTH
            assert part.y >= 0
            assert part.y + part.height <= HEIGHT


def test_units_follow_the_span() -> None:
    def unit(days: int) -> str:
        first = date(2026, 1, 1)
        return bins({first: DayCount(1), first + timedelta(days=days): DayCount(1)})[0]

    assert [unit(0), unit(MOST_BINS - 1), unit(MOST_BINS), unit(7 * MOST_BINS), unit(30_000)] == [
        "day", "day", "week", "month", "month",
    ]  # fmt: skip


def test_quiet_days_between_keep_their_place() -> None:
    first = date(2026, 11, 2)
    _, joined = bins({first: DayCount(1), first + timedelta(days=3): DayCount(2)})
    assert [item.comments for item in joined] == [1, 0, 0, 2]


def test_bars_are_in_proportion() -> None:
    drawn = bars({
        Category.THREAT: Counter({Severity.CRITICAL: 1, Severity.HIGH: 1}),
        Category.OBSCENE: Counter({Severity.LOW: 4}),
    })  # fmt: skip
    assert sum(part.width for part in drawn[0].parts) * 2 == drawn[1].parts[0].width
    assert [part.severity for part in drawn[0].parts] == [Severity.CRITICAL, Severity.HIGH]
    assert all(bar.end < WIDTH for bar in drawn)
