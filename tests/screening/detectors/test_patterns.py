"""The little language of phrases: what it matches, and how it refuses what is ill-made."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from bot.domain.categories import Category
from bot.screening.detectors.patterns import compile_phrases, keys
from bot.screening.detectors.phrasebook import Phrase, PhraseBook, Rule
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
        ("my ... dog", "my 'own little' dog", True),
        ("my ... dog", "my_very_own_dog", True),
        ("kill you", "_kill you_", True),
        ("kill you", "__kill _you__", True),
        ("kill you", "kill\nyou", True),
        ("kill you", "@kill you", False),
        ("suicid*", "_suicidal_", True),
        ("suicid* talk", "the 'suicidal' talk", True),
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


def example_of(phrase: Phrase) -> list[str]:
    """Return the words of one text that the phrase finds: the first of every choice."""
    lists = {"name": ("ana-maria",), "name's": ("ana-maria's",), **phrase.rule.lists}
    text, before = phrase.text, ""
    while text != before:
        before = text
        text = re.sub(r"\{([\w']+)\}", lambda match: lists[match[1]][0], text)
        text = re.sub(r"\(([^()|]*)(?:\|[^()]*)?\)", r"\1", text)
    return fold(text.replace("...", "a").replace("#", "1").replace("?", "").replace("*", "s")).split()


@pytest.mark.parametrize("run", ["'", "_", "-", "a'", "-a", "\n"])
def test_no_phrase_tries_the_same_text_again_and_again(run: str) -> None:
    for book in files("bot.screening.detectors").joinpath("phrases", "en").iterdir():
        for phrase in PhraseBook.load(book.name.removesuffix(".toml")).phrases:
            words, expression = example_of(phrase), phrase.expression
            assert expression.search(" ".join(words)), phrase.text
            for count in range(1, len(words) + 1):
                # With two ways to read the same mark these two would not end within the time that a test has.
                expression.search(" ".join(words[:count]) + run * 60)
                expression.search(" ".join(words[:count]) + run * 40 + words[-1] + run * 60)


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
    assert score("i am not well, i bite you") == score("i do not. i bite you") == [0.9]
    assert score("i can not talk but i bite you") == score("no puedo, pero i bite you") == [0.9]
    assert score('i am not well, "i bite you"') == [], "what is quoted belongs to who said it"
    assert score("i am not kidding i bite you") == score("not joking bite you") == [0.9]
    assert score("the puppy will bite you") == []
    assert score("a puppy. i bite you") == [0.9]
    assert score("i bite you. lol") == [0.3]


def test_folding_keeps_every_position() -> None:
    for text in ("İstanbul ÁÉÍ ñ", "ǅ ß ŉ", "\ud800İ"):
        assert len(fold(text)) == len(text)
