"""Masks of single words: digits and signs for letters, stars, marks inside, stretched letters, foreign accents.

A mask is undone when the word below it is one that people hide (`bot.screening.normalise.lexicon`), one that people
write (`bot.screening.normalise.vocabulary`), or when its shape is that of a mask and of nothing else (w0rthl3ss).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product
from math import inf

from bot.screening.normalise import vocabulary
from bot.screening.normalise.lexicon import hidden_word_like, is_hidden_english_word, is_hidden_word
from bot.screening.normalise.view import Replacement
from bot.screening.normalise.vocabulary import bare

LEET = str.maketrans("013457@$!|€+¡", "oieastasiieti")
"""The letter that each sign most often stands for; 1 and | are also tried as l."""

_AS_L = str.maketrans("1|", "ll")

_READINGS = {"0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b", "9": "g", "@": "a"} | {
    "$": "s", "!": "il", "|": "il", "€": "e", "+": "t", "¡": "i"
}  # fmt: skip
"""What each sign may stand for; @ is also tried as o, for Spanish words of both genders."""

_MOST_READINGS = 128
"""Ways to read one word that are tried at most."""

_SHORT = 4
"""Words of so many letters are stretched for fun (sooo, yesss): nothing is hidden by it."""

_SIGNS_AT_MOST = 8.0
"""What a word may cost that a few signs and letters are read as: 7he, 0ff, but not 5ad."""

_SIGNS_MOSTLY = 6.5
"""And where fewer letters than signs stand: 8u7, but not 3v3."""

_SHORT_STARRED = frozenset({"ass", "cum", "fag", "gay", "sex"})
"""Words of three letters that are read where a star stands for one; sums and grades have the same shape."""

_FOREIGN = "äëïöàèìòùâêîôûãõåýÿøçÄËÏÖÀÈÌÒÙÂÊÎÔÛÃÕÅÝØÇĀ-ɏḀ-ỿ"
_SUSPECT = re.compile(rf"[^\W\d_][0-9@$*€¡+#_~`]|[0-9@$!|€+][^\W\d_]|([^\W\d_])\1\1|[áéíóúüÁÉÍÓÚÜ{_FOREIGN}]")
_SIGNS = re.compile(rf"[0-9@$!|*€¡+#_~`áéíóúüÁÉÍÓÚÜ{_FOREIGN}]")
_TRIPLE = re.compile(r"(.)\1\1")

_WORD = re.compile(r"(?<!\S)\S{2,40}(?!\S)")
_EDGES = "\"'()[]{}.,;:?!¿¡«»…-—–"
_EMPHASIS = "*_~`|"
_CLOSING = "_~`|"
_OTHER_THINGS = re.compile(
    r"://|www\.|\w@[\w\-]{1,40}\.\w|^[#@]\w\w|^[$€]\d|^[\d.,:/+\-$€%x]{1,40}[a-z]{0,2}$|^\dv\d$|^[a-f][+]|[\\{}()=;<>\[\]/]"
)
_SHORT_MASK = re.compile(r"[013456789$@]{1,2}[a-z]{1,2}|@[a-z]{2,4}")
_AMOUNT = re.compile(
    r"[0-9]{1,2}(?:st|nd|rd|th|er|ro|ra|do|da|to|ta|vo|va|mo|ma|no|na|am|pm|in|ft|lb|oz|k[gm]|[cm]m|ml|[gmt]b|hz|hr|ks|xs|s|[a-z])"
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
        if token[0] in "!¡" and is_hidden_word(read := bare(f"i{word}")) and vocabulary.is_real(read):
            yield start - 1, start + len(word), read
            continue
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
    if _SHORT_MASK.fullmatch(low) and not _AMOUNT.fullmatch(low):
        return _likeliest(low, _SIGNS_AT_MOST if sum(map(str.isalpha, low)) > 1 else _SIGNS_MOSTLY)
    if _OTHER_THINGS.search(low):
        return None
    if low.isalpha():
        return _without_accents(word, low) or _squeezed(low)
    unmarked = _INNER_MARKS.sub("", low)
    if unmarked.isalpha() and is_hidden_word(unmarked):
        return unmarked
    starred = _letters_for_stars(low) if "*" in low else None
    return starred or _letters_for_signs(unmarked) or _letters_for_stars(low)


def _without_accents(word: str, low: str) -> str | None:
    """Undo accents that nobody writes in that language: any but the Spanish ones, or Spanish ones on English.

    Short words and those in Vietnamese letters are left (très, hằng): most are another language's.
    """
    accents = [char for char in word.lower() if not char.isascii()]
    if not accents or (len(low) < 4 and low not in _SHORT_STARRED) or max(accents) >= "ạ":
        return None
    spanish = _SPANISH_ACCENTS.issuperset(accents)
    return low if (is_hidden_english_word if spanish else is_hidden_word)(low) else None


def _letters_for_signs(low: str) -> str | None:
    """Read digits and signs as letters: to a hidden word, to one that people write, or wherever digits stand inside.

    Words with a count behind them (mp3s, room a4) stay.
    """
    before = low.rstrip("0123456789s")
    counted = is_hidden_word(before) and vocabulary.is_real(before)
    if _COUNTED.fullmatch(low) and (counted or not low[1].isalpha()):
        return None
    stretched = _STRETCHED.search(low)
    for read in (low.translate(LEET), low.translate(_AS_L).translate(LEET)):
        if read.isalpha() and (found := read if is_hidden_word(read) else stretched and _squeezed(read)):
            return found
    if found := _likeliest(low):
        return found
    if _INNER_DIGITS.fullmatch(low) and not _COUNTED.fullmatch(low):
        return low.replace("11", "ll").translate(LEET)
    return None


def _likeliest(low: str, most: float = inf) -> str | None:
    """Return the word that people write most among those that the signs of `low` can spell, if it costs at most `most`.

    A word with a number behind it stays (team5), but nobody counts to nothing (man0).
    """
    before = low.rstrip("0123456789")
    if low[len(before) :] != "0" and len(before) > 2 and before != low and vocabulary.is_word(before):
        return None
    if sum(map(str.isalpha, low)) * 2 < len(low):
        most = min(most, _SIGNS_AT_MOST)
    for readings in (_READINGS, _READINGS | {"@": "o"}):
        spelt = map("".join, islice(product(*(readings.get(char, char) for char in low)), _MOST_READINGS))
        word = min(spelt, key=vocabulary.cost)
        if vocabulary.cost(word) < most:
            return vocabulary.written(word)
    return None


def _letters_for_stars(low: str) -> str | None:
    """Read each sign as one letter that was left out (f*ck, f#ck, sh**)."""
    masked = "".join(char if char.isalpha() else "*" for char in low)
    if len(masked) < 3 or "'" in low or any(char.isdigit() for char in low):
        return None
    word = hidden_word_like(masked)
    if len(masked) > 3 or set(low[1:]) == {"*"}:
        return word
    return word if low.count("*") == 1 and "*" not in (low[0], low[-1]) and word in _SHORT_STARRED else None


def _squeezed(low: str) -> str | None:
    """Return the word that `low` stretches, hidden or long: each long run stands for one letter or for two."""
    runs = [match.group() for match in _STRETCHED.finditer(low)]
    if not runs:
        return None
    pieces = _STRETCHED.sub("\0", low).split("\0")
    for letters in islice(product(*((run[0], run[:2]) for run in runs)), 16):
        word = pieces[0] + "".join(map(str.__add__, letters, pieces[1:]))
        if is_hidden_word(word):
            return word
        if len(word) > _SHORT and vocabulary.is_word(word) and not vocabulary.is_word(low):
            return vocabulary.written(word)
    return None
