"""Phrase books: what to look for, as data, one folder per language (`phrases/en`, `phrases/es`)."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import Any

from bot.domain.categories import Category
from bot.screening.detectors.patterns import Lists, compile_phrases, keys
from bot.screening.detectors.reading import Reading

LANGUAGES = ("en", "es")
_BEFORE = 32
_AFTER = 48
_BETWEEN_WORDS = " ,'\"*_~-"
_SENTENCE_END = re.compile(r"[.!?\n]")
_CLAUSE_END = re.compile(r"""[.;!?\n]|,(?!\s*["'“‘«])|\b(?:but|pero)\b""")
"""Where a negation ends: "not okay, i …", "no se pero …". What is quoted after a comma belongs to who said it."""
_MEANT = re.compile(
    r"\b(?:not?|ain'?t|isn'?t) (?:es |estoy |una |just |a ){0,2}(?:kidding|joking|joke|lying|broma|bromeando|mentira)\b"
)
"""Says that the rest is meant: neither a negation of it nor a reason for doubt."""


@dataclass(frozen=True)
class Rule:
    """Phrases that mean the same, and what takes the meaning away.

    A hit is dropped if a phrase of `before` stands shortly before it in its clause, one of `after` follows at
    once, or one of `sentence` in its sentence. One of `doubt` within 300 code points lowers the score to
    `doubtful`. `others` is the lower score of people who are no staff, for rules about adults' duties; None
    where all are alike.
    """

    category: Category
    score: float
    explanation: str
    phrases: tuple[str, ...]
    lists: Lists
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    sentence: tuple[str, ...] = ()
    doubt: tuple[str, ...] = ()
    doubtful: float = 0.0
    others: float | None = None

    @cached_property
    def guards(self) -> tuple[re.Pattern[str] | None, ...]:
        """The compiled guards: before, after, sentence, doubt. Made when the first hit needs them."""
        return tuple(
            compile_phrases(phrases, self.lists) if phrases else None
            for phrases in (self.before, self.after, self.sentence, self.doubt)
        )

    def sure(self, text: str, start: int, end: int) -> float:
        """Return the score of a hit at `text[start:end]`; 0 if a guard takes its meaning away."""
        before, after, sentence, doubt = self.guards
        if before and before.search(_clause_before(text, start)):
            return 0.0
        if after and after.match(text[end : end + _AFTER].lstrip(_BETWEEN_WORDS)):
            return 0.0
        if sentence and sentence.search(_sentence_around(text, start, end)):
            return 0.0
        return self.doubtful if doubt and doubt.search(_near(text, start, end)) else self.score


def _clause_before(text: str, start: int) -> str:
    """Return what stands before a hit in its clause, at most 32 code points."""
    return _CLAUSE_END.split(_MEANT.sub(".", text[max(0, start - _BEFORE) : start]))[-1]


def _near(text: str, start: int, end: int) -> str:
    """Return what stands near a hit, 300 code points to each side."""
    return _MEANT.sub(".", text[max(0, start - 300) : end + 300])


def _sentence_around(text: str, start: int, end: int) -> str:
    """Return the sentence of a hit, at most 200 code points to each side."""
    left = max(0, start - 200)
    for stop in _SENTENCE_END.finditer(text, left, start):
        left = stop.end()
    stop_after = _SENTENCE_END.search(text, end, min(len(text), end + 200))
    return text[left : stop_after.start() if stop_after else end + 200]


@dataclass(frozen=True)
class Phrase:
    """One phrase of a rule. Its expression is made when a text first holds one of its keys."""

    rule: Rule
    text: str

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The phrase as a bounded regular expression over folded text."""
        return compile_phrases((self.text,), self.rule.lists)


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a reading; `score` is above 0. `names` are the spans of what stood for `{name}`."""

    rule: Rule
    start: int
    end: int
    score: float
    names: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """All phrases of one detector in all languages, looked up by the words a text has."""

    phrases: tuple[Phrase, ...]
    by_key: dict[str, tuple[int, ...]] = field(repr=False)

    @classmethod
    def load(cls, name: str) -> PhraseBook:
        """Read the book `name` in every language; raise `ValueError` for a phrase that is ill-made."""
        return cls.of(tuple(rule for language in LANGUAGES for rule in _rules(language, name)))

    @classmethod
    def of(cls, rules: tuple[Rule, ...]) -> PhraseBook:
        """Make a book of `rules`."""
        phrases = tuple(Phrase(rule, text) for rule in rules for text in rule.phrases)
        index: defaultdict[str, list[int]] = defaultdict(list)
        for number, phrase in enumerate(phrases):
            for key in keys(phrase.text, phrase.rule.lists):
                index[key].append(number)
        return cls(phrases, {key: tuple(numbers) for key, numbers in index.items()})

    def hits(self, reading: Reading) -> Iterator[Hit]:
        """Yield every hit that no guard drops."""
        present = reading.keys & self.by_key.keys()
        for number in sorted({number for key in present for number in self.by_key[key]}):
            phrase = self.phrases[number]
            for match in phrase.expression.finditer(reading.text):
                if score := phrase.rule.sure(reading.text, match.start(), match.end()):
                    names = tuple(match.span(group) for group in match.re.groupindex if match[group])
                    yield Hit(phrase.rule, match.start(), match.end(), score, names)


def _rules(language: str, name: str) -> Iterator[Rule]:
    source = files(__package__).joinpath("phrases", language, f"{name}.toml")
    data: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    lists = {key: tuple(phrases) for key, phrases in data.get("lists", {}).items()}
    for rule in data["rule"]:
        made: dict[str, Any] = {key: tuple(part) if isinstance(part, list) else part for key, part in rule.items()}
        yield Rule(**made | {"category": Category(rule["category"]), "lists": lists})
