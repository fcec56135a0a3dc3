"""Scores texts with an exported model by plain onnxruntime, as the bot would: the most of a long text's windows."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from training.batches import pad
from training.encoder import Array

BATCH = 64
OVERLAP = 24


def windows(ids: Sequence[int], longest: int, overlap: int = OVERLAP) -> Iterator[list[int]]:
    """The text's pieces in overlapping stretches of at most ``longest``, each with start and end mark."""
    first, body, last = ids[0], ids[1:-1], ids[-1]
    room = longest - 2
    at = 0
    while True:
        yield [first, *body[at : at + room], last]
        if at + room >= len(body):
            return
        at += room - overlap


class Scorer:
    """An exported model in a folder."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        self.labels: list[str] = manifest["labels"]
        self.longest: int = manifest["max_pieces"]
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, texts: Sequence[str]) -> Array:
        """Probabilities ``[texts, labels]``."""
        owners: list[int] = []
        rows: list[list[int]] = []
        for number, encoding in enumerate(self.tokenizer.encode_batch(list(texts))):
            for window in windows(encoding.ids, self.longest):
                owners.append(number)
                rows.append(window)
        scores = np.zeros((len(texts), len(self.labels)), np.float32)
        order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            ids, mask = pad([rows[at] for at in batch])
            found = self.session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            np.maximum.at(scores, [owners[at] for at in batch], found)
        return scores

    def one(self, texts: Sequence[str], label: str) -> npt.NDArray[np.float32]:
        """One label's probability for every text."""
        return self(texts)[:, self.labels.index(label)]
