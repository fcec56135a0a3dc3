"""A comment's text as a report may show it: words marked, people under pseudonyms, nothing that acts on its reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

from bot.domain.assessments import Finding
from bot.shadow.people import People
from bot.shadow.rows import Row

MOST = 1200
"""Code points of one comment that a report shows."""
BEFORE = 200
"""Code points shown before the first mark, where a comment is too long to show whole."""
MOST_ALL_MARKED = 280
"""Code points up to which a comment may be marked from end to end; in a longer one that would point at nothing."""

_MARKUP = re.compile(
    r"""<@!?(?P<who>[UW][A-Z0-9]{1,20}|[0-9]{1,20})(?:\|[^<>|]{0,80})?>   # a person, on Slack and Discord
    | <(?P<sigil>[#!])(?:[A-Z0-9]{1,20}\|)?(?P<place>[^<>|]{1,80})>       # <#C024BE91L|room-12>, <!here>
    | &(?P<sign>amp|lt|gt);                                               # Slack escapes these three""",
    re.VERBOSE,
)
_SIGNS = {"amp": "&", "lt": "<", "gt": ">"}
_STEERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of text around (Unicode annex 9)."""


class Piece(NamedTuple):
    """Some words, and whether a finding marks them."""

    text: str
    marked: bool


class Shown(NamedTuple):
    """What to show, and how many code points the whole comment has if this is not all of it (else 0)."""

    pieces: tuple[Piece, ...]
    shortened_from: int


class _Swap(NamedTuple):
    start: int
    end: int
    text: str


def shown(row: Row, findings: Iterable[Finding], people: People, word: str) -> Shown:
    """Return the text of `row` for people to read; `word` is what a pseudonym begins with (“Person”)."""
    text = row.comment.text
    swaps = list(_swaps(row, people, word))
    marks = [mark for mark in _marks(findings, text) if mark != (0, len(text)) or len(text) <= MOST_ALL_MARKED]
    start = max(0, marks[0][0] - BEFORE) if len(text) > MOST and marks else 0
    end = min(len(text), start + MOST)
    for swap in swaps:  # a name is never cut in two, which would show half of it
        start = swap.end if swap.start < start < swap.end else start
        end = swap.start if swap.start < end < swap.end else end
    pieces = list(_pieces(text, swaps, marks, start, end))
    if start > 0:
        pieces.insert(0, Piece("… ", marked=False))
    if end < len(text):
        pieces.append(Piece(" …", marked=False))
    return Shown(tuple(_joined(pieces)), len(text) if (start, end) != (0, len(text)) else 0)


def inert(text: str) -> str:
    """Return `text` without control characters, direction controls and broken Unicode (each shown as �)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if _acts(character) else character for character in text)


def _acts(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in _STEERING or unicodedata.category(character) in ("Cc", "Cs")


def _swaps(row: Row, people: People, word: str) -> Iterator[_Swap]:
    """Yield what stands in place of markup and of mentioned names, in order, none overlapping another."""
    reached = 0
    found = [*_markup(row, people, word), *_mentioned(row, people, word)]
    for swap in sorted(found, key=lambda swap: (swap.start, -swap.end)):  # the longer name counts
        if swap.start >= reached:
            reached = swap.end
            yield swap


def _markup(row: Row, people: People, word: str) -> Iterator[_Swap]:
    for match in _MARKUP.finditer(row.comment.text):
        if who := match["who"]:
            yield _Swap(match.start(), match.end(), "@" + people.called(who, "", word))
        elif place := match["place"]:
            yield _Swap(match.start(), match.end(), ("#" if match["sigil"] == "#" else "@") + place)
        else:
            yield _Swap(match.start(), match.end(), _SIGNS[match["sign"]])


def _mentioned(row: Row, people: People, word: str) -> Iterator[_Swap]:
    if people.show_names:
        return
    for name, person in row.addressed:
        at = row.comment.text.find(f"@{name}")
        while at >= 0:
            yield _Swap(at, at + 1 + len(name), "@" + people.called(person, "", word))
            at = row.comment.text.find(f"@{name}", at + 1)


def _marks(findings: Iterable[Finding], text: str) -> list[tuple[int, int]]:
    """Return the spans of `findings` in order, joined into one where at most white space lies between them."""
    marks: list[tuple[int, int]] = []
    for start, end in sorted((max(0, item.start), min(len(text), item.end)) for item in findings):
        if end <= start:
            continue
        if marks and not text[marks[-1][1] : start].strip():
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return marks


def _pieces(text: str, swaps: list[_Swap], marks: list[tuple[int, int]], start: int, end: int) -> Iterator[Piece]:
    """Cut `text[start:end]` at every bound; what is swapped counts as marked if any of it is."""
    inside = [swap for swap in swaps if start <= swap.start and swap.end <= end]
    swapped = {swap.start: swap for swap in inside}
    marks = [mark for mark in marks if mark[0] < end and mark[1] > start]
    within = {at for swap in inside for at in range(swap.start + 1, swap.end)}
    bounds = {start, end, *(at for swap in inside for at in (swap.start, swap.end))}
    bounds |= {at for mark in marks for at in mark if start < at < end} - within
    ordered = sorted(bounds)
    for left, right in pairwise(ordered):
        swap = swapped.get(left)
        words = swap.text if swap else text[left:right]
        yield Piece(inert(words), any(mark_start < right and left < mark_end for mark_start, mark_end in marks))


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    for marked, same in groupby(pieces, key=lambda piece: piece.marked):
        yield Piece("".join(piece.text for piece in same), marked)
