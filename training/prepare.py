"""All sets as one table: text, what is known of each label, weight, source, split.

Promises: no text twice (by its normalised form; the first source wins), none that nearly copies a HateCheck
case or a sentence of the identity templates, none of the held-out writers' in the ``train`` split, and the same table
for the same input.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from training import corpus, overlap, provenance, statements
from training.corpus import HELD_OUT, SEALED, TRAIN, WRITER
from training.labels import LABELS, Labels, harmful, innocent, public
from training.sources import SOURCES

LONGEST = 3000
SAID = "statements"
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Row:
    """One training text."""

    text: str
    labels: Labels
    weight: float
    source: str
    split: str
    language: str = "en"
    difficulty: str = ""
    harmful: bool | None = None
    category: str = ""
    pair: str = ""


def normal(text: str) -> str:
    """The form by which two texts are the same."""
    return _SPACE.sub(" ", text.lower()).strip()


def share(text: str) -> float:
    """A number in [0, 1) that depends on the text alone: splits stay as they are when sets grow."""
    return int.from_bytes(hashlib.sha256(normal(text).encode()).digest()[:6], "big") / 2**48


def public_rows(data: Path) -> Iterator[Row]:
    """The public sets."""
    for source in SOURCES:
        table = pd.read_parquet(data / "train" / f"{source.file}.parquet")
        for text, labels, weight in source.read(table):
            split = HELD_OUT if share(text) < source.held_out else TRAIN
            yield Row(text[:LONGEST], labels, weight, source.name, split)


def corpus_rows(folder: Path = corpus.FOLDER, held_out: float = 0.05) -> Iterator[Row]:
    """The school-channel corpus; a small share of the trained writers is kept back too, whole pairs apart."""
    for path in corpus.files(folder):
        for message in corpus.read(path):
            labels = harmful(message.categories, message.severity) if message.harmful else innocent(message.text)
            split = HELD_OUT if share(message.pair) < held_out else TRAIN
            if message.held_out:
                split = WRITER if message.writer in corpus.CHOOSING else SEALED
            yield Row(
                message.text, labels, 1.0, f"corpus:{message.writer}", split, message.language,
                message.difficulty, message.harmful, "+".join(message.categories), message.pair,
            )  # fmt: skip


def statement_rows() -> Iterator[Row]:
    """Generated statements about groups, attack and kind word side by side."""
    for language in statements.PAIRS:
        for number, pair in enumerate(statements.pairs(language)):
            name = f"{SAID}:{language}:{number}"
            known = {"insult": 1.0} if pair.direct else {"identity_attack": 1.0}
            for text, harm in ((pair.harmful, True), (pair.innocent, False)):
                labels = public(toxicity=1.0, **known) if harm else innocent(text)
                yield Row(text, labels, 0.7, SAID, TRAIN, language, harmful=harm, pair=name)


def table(data: Path) -> tuple[pd.DataFrame, dict[str, int]]:
    """The table, and how many texts were left out, by reason."""
    cases = overlap.cases(data)
    dropped = {"near a test case": 0, "twice": 0, "empty": 0}
    seen: set[str] = set()
    records = []
    # Held-out writers first: a text of theirs that someone else wrote too must not be trained on.
    rows = sorted(corpus_rows(), key=lambda row: row.split not in {WRITER, SEALED})
    for row in (*rows, *public_rows(data), *statement_rows()):
        form = normal(row.text)
        if not form:
            dropped["empty"] += 1
        elif form in seen:
            dropped["twice"] += 1
        elif row.split not in {WRITER, SEALED} and cases.overlaps(row.text):
            dropped["near a test case"] += 1
        else:
            records.append({**{k: v for k, v in vars(row).items() if k != "labels"}, **row.labels})
        seen.add(form)
    frame = pd.DataFrame(records)
    frame[list(LABELS)] = frame[list(LABELS)].astype("float32")
    return frame, dropped


def main(data: Path, work: Path) -> None:
    """Write ``table.parquet`` and print what is in it, and which files are not those of the shipped model."""
    for difference in provenance.differences(data):
        print(difference)
    frame, dropped = table(data)
    frame.to_parquet(work / "table.parquet")
    print(frame.groupby(["source", "split"]).size().unstack(fill_value=0).to_string())
    print(f"{len(frame)} texts; left out: {dropped}")
