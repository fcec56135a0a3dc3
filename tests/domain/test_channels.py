"""Which registered channels may be read, and what the others lack."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.channels import ChannelStatus, RegisteredChannel, lowest_grade, missing_facts
from bot.domain.comments import ChannelKind, ChannelRef

CLASS = RegisteredChannel(
    ref=ChannelRef("discord", "900", "12"),
    name="room-12",
    kind=ChannelKind.CLASS,
    status=ChannelStatus.APPROVED,
    grades="9-12",
    responsible="teacher",
    approved_by="principal",
    approved_on=date(2026, 8, 17),
    notice_posted_on=date(2026, 8, 18),
    parents_notified_on=date(2026, 8, 20),
)


@pytest.mark.parametrize("status", ChannelStatus)
def test_only_an_approved_channel_is_watched(status: ChannelStatus) -> None:
    assert replace(CLASS, status=status).watched == (status is ChannelStatus.APPROVED)


@pytest.mark.parametrize(
    "fact", ["responsible", "approved_by", "approved_on", "notice_posted_on", "parents_notified_on", "grades"]
)
def test_each_missing_fact_is_named_and_keeps_a_class_unread(fact: str) -> None:
    change: dict[str, Any] = {fact: None}
    channel = replace(CLASS, **change)
    assert len(missing_facts(channel)) == 1
    assert not channel.watched


@pytest.mark.parametrize("kind", [ChannelKind.PARENT, ChannelKind.BOOSTER])
def test_grades_matter_in_classes_only(kind: ChannelKind) -> None:
    assert replace(CLASS, kind=kind, grades=None).watched


def test_staff_channels_stay_unread_unless_the_district_turns_them_on() -> None:
    staff = replace(CLASS, kind=ChannelKind.STAFF, grades=None, parents_notified_on=None)
    assert missing_facts(staff) == ("the district's permission to watch staff channels",)
    assert replace(staff, district_allows=True).watched


@pytest.mark.parametrize(("grades", "on_discord"), [("8", True), ("9-12", True), ("7-9", False), ("K-5", False)])
def test_no_class_with_children_under_13_on_discord(grades: str, on_discord: bool) -> None:
    channel = replace(CLASS, grades=grades)
    assert channel.watched == on_discord
    assert replace(channel, ref=ChannelRef("slack", "T1", "C1")).watched


@pytest.mark.parametrize(
    ("grades", "lowest"),
    [("9-12", 9), ("12", 12), (" 6 – 8 ", 6), ("k-5", 0), ("TK", 0), ("PK-K", 0), ("1-3", 1)]
    + [(words, None) for words in ("", "13", "0", "9-", "-12", "nine", "9-12-", "9\n", "9-13", "١-٣")],
)
def test_grade_bands(grades: str, lowest: int | None) -> None:
    assert lowest_grade(grades) == lowest


@given(st.text(max_size=200))
def test_no_grade_band_breaks_anything(grades: str) -> None:
    assert missing_facts(replace(CLASS, grades=grades)) is not None
