"""CSV with a header, in the dialects that spreadsheets write."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterator

from bot.errors import InputError
from bot.shadow.readers.fields import row_of
from bot.shadow.readers.streams import MAX_LINE, Meter, Opener, Stream, lines
from bot.shadow.rows import BadRow, Format, LeftOut, Options, Row

DELIMITERS = ",;\t"


def header_of(feed: Iterator[str], name: str) -> tuple[list[str], str]:
    """Return the columns that the first line of `feed` names, in small letters, and the delimiter between them.

    Raise `InputError` if none of them is `text`.
    """
    first = next((line for line in feed if line.strip()), "")
    for delimiter in DELIMITERS:
        try:
            names = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            continue
        names = [column.strip().casefold() for column in names]
        if "text" in names:
            return names, delimiter
    raise InputError(f"The first line of {name} must name the columns, and one of them must be “text”.")


class CsvSource:
    """Rows of a CSV file. Numbers count rows after the header, as a spreadsheet's filter does; empty lines are none.

    `start` are the first bytes of the file: a header that cannot be used is told before anything is read.
    """

    format = Format.CSV
    channels: frozenset[str] | None = None

    def __init__(self, name: str, opener: Opener, options: Options, start: bytes) -> None:
        header_of((line or "" for line in lines(Stream(io.BytesIO(start), Meter()))), name)
        self.name = name
        self.left_out = LeftOut()
        self._opener = opener
        self._options = options
        self._torn = False
        self._ended = False

    def rows(self) -> Generator[Row | BadRow]:
        """Yield a row for each record."""
        csv.field_size_limit(MAX_LINE)  # process-wide; the default of 128 KiB is less than one long comment
        with self._opener() as stream:
            feed = self._feed(stream)
            names, delimiter = header_of(feed, self.name)
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            number = 0
            while True:
                before = reader.line_num
                try:
                    cells = next(reader)
                except StopIteration:
                    cells = None
                except csv.Error:
                    number += 1
                    self._torn = False
                    yield BadRow(number, self.name, self._unmatched(reader.line_num - before))
                    continue
                if self._torn:
                    self._torn = False
                    number += 1
                    yield BadRow(number, self.name, "it holds a line of more than 4 MiB")
                elif cells:
                    number += 1
                    yield self._row(names, cells, number)
                if cells is None:
                    return

    def _feed(self, stream: Stream) -> Iterator[str]:
        for line in lines(stream):
            if line is None:
                self._torn = True
                yield "\n"
            else:
                yield line
        self._ended = True

    def _unmatched(self, lost: int) -> str:
        """Say how much went with a row whose quotation marks do not match: `lost` lines, or all that was left."""
        if self._ended:
            return "a quotation mark in it is not closed, so nothing from this row on was read"
        if lost > 1:
            return f"its quotation marks do not match, so {lost:,} lines from this row on were not read"
        return "its quotation marks do not match"

    def _row(self, names: list[str], cells: list[str], number: int) -> Row | BadRow:
        if len(cells) > len(names):  # an unquoted comma would cut the text short, unseen
            return BadRow(number, self.name, f"it has {len(cells)} fields where the header names {len(names)}")
        fields: dict[str, str | None] = dict(zip(names, cells, strict=False))
        if not fields.get("text"):  # in a table an empty cell is how a row without text looks
            fields["text"] = None
        return row_of(fields, number, self.name, self._options, self.left_out)
