"""Cells of spreadsheets: text from people that a spreadsheet program must not take for a formula."""

from __future__ import annotations

_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheet programs read as the beginning of a formula, full-width forms included (OWASP, CSV injection)."""


def cell(value: object) -> str:
    """Return `value` for a CSV cell; one that would begin a formula gets an apostrophe before it."""
    words = "" if value is None else str(value)
    return f"'{words}" if words.lstrip(" ").startswith(_BEGINS) else words
