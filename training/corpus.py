"""Reads the school-channel corpus: pairs of a harmful message and its innocent near twin.

Files lie beside this module, one a writer. A file whose name starts with ``heldout`` is never trained on: it
measures whether the model understood or remembered. Those in ``CHOOSING`` also serve to choose (which heads are worth
shipping, from which score they count); the others are for the last report alone.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"
PREFIX = "heldout"
CHOOSING = frozenset({"heldout-both", "heldout-third"})
#: What a text is for: ``held_out`` and ``writer`` to calibrate and to choose, ``sealed`` for the last report alone.
TRAIN, HELD_OUT, WRITER, SEALED = "train", "held_out", "writer", "sealed"


@dataclass(frozen=True)
class Message:
    """One message of a pair; an innocent one carries its twin's categories in ``pair`` only."""

    text: str
    harmful: bool
    categories: tuple[str, ...]
    severity: str
    difficulty: str
    language: str
    writer: str
    held_out: bool
    pair: str


def files(folder: Path = FOLDER) -> list[Path]:
    """Every writer's file, in a stable order."""
    return sorted(folder.glob("*.tsv"))


def read(path: Path) -> Iterator[Message]:
    """Both messages of each row; rows that lack one are read for the other."""
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            for column in ("harmful", "innocent"):
                if text := (row.get(column) or "").strip():
                    yield Message(
                        text=text,
                        harmful=column == "harmful",
                        categories=tuple(part.strip() for part in (row["category"] or "").split("+") if part.strip()),
                        severity=(row["severity"] or "").strip(),
                        difficulty=(row["difficulty"] or "").strip(),
                        language=(row["language"] or "").strip(),
                        writer=path.stem,
                        held_out=path.name.startswith(PREFIX),
                        pair=f"{path.stem}:{number}",
                    )
