"""Labelled files: texts in one column, what people said of them in others. Parquet, CSV with a header, JSON Lines."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bot.errors import UsageError

Row = Mapping[str, object]

_YES = frozenset({"true", "yes", "y", "t", "on"})
_NO = frozenset({"false", "no", "n", "f", "off", ""})


@dataclass(frozen=True, slots=True)
class Target:
    """A column of the file, and the label of the model that it answers for.

    With `value` a row is positive when the column has exactly that value; without, when it is true, or at least one
    half (a share of raters).
    """

    column: str
    label: str
    value: str | None = None

    @classmethod
    def parse(cls, words: str) -> Target:
        """Read `COLUMN=LABEL` or `COLUMN:VALUE=LABEL`; raise `UsageError` for anything else."""
        where, sign, label = words.rpartition("=")
        column, colon, value = where.partition(":")
        if not sign or not column or not label:
            raise UsageError(f"--label {words!r} must look like COLUMN=LABEL or COLUMN:VALUE=LABEL.")
        return cls(column, label, value if colon else None)

    def positive(self, row: Row) -> bool | None:
        """Whether people said yes; nothing where they were not asked. Raise `UsageError` for a word that is neither."""
        found = row.get(self.column)
        if self.value is not None:
            return None if found is None else str(found) == self.value
        if found is None or (isinstance(found, float) and math.isnan(found)):
            return None
        word = str(found).strip().casefold()
        if word in _YES or word in _NO:
            return None if word == "" else word in _YES
        try:
            return float(word) >= 0.5
        except ValueError:
            raise UsageError(
                f"The column {self.column} holds words; say which one is a yes: --label {self.column}:WORD={self.label}"
            ) from None


def read_table(path: Path, text: str, targets: Sequence[Target]) -> list[Row]:
    """Return the rows of a labelled file that have a text; raise `UsageError` when it cannot be used."""
    wanted = [text, *dict.fromkeys(target.column for target in targets)]
    rows = list(_rows(path, wanted))
    if not rows:
        raise UsageError(f"{path.name} has no rows.")
    known = set().union(*(row.keys() for row in rows[:100]))
    for column in wanted:
        if column not in known:
            raise UsageError(f"{path.name} has no column {column}; it has {', '.join(sorted(map(str, known)))}.")
    return [row for row in rows if isinstance(row.get(text), str) and str(row[text]).strip()]


def _rows(path: Path, wanted: Sequence[str]) -> Iterator[Row]:
    try:
        match path.suffix.casefold():
            case ".parquet":
                yield from _parquet(path, wanted)
            case ".csv":
                with path.open(encoding="utf-8-sig", newline="") as lines:
                    yield from _csv(lines, path.name)
            case ".jsonl" | ".ndjson":
                with path.open(encoding="utf-8") as lines:
                    yield from _json_lines(lines, path.name)
            case _:
                raise UsageError(f"{path.name} is not Parquet, CSV or JSON Lines (.parquet, .csv, .jsonl).")
    except (OSError, ValueError) as error:
        raise UsageError(f"{path.name} cannot be read ({type(error).__name__}); check that it is whole.") from error


def _csv(lines: Iterable[str], name: str) -> Iterator[Row]:
    reader = csv.DictReader(lines, strict=True)  # a lenient one makes one text of all that follows an unclosed mark
    read = 0
    try:
        for row in reader:
            read = reader.line_num
            yield row
    except csv.Error as error:
        raise UsageError(
            f"The row on line {read + 1} of {name} has a quotation mark that is not closed or not doubled, or a field "
            "of more than 128 KiB; mend that row."
        ) from error


def _json_lines(lines: Iterable[str], name: str) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise UsageError(f"Line {number} of {name} is no JSON object; give one object a line.")
        yield row


def _parquet(path: Path, wanted: Sequence[str]) -> Iterator[Row]:
    if find_spec("pyarrow") is None:
        raise UsageError("Reading Parquet needs the package pyarrow: pip install pyarrow, or give a CSV file.")
    from pyarrow import parquet  # noqa: PLC0415  (an extra that may be absent)

    file = parquet.ParquetFile(path)
    columns = [name for name in file.schema_arrow.names if name in wanted]
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise UsageError(f"{path.name} has no column {missing[0]}; it has {', '.join(file.schema_arrow.names)}.")
    for batch in file.iter_batches(columns=columns):
        yield from batch.to_pylist()
