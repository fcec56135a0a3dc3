"""A text as the detectors search it: lower case, without accents, each code point where it was."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.screening.normalise import View

KEY_LENGTH = 4
"""Phrases are looked up by the first letters of their rarest word."""

_PLAIN = str.maketrans("áéíóúüñàèìòùâêîôûäëïöãõçåýÿ", "aeiouunaeiouaeiouaeioaocayy")
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` has the length of its view's text; `keys` are the beginnings of its words."""

    view: View
    text: str
    keys: frozenset[str]


def fold(text: str) -> str:
    """Return `text` in lower case without accents and with as many code points as before."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return low if low.isascii() else low.translate(_PLAIN)


def keys_of(words: Iterable[str]) -> frozenset[str]:
    """Return what `Reading.keys` has of folded `words`."""
    return frozenset(word[:KEY_LENGTH] for word in words)


@lru_cache(maxsize=2)
def read(view: View) -> Reading:
    """Return `view` ready to be searched. All detectors share the last comment's readings; nothing older is kept."""
    text = fold(view.text)
    return Reading(view, text, keys_of(_WORD.findall(text)))
