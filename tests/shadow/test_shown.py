"""Text as a report shows it: inert, with the right words marked, and nobody named by markup."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shadow.people import People
from bot.shadow.shown import BEFORE, MOST, inert, shown
from tests.shadow.making import finding, row


def show(text: str, *spans: tuple[int, int], people: People | None = None) -> list[tuple[str, bool]]:
    found = shown(row(text), [finding(*span) for span in spans], people or People(), "Person")
    return [(piece.text, piece.marked) for piece in found.pieces]


def test_words_are_marked_where_the_findings_say() -> None:
    assert show("you utter idiot", (10, 15)) == [("you utter ", False), ("idiot", True)]
    assert show("a bb cc d", (2, 4), (5, 7)) == [("a ", False), ("bb cc", True), (" d", False)]
    assert show("abcdef", (1, 4), (2, 5), (9, 12), (3, 3)) == [("a", False), ("bcde", True), ("f", False)]
    assert show("idiot", (0, 5)) == [("idiot", True)]
    assert show("x" * 300, (0, 300)) == [("x" * 300, False)]


def test_markup_shows_pseudonyms_and_what_a_reader_would_see() -> None:
    people = People()
    assert people.number("U0OMAR0001") == 1
    text = "<@U0OMAR0001> and <@U0LUPE0001|lupe>, <!here> in <#C024BE91L|room-12>: 1 &lt; 2 &amp; 3"
    assert show(text, people=people) == [("@Person 1 and @Person 2, @here in #room-12: 1 < 2 & 3", False)]


def test_a_mark_that_touches_a_mention_covers_it() -> None:
    text = "go away <@U0OMAR0001> now"
    assert show(text, (3, 12)) == [("go ", False), ("away @Person 1", True), (" now", False)]


def test_names_that_the_export_wrote_into_the_text_become_pseudonyms() -> None:
    given_row = replace(row("hi @Omar K. and @Omar, not Omar"), addressed=(("Omar K.", "7"), ("Omar", "7")))
    assert shown(given_row, (), People(), "Person").pieces[0].text == "hi @Person 1 and @Person 1, not Omar"
    assert shown(given_row, (), People(show_names=True), "Person").pieces[0].text == given_row.comment.text


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\u200f", "\ud800", "\r"])
def test_characters_that_act_are_replaced(character: str) -> None:
    assert inert(f"a{character}b") == "a\ufffdb"


def test_ordinary_characters_stay() -> None:
    text = "¿Qué?\n\t🏳️‍🌈 e\u0301 – “x”"
    assert inert(text) == text


def test_a_long_comment_is_shown_around_its_first_mark() -> None:
    found = shown(row("a" * 5000 + " idiot " + "b" * 5000), [finding(5001, 5006)], People(), "Person")
    assert found.shortened_from == 10_007
    assert [piece.marked for piece in found.pieces] == [False, True, False]
    assert len(found.pieces[0].text.removeprefix("… ")) == BEFORE
    assert sum(len(piece.text) for piece in found.pieces) == MOST + len("… ") + len(" …")


def test_a_long_comment_without_marks_is_shown_from_its_beginning() -> None:
    found = shown(row("a" * 5000), [finding(0, 5000)], People(), "Person")
    assert found.pieces == (("a" * MOST + " …", False),)


def test_a_cut_never_shows_half_a_mention() -> None:
    text = "x" * (MOST - 5) + "<@U0OMAR0001|Omar Khalil>" + "y" * 50
    found = shown(row(text), [finding(3, 5)], People(), "Person")
    assert "Omar" not in "".join(piece.text for piece in found.pieces)


@given(
    st.text(st.sampled_from("ab <@U0#!|>&lt;gmp\u202e\0\n1é"), max_size=80),
    st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90)), max_size=5),
)
def test_any_text_with_any_spans_is_shown_without_loss(text: str, spans: list[tuple[int, int]]) -> None:
    found = shown(row(text), [finding(*span) for span in spans], People(), "Person")
    joined = "".join(piece.text for piece in found.pieces)
    assert not {unicodedata.category(character) for character in joined if character != "\n"} & {"Cc", "Cs"}
    if "<" not in text and "&" not in text:
        assert joined == inert(text)
    assert all(piece.text for piece in found.pieces)
