"""The real detoxify package behind the seam: its published models, or a checkpoint of your own (`docs/detoxify.md`).

Handled here, because version 0.5.4 does not: files that run code (`checkpoint.py`), lack weights or need the network
(`fitting.py`), text beyond the model's window, which it cuts or crashes on, and results whose shape changes with the
number of texts.
Nothing of torch is imported before a model is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from bot.errors import ModelError, SettingsError
from bot.screening.seams import Scores
from bot.screening.toxicity.checkpoint import Checkpoint, library, read_checkpoint
from bot.screening.toxicity.fitting import open_checkpoint, window_of
from bot.screening.toxicity.manifest import Manifest
from bot.screening.toxicity.threaded import ThreadedModel

SHORTEST_WINDOW = 64
"""Word pieces; with fewer, a comment's sense is cut to shreds."""
OVERLAP = 32
"""Pieces that two neighbouring windows of a long text share, so that no phrase is cut in both."""
PIECES_AT_ONCE = 2048
"""Upper bound of one run's padded size; keeps memory flat whatever is waiting."""
LANGUAGES = {"multilingual": ("en", "es", "fr", "it", "pt", "ru", "tr")}
"""Of the published models, as Detoxify's own README says; the others read English."""
IDENTITY_GROUPS = frozenset({
    "male", "female", "transgender", "other_gender", "heterosexual", "homosexual_gay_or_lesbian", "bisexual",
    "other_sexual_orientation", "christian", "jewish", "muslim", "hindu", "buddhist", "atheist", "other_religion",
    "black", "white", "asian", "latino", "other_race_or_ethnicity", "physical_disability",
    "intellectual_or_learning_disability", "psychiatric_or_mental_illness", "other_disability",
})  # fmt: skip
"""Who a comment speaks of (the identity columns of the Civil Comments data, Borkan and others 2019): no toxicity.

A model may have outputs for them; they are never reported, so that naming a group can neither flag nor be recorded.
"""


class CheckpointManifest(Manifest):
    """What is known of a checkpoint: `files` holds the checkpoint alone."""

    @property
    def identity(self) -> str:
        """Name, version of the package and the first digits of the checkpoint's digest: what evidence cites."""
        (facts,) = self.files.values()
        return f"{self.name} {self.version} ({facts.sha256[:12]})"


