"""Every instant belongs to exactly one ledger day, in every zone, all year round."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.daily.days import Day, Quiet, day_at, day_named, days_after, sign_by

ZONES = sorted(zone for zone in available_timezones() if zone not in ("Factory", "localtime"))
LA = ZoneInfo("America/Los_Angeles")
YEAR = [date(2026, 7, 1) + timedelta(days=number) for number in range(370)]

START = datetime(2026, 1, 1, tzinfo=UTC)
instants = st.integers(0, 2 * 366 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))
minutes = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))


@given(instants, minutes, st.sampled_from(ZONES))
def test_an_instant_lies_in_the_day_that_claims_it_and_in_no_neighbour(
    instant: datetime, closes: time, name: str
) -> None:
    zone = ZoneInfo(name)
    day = day_at(instant, closes, zone)
    assert day.opens_at <= instant < day.closes_at
    for step in (-1, 1):
        other = day_named(day.date + timedelta(days=step), closes, zone)
        assert not other.opens_at <= instant < other.closes_at


@pytest.mark.parametrize("hour", [0, 2, 15, 23])
def test_a_whole_year_has_no_hole_and_no_overlap_in_any_zone(hour: int) -> None:
    for name in ZONES:
        days = [day_named(on, time(hour, 30), ZoneInfo(name)) for on in YEAR]
        assert all(one.closes_at == other.opens_at for one, other in pairwise(days)), name
        assert all(day.closes_at > day.opens_at for day in days), name


def test_the_days_of_the_clock_change_have_23_and_25_hours() -> None:
    lengths = {on: (day := day_named(on, time(15), LA)).closes_at - day.opens_at for on in YEAR}
    odd = {on: length for on, length in lengths.items() if length != timedelta(hours=24)}
    assert odd == {date(2026, 11, 1): timedelta(hours=25), date(2027, 3, 14): timedelta(hours=23)}


def test_the_close_itself_opens_the_next_day() -> None:
    close = datetime(2026, 11, 20, 15, tzinfo=LA)
    assert day_at(close - timedelta(microseconds=1), time(15), LA).date == date(2026, 11, 20)
    assert day_at(close, time(15), LA).date == date(2026, 11, 21)


def test_a_close_at_midnight_names_the_day_that_begins_then() -> None:
    day = day_named(date(2026, 11, 20), time(0), LA)
    assert day.closes_at == datetime(2026, 11, 20, tzinfo=LA)


@given(instants, minutes, minutes, st.integers(0, 40), st.sampled_from(ZONES))
def test_a_changed_close_leaves_no_hole(start: datetime, before: time, after: time, span: int, name: str) -> None:
    zone = ZoneInfo(name)
    last = day_at(start, before, zone)
    now = start + timedelta(days=span)
    chain: list[Day] = [last, *days_after(last, now, after, zone)]
    assert all(one.closes_at == other.opens_at for one, other in pairwise(chain))
    assert all(other.date - one.date == timedelta(days=1) for one, other in pairwise(chain))
    assert chain[-1].closes_at > now


@given(instants, minutes, minutes, st.sampled_from(ZONES))
def test_a_day_is_signed_by_the_next_hour_after_its_close(instant: datetime, closes: time, by: time, name: str) -> None:
    day = day_at(instant, closes, ZoneInfo(name))
    assert timedelta(0) < sign_by(day, by, ZoneInfo(name)) - day.closes_at <= timedelta(hours=26)


@given(instants, minutes, minutes, st.sampled_from(ZONES))
def test_quiet_ends_later_and_is_over_then(instant: datetime, begins: time, ends: time, name: str) -> None:
    zone, quiet = ZoneInfo(name), Quiet(begins, ends)
    until = quiet.until(instant, zone)
    if until is not None:
        assert instant < until <= instant + timedelta(hours=26)
    if begins == ends:
        assert until is None


def test_nights_are_quiet_and_afternoons_are_not() -> None:
    night = datetime(2026, 11, 20, 23, tzinfo=LA)
    assert Quiet().until(night, LA) == datetime(2026, 11, 21, 6, 30, tzinfo=LA)
    assert Quiet().until(night + timedelta(hours=5), LA) == datetime(2026, 11, 21, 6, 30, tzinfo=LA)
    assert Quiet().until(datetime(2026, 11, 20, 18, tzinfo=LA), LA) is None
