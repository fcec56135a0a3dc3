"""Trains the student: first mostly on the public sets, then mostly on the school-channel corpus.

Every phase can be stopped at any time and started again: it goes on from its last checkpoint with the same
batches it would have had. The word matrix stays as it was, which keeps the two languages together.
"""

import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
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
from training.corpus import TRAIN
from training.labels import LABELS
from training.model import NEW, Shape, Student, from_encoder, worker
from training.phases import Phase

KEEP_EVERY = 120.0  # seconds
EMPHASIS = {"toxicity": 3.0, "identity_attack": 2.0}
HINT = 0.5  # what the answer of all pieces weighs beside that of the first
TWINS = 0.3  # what the order of twins weighs beside the labels
AVERAGE_EVERY = 16  # steps
WORDS = 50_000


@dataclass
class Run:
    """How far a phase is: texts shown, steps taken, seconds spent."""

    seen: int = 0
    step: int = 0
    seconds: float = 0.0


class Average:
    """A running mean of the weights: steadier than the last step's."""

    def __init__(self, student: Student, decay: float = 0.985) -> None:
        self.decay = decay
        self.state = {name: value.detach().clone() for name, value in student.state_dict().items()}

    @torch.no_grad()  # type: ignore[untyped-decorator]  # no torch there
    def update(self, student: Student, step: int) -> None:
        """Take the weights after ``step`` steps into the mean."""
        keep = min(self.decay, (16 + step) / (160 + step))
        for name, value in student.state_dict().items():
            if name != "word.weight":
                self.state[name].lerp_(value, 1 - keep)


def pruned(table: pd.DataFrame) -> vocabulary.Vocabulary:
    """The encoder's own pieces, as far as English and Spanish chat use them."""
    common = [word for language in ("en", "es") for word in vocabulary.common_words(language, WORDS)]
    return vocabulary.prune(table.loc[table["split"] == TRAIN, "text"], common)


@dataclass(frozen=True)
class Origin:
    """What a student starts from: some layers of an encoder, and its words."""

    layers: tuple[int, ...] = encoder.LAYERS
    read: Callable[[], encoder.Encoder] = encoder.read
    words: Callable[[pd.DataFrame], vocabulary.Vocabulary] = pruned


SHIPPED = Origin()


def vocabulary_of(table: pd.DataFrame, work: Path, origin: Origin) -> vocabulary.Vocabulary:
    """The tokenizer, made once and kept in the work folder."""
    words, rows = work / "tokenizer.json", work / "rows.npy"
    if not rows.exists():
        made = origin.words(table)
        words.write_text(made.tokenizer, encoding="utf-8")
        np.save(rows, np.array(made.rows))
    return vocabulary.Vocabulary(words.read_text(encoding="utf-8"), np.load(rows).tolist())


def loss_of(logits: Tensor, batch: Batch, emphasis: Tensor) -> Tensor:
    """Mean cross entropy of the labels that were asked, and the order of twins."""
    asked = ~torch.isnan(batch.labels)
    truth = batch.labels.nan_to_num(0.0)
    each = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    weight = asked * batch.weights[:, None] * emphasis
    loss = (each * weight).sum() / weight.sum().clamp(min=1.0)
    if len(batch.pairs):
        harmful, innocent = batch.pairs.unbind(1)
        # Where a harmful text has a label, it must stand two logits above its innocent twin.
        owned = (truth[harmful] == 1) & asked[harmful]
        gaps = functional.softplus(2.0 - (logits[harmful] - logits[innocent])) * owned
        loss = loss + TWINS * gaps.sum() / owned.sum().clamp(min=1) * len(batch.pairs) / len(batch.labels)
    return loss


