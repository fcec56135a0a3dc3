"""The words of the corpus, as the bot's normaliser is given them."""

from __future__ import annotations

import pytest

from training import words
from training.corpus import Message, files, read


def message(text: str, writer: str, language: str = "en", *, held_out: bool = False) -> Message:
    return Message(text, True, (), "low", "plain", language, writer, held_out, f"{writer}:1")


def test_words_that_touch_a_digit_or_a_mask_are_none() -> None:
    assert list(words.words("You’re h0me, f*ck NIÑO's m8 b$")) == ["you're", "niño's"]


def test_a_word_is_listed_once_three_writers_use_it_and_the_most_frequent_comes_first() -> None:
    said = [message("bus home bus", name) for name in "abc"] + [message("slip slip slip slip", "a")]
    said += [message("bus hidden", "d", held_out=True), message("hidden casa", "e", "es")]
    assert words.listed(said, "en") == ["bus", "home"]
    assert words.listed(said, "es") == []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_bot_has_the_words_of_the_corpus_as_it_is(language: str) -> None:
    corpus = [message for path in files() for message in read(path)]
    stands = (words.FOLDER / f"{language}.txt").read_text(encoding="utf-8").split("\n")
    assert stands == [*words.listed(corpus, language), ""], "Run: python -m training words"
