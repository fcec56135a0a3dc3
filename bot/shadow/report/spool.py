"""Flagged comments on their way into the report: sorted by severity, bounded, mostly on disk in an unnamed file."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Any, Self

IN_MEMORY = 1024 * 1024
"""Bytes of one kind that stay in memory before a temporary file takes over."""


class Spool:
    """Keeps the first `most` records of one kind, and counts the rest. Use as a context manager."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by __exit__
        self.kept = 0
        self.counted = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, record: dict[str, Any]) -> None:
        """Keep `record` if there is room, and count it."""
        self.counted += 1
        if self.kept < self._most:
            self.kept += 1
            self._file.write(json.dumps(record).encode() + b"\n")

    @property
    def has_room(self) -> bool:
        """Whether the next record would be kept."""
        return self.kept < self._most

    def count(self) -> None:
        """Count a record that need not be made, since there is no room for it."""
        self.counted += 1

    def read(self, most: int) -> Iterator[dict[str, Any]]:
        """Yield the first `most` records that were kept."""
        self._file.seek(0)
        for _, line in zip(range(most), self._file, strict=False):
            yield json.loads(line)
