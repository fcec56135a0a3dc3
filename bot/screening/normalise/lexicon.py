"""Which words people hide, and where a run of letters falls into words. The lists are data: masked_words.toml."""

from __future__ import annotations

import tomllib
import unicodedata
from importlib.resources import files

_DATA = tomllib.loads(files(__package__).joinpath("masked_words.toml").read_text(encoding="utf-8"))

_LONGEST = 14
"""Letters in the longest word that a run is cut into."""


def _words(section: str) -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in _DATA[section].items()}


_HIDDEN = _words("hidden")
_COMMON = frozenset().union(*_words("common").values())
_WHOLE = {language: frozenset(word.rstrip("*") for word in words) for language, words in _HIDDEN.items()}
_STEMS = {language: frozenset(word[:-1] for word in words if word.endswith("*")) for language, words in _HIDDEN.items()}
_ALL_WHOLE = frozenset().union(*_WHOLE.values())
_ALL_STEMS = frozenset().union(*_STEMS.values())
_PLAIN_WORDS = _COMMON | _ALL_WHOLE
_LONGEST_STEM = max(map(len, _ALL_STEMS))


def _by_length(words: frozenset[str]) -> dict[int, tuple[str, ...]]:
    lengths = set(map(len, words))
    return {length: tuple(sorted(word for word in words if len(word) == length)) for length in lengths}


_WHOLE_BY_LENGTH = _by_length(_ALL_WHOLE)
_STEMS_BY_LENGTH = _by_length(_ALL_STEMS)


def bare(word: str) -> str:
    """Return `word` in lower case without accents, as the lists have it."""
    word = word.lower()
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFD", word) if unicodedata.category(char) != "Mn")


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

    Its first letter must stand, and half of the letters; the ending after a stem must stand whole.
    """
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


def split_words(letters: str) -> str:
    """Return `letters` (bare, without spaces) cut into known words, or unchanged if that cannot be done.

    Fewest words win, so that "killyou" is "kill you". Work is linear in the number of letters.
    """
    best: list[tuple[int, int] | None] = [(0, 0)]
    for end in range(1, len(letters) + 1):
        options = [
            (before[0] + 1, start)
            for start in range(max(0, end - _LONGEST), end)
            if (before := best[start]) and _is_word(letters[start:end])
        ]
        best.append(min(options, default=None))
    if best[-1] is None:
        return letters
    words: list[str] = []
    end = len(letters)
    while end and (step := best[end]):
        words.append(letters[step[1] : end])
        end = step[1]
    return " ".join(reversed(words))


def _is_word(word: str) -> bool:
    return word in _PLAIN_WORDS or (len(word) > 5 and word.rstrip("s").removesuffix("ing") in _PLAIN_WORDS)
