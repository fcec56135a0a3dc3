"""Opens inputs for tests and reads them to the end."""

from __future__ import annotations

from pathlib import Path

from bot.shadow.readers import open_inputs
from bot.shadow.readers.streams import Meter
from bot.shadow.rows import BadRow, Format, LeftOut, Options, Row


def read(
    *paths: Path, options: Options | None = None, form: Format | None = None
) -> tuple[list[Row | BadRow], LeftOut]:
    """Return all rows of all inputs, and what was left out."""
    sources = open_inputs([str(path) for path in paths], form, options or Options(), Meter())
    rows = [row for source in sources for row in source.rows()]
    total = LeftOut()
    for source in sources:
        total.direct += source.left_out.direct
        total.private += source.left_out.private
        total.automatic += source.left_out.automatic
        total.notes.update(source.left_out.notes)
    return rows, total


def good(*paths: Path, options: Options | None = None, form: Format | None = None) -> list[Row]:
    """Return the rows of inputs that must not have a bad one."""
    rows, _ = read(*paths, options=options, form=form)
    assert all(isinstance(row, Row) for row in rows), rows
    return [row for row in rows if isinstance(row, Row)]


def texts(rows: list[Row]) -> list[str]:
    """Return what the rows say."""
    return [row.comment.text for row in rows]
