"""Emphasis as a person sees it: `_so_`, `*so*`, `**so**`, `__so it is__` and `~~so~~` without their marks.

Marks inside words (snake_case, f**k), sums (2 * 3) and marks without a partner stay, and so does a single word
between double underscores, which is code (__init__).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from bot.screening.normalise.view import Replacement, View

_ROUNDS = 4
"""What is taken away can bring marks together that then belong together; nobody writes that twice."""

_MARKS = r"(?<![*_~])[*_~]{1,5}(?![*_~])"
_MARK = re.compile(
    rf"""(?P<opening>(?<![^\s(\["'¿¡]){_MARKS}(?!\s|\Z))
       | (?P<closing>(?<!\s){_MARKS}(?![^\s.,;:!?)\]"']))""",
    re.VERBOSE,
)
_ALIKE = re.compile(r"(.)\1*")
_CODE = re.compile(r"\w+")


def fold_emphasis(view: View) -> View:
    """Return `view` without the marks of paired emphasis; the words between them stay where they are."""
    for _ in range(_ROUNDS):
        shorter = view.rewritten(sorted(_paired(view.text)))
        if shorter is view:
            break
        view = shorter
    return view


def _paired(text: str) -> Iterator[Replacement]:
    """Yield the marks that have a partner: the last open ones that are alike."""
    open_at: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for run in _MARK.finditer(text):
        for mark in _ALIKE.finditer(text, *run.span()):
            if run["opening"]:
                open_at[mark.group()].append(mark.span())
            elif waiting := open_at[mark.group()]:
                start, end = waiting.pop()
                if mark.group() != "__" or not _CODE.fullmatch(text, end, mark.start()):
                    yield start, end, ""
                    yield mark.start(), mark.end(), ""
