"""Reading through disguise: what a comment says once look-alike letters, invisible characters and masks are undone.

The work is done on copies; every reading maps each of its code points back to the original (`View.span`).
"""

from __future__ import annotations

from bot.screening.normalise.view import Normalised, View

__all__ = ["Normalised", "View", "normalise"]


def normalise(text: str) -> Normalised:
    """Return the readings of `text`. Never raises for any str; the work grows linearly with its length."""
    return Normalised(text, View(text))
