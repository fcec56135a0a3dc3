"""Figures add up, and stay bounded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.categories import Category, Severity
from bot.shadow import counts as counts_module
from bot.shadow.counts import ELSEWHERE, Counts
from tests.shadow.making import WHEN, finding, row, screened


def test_every_comment_is_counted_once_wherever_it_shows() -> None:
    counts = Counts(UTC)
    counts.add(*screened(row("a")))
    counts.add(*screened(row("b"), finding(0, 1, Category.THREAT), finding(0, 1), severity=Severity.HIGH))
    counts.add(*screened(row("c", channel="other"), finding(0, 1, Category.THREAT), severity=Severity.LOW))
    counts.add(*screened(row("d", posted_at=None), finding(0, 1)))
    counts.add(*screened(row("e"), unscored="It broke."))
    assert (counts.comments, counts.flagged, counts.unscored, counts.undated) == (5, 3, 1, 1)
    assert sum(counts.flags.values()) == sum(counts.by_severity().values()) == counts.flagged
    assert list(counts.by_category()) == [Category.THREAT, Category.DEROGATORY]
    assert sum(channel.comments for channel in counts.channels.values()) == counts.comments
    assert sum(day.comments for day in counts.days.values()) + counts.undated == counts.comments


def test_an_evening_comment_belongs_to_the_schools_day() -> None:
    counts = Counts(ZoneInfo("America/Los_Angeles"))
    counts.add(*screened(row("late", posted_at=datetime(2026, 11, 3, 5, tzinfo=UTC))))
    assert list(counts.days) == [date(2026, 11, 2)]


def test_times_at_the_ends_of_the_calendar_break_nothing() -> None:
    counts = Counts(ZoneInfo("America/Los_Angeles"))
    counts.add(*screened(row("early", posted_at=datetime.min.replace(tzinfo=UTC))))
    counts.add(*screened(row("late", posted_at=datetime.max.replace(tzinfo=UTC))))
    assert (counts.undated, len(counts.days)) == (1, 1)


def test_channels_and_days_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts_module, "MOST_CHANNELS", 10)
    monkeypatch.setattr(counts_module, "MOST_DAYS", 10)
    counts = Counts(UTC)
    for number in range(100):
        counts.add(*screened(row("x", channel=f"c{number}", posted_at=WHEN + timedelta(days=number))))
    assert len(counts.channels) == 11
    assert counts.channels[ELSEWHERE].comments == 90
    assert (len(counts.days), counts.undated) == (10, 90)
