"""School years: every day belongs to one, and a registration is renewed in each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.channels import ChannelStatus
from bot.registry.schoolyear import Renewal, label, renewal_of, school_year, unrenewed
from tests.store.examples import ROOM

APPROVED = replace(ROOM, status=ChannelStatus.APPROVED, approved_by="principal", approved_on=date(2026, 8, 17))
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(DAYS)
def test_a_school_year_has_no_hole_and_changes_once_a_year(day: date) -> None:
    following = school_year(day + timedelta(days=1))
    assert following - school_year(day) in {0, 1}
    assert school_year(day) <= day.year <= school_year(day) + 1


@pytest.mark.parametrize(
    ("day", "renewal"),
    [
        (date(2026, 8, 17), Renewal.CURRENT),
        (date(2027, 6, 30), Renewal.CURRENT),
        (date(2027, 7, 1), Renewal.DUE),
        (date(2027, 9, 13), Renewal.DUE),
        (date(2027, 9, 14), Renewal.LAPSED),
        (date(2028, 7, 1), Renewal.LAPSED),
    ],
)
def test_a_registration_is_due_in_july_and_lapses_in_september(day: date, renewal: Renewal) -> None:
    assert renewal_of(APPROVED, day) is renewal


@given(DAYS, DAYS)
def test_what_was_renewed_this_year_is_current(approved_on: date, today: date) -> None:
    renewal = renewal_of(replace(APPROVED, approved_on=approved_on), today)
    assert (renewal is Renewal.CURRENT) == (school_year(approved_on) >= school_year(today))


def test_what_nobody_approved_has_nothing_to_renew() -> None:
    waiting = replace(APPROVED, approved_on=None, status=ChannelStatus.PENDING)
    closed = replace(APPROVED, status=ChannelStatus.CLOSED)
    assert unrenewed([waiting, closed, APPROVED], date(2028, 1, 1)) == unrenewed([APPROVED], date(2028, 1, 1))


def test_a_year_is_written_as_people_write_it() -> None:
    assert (label(2026), label(2099)) == ("2026-27", "2099-00")
