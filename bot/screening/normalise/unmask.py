"""The second reading: masks undone where a comment seems to hide its words, and slips put right.

Masks are spaced letters (k i l l, s.t.u.p.i.d) and those of single words (`masks.py`); for slips see `slips.py`.
Numbers, prices, addresses, initialisms, notes, versions and code stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from bot.screening.normalise import vocabulary
from bot.screening.normalise.lexicon import is_hidden_word
from bot.screening.normalise.masks import LEET, may_hold_masks, undone_words
from bot.screening.normalise.slips import slips
from bot.screening.normalise.view import Replacement, View
from bot.screening.normalise.vocabulary import bare

_GAP = r"[ .\-_*,/|~·•+]{1,3}"
_SUSPECT_GAP = re.compile(rf"[ .\-_*,/|~·•+](?:[^\W_]|[@$!]){_GAP}(?:[^\W_]|[@$!])(?!\w)")
_SPACED = re.compile(rf"(?<![\w@#/:'’])[^\W_](?:{_GAP}(?:[^\W_]|[@$!])){{2,400}}(?![\w@])")
_BETWEEN = re.compile(_GAP)
_LETTER = re.compile(r"[^\W_]|[@$!]")
_NOTES = frozenset("abcdefgh")
_COST_A_LETTER = 2.6
"""What spelled letters may cost each and still be words; a gap is a sign by itself, so that names may be among them."""
_MANY = 8
"""From so many letters on, some of them may belong to no word."""
_THREE_LETTERS = 7.5
"""What a word of three spelled letters may cost (f o r); others are initials."""


def unmask(plain: View) -> View | None:
    """Return the second reading of `plain`, or None if nothing in it seems hidden."""
    joined = list(_joined(plain)) if _SUSPECT_GAP.search(plain.text) else []
    undone = list(undone_words(plain.text)) if may_hold_masks(plain.text) else []
    found = sorted(joined + _apart_from(undone, joined))
    found = sorted(found + _apart_from(list(slips(plain.text)), found))
    return plain.rewritten(found) if found else None


def _apart_from(edits: list[Replacement], others: list[Replacement]) -> list[Replacement]:
    """Return those edits that touch none of the others; both are in order."""
    kept, waiting = [], iter(others)
    other = next(waiting, None)
    for edit in edits:
        while other and other[1] <= edit[0]:
            other = next(waiting, None)
        if other is None or edit[1] <= other[0]:
            kept.append(edit)
    return kept


def _joined(plain: View) -> Iterator[Replacement]:
    """Join letters that stand alone; a wider gap in the original, or another sign in it, ends a word."""
    for run in _SPACED.finditer(plain.text):
        start, end = _spelled(plain.text, *run.span())
        words = _words_of(plain, start, end)
        joined = bare("".join(words))
        if _was_hidden(plain.text[start:end], joined):
            torn = len(words) > 1 and not any(len(word) > 2 and vocabulary.is_word(word) for word in words)
            yield start, end, joined if torn and is_hidden_word(joined) else " ".join(map(_cut, words))


def _spelled(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the run is spelled: without its first or last letter, if that leaves a hidden word (a f a t one)."""
    letters = [match.start() for match in _LETTER.finditer(text, start, end)]
    for first, last in ((0, 0), (1, 0), (0, 1), (1, 1)):
        some = letters[first : len(letters) - last]
        word = bare("".join(text[at] for at in some).translate(LEET))
        if len(some) > 2 and is_hidden_word(word) and vocabulary.is_real(word):
            return some[0], some[-1] + 1
    return start, end


def _cut(joined: str) -> str:
    """Cut letters into words; what falls into none stays in one piece, and capitals stay, as most are initials."""
    low = bare(joined)
    if len(low) == 1:
        return joined
    if vocabulary.is_real(low):
        return vocabulary.written(low)
    costs, words = vocabulary.cut(low)
    if costs <= _COST_A_LETTER * len(low):
        return " ".join(map(vocabulary.written, words))
    return low if is_hidden_word(low) else joined


def _words_of(plain: View, start: int, end: int) -> list[str]:
    """Return the words of a run of single letters: the usual gap joins, any other parts."""
    gaps = [(gap.start(), gap.end(), _as_written(plain, gap)) for gap in _BETWEEN.finditer(plain.text, start, end)]
    usual = Counter(written for _, _, written in gaps).most_common(1)[0][0]
    words = [""]
    for gap_start, gap_end, written in gaps:
        words[-1] += plain.text[start:gap_start]
        if written != usual:
            words.append("")
        start = gap_end
    words[-1] += plain.text[start:end]
    return [word.translate(LEET) for word in words]


def _as_written(plain: View, gap: re.Match[str]) -> str:
    """Return the gap with as many spaces as the original has there."""
    start, end = plain.span(*gap.span())
    return gap.group().strip() or " " * (end - start)


def _was_hidden(run: str, word: str) -> bool:
    """Tell hidden words from initialisms (U.S.A.), notes (C D E F), lists (a, b, c, d), numbers and answers."""
    if sum(char.isalpha() for char in run) * 2 <= len(word):
        return False
    if is_hidden_word(word):
        return True
    if set(word) <= _NOTES:
        return False
    if run.isupper() and "." in run:
        return len(word) > 4 and vocabulary.is_word(word)
    return _are_words(word) if len(word) > 3 else run.islower() and vocabulary.cost(word) < _THREE_LETTERS


def _are_words(letters: str) -> bool:
    if vocabulary.is_real(letters):
        return True
    costs, words = vocabulary.cut(letters)
    fits = len(letters) >= _MANY or all(map(vocabulary.stands_alone, words))
    return fits and costs <= _COST_A_LETTER * len(letters)
