"""What is wrong with a pack: one sentence for each place, with file and line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.errors import PackError


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One sentence about one place; `line` counts from 1."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        """The sentence with its place; what a pack's file smuggled in to steer a terminal is replaced."""
        words = f"{self.file}:{self.line}: {self.message}"
        return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in words)


class DamagedPackError(PackError):
    """A pack that does not follow the schema. `problems` has all of them, by file and line; `str()` the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        more = len(self.problems) - 1
        rest = f" ({more} more: run “crossing-guard policy check” on the pack)" if more > 0 else ""
        super().__init__(f"{self.problems[0]}{rest}")