class Trainer:
    """One phase under way: weights and optimiser in float32, and as many threads as wanted that compute in bfloat16.

    Each thread takes a batch, works out the gradients on its own copy of the weights, and adds its step to the
    shared ones; on a busy machine nobody waits for the slower thread. With one thread a run repeats exactly.
    """

    def __init__(self, student: Student, phase: Phase, minutes: float | None) -> None:
        self.student, self.phase, self.minutes = student, phase, minutes
        self.run, self.average, self.recent = Run(), Average(student), 0.7
        student.word.weight.requires_grad_(False)
        self.taught = [parameter for parameter in student.parameters() if parameter.requires_grad]
        named = dict(student.named_parameters())
        new = [named[name] for name in sorted(NEW)]
        old = [value for name, value in named.items() if name not in NEW and value.requires_grad]
        # What starts from nothing may learn faster than what was learnt before.
        groups = [{"params": old, "pace": 1.0}, {"params": new, "pace": phase.pace}]
        self.optimiser = torch.optim.AdamW(groups, lr=phase.first_rate, weight_decay=0.01, fused=True)
        self.emphasis = torch.tensor([EMPHASIS.get(label, 1.0) for label in LABELS])
        self.lock, self.last = threading.Lock(), time.monotonic()

    @property
    def done(self) -> float:
        """The share of the phase that is over."""
        return self.run.seconds / 60 / self.minutes if self.minutes else self.run.seen / self.phase.texts

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint."""
        kept = load(path)
        self.student.load_state_dict(kept["student"])
        self.optimiser.load_state_dict(kept["optimiser"])
        self.average.state, self.run = kept["average"], Run(kept["seen"], kept["step"], kept["seconds"])

    def keep(self, path: Path) -> None:
        """Write a checkpoint."""
        content = {
            "student": self.student.state_dict(),
            "average": self.average.state,
            "optimiser": self.optimiser.state_dict(),
            "shape": self.student.shape.as_dict(),
            **vars(self.run),
        }
        torch.save(content, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def work(self, batches: Iterator[Batch], path: Path) -> None:
        """Take batches until the phase is over; several threads may do so at once."""
        torch.set_num_threads(1)
        copied = worker(self.student).train()
        theirs = [parameter for parameter in copied.parameters() if parameter.requires_grad]
        while True:
            with self.lock:
                if self.done >= 1:
                    return
                batch = next(batches)
                self._renew(theirs)
            logits, hint = copied.answers(batch.ids, batch.mask)
            loss = loss_of(logits, batch, self.emphasis) + HINT * loss_of(hint, batch, self.emphasis)
            loss.backward()
            with self.lock:
                self._step(theirs)
                self._report(len(batch.ids), loss.item(), path)

    @torch.no_grad()  # type: ignore[untyped-decorator]  # no torch there
    def _renew(self, theirs: list[Tensor]) -> None:
        for own, copied in zip(self.taught, theirs, strict=True):
            copied.copy_(own)

    def _step(self, theirs: list[Tensor]) -> None:
        for own, copied in zip(self.taught, theirs, strict=True):
            own.grad, copied.grad = copied.grad.float(), None
        torch.nn.utils.clip_grad_norm_(self.taught, 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = self.phase.rate(self.done, self.run.step) * group["pace"]
        self.optimiser.step()
        self.run.step += 1
        if self.run.step % AVERAGE_EVERY == 0:
            self.average.update(self.student, self.run.step)

    def _report(self, texts: int, loss: float, path: Path) -> None:
        run, before = self.run, self.run.seconds
        run.seen += texts
        self.recent = 0.99 * self.recent + 0.01 * loss
        if not math.isfinite(self.recent):
            raise FloatingPointError(f"The loss is no longer a number at step {run.step}.")
        now = time.monotonic()
        run.seconds, self.last = run.seconds + now - self.last, now
        if run.step % 50 == 0:
            speed, clock = run.seen / run.seconds, time.strftime("%H:%M:%S")
            where = f"{self.phase.name} {self.done:6.1%} {run.seen:>8} texts  {speed:.0f}/s"
            print(f"{where}  loss {self.recent:.4f}  {clock}", flush=True)
        if run.seconds // KEEP_EVERY > before // KEEP_EVERY:
            self.keep(path)


def _batches(table: pd.DataFrame, tokenizer: Tokenizer, mix: Mix, seed: int) -> Iterator[Batch]:
    turn = 0
    while True:
        yield from one_pass(table, tokenizer, mix, seed * 1000 + turn)
        turn += 1


def _start(kept: vocabulary.Vocabulary, work: Path, phase: Phase, origin: Origin) -> Student:
    student = from_encoder(origin.read(), kept.rows, origin.layers, len(LABELS))
    if phase.after:
        student.load_state_dict(load(work / f"{phase.after}.pt")["average"])
    return student


def load(path: Path) -> dict[str, Any]:
    """A checkpoint: ``average``, ``shape``, ``seen`` and what is needed to go on."""
    found: dict[str, Any] = torch.load(path, weights_only=True)
    return found


def main(
    work: Path,
    phase: Phase,
    *,
    seed: int = 7,
    threads: int = 2,
    minutes: float | None = None,
    origin: Origin = SHIPPED,
) -> None:
    """Run one phase, from its checkpoint if there is one, and keep ``<phase>.pt`` in the work folder.

    The phase ends after its texts or, if given, after ``minutes`` of training; the rate falls accordingly.
    """
    torch.manual_seed(seed)
    table = pd.read_parquet(work / "table.parquet").query(f"split == '{TRAIN}'").reset_index(drop=True)
    words = vocabulary_of(table, work, origin)
    trainer = Trainer(_start(words, work, phase, origin), phase, minutes)
    path = work / f"{phase.name}.pt"
    if path.exists():
        trainer.restore(path)
    tokenizer = Tokenizer.from_str(words.tokenizer)
    batches = itertools.islice(_batches(table, tokenizer, phase.mix, seed), trainer.run.step, None)
    with ThreadPoolExecutor(threads) as pool:
        for worked in [pool.submit(trainer.work, batches, path) for _ in range(threads)]:
            worked.result()
    trainer.keep(path)


def shape_of(kept: dict[str, Any]) -> Shape:
    """The shape a checkpoint was made with."""
    return Shape(**kept["shape"])
