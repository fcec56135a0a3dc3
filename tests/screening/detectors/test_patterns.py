"""The little language of phrases: what it matches, and how it refuses what is ill-made."""

from __future__ import annotations

from importlib.resources import files

import pytest

from bot.domain.categories import Category
from bot.screening.detectors.patterns import compile_phrases, keys
from bot.screening.detectors.phrasebook import PhraseBook, Rule
from bot.screening.detectors.reading import fold, read
from bot.screening.normalise import View

LISTS = {"pet": ("dog", "cat", "gold fish")}


@pytest.mark.parametrize(
    ("phrase", "text", "matches"),
    [
        ("kill you", "I will KILL, you", True),
        ("kill you", "kill. you", False),
        ("kill you", "skill you", False),
        ("kill you", "kill your", False),
        ("don't go", "dont go", True),
        ("suicid*", "suicidal", True),
        ("(a|b c) day", "b c day", True),
        ("my {pet} is", "my gold fish is", True),
        ("my (very|so)? big {pet}", "my big dog", True),
        ("my ... dog", "my very own little brown dog", True),
        ("my ... dog", "my one two three four five dog", False),
        ("got # points", "got 12.5 points", True),
        ("mañana es (el (día|rato)|hoy)", "MANANA es el dia", True),
    ],
)
def test_matches(phrase: str, text: str, matches: bool) -> None:
    assert bool(compile_phrases([phrase], LISTS).search(fold(text))) is matches


@pytest.mark.parametrize("phrase", ["(open", "closed)", "a | b", "my {cat} is", "ab*", "maybe? later", "() empty"])
def test_refuses_ill_made_phrases(phrase: str) -> None:
    with pytest.raises(ValueError, match="“"):
        compile_phrases([phrase], LISTS)


def test_a_phrase_needs_a_word_to_be_looked_up_by() -> None:
    assert keys("my {pet} is here", LISTS) == {"here"}
    with pytest.raises(ValueError, match="look it up"):
        keys("... # ...", LISTS)


def test_every_phrase_and_guard_of_every_book_compiles() -> None:
    for book in files("bot.screening.detectors").joinpath("phrases", "en").iterdir():
        name = book.name.removesuffix(".toml")
        for phrase in PhraseBook.load(name).phrases:
            assert phrase.expression.pattern
            assert len(phrase.rule.guards) == 4
            assert 0 < phrase.rule.doubtful <= phrase.rule.score or not phrase.rule.doubt


def test_guards_take_the_meaning_away() -> None:
    rule = Rule(
        Category.THREAT,
        0.9,
        "x.",
        ("bite you",),
        {},
        before=("not",),
        after=("softly",),
        sentence=("puppy",),
        doubt=("lol",),
        doubtful=0.3,
    )
    book = PhraseBook.of((rule,))

    def score(text: str) -> list[float]:
        return [hit.score for hit in book.hits(read(View(text)))]

    assert score("i bite you") == [0.9]
    assert score("i will not bite you") == []
    assert score("i bite you softly") == []
    assert score("the puppy will bite you") == []
    assert score("a puppy. i bite you") == [0.9]
    assert score("i bite you. lol") == [0.3]


def test_folding_keeps_every_position() -> None:
    for text in ("İstanbul ÁÉÍ ñ", "ǅ ß ŉ", "\ud800İ"):
        assert len(fold(text)) == len(text)
