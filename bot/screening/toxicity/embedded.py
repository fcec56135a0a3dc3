"""The toxicity model that ships with the bot: a small multilingual encoder as int8 ONNX, run without torch.

How it is made, on which data and how good it is: `training/` and `docs/model-card.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime as ort
from tokenizers import Encoding, Tokenizer

from bot.errors import ModelError
from bot.screening.seams import Scores
from bot.screening.toxicity.manifest import Manifest, read_manifest
from bot.screening.toxicity.threaded import ThreadedModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHIPPED = Path(__file__).with_name("weights")
OVERLAP = 32
"""Pieces that two neighbouring windows of a long text share, so that no phrase is cut in both."""
PIECES_AT_ONCE = 512
"""Upper bound of one run's padded size: keeps memory flat whatever is waiting, and what is worked on in the cache."""


class EmbeddedModel(ThreadedModel):
    """The shipped model (or another folder of the same make). Use as an async context manager.

    Files are checked against the SHA-256 of the manifest before they are used. Long texts are read in
    overlapping windows; the score is the maximum per label.
    """

    def __init__(self, folder: Path = SHIPPED, *, threads: int = 2) -> None:
        self.manifest: Manifest = read_manifest(folder)
        try:
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self.tokenizer.enable_truncation(self.manifest.max_pieces, stride=OVERLAP)
            self.tokenizer.no_padding()
            self._session = _open(folder / "model.onnx")
        except Exception as error:
            raise ModelError(
                f"The toxicity model in {folder} cannot be loaded ({type(error).__name__}); install it again."
            ) from error
        super().__init__(threads=threads)

    def score_now(self, texts: Sequence[str]) -> list[Scores]:
        """Score in the calling thread, blocking it; safe to call from several threads at once."""
        if not texts:
            return []
        windows: list[Encoding] = []
        owners: list[int] = []
        for owner, encoding in enumerate(self.tokenizer.encode_batch_fast(list(texts))):
            parts = [encoding, *encoding.overflowing]
            windows.extend(parts)
            owners.extend([owner] * len(parts))
        best = np.zeros((len(texts), len(self.labels)), dtype=np.float32)
        np.maximum.at(best, owners, self._run(windows))
        return [dict(zip(self.labels, map(float, row), strict=True)) for row in best]

    def _run(self, windows: Sequence[Encoding]) -> NDArray[np.float32]:
        """Score every window; those of like length run together, so that little is padded."""
        order = sorted(range(len(windows)), key=lambda index: len(windows[index].ids))
        out = np.empty((len(windows), len(self.labels)), dtype=np.float32)
        start = 0
        while start < len(order):
            end = _fitting(order, windows, start)
            rows = order[start:end]
            longest = len(windows[rows[-1]].ids)
            ids = np.zeros((len(rows), longest), dtype=np.int64)  # what stands behind the mask is not read
            mask = np.zeros_like(ids)
            for row, index in enumerate(rows):
                pieces = windows[index].ids
                ids[row, : len(pieces)] = pieces
                mask[row, : len(pieces)] = 1
            (probabilities,) = self._session.run(["probabilities"], {"input_ids": ids, "attention_mask": mask})
            out[rows] = probabilities
            start = end
        if not np.isfinite(out).all():
            raise ModelError("The toxicity model gave a score that is no number.")
        return out


def _fitting(order: Sequence[int], windows: Sequence[Encoding], start: int) -> int:
    """The end of the run that begins at `start`: as many windows as stay within `PIECES_AT_ONCE`."""
    end = start + 1
    while end < len(order) and len(windows[order[end]].ids) * (end + 1 - start) <= PIECES_AT_ONCE:
        end += 1
    return end


def _open(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    # One thread a run: several runs side by side use the cores better than one run split among them.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # it remembers every shape it ever saw, and comments have all shapes
    options.log_severity_level = 3
    return ort.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
