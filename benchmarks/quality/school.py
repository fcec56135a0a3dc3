"""School-channel messages of writers whom the model never saw: what is caught, which innocent twins are flagged."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from benchmarks.quality.measures import Figures, caught_and_flagged
from benchmarks.quality.readers import Read

CORPUS = Path(__file__).parents[2] / "training" / "corpus"


def writer(file: Path, read: Read) -> Figures:
    """One writer's pairs: all of them, then by language and by difficulty."""
    with file.open(encoding="utf-8", newline="") as lines:
        pairs = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    answers = read([pair[side] for side in ("harmful", "innocent") for pair in pairs])
    harmful = np.arange(2 * len(pairs)) < len(pairs)
    figures = caught_and_flagged(answers, harmful, np.ones_like(harmful))
    for column in ("language", "difficulty"):
        values = np.array([pair[column] for pair in pairs] * 2)
        for value in sorted(set(values.tolist())):
            among = caught_and_flagged(answers, harmful, values == value)
            figures |= {f"· {value}, {name}": figure for name, figure in among.items()}
    return figures


def writers() -> list[Path]:
    """Return the files of writers held out of training."""
    return sorted(CORPUS.glob("heldout*.tsv"))
