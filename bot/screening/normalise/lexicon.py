"""Which words people hide from filters, and the parts of rarer words. The lists are data: masked_words.toml."""

from __future__ import annotations

import tomllib
from importlib.resources import files

_DATA = tomllib.loads(files(__package__).joinpath("masked_words.toml").read_text(encoding="utf-8"))


def _words(section: str) -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in _DATA[section].items()}


_HIDDEN = _words("hidden")
_WHOLE = {language: frozenset(word.rstrip("*") for word in words) for language, words in _HIDDEN.items()}
_STEMS = {language: frozenset(word[:-1] for word in words if word.endswith("*")) for language, words in _HIDDEN.items()}
_ALL_WHOLE = frozenset().union(*_WHOLE.values())
_ALL_STEMS = frozenset().union(*_STEMS.values())
_LONGEST_STEM = max(map(len, _ALL_STEMS))
_STARRED: dict[str, str] = _DATA["starred"]

BEGINNINGS = frozenset(_DATA["parts"]["before"].split())
ENDINGS = frozenset(_DATA["parts"]["after"].split())
"""What words begin and end with: one such part and one word more are one rare word, and no two."""

WHOLE = frozenset(_DATA["parts"]["whole"].split())
"""Rare words that look like several, one of them a hidden one."""


def _by_length(words: frozenset[str]) -> dict[int, tuple[str, ...]]:
    lengths = set(map(len, words))
    return {length: tuple(sorted(word for word in words if len(word) == length)) for length in lengths}


_WHOLE_BY_LENGTH = _by_length(_ALL_WHOLE)
_STEMS_BY_LENGTH = _by_length(_ALL_STEMS)


def is_hidden_word(word: str) -> bool:
    """Whether `word` (bare) is one that people hide from filters."""
    if word in _ALL_WHOLE:
        return True
    return any(word[:length] in _ALL_STEMS for length in range(3, min(len(word), _LONGEST_STEM) + 1))


def is_hidden_english_word(word: str) -> bool:
    """Whether `word` (bare) is one of the English ones, with no further ending."""
    return word in _WHOLE["en"]


def hidden_word_like(masked: str) -> str | None:
    """Return the word that `masked` spells with `*` for single letters, or None.

    Its first letter must stand, and half of the letters, but where custom says what is meant (f***); the ending after a
    stem must stand whole.
    """
    if masked in _STARRED:
        return _STARRED[masked]
    letters = sum(char != "*" for char in masked)
    if masked[0] == "*" or letters * 2 < len(masked):
        return None
    for word in _WHOLE_BY_LENGTH.get(len(masked), ()):
        if all(map(_fits, masked, word)):
            return word
    for length in range(min(len(masked), _LONGEST_STEM), 3, -1):
        for stem in _STEMS_BY_LENGTH.get(length, ()):
            if "*" not in masked[length:] and all(map(_fits, masked, stem)):
                return stem + masked[length:]
    return None


def _fits(sign: str, letter: str) -> bool:
    return sign in {letter, "*"}