class DetoxifyModel(ThreadedModel):
    """A Detoxify model, run by the package's own code on this machine alone. Use as an async context manager.

    Labels are the names that Detoxify gives them, read from the checkpoint, without `IDENTITY_GROUPS` and the groups
    that the checkpoint itself declares. Long texts are read in overlapping windows; the score is the maximum per label.
    """

    def __init__(self, path: Path, *, published: str | None = None, threads: int = 1) -> None:
        """Load the checkpoint at `path`; `published` is its name if it is one of the package's own.

        Raise `ModelError` if anything is missing, damaged or not what the checkpoint says. `threads` is the number of
        batches scored side by side; each keeps to one core.
        """
        self._torch = library("torch")
        self._torch.set_num_threads(1)  # more than one stalls at times; see docs/detoxify.md
        checkpoint = read_checkpoint(path)
        detoxify = open_checkpoint(checkpoint)
        self._model, self._tokenizer = detoxify.model.eval(), detoxify.tokenizer
        groups = IDENTITY_GROUPS.union(checkpoint.classes.identity_classes)
        self._kept = [index for index, name in enumerate(detoxify.class_names) if name not in groups]
        self._labels = tuple(detoxify.class_names[index] for index in self._kept)
        if not self._labels or len(set(self._labels)) < len(self._labels):
            raise ModelError(f"{path} has no label of toxicity, or one twice; choose another checkpoint.")
        self._window = window_of(self._model, self._tokenizer)
        if self._window < SHORTEST_WINDOW:
            raise ModelError(f"{path} reads only {self._window} word pieces at once; choose another checkpoint.")
        self.manifest = _manifest(checkpoint, published, self._labels, self._window)
        self._try_out(path)
        super().__init__(threads=threads)

    def score_now(self, texts: Sequence[str]) -> list[Scores]:
        """Score in the calling thread, blocking it; safe to call from several threads at once."""
        if not texts:
            return []
        pieces = self._tokenizer(
            [_whole_characters(text) for text in texts],
            truncation=True,
            max_length=self._window,
            stride=OVERLAP,
            return_overflowing_tokens=True,
        )
        windows: list[list[int]] = pieces["input_ids"]
        best = np.zeros((len(texts), len(self._labels)), dtype=np.float32)
        for rows in _runs([len(window) for window in windows]):
            owners = [pieces["overflow_to_sample_mapping"][row] for row in rows]
            np.maximum.at(best, owners, self._run([windows[row] for row in rows]))
        return [dict(zip(self._labels, map(float, row), strict=True)) for row in best]

    def _run(self, windows: Sequence[Sequence[int]]) -> Any:
        """The probabilities of some windows, as `Detoxify.predict` computes them."""
        torch = self._torch
        longest = max(map(len, windows))
        ids = torch.full((len(windows), longest), self._tokenizer.pad_token_id or 0)
        mask = torch.zeros_like(ids)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = torch.tensor(window)
            mask[row, : len(window)] = 1
        with torch.no_grad():
            probabilities = torch.sigmoid(self._model(input_ids=ids, attention_mask=mask)[0])[:, self._kept]
        if not torch.isfinite(probabilities).all():
            raise ModelError("The toxicity model gave a score that is no number.")
        return probabilities.numpy()

    def _try_out(self, path: Path) -> None:
        """Read one text that fills a window and more, so that a model that cannot is refused now, not at a comment.

        It also settles the tokenizer: later calls, from any thread, find it set as they need it and change nothing.
        """
        try:
            self.score_now(["a " * (self._window + 1)])
        except Exception as error:
            raise ModelError(
                f"The model in {path} fails on a first text ({type(error).__name__}); check the files beside it."
            ) from error


def open_detoxify(choice: str, *, threads: int = 1) -> DetoxifyModel:
    """Open what stands behind `detoxify:` in the settings: a published name, or `checkpoint:PATH`.

    Raise `SettingsError` for any other word, and `ModelError` if the extra or the files are not on this machine.
    """
    urls: dict[str, str] = library("detoxify.detoxify").MODEL_URLS
    kind, _, path = choice.partition(":")
    if kind == "checkpoint" and path:
        return DetoxifyModel(Path(path).expanduser(), threads=threads)
    if choice not in urls:
        names = ", ".join(f"“detoxify:{name}”" for name in urls)
        raise SettingsError(f"CROSSING_GUARD_MODEL must be {names} or “detoxify:checkpoint:PATH”.")
    kept = Path(library("torch").hub.get_dir(), "checkpoints", PurePosixPath(urlsplit(urls[choice]).path).name)
    if not kept.is_file():
        raise ModelError(
            f"The model “{choice}” is not on this machine: put its checkpoint at {kept} (docs/detoxify.md says how)."
        )
    return DetoxifyModel(kept, published=choice, threads=threads)


def _manifest(
    checkpoint: Checkpoint, published: str | None, labels: tuple[str, ...], window: int
) -> CheckpointManifest:
    return CheckpointManifest(
        name=f"detoxify {published or checkpoint.path.name}",
        version=version("detoxify"),
        licence="Apache-2.0" if published else "as those say who made the checkpoint",
        languages=LANGUAGES.get(published, ("en",)) if published else (),
        labels=labels,
        max_pieces=window,
        files={checkpoint.path.name: checkpoint.facts},
    )


def _runs(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Group windows of like length into runs of at most `PIECES_AT_ONCE` pieces, padding included."""
    run: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if run and lengths[index] * (len(run) + 1) > PIECES_AT_ONCE:
            yield run
            run = []
        run.append(index)
    if run:
        yield run


def _whole_characters(text: str) -> str:
    """Join surrogate pairs and replace lone halves, which tokenizers refuse."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
