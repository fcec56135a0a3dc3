"""The words that people write, and runs of letters cut into them."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.screening.normalise import vocabulary


def test_a_common_word_costs_less_than_a_rare_one_and_no_word_costs_everything() -> None:
    assert vocabulary.cost("the") < vocabulary.cost("teacher") < vocabulary.cost("photosynthesis") < inf
    assert vocabulary.cost("qwxz") == inf
    assert vocabulary.is_word("maestra")
    assert not vocabulary.is_word("qwxz")


def test_words_are_found_without_their_accents_and_written_with_them() -> None:
    assert vocabulary.written("tambien") == "también"
    assert vocabulary.written("dont") == "don't"
    assert vocabulary.written("qwxz") == "qwxz"


@pytest.mark.parametrize(("word", "with_accents"), {"nino": "niño", "tambien": "también", "asi": "así"}.items())
def test_accents_that_were_left_out_are_known(word: str, with_accents: str) -> None:
    assert vocabulary.accented(word) == with_accents


@pytest.mark.parametrize("word", ["hablo", "super", "opinion", "confusion", "the", "casa", "qwxz"])
def test_a_word_that_also_stands_without_accents_lacks_none(word: str) -> None:
    assert vocabulary.accented(word) is None


@pytest.mark.parametrize(
    ("letters", "words"),
    {
        "killyourself": ("kill", "yourself"),
        "nobodylikesyou": ("nobody", "likes", "you"),
        "nadietequiere": ("nadie", "te", "quiere"),
        "teacher": ("teacher",),
        "": (),
    }.items(),
)
def test_a_run_of_letters_is_cut_into_its_likeliest_words(letters: str, words: tuple[str, ...]) -> None:
    assert vocabulary.cut(letters)[1] == words


@given(st.text("abcdefghijklmnopqrstuvwxyzñ", max_size=60))
def test_cutting_loses_no_letter_and_costs_at_most_what_the_letters_cost(letters: str) -> None:
    costs, words = vocabulary.cut(letters)
    assert "".join(words) == letters
    assert costs <= 5.0 * len(letters)
    alone, of_one = vocabulary.cut_in_one_language(letters)
    assert "".join(of_one) == letters
    assert costs <= alone


@given(st.lists(st.sampled_from(["nobody", "wants", "you", "here", "kids", "from", "the", "bus"]), min_size=2))
def test_words_run_together_cost_no_more_than_the_words(words: list[str]) -> None:
    assert vocabulary.cut("".join(words))[0] <= sum(map(vocabulary.cost, words)) + 1e-9
