"""Masks of single words: digits and signs for letters, stars, marks inside, stretched letters, foreign accents.

A mask is undone when the word below it is one that people hide (`bot.screening.normalise.lexicon`), or when its
shape is that of a mask and of nothing else (y0u, w0rthl3ss).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

from bot.screening.normalise.lexicon import bare, hidden_word_like, is_hidden_english_word, is_hidden_word
from bot.screening.normalise.view import Replacement

LEET = str.maketrans("013457@$!|€+¡", "oieastasiieti")
"""The letter that each sign most often stands for; 1 and | are also tried as l."""

_AS_L = str.maketrans("1|", "ll")

_FOREIGN = "äëïöàèìòùâêîôûãõåýÿøçÄËÏÖÀÈÌÒÙÂÊÎÔÛÃÕÅÝØÇĀ-ɏḀ-ỿ"
_SUSPECT = re.compile(rf"[^\W\d_][0-9@$*€¡+#_~`]|[0-9@$!|€+][^\W\d_]|([^\W\d_])\1\1|[áéíóúüÁÉÍÓÚÜ{_FOREIGN}]")
_SIGNS = re.compile(rf"[0-9@$!|*€¡+#_~`áéíóúüÁÉÍÓÚÜ{_FOREIGN}]")
_TRIPLE = re.compile(r"(.)\1\1")

_WORD = re.compile(r"(?<!\S)\S{2,40}(?!\S)")
_EDGES = "\"'()[]{}.,;:?!¿¡«»…-—–"
_EMPHASIS = "*_~`|"
_CLOSING = "_~`|"
_OTHER_THINGS = re.compile(
    r"://|www\.|\w@[\w\-]{1,40}\.\w|^[#@]\w\w|^[$€]\d|^[\d.,:/+\-$€%x]{1,40}[a-z]{0,2}$|[\\{}()=;<>\[\]/]"
)
_INNER_DIGITS = re.compile(r"[a-z]{1,12}(?:(?:00|11|33|55|[013457])[a-z]{1,12}){1,4}")
_COUNTED = re.compile(r"[a-z]{1,12}[0-9]{1,4}s?")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_INNER_MARKS = re.compile(r"(?<=\w)(?:\*{2,3}|\|\||__|~~|`)(?=\w)")
_SPANISH_ACCENTS = frozenset("áéíóúüñ")


def may_hold_masks(text: str) -> bool:
    """Whether looking at the words of `text` is worth it: two cheap looks, then a dearer one."""
    return bool((_SIGNS.search(text) or _TRIPLE.search(text)) and _SUSPECT.search(text))


def undone_words(text: str) -> Iterator[Replacement]:
    """Yield what stands under each masked word of `text`, in order."""
    for match in _WORD.finditer(text):
        token = match.group()
        if not _SUSPECT.search(token):
            continue
        word = token.rstrip(_EDGES).lstrip(_EDGES)
        start = match.start() + len(token) - len(token.lstrip(_EDGES))
        if word[:1] in _EMPHASIS:
            start += len(word) - len(word.lstrip(_EMPHASIS))
            word = word.strip(_EMPHASIS)
        word = word.rstrip(_CLOSING)
        if word and (new := _undone(word)):
            yield start, start + len(word), new


def _undone(word: str) -> str | None:
    """Return the word under the mask, or None if there is no mask or it cannot be told."""
    low = bare(word)
    if low[0] == "@" and is_hidden_word(low.translate(LEET)):
        return low.translate(LEET)
    if _OTHER_THINGS.search(word):
        return None
    if low.isalpha():
        return _without_accents(word, low) or _squeezed(low)
    unmarked = _INNER_MARKS.sub("", low)
    if unmarked.isalpha() and is_hidden_word(unmarked):
        return unmarked
    return _letters_for_signs(unmarked) or _letters_for_stars(low)


def _without_accents(word: str, low: str) -> str | None:
    """Undo accents that nobody writes in that language: any but the Spanish ones, or Spanish ones on English."""
    accents = [char for char in word.lower() if not char.isascii()]
    if not accents:
        return None
    spanish = _SPANISH_ACCENTS.issuperset(accents)
    return low if (is_hidden_english_word if spanish else is_hidden_word)(low) else None


def _letters_for_signs(low: str) -> str | None:
    """Read digits and signs as letters: to a hidden word, or wherever single digits stand between letters.

    Words with a count behind them (mp3s, room a4) stay.
    """
    if _COUNTED.fullmatch(low) and (is_hidden_word(low.rstrip("0123456789s")) or not low[1].isalpha()):
        return None
    for read in (low.translate(LEET), low.translate(_AS_L).translate(LEET)):
        if read.isalpha() and (found := read if is_hidden_word(read) else _squeezed(read)):
            return found
    if _INNER_DIGITS.fullmatch(low) and not _COUNTED.fullmatch(low):
        return low.replace("11", "ll").translate(LEET)
    return None


def _letters_for_stars(low: str) -> str | None:
    """Read each sign as one letter that was left out (f*ck, f#ck, sh**)."""
    masked = "".join(char if char.isalpha() else "*" for char in low)
    if len(masked) < 3 or any(char.isdigit() for char in low):
        return None
    return hidden_word_like(masked)


def _squeezed(low: str) -> str | None:
    """Return the hidden word that `low` stretches: each long run stands for one letter or for two."""
    runs = [match.group() for match in _STRETCHED.finditer(low)]
    if not runs:
        return None
    pieces = _STRETCHED.sub("\0", low).split("\0")
    for letters in islice(product(*((run[0], run[:2]) for run in runs)), 16):
        word = pieces[0] + "".join(map(str.__add__, letters, pieces[1:]))
        if is_hidden_word(word):
            return word
    return None
