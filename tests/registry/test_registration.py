"""What people enter when they register a channel, right and wrong, and the names that boosters may not use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.channels import ChannelStatus, missing_facts
from bot.domain.comments import ChannelKind, ChannelRef
from bot.domain.roster import Person, Site
from bot.interface.texts import say, text
from bot.registry.registration import (
    Applicant,
    WrongEntryError,
    approved,
    names_of_the_school,
    registered,
    signs_with_full_name,
)
from tests.store.examples import ROOM

TODAY = date(2026, 11, 20)
SITE = Site("lincoln", "Lincoln High School", "principal", mascots=("Lions",))
TEACHER = Person("teacher", "Carla M. Teach", "Teacher")
WHO = Applicant(TEACHER, SITE)
SLACK = ChannelRef("slack", "T1", "C1")
RIGHT = {"kind": "class", "grades": "9-12", "notified": "2026-08-20"}


def test_what_is_entered_rightly_waits_for_the_approval_and_the_notice_alone() -> None:
    channel = registered(SLACK, "room-12", RIGHT, WHO, TODAY)
    assert (channel.status, channel.watched) == (ChannelStatus.PENDING, False)
    agreed = approved(channel, "principal", TODAY)
    assert missing_facts(agreed) == ("the day its notice was posted",)
    assert replace(agreed, notice_posted_on=TODAY).watched


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"kind": "staff"}, "register.which_kind"),
        ({"kind": "'; drop table channels"}, "register.which_kind"),
        ({"grades": ""}, "register.which_grades"),
        ({"grades": "ninth"}, "register.which_grades"),
        ({"notified": "20/08/2026"}, "register.which_day"),
        ({"notified": "2026-11-21"}, "register.wrong_day"),
        ({"notified": "2025-01-01"}, "register.wrong_day"),
    ],
)
def test_what_is_entered_wrongly_is_told(wrong: dict[str, str], key: str) -> None:
    with pytest.raises(WrongEntryError) as told:
        registered(SLACK, "room-12", RIGHT | wrong, WHO, TODAY)
    assert told.value.key == key


def test_no_class_of_children_under_13_is_registered_on_discord() -> None:
    with pytest.raises(WrongEntryError, match=r"register\.too_young"):
        registered(ChannelRef("discord", "1", "2"), "room", RIGHT | {"grades": "3-5"}, WHO, TODAY)
    assert registered(SLACK, "room", RIGHT | {"grades": "3-5"}, WHO, TODAY).grades == "3-5"


@given(st.text(max_size=300), st.dictionaries(st.sampled_from(["kind", "grades", "notified"]), st.text(max_size=40)))
def test_whatever_is_entered_becomes_a_pending_channel_or_one_sentence(name: str, values: dict[str, str]) -> None:
    try:
        channel = registered(SLACK, name, values, WHO, TODAY)
    except WrongEntryError as wrong:
        sentence = say(text(wrong.key), "es")
    else:
        sentence = ""
        assert channel.status is ChannelStatus.PENDING
        assert 1 <= len(channel.name) <= 100
    assert not sentence.startswith("register.")


def test_the_named_approver_confirms_and_anybody_else_approves_anew() -> None:
    attested = replace(ROOM, approved_by="principal", approved_on=date(2026, 8, 1), approval_confirmed_on=None)
    assert approved(attested, "principal", TODAY).approved_on == date(2026, 8, 1)
    other = approved(attested, "assistant", TODAY)
    assert (other.approved_by, other.approved_on, other.approval_confirmed_on) == ("assistant", TODAY, TODAY)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("lincoln-boosters", ["lincoln"]),
        ("LÍNCOLN fans", ["lincoln"]),
        ("lions-den", ["Lions"]),
        ("go lion go", ["Lions"]),
        ("marching-band-parents", []),
        ("high-school-friends", []),
    ],
)
def test_a_booster_may_not_use_the_schools_name_or_mascot(name: str, found: list[str]) -> None:
    booster = replace(ROOM, kind=ChannelKind.BOOSTER, name=name)
    assert list(names_of_the_school(booster, SITE)) == found
    assert list(names_of_the_school(replace(booster, kind=ChannelKind.PARENT), SITE)) == []


@pytest.mark.parametrize(
    ("school", "name", "found"),
    [
        ("Los Angeles High School", "amigos-de-los-niños", []),
        ("Los Angeles High School", "angeles-boosters", ["angeles"]),
        ("Ánimo Charter School", "charter-parents", []),
        ("Ánimo Charter School", "animo-fans", ["animo"]),
        ("Escuela Primaria de las Flores y del Mar", "padres-de-la-primaria-y-del-barrio", []),
        ("Roosevelt Senior Magnet", "senior-magnet-night", []),
        ("O'Neill Preparatory", "o-what-a-night", []),
        ("O'Neill Preparatory", "neill-band", ["neill"]),
    ],
)
def test_words_of_any_school_are_nobodys_name(school: str, name: str, found: list[str]) -> None:
    booster = replace(ROOM, kind=ChannelKind.BOOSTER, name=name)
    assert list(names_of_the_school(booster, Site("one", school, "principal", mascots=("Los Leones",)))) == found


@pytest.mark.parametrize(
    ("shown", "full"),
    [("Carla M. Teach", True), ("Ms. Teach", False), ("TEACH, Carla M. (Math)", True), ("carla 🌸", False)],
)
def test_staff_sign_with_their_full_name(shown: str, full: bool) -> None:
    assert signs_with_full_name(shown, TEACHER) is full
