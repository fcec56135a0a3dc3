"""Words run together (killyourself), mistyped (musilms) or without their accents (nino): nearly words.

Only what is no word is put right, and only where one reading is likely; real words and names stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.screening.normalise import vocabulary
from bot.screening.normalise.lexicon import BEGINNINGS, ENDINGS, is_hidden_word
from bot.screening.normalise.view import Replacement
from bot.screening.normalise.vocabulary import bare

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_TOKEN = re.compile(r"\S+")
_OTHER_THINGS = re.compile(
    r"://|www\.|@|\.(?:com|org|net|edu|gov|io|us|mx|gg|ly|tv|me|be)\b|[\\{}()=;<>\[\]/_]|^:[\w+\-]+:$"
)

_COST_A_LETTER = 2.3
"""What a run may cost for each of its letters and still be words: more, and it is a name, or another language."""

_LONG = 15
"""From so many letters on a run may hold something that is no word."""

_EXCHANGED_ONLY, _LONGEST_SLIP = 5, 16
"""Letters in words of which two are exchanged or one is doubled at most, and in the longest that is looked at."""

_ALIKE = (("v", "u"), ("q", "g"), ("z", "s"), ("ph", "f"), ("k", "c"), ("x", "ch"), ("l", "i"), ("i", "l"), ("oo", "u"))
"""Letters, and what is meant where somebody hides a word by them."""

_TORN = re.compile(r"[\"'(¿¡]?([^\W\d_]{1,10})[.\-_~]([^\W\d_]{1,10})[\"').,!?]{0,4}")

_ENDS = ("s", "es", "ed", "d", "ing", "ly", "er")


def slips(text: str) -> Iterator[Replacement]:
    """Yield what stands under each slip in `text`, in order."""
    if vocabulary.SETTLED.issuperset(_WORD.findall(text.lower())):
        return
    for token in _TOKEN.finditer(text):
        if (torn := _TORN.fullmatch(token.group())) and (new := _untorn(*torn.groups())):
            yield token.start() + torn.start(1), token.start() + torn.end(2), new
            continue
        if _OTHER_THINGS.search(token.group()):
            continue
        for match in _WORD.finditer(text, *token.span()):
            if new := _put_right(match.group()):
                yield *match.span(), new


def _put_right(word: str) -> str | None:
    """Return what was meant by `word`, or None if it stands for itself.

    Who writes accents writes with care; what begins with a capital is a name, unless it is many words.
    """
    low, name = bare(word), word[0].isupper() and not word.isupper()
    if vocabulary.is_word(low):
        return None if name or not word.isascii() else vocabulary.accented(low)
    if len(low) < 4 or not low.isalpha() or not word.isascii() or vocabulary.is_real(low) or _is_form(low):
        return None
    if name:
        return _parted(low, 3)
    return _parted(low, 2) or respelt(low) or (None if is_hidden_word(low) else _mended(low))


def _untorn(first: str, second: str) -> str | None:
    """Return the hidden word that a mark tears in two (fu.ck), unless both parts are words."""
    parts = bare(first), bare(second)
    joined = "".join(parts)
    return joined if is_hidden_word(joined) and not all(map(vocabulary.is_real, parts)) else None


def _is_form(low: str) -> bool:
    """Whether `low` is a real word with a usual ending."""
    return any(low.endswith(end) and vocabulary.is_real(low.removesuffix(end)) for end in _ENDS)


def _parted(low: str, least: int) -> str | None:
    """Return the words, at least so many, that `low` runs together, or None if it is no such thing."""
    costs, words = vocabulary.cut_in_one_language(low)
    if len(words) < least or costs > _COST_A_LETTER * len(low):
        return None
    if len(low) < _LONG and not _are_words(words):
        return None
    return " ".join(map(vocabulary.written, words))


def _are_words(words: Sequence[str]) -> bool:
    """Whether a short run is words indeed: no part of a rarer one, and among them one that words are run into."""
    first, last = words[0], words[-1]
    if len(words) == 2 and (first in BEGINNINGS or last in ENDINGS or min(map(len, words)) == 1):
        return False
    hidden = any(map(is_hidden_word, words))
    if not hidden and sum(map(len, words)) < 3 * len(words) and len(words) > 2:
        return False
    if not all(map(vocabulary.stands_alone, words)) or any(len(word) == 1 and word != "a" for word in words[1:-1]):
        return False
    usual = vocabulary.COMMON if hidden else vocabulary.FREQUENT
    return any(vocabulary.cost(word) < usual for word in words if not is_hidden_word(word))


def respelt(low: str) -> str | None:
    """Return the hidden word that `low` is with other letters of the same sound or shape (fvck, azz, kabron)."""
    for written, meant in _ALIKE:
        word = low.replace(written, meant)
        if word != low and is_hidden_word(word) and vocabulary.is_real(word):
            return word
    return None


def _mended(low: str) -> str | None:
    """Return the common word that one slip of the hand made `low` of, or None if there is none."""
    if len(low) > _LONGEST_SLIP:
        return None
    meant = min(_one_slip_away(low), key=vocabulary.cost)
    return vocabulary.written(meant) if vocabulary.cost(meant) < vocabulary.COMMON else None


def _one_slip_away(low: str) -> Iterator[str]:
    """Yield what `low` may have been, with the same first letter: letters exchanged, one too many, one too few."""
    for at in range(1, len(low)):
        yield low[:at] + low[at + 1 : at + 2] + low[at] + low[at + 2 :]
        if len(low) > _EXCHANGED_ONLY or low[at] == low[at - 1]:
            yield low[:at] + low[at + 1 :]
    if len(low) > _EXCHANGED_ONLY:
        yield vocabulary.with_one_more(low)
