"""JSON Lines, and plain text with one comment a line."""

from __future__ import annotations

import json
from collections.abc import Generator

from bot.shadow.readers.fields import row_of
from bot.shadow.readers.streams import Opener, lines
from bot.shadow.rows import BadRow, Format, LeftOut, Options, Row

_TOO_LONG = "the line is longer than 4 MiB"


class _LinesSource:
    """What is read line by line; channels show only while reading."""

    channels: frozenset[str] | None = None

    def __init__(self, name: str, opener: Opener, options: Options) -> None:
        self.name = name
        self.left_out = LeftOut()
        self._opener = opener
        self._options = options


class JsonLinesSource(_LinesSource):
    """One JSON object a line. Numbers are line numbers; empty lines are no rows."""

    format = Format.JSONL

    def rows(self) -> Generator[Row | BadRow]:
        """Yield a row for each line that is not empty."""
        with self._opener() as stream:
            for number, line in enumerate(lines(stream), start=1):
                if line is None:
                    yield BadRow(number, self.name, _TOO_LONG)
                elif line.strip():
                    yield self._row(line, number)

    def _row(self, line: str, number: int) -> Row | BadRow:
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError):
            return BadRow(number, self.name, "the line is not valid JSON")
        if not isinstance(fields, dict):
            return BadRow(number, self.name, "the line is not a JSON object")
        return row_of(fields, number, self.name, self._options, self.left_out)


class TextSource(_LinesSource):
    """One comment a line, also where the line is empty, so that ids are line numbers."""

    format = Format.TEXT

    def rows(self) -> Generator[Row | BadRow]:
        """Yield a row for each line."""
        with self._opener() as stream:
            for number, line in enumerate(lines(stream), start=1):
                if line is None:
                    yield BadRow(number, self.name, _TOO_LONG)
                else:
                    fields = {"text": line.rstrip("\r\n")}
                    yield row_of(fields, number, self.name, self._options, self.left_out)
