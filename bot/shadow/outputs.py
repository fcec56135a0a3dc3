"""Files that appear whole or not at all, readable by their owner only: results name what people wrote."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from bot.errors import CrossingGuardError, UsageError


class OutputFile:
    """A text file (UTF-8) that takes its place when `commit` is called.

    Until then it is a hidden file beside it; leaving the context without a commit removes that. A device or a pipe
    is written to directly.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._target = path.resolve()
        self._temporary: Path | None = None
        self._file: TextIO | None = None

    def __enter__(self) -> OutputFile:
        try:
            if self._target.exists() and not self._target.is_file():
                self._file = self._target.open("w", encoding="utf-8", newline="\n")
                return self
            handle, name = tempfile.mkstemp(prefix=f".{self._target.name}.", suffix=".part", dir=self._target.parent)
            self._temporary = Path(name)
            self._file = os.fdopen(handle, "w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written: {error.strerror}.") from error
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._file is not None:
                with suppress(OSError):
                    self._file.close()
        finally:  # also if somebody presses Ctrl-C once more just now
            if self._temporary is not None:
                with suppress(OSError):
                    self._temporary.unlink(missing_ok=True)

    def write(self, words: str) -> None:
        """Add `words`; raise `CrossingGuardError` if the disk is full or gone."""
        if self._file is None:
            raise ValueError("the output is not open")
        try:
            self._file.write(words)
        except OSError as error:
            raise self._failed(error) from error

    def commit(self) -> None:
        """Put the file in its place, for good."""
        if self._file is None:
            raise ValueError("the output is not open")
        try:
            self._file.flush()
            if self._temporary is not None:
                os.fsync(self._file.fileno())
                self._temporary.replace(self._target)
                self._temporary = None
        except OSError as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> CrossingGuardError:
        return CrossingGuardError(f"{self.path} could not be written: {error.strerror}; free some space and try again.")


def check_outputs(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise `UsageError` if an output is a folder, is given twice, or would overwrite an input."""
    seen: list[Path] = [path for path in inputs if path.exists()]
    for output in outputs:
        if output.is_dir():
            raise UsageError(f"{output} is a folder; give the name of a file.")
        for other in seen:
            if output.resolve() == other.resolve() or (output.exists() and output.is_file() and output.samefile(other)):
                raise UsageError(f"{output} would overwrite {other}; give another name.")
        seen.append(output)
