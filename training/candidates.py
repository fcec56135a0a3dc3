"""Compares encoders to make the student from: each learns the same texts in the same order, for the same short while.

What a candidate is worth shows long before it is finished; the winner alone is then trained in full. Everything is
measured on texts kept back from training; ``eval/`` is never looked at here.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from training import encoder, minilm
from training.batches import Mix
from training.calibrate import logit
from training.corpus import HELD_OUT, WRITER
from training.export import MAX_PIECES, weights_of
from training.graph import build
from training.labels import JIGSAW, LABELS
from training.metrics import Numbers, auc
from training.phases import PHASES, SCHOOL, Phase
from training.score import BATCH, Scorer
from training.train import Origin, load, shape_of
from training.train import main as train

TRIAL = Phase("trial", Mix(SCHOOL, corpus_rate=5.0), 40_000, 1.5e-4, 1e-6, pace=PHASES["public"].pace)
CANDIDATES = {
    "MiniLM-L6, English": Origin(tuple(range(6)), minilm.read, lambda _: minilm.vocabulary()),
    "e5-small, all 12 layers": Origin(tuple(range(12))),
    "e5-small, 10 layers": Origin(encoder.LAYERS),
    "e5-small, 6 layers": Origin((0, 2, 4, 6, 8, 10)),
}
HATE = ("dynahate", "sbic", "hatexplain", "stormfront")
#: Twelve word pieces, and how often it is scored to find the middle time.
MESSAGE, TURNS = "see you at the gym after school on friday then", 200


@dataclass(frozen=True)
class Figures:
    """One row of the table: areas under curves as fractions, megabytes, milliseconds, texts a second."""

    name: str
    jigsaw: float
    hate: float
    english: float
    spanish: float
    ordered: float
    megabytes: float
    single: float
    many: float

    def row(self) -> str:
        """As a line of a Markdown table."""
        areas = (self.jigsaw, self.hate, self.english, self.spanish)
        shown = [self.name, *(f"{value:.3f}" for value in areas), f"{self.ordered:.1%}", f"{self.megabytes:.1f}"]
        return f"| {' | '.join(shown)} | {self.single:.2f} | {self.many:.0f} |"


HEADER = (
    "| candidate | Jigsaw, mean AUC | hate, AUC | writer, English | Spanish | twins in order | MB | ms | texts/s |"
    "\n|---|---|---|---|---|---|---|---|---|"
)


def ordered(writer: pd.DataFrame, scores: Numbers) -> float:
    """The share of twins whose harmful message stands above the innocent one, by the labels it has."""
    logits = logit(scores)
    asked = writer[list(LABELS)].to_numpy(dtype=np.float64) == 1
    right = []
    for rows in writer.groupby("pair").groups.values():
        harmful = [at for at in rows if writer.at[at, "harmful"]]
        if len(rows) == 2 and len(harmful) == 1 and asked[harmful[0]].any():
            own = asked[harmful[0]]
            innocent = next(at for at in rows if at != harmful[0])
            right.append(logits[harmful[0], own].max() > logits[innocent, own].max())
    return float(np.mean(right))


def _speed(scorer: Scorer, texts: Sequence[str]) -> tuple[float, float]:
    """Milliseconds for one short message (the median), and texts a second in batches."""
    spent = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        scorer([MESSAGE])
        spent.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    scorer(texts)
    return float(np.median(spent) * 1000), len(texts) / (time.perf_counter() - begun)


def exported(path: Path, work: Path) -> Path:
    """A checkpoint as a model to measure, before any calibration, in a folder of the work folder."""
    folder = work / "model"
    folder.mkdir(exist_ok=True)
    ones, zeros = np.ones(len(LABELS), np.float32), np.zeros(len(LABELS), np.float32)
    model = build(shape_of(load(path)), weights_of(path), ones, zeros, list(range(len(LABELS))))
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    (folder / "tokenizer.json").write_bytes((work / "tokenizer.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps({"labels": list(LABELS), "max_pieces": MAX_PIECES}))
    return folder


def measure(name: str, folder: Path, table: pd.DataFrame) -> Figures:
    """What a trained candidate in ``folder`` reaches on the texts of ``table`` that were kept back."""
    scorer = Scorer(folder)
    held, writer = (table[table["split"] == split].reset_index(drop=True) for split in (HELD_OUT, WRITER))
    jigsaw = held[held["source"] == "jigsaw"].head(1500)
    hate = held[held["source"].isin(HATE) & held["identity_attack"].notna()]
    found, on_hate, on_writer = (scorer(part["text"].tolist()).astype(np.float64) for part in (jigsaw, hate, writer))

    def one(truth: "pd.Series[float]", scores: Numbers) -> float:
        known = truth.notna().to_numpy()
        return auc((truth[known] > 0.5).to_numpy(float), scores[known])

    clear = writer["harmful"].eq(False) | writer["toxicity"].eq(1)

    def language(english: bool) -> float:
        asked = (clear & (writer["language"].eq("en") == english)).to_numpy()
        return auc(writer.loc[asked, "harmful"].to_numpy(float), on_writer[asked, 0])

    single, many = _speed(scorer, table["text"][table["source"] == "chat_topical"].head(20 * BATCH).tolist())
    return Figures(
        name=name,
        jigsaw=float(np.mean([one(jigsaw[label], found[:, n]) for n, label in enumerate(JIGSAW)])),
        hate=one(hate["identity_attack"], on_hate[:, LABELS.index("identity_attack")]),
        english=language(True),
        spanish=language(False),
        ordered=ordered(writer, on_writer),
        megabytes=sum(file.stat().st_size for file in folder.iterdir()) / 1e6,
        single=single,
        many=many,
    )


def compare(work: Path) -> Iterator[Figures]:
    """Train each candidate in a folder of its own, and measure it."""
    table = pd.read_parquet(work / "table.parquet")
    for number, (name, origin) in enumerate(CANDIDATES.items()):
        own = work / f"candidate-{number}"
        own.mkdir(exist_ok=True)
        table.to_parquet(own / "table.parquet")
        train(own, TRIAL, origin=origin)
        yield measure(name, exported(own / f"{TRIAL.name}.pt", own), table)


def main(work: Path) -> None:
    """Print the table, a row as soon as it is known; stopped, it goes on where it was."""
    print(HEADER)
    for figures in compare(work):
        print(figures.row(), flush=True)
