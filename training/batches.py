"""One pass over the table as padded batches of similar length, the same for the same seed."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from tokenizers import Tokenizer
from torch import Tensor

from training.augment import disguise
from training.labels import LABELS

PAD = 1
TEXTS, PIECES = 64, 3072  # a batch holds at most this many of either
POOL = 50 * TEXTS  # texts sorted by length together


@dataclass(frozen=True)
class Batch:
    """Padded pieces, their mask, labels with NaN where not asked, and weights."""

    ids: Tensor
    mask: Tensor
    labels: Tensor
    weights: Tensor


@dataclass(frozen=True)
class Mix:
    """How often a pass shows each source (1: every text once) and how often it disguises a text."""

    rates: Mapping[str, float]
    disguised: float = 0.12
    corpus_rate: float = 2.0
    corpus_disguised: float = 0.25

    def rate(self, source: str) -> float:
        """Appearances per pass."""
        return self.corpus_rate if source.startswith("corpus:") else self.rates.get(source, 1.0)


def encode(tokenizer: Tokenizer, texts: list[str], longest: int) -> list[list[int]]:
    """Piece numbers, cut to ``longest`` with the end mark kept."""
    found = (encoding.ids for encoding in tokenizer.encode_batch(texts))
    return [ids if len(ids) <= longest else [*ids[: longest - 1], ids[-1]] for ids in found]


def pad(rows: list[list[int]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Numbers and mask, as wide as the longest row."""
    width = max(len(row) for row in rows)
    ids = np.full((len(rows), width), PAD, dtype=np.int64)
    mask = np.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return ids, mask


def one_pass(table: pd.DataFrame, tokenizer: Tokenizer, mix: Mix, seed: int, longest: int = 96) -> Iterator[Batch]:
    """Batches of one pass over ``table``."""
    rng = random.Random(seed)  # noqa: S311 - shuffling, no secrets
    sources = table["source"].tolist()
    order = [n for n, source in enumerate(sources) for _ in range(_times(mix.rate(source), rng))]
    rng.shuffle(order)
    texts, labels = table["text"].tolist(), table[list(LABELS)].to_numpy(dtype=np.float32)
    weights = table["weight"].to_numpy(dtype=np.float32)
    for start in range(0, len(order), POOL):
        pool = order[start : start + POOL]
        shown = [
            disguise(texts[n], rng, mix.corpus_disguised if sources[n].startswith("corpus:") else mix.disguised)
            for n in pool
        ]
        rows = encode(tokenizer, shown, longest)
        batches = _cut(sorted(range(len(pool)), key=lambda at: len(rows[at])), rows)
        rng.shuffle(batches)
        for batch in batches:
            ids, mask = pad([rows[at] for at in batch])
            numbers = [pool[at] for at in batch]
            yield Batch(*(torch.from_numpy(part) for part in (ids, mask, labels[numbers], weights[numbers])))


def _times(rate: float, rng: random.Random) -> int:
    return int(rate) + (rng.random() < rate % 1)


def _cut(ordered: list[int], rows: list[list[int]]) -> list[list[int]]:
    batches: list[list[int]] = [[]]
    for at in ordered:
        if batches[-1] and (len(batches[-1]) == TEXTS or (len(batches[-1]) + 1) * len(rows[at]) > PIECES):
            batches.append([])
        batches[-1].append(at)
    return batches
