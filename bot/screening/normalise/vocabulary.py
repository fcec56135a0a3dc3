"""The words that people write here, in English and Spanish, and where a run of letters falls into such words.

The lists are data (`words/`, made by `python -m training words`). `en.txt` and `es.txt` are in order of frequency: a
word costs the logarithm of its rank, as Zipf's law has it, and the cheapest reading is the likeliest one. `real.txt`
holds other words and names, which nothing is read as and which stand for themselves.
"""

from __future__ import annotations

import unicodedata
from importlib.resources import files
from itertools import chain
from math import inf, log

_LONGEST = 18
"""Letters in the longest word that a run is cut into."""

_ALONE = {"en": frozenset("aiu"), "es": frozenset("aeouy")}
"""The letters that are words by themselves."""

_PAIR = 7.5
"""A word of two letters stands in a run only if it costs less than this: most others are somebody's initials."""

_UNKNOWN = 5.0
"""What a letter costs that belongs to no word."""

FREQUENT = 7.0
"""What the hundred most frequent words cost at most: the, you, is; el, que, te."""

COMMON = 9.5
"""What a word costs that is still common; a rarer one is no likelier to be meant than what stands there."""

_USUALLY = 1.1
"""What a word must cost more without its accents than with them for these to count as left out: thrice as rare."""


def bare(word: str) -> str:
    """Return `word` in lower case without accents and with a plain apostrophe, as the lists are looked up."""
    word = word.lower().replace("’", "'")
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFD", word) if unicodedata.category(char) != "Mn")


def _list(name: str) -> list[str]:
    return files(__package__).joinpath("words", f"{name}.txt").read_text(encoding="utf-8").split()


def _listed(language: str) -> dict[str, float]:
    """Return what each word of a language costs, in lower case and as it is written."""
    words = _list(language)
    scale = log(len(words))
    return {word: log(rank * scale) for rank, word in enumerate(words, 1)}


def _cheapest(*lists: dict[str, float]) -> dict[str, tuple[float, str]]:
    """Return each bare word, also without its apostrophe: what it costs, and as it is written most often."""
    known: dict[str, tuple[float, str]] = {}
    for word, costs in (pair for one in lists for pair in one.items()):
        for key in {bare(word), bare(word).replace("'", "")}:
            known[key] = min(known.get(key, (costs, word)), (costs, word))
    return known


def _left_out(english: dict[str, float], spanish: dict[str, float]) -> dict[str, str]:
    """Return the words that are Spanish with accents, and hardly anything without them."""
    found: dict[str, str] = {}
    for word, costs in spanish.items():
        low = bare(word)
        if low != word and low not in english and costs + _USUALLY < spanish.get(low, inf):
            found.setdefault(low, word)
    return found


def _with_one_left_out(known: dict[str, tuple[float, str]]) -> dict[str, str]:
    """Return each common word by what is left of it when one letter, not the first, is left out: the likeliest."""
    found: dict[str, str] = {}
    for word in sorted((word for word in known if known[word][0] < COMMON), key=known.__getitem__):
        for at in range(1, len(word)):
            found.setdefault(word[:at] + word[at + 1 :], word)
    return found


def _in_runs(language: str, words: dict[str, float]) -> dict[str, float]:
    """Return the words of a language that stand in a run of letters, bare, with their costs."""
    known = _cheapest(words)
    return {
        word: costs
        for word, (costs, written) in known.items()
        if word.isalpha()
        and (len(word) > 2 or word in _ALONE[language] or (len(word) == 2 and costs < _PAIR))
        and ("'" not in written or costs < COMMON)
    }


_ENGLISH, _SPANISH = _listed("en"), _listed("es")
_KNOWN = _cheapest(_ENGLISH, _SPANISH)
_REAL = frozenset(_list("real"))
_LEFT_OUT = _with_one_left_out(_KNOWN)
_ACCENTS = _left_out(_ENGLISH, _SPANISH)
_IN_RUNS_OF_ONE = (_in_runs("en", _ENGLISH), _in_runs("es", _SPANISH))
_IN_RUNS = {word: min(known.get(word, inf) for known in _IN_RUNS_OF_ONE) for word in {*chain(*_IN_RUNS_OF_ONE)}}
SETTLED = frozenset(word for word in {*_KNOWN, *_REAL, *_ENGLISH, *_SPANISH} if word not in _ACCENTS)
"""Words, in lower case and as they are written, of which there is nothing to put right."""


def cost(word: str) -> float:
    """Return what `word` (bare) costs, about 2 to 12; infinite if it is none that people write."""
    found = _KNOWN.get(word)
    return inf if found is None else found[0]


def is_word(word: str) -> bool:
    """Whether `word` (bare) is one that people write here."""
    return word in _KNOWN


def is_real(word: str) -> bool:
    """Whether `word` (bare) is a word or a name, written here or not."""
    return word in _KNOWN or word in _REAL


def stands_alone(word: str) -> bool:
    """Whether `word` (bare) stands in a run of letters; of single letters, few do."""
    return word in _IN_RUNS


def written(word: str) -> str:
    """Return `word` (bare) as most people write it, with its accents; an unknown one unchanged."""
    found = _KNOWN.get(word)
    return word if found is None else found[1]


def accented(word: str) -> str | None:
    """Return the Spanish word that `word` (bare) lacks the accents of, or None if it lacks none."""
    return _ACCENTS.get(word)


def with_one_more(word: str) -> str:
    """Return the likeliest common word that `word` lacks one letter of, not the first; or `word` itself."""
    return _LEFT_OUT.get(word, word)


def cut(letters: str) -> tuple[float, tuple[str, ...]]:
    """Return the likeliest words that `letters` (bare, no spaces) run together, and what they cost in all.

    What belongs to no word comes letter by letter, at a high price. Work is linear in the number of letters.
    """
    return _cut(letters, _IN_RUNS)


def cut_in_one_language(letters: str) -> tuple[float, tuple[str, ...]]:
    """Return the same, with words of either English or Spanish."""
    return min(_cut(letters, known) for known in _IN_RUNS_OF_ONE)


def _cut(letters: str, known: dict[str, float]) -> tuple[float, tuple[str, ...]]:
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(letters) + 1):
        choices = [(best[end - 1][0] + _UNKNOWN, end - 1)]
        for start in range(max(0, end - _LONGEST), end):
            costs = known.get(letters[start:end])
            if costs is not None:
                choices.append((best[start][0] + costs, start))
        best.append(min(choices))
    words: list[str] = []
    end = len(letters)
    while end:
        start = best[end][1]
        words.append(letters[start:end])
        end = start
    return best[-1][0], tuple(reversed(words))
