"""Trains the student: first mostly on the public sets, then mostly on the school-channel corpus.

Every phase can be stopped at any time and started again: it goes on from its last checkpoint with the same
batches it would have had. The word matrix stays as it was, which keeps the two languages together.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from training import encoder, vocabulary
from training.batches import Batch, Mix, one_pass
from training.labels import LABELS
from training.model import Shape, Student, from_encoder
from training.prepare import TRAIN

LAYERS = (0, 2, 4, 6, 8, 10)
KEEP_EVERY = 120.0  # seconds
EMPHASIS = {"toxicity": 3.0}
WORDS = 50_000


@dataclass(frozen=True)
class Phase:
    """One stretch of training; the rate falls linearly from ``first_rate`` to ``last_rate``."""

    name: str
    mix: Mix
    texts: int
    first_rate: float
    last_rate: float
    after: str | None = None


PUBLIC = {"chat_ubuntu_irc": 0.4, "chat_topical": 0.4, "stormfront": 0.5, "paradetox": 0.7, "perturbed": 2.0}
SCHOOL = {
    "jigsaw": 0.4,
    "chat_discord_students": 1.5,
    "convabuse": 1.0,
    "dynahate": 1.0,
    "surge": 1.0,
    "perturbed": 1.0,
}
OTHERS = ("hatexplain", "davidson", "sbic", "paradetox", "toxic_spans", "ruddit", "stormfront", "chat_ubuntu_irc",
          "chat_topical", "presidio")  # fmt: skip
PHASES = {
    "public": Phase("public", Mix(PUBLIC, corpus_rate=5.0), 204_000, 2e-4, 1.3e-4),
    "school": Phase(
        "school", Mix({**dict.fromkeys(OTHERS, 0.15), **SCHOOL}, corpus_rate=8.0), 180_000, 1e-4, 2e-6, after="public"
    ),
}


class Average:
    """A running mean of the weights: steadier than the last step's."""

    def __init__(self, student: Student, decay: float = 0.998) -> None:
        self.decay = decay
        self.state = {name: value.detach().clone() for name, value in student.state_dict().items()}

    @torch.no_grad()  # type: ignore[untyped-decorator]  # no torch there
    def update(self, student: Student, step: int) -> None:
        """Take one step into the mean."""
        keep = min(self.decay, (1 + step) / (10 + step))
        for name, value in student.state_dict().items():
            if name != "word.weight":
                self.state[name].lerp_(value, 1 - keep)


def vocabulary_of(table: pd.DataFrame, work: Path) -> vocabulary.Vocabulary:
    """The pruned tokenizer, made once and kept in the work folder."""
    words, rows = work / "tokenizer.json", work / "rows.npy"
    if not rows.exists():
        common = [word for language in ("en", "es") for word in vocabulary.common_words(language, WORDS)]
        made = vocabulary.prune(table.loc[table["split"] == TRAIN, "text"], common)
        words.write_text(made.tokenizer, encoding="utf-8")
        np.save(rows, np.array(made.rows))
    return vocabulary.Vocabulary(words.read_text(encoding="utf-8"), np.load(rows).tolist())


def loss_of(logits: Tensor, batch: Batch, emphasis: Tensor) -> Tensor:
    """Mean cross entropy of the labels that were asked."""
    asked = ~torch.isnan(batch.labels)
    each = functional.binary_cross_entropy_with_logits(logits, batch.labels.nan_to_num(0.0), reduction="none")
    weight = asked * batch.weights[:, None] * emphasis
    return (each * weight).sum() / weight.sum().clamp(min=1.0)


def _batches(table: pd.DataFrame, tokenizer: Tokenizer, mix: Mix, seed: int) -> Iterator[Batch]:
    turn = 0
    while True:
        yield from one_pass(table, tokenizer, mix, seed * 1000 + turn)
        turn += 1


def _start(table: pd.DataFrame, work: Path, phase: Phase, layers: tuple[int, ...]) -> Student:
    kept = vocabulary_of(table, work)
    student = from_encoder(encoder.read(), kept.rows, layers, len(LABELS))
    if phase.after:
        student.load_state_dict(load(work / f"{phase.after}.pt")["average"])
    return student


def load(path: Path) -> dict[str, Any]:
    """A checkpoint: ``average``, ``shape``, ``seen`` and what is needed to go on."""
    found: dict[str, Any] = torch.load(path, weights_only=True)
    return found


def main(work: Path, phase: Phase, *, seed: int = 7, threads: int = 2, layers: tuple[int, ...] = LAYERS) -> None:
    """Run one phase, from its checkpoint if there is one, and keep ``<phase>.pt`` in the work folder."""
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    table = pd.read_parquet(work / "table.parquet").query(f"split == '{TRAIN}'").reset_index(drop=True)
    student = _start(table, work, phase, layers).train()
    tokenizer = Tokenizer.from_str(vocabulary_of(table, work).tokenizer)
    student.word.weight.requires_grad_(False)
    taught = [parameter for parameter in student.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(taught, lr=phase.first_rate, weight_decay=0.01, fused=True)
    average = Average(student)
    path, seen, step = work / f"{phase.name}.pt", 0, 0
    if path.exists():
        kept = load(path)
        student.load_state_dict(kept["student"])
        optimiser.load_state_dict(kept["optimiser"])
        average.state, seen, step = kept["average"], kept["seen"], kept["step"]
    emphasis = torch.tensor([EMPHASIS.get(label, 1.0) for label in LABELS])
    saved, recent = time.monotonic(), 0.7
    for number, batch in enumerate(_batches(table, tokenizer, phase.mix, seed)):
        if seen >= phase.texts:
            break
        if number < step:
            continue
        done = seen / phase.texts
        for group in optimiser.param_groups:
            group["lr"] = (phase.first_rate + (phase.last_rate - phase.first_rate) * done) * min(1.0, (step + 1) / 200)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = student(batch.ids, batch.mask)
        loss = loss_of(logits.float(), batch, emphasis)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(taught, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        average.update(student, step)
        seen, step, recent = seen + len(batch.ids), step + 1, 0.99 * recent + 0.01 * loss.item()
        if not math.isfinite(recent):
            raise FloatingPointError(f"The loss is no longer a number at step {step}.")
        if step % 100 == 0:
            now = time.strftime("%H:%M:%S")
            print(f"{phase.name} {done:6.1%} {seen:>8} texts  loss {recent:.4f}  {now}", flush=True)
        if time.monotonic() - saved > KEEP_EVERY:
            _keep(path, student, optimiser, average, seen=seen, step=step)
            saved = time.monotonic()
    _keep(path, student, optimiser, average, seen=seen, step=step)


def _keep(
    path: Path, student: Student, optimiser: torch.optim.Optimizer, average: Average, *, seen: int, step: int
) -> None:
    new = path.with_suffix(".new")
    torch.save(
        {
            "student": student.state_dict(),
            "average": average.state,
            "optimiser": optimiser.state_dict(),
            "shape": student.shape.as_dict(),
            "seen": seen,
            "step": step,
        },
        new,
    )
    new.replace(path)


def shape_of(kept: dict[str, Any]) -> Shape:
    """The shape a checkpoint was made with."""
    return Shape(**kept["shape"])
