"""The second reading: masks undone where a comment seems to hide its words.

Masks are spaced letters (k i l l, s.t.u.p.i.d) and the masks of single words in `bot.screening.normalise.masks`.
Numbers, prices, addresses, initialisms, notes, versions and code stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.screening.normalise.lexicon import bare, is_hidden_word, split_words
from bot.screening.normalise.masks import LEET, may_hold_masks, undone_words
from bot.screening.normalise.view import Replacement, View

_GAP = r"[ .\-_*,/|~·•+]{1,3}"
_SUSPECT_GAP = re.compile(rf"[ .\-_*,/|~·•+](?:[^\W_]|[@$!]){_GAP}(?:[^\W_]|[@$!])(?!\w)")
_SPACED = re.compile(rf"(?<![\w@#/:])[^\W_](?:{_GAP}(?:[^\W_]|[@$!])){{2,100}}(?![\w@])")
_BETWEEN = re.compile(_GAP)
_NOT_SPELLING = re.compile(r"[0-9@$!,/+]")
_NOTES = frozenset("abcdefgh")


def unmask(plain: View) -> View | None:
    """Return the second reading of `plain`, or None if nothing in it seems hidden."""
    joined = list(_joined(plain)) if _SUSPECT_GAP.search(plain.text) else []
    undone = list(undone_words(plain.text)) if may_hold_masks(plain.text) else []
    if not joined and not undone:
        return None
    return plain.rewritten(sorted(joined + _apart_from(undone, joined)))


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
        words = _words_of(plain, run)
        joined = "".join(words)
        if _was_hidden(run.group(), bare(joined)):
            yield run.start(), run.end(), " ".join(words) if len(words) > 1 else _cut(joined)


def _cut(joined: str) -> str:
    """Cut letters into words; capitals stay, as most of them are initials."""
    return split_words(joined if joined.isupper() else bare(joined))


def _words_of(plain: View, run: re.Match[str]) -> list[str]:
    """Return the words of a run of single letters: the narrowest gap joins, any other parts."""
    gaps = [(gap.start(), gap.end(), _as_written(plain, gap)) for gap in _BETWEEN.finditer(plain.text, *run.span())]
    usual = min((written for _, _, written in gaps), key=len)
    words, start = [""], run.start()
    for gap_start, gap_end, written in gaps:
        words[-1] += plain.text[start:gap_start]
        if written != usual:
            words.append("")
        start = gap_end
    words[-1] += plain.text[start : run.end()]
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
    initialism = run.isupper() and ("." in run or set(word) <= _NOTES)
    if len(word) < 4 or initialism:
        return False
    return not _NOT_SPELLING.search(run) or " " in split_words(word)
