"""Whom a text names: however the name is written, with a title or without, or by what they are at the school."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.named import folded, named_in
from bot.cases.offices import office_words, offices_in
from bot.domain.roster import District, Person, Roster, Site

PEOPLE = {
    key: Person(key, name, title)
    for key, name, title in [
        ("principal", "María José García López", "Principal"),
        ("assistant", "Benito Núñez", "Assistant Principal"),
        ("other-assistant", "Dr. Wanda Ødegård-Pike Jr.", "Assistant Principal"),
        ("supervisor", "Dev O'Brien", "Local District Director"),
        ("safety", "Sam Okafor (he/him)", "Safety"),
        ("administrator", "김민수", "District Administration"),
        ("teacher", "José Ng", "Teacher"),
        ("other-teacher", "de la Cruz, Ana", "Teacher"),
        ("coach", "Coach Farid Will", "Basketball Coach"),
        ("elsewhere", "Petra Elsewhere", "Principal"),
    ]
}
SITE = Site(
    "lincoln",
    "Lincoln High School",
    "principal",
    designees=("assistant", "other-assistant"),
    supervisor="supervisor",
    staff=("teacher", "other-teacher", "coach"),
)
ROSTER = Roster(
    District("Example", administrators=("administrator",), safety_contact="safety"), PEOPLE, {"lincoln": SITE}
)
NOBODY: set[str] = set()


def named(text: str, site: Site = SITE, responsible: str | None = None) -> set[str]:
    return set(named_in(text, ROSTER, site, responsible))


@pytest.mark.parametrize(
    "said",
    [
        "Núñez",
        "Nuñez yelled",
        "nunez",
        "NÚÑEZ!",
        unicodedata.normalize("NFD", "Núñez"),
        "N\u200bú\u00adñ\u2060ez",
        "N\u034fu\ufe0fnez",
        "Nu\u0301\u0301\u0301n\u0303ez",
        "Nuñ\u0435z",
        "\u039d\u03c5\u00f1ez",
        "ＮＵÑＥＺ",
        "𝓝𝓾𝓷𝓮𝔃",
        "ⓝⓤⓝⓔⓩ",
        "n u n e z",
        "N.u.n.e.z",
        "Nun3z",
        "Núñez's class",
        "Núñez’s class",
        "Mr. Nunezs class",
        "mrnunez",
        "@benito_nunez",
        "@benitonunez",
        "#FueraNúñez",
        "señor Núñez",
    ],
)
def test_a_surname_is_found_however_it_is_written(said: str) -> None:
    assert "assistant" in named(said)


@pytest.mark.parametrize(
    "said",
    [
        "García",
        "Lopez",
        "señora García",
        "la Sra. Garcia",
        "la maestra Lopez",
        "Dr García-López",
        "GarciaLopez",
        "Garcia Lopez",
        "María García",
        "Maria Jose",
        "doña María",
        "Miss Jose",
        "señora de García",
        "Ms. G told me",
    ],
)
def test_any_part_of_a_surname_names_and_a_given_name_only_with_a_title_or_another_part(said: str) -> None:
    assert "principal" in named(said)


@pytest.mark.parametrize(
    "said",
    [
        "José",
        "maria",
        "María hit me",
        "Ana and Wanda",
        "sam",
        "he told him",
        "I will",
        "ng",
        "dev",
        "de la",
        "jr",
        "x",
        "the team's s",
        "my mom said no",
        "",
        "   ",
        "...",
        "\u0301\u0301",
        "can José come, María?",
    ],
)
def test_a_given_name_alone_and_small_words_name_nobody(said: str) -> None:
    assert named(said) == NOBODY


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("Mr. Ng", {"teacher"}),
        ("José Ng", {"teacher"}),
        ("ng, jose", {"teacher"}),
        ("maestra de la Cruz", {"other-teacher"}),
        ("cruz", {"other-teacher"}),
        ("O’Brien", {"supervisor"}),
        ("OBrien", {"supervisor"}),
        ("o'brien's office", {"supervisor"}),
        ("Odegard", {"other-assistant"}),
        ("ms pike", {"other-assistant"}),
        ("Farid Will", {"coach"}),
        ("Mr. Will", {"coach"}),
        ("okafor", {"safety"}),
        ("김민수선생님", {"administrator"}),
        ("Petra Elsewhere", NOBODY),
    ],
)
def test_short_surnames_small_words_and_other_scripts(said: str, who: set[str]) -> None:
    assert named(said) - {"principal"} == who


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("la directora", {"principal"}),
        ("El Director me habló", {"principal"}),
        ("the principal", {"principal"}),
        ("our principal's office", {"principal"}),
        ("THE PR\u0399NC\u0399PAL", {"principal"}),
        ("pr1ncipal", {"principal"}),
        ("la d\u200birectora", {"principal"}),
        ("the vice principal", {"assistant", "other-assistant"}),
        ("the assistant principal", {"assistant", "other-assistant"}),
        ("la subdirectora", {"assistant", "other-assistant"}),
        ("la directora adjunta", {"assistant", "other-assistant"}),
        ("the superintendent", {"supervisor"}),
        ("the district director", {"supervisor"}),
        ("la directora del distrito", {"supervisor"}),
        ("the coach", {"coach"}),
        ("el entrenador", {"coach"}),
        ("my teacher", NOBODY),
    ],
)
def test_an_office_alone_names_who_holds_it(said: str, who: set[str]) -> None:
    assert named(said) == who


def test_my_teacher_is_whoever_is_responsible_for_the_channel() -> None:
    for said in ("my teacher", "mi maestra", "el profe", "the teacher's"):
        assert named(said, responsible="teacher") == {"teacher"}
    assert named("my teacher", responsible="principal") == NOBODY


def test_what_is_on_no_sites_list_has_no_principal() -> None:
    assert named("the principal", Site("", "Example", "safety")) == NOBODY
    assert named("Okafor", Site("", "Example", "safety")) == {"safety"}


def test_offices_are_words_of_their_own() -> None:
    assert list(offices_in(["principal", "and", "the", "assistant", "principal"])) == ["principal", "deputy"]
    assert all(folded(word) == word for word in office_words())


FORMS: list[Literal["NFC", "NFD", "NFKC", "NFKD"]] = ["NFC", "NFD", "NFKC", "NFKD"]
INVISIBLE = st.sampled_from(["", "", "", "\u200b", "\u200d", "\u00ad", "\u2060", "\ufeff", "\u034f", "\ufe0f"])
TWINS = {"a": "аａ𝐚", "e": "еｅ𝐞", "o": "оο𝐨", "i": "іｉ", "c": "сｃ", "p": "рｐ", "u": "ｕ𝐮", "n": "ｎ𝐧"}


@st.composite
def disguised(draw: st.DrawFn, name: str) -> str:
    """A name as somebody would write it who wants nobody to be barred by it."""
    drawn = ""
    for letter in unicodedata.normalize(draw(st.sampled_from(FORMS)), name):
        twin = draw(st.sampled_from([letter, *TWINS.get(letter.lower(), "")]))
        drawn += draw(st.sampled_from([twin, twin.upper()])) + draw(INVISIBLE)
    return drawn


@given(st.data())
def test_no_disguise_hides_a_surname(data: st.DataObject) -> None:
    key, surname = data.draw(
        st.sampled_from([("principal", "García"), ("principal", "López"), ("assistant", "Núñez"), ("safety", "Okafor")])
    )
    around = st.text(st.characters(categories=["Zs", "Po"], exclude_characters="&<@'`"), max_size=5)
    said = f"I saw{data.draw(around)} {data.draw(disguised(surname))} {data.draw(around)}there"
    assert key in named(said), ascii(said)


@given(st.text(max_size=300))
def test_any_text_is_read_without_trouble_and_names_people_of_the_site_alone(text: str) -> None:
    assert named(text) <= set(PEOPLE) - {"elsewhere"}


@given(st.text(max_size=60), st.text(min_size=1, max_size=60))
def test_any_name_may_be_on_the_roster(name: str, text: str) -> None:
    people = {"odd": Person("odd", name, name)}
    site = Site("s", "S", "odd")
    assert set(named_in(text, Roster(District("d"), people, {"s": site}), site)) <= {"odd"}


@pytest.mark.parametrize("unit", ["a ", "\u00e9", "mr ", "!1", "\u0301", "'", "a'", "a.", "\ufdfa", "de la "])
def test_hostile_lengths_are_read_to_their_end(unit: str) -> None:
    """Whatever stands before it, the name is found: work that grew faster than the text would not end in time."""
    assert "assistant" in named(unit * 10_000 + " Núñez ")
