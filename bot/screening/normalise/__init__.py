"""Reading through disguise: what a comment says once look-alike letters, invisible characters and masks are undone.

The work is done on copies; every reading maps each of its code points back to the original (`View.span`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.screening.normalise.characters import fold_characters, fold_flags
from bot.screening.normalise.emphasis import fold_emphasis
from bot.screening.normalise.homoglyphs import fold_homoglyphs
from bot.screening.normalise.markup import fold_markup
from bot.screening.normalise.unmask import unmask
from bot.screening.normalise.view import Normalised, Replacement, View

__all__ = ["Normalised", "View", "normalise"]

_ROUNDS = 4
"""One step can prepare another (a look-alike digit inside a mention); a second round nearly always changes nothing."""

_ORDINARY = re.compile(r"[\n -%'-;=?-~¡¿À-ÖØ-öø-ÿ]*")
_SPACES = re.compile(r"[ \n]{2,}")


def normalise(text: str) -> Normalised:
    """Return the readings of `text`. Never raises for any str; the work grows linearly with its length."""
    plain = _plain(text)
    return Normalised(text, plain, unmask(plain))


def _plain(text: str) -> View:
    view = View(text)
    if _ORDINARY.fullmatch(text):
        return _fold_spaces(fold_emphasis(view))
    for _ in range(_ROUNDS):
        folded = _fold_spaces(fold_emphasis(fold_markup(fold_homoglyphs(fold_flags(fold_characters(view))))))
        if folded.text == view.text:
            break
        view = folded
    return view


def _fold_spaces(view: View) -> View:
    """Return `view` with each run of white space as one: a line break if it holds one, else a space."""
    if "  " in view.text or "\n" in view.text:
        return view.rewritten(_runs(view.text))
    return view


def _runs(text: str) -> Iterator[Replacement]:
    for match in _SPACES.finditer(text):
        yield match.start(), match.end(), "\n" if "\n" in match.group() else " "
