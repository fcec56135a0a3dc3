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

from training.augment import accompanied, disguise, ended
from training.groups import exchanged
from training.labels import LABELS

PAD = 1
TEXTS, PIECES = 64, 1536  # a batch holds at most this many of either
CHAT = 200  # letters; longer texts are written as they are
POOL = 100 * TEXTS  # texts sorted by length together


@dataclass(frozen=True)
class Batch:
    """Padded pieces, their mask, labels (NaN where not asked), weights, and rows ``[harmful, innocent]`` of twins."""

    ids: Tensor
    mask: Tensor
    labels: Tensor
    weights: Tensor
    pairs: Tensor


#: Sources whose texts name groups of people often enough to exchange them.
NAMING = frozenset({"dynahate", "sbic", "hatexplain", "stormfront", "jigsaw", "davidson", "toxic_spans", "ruddit"})


@dataclass(frozen=True)
class Mix:
    """How often a pass shows each source (1: every text once) and how often it changes a text.

    A writer of the corpus who is not named in ``rates`` is shown ``corpus_rate`` times.
    ``accompanied`` is how often an innocent message of the corpus stands beside twins: harm must be seen, and innocence
    kept, beside other sentences. ``unmarked`` and ``marked`` are how often a text short enough for a chat loses
    its end marks or gets one. ``thinned`` is how often a text of the corpus lacks some of its pieces:
    it is shown many times, and must be understood, not remembered.
    """

    rates: Mapping[str, float]
    disguised: float = 0.15
    corpus_rate: float = 2.0
    corpus_disguised: float = 0.25
    exchanged: float = 0.5
    accompanied: float = 0.25
    unmarked: float = 0.35
    marked: float = 0.25
    thinned: float = 0.3

    def rate(self, source: str) -> float:
        """Appearances per pass."""
        return self.rates.get(source, self.corpus_rate if source.startswith("corpus:") else 1.0)


def encode(tokenizer: Tokenizer, texts: list[str], longest: int) -> list[list[int]]:
    """Piece numbers, cut to ``longest`` with the end mark kept."""
    found = (encoding.ids for encoding in tokenizer.encode_batch(texts))
    return [ids if len(ids) <= longest else [*ids[: longest - 1], ids[-1]] for ids in found]


def thin(row: list[int], rng: random.Random, share: float = 0.1) -> list[int]:
    """A row without about a ``share`` of its pieces; the first and the last one, which are marks, stay."""
    return [row[0], *(piece for piece in row[1:-1] if rng.random() >= share), row[-1]]


def pad(rows: list[list[int]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Numbers and mask, as wide as the longest row."""
    width = max(len(row) for row in rows)
    ids = np.full((len(rows), width), PAD, dtype=np.int64)
    mask = np.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return ids, mask


def one_pass(table: pd.DataFrame, tokenizer: Tokenizer, mix: Mix, seed: int, longest: int = 80) -> Iterator[Batch]:
    """Batches of one pass over ``table``; twins always share a batch."""
    rng = random.Random(seed)  # noqa: S311 - shuffling, no secrets
    units = _units(table)
    sources, languages = table["source"].tolist(), table["language"].tolist()
    order = [unit for unit in units for _ in range(_times(mix.rate(sources[unit[0]]), rng))]
    rng.shuffle(order)
    texts, labels = table["text"].tolist(), table[list(LABELS)].to_numpy(dtype=np.float32)
    weights = table["weight"].to_numpy(dtype=np.float32)

    calm = _calm(table)

    def shown(unit: tuple[int, ...]) -> list[str]:
        ours, language = sources[unit[0]].startswith("corpus:"), languages[unit[0]]
        found = [texts[number] for number in unit]
        if ours or sources[unit[0]] in NAMING:
            form = "en" if language == "en" else "es"
            found = [exchanged(text, rng, form) if rng.random() < mix.exchanged else text for text in found]
        found = [ended(text, rng, mix.unmarked, mix.marked) if len(text) < CHAT else text for text in found]
        if ours and len(found) > 1 and rng.random() < mix.accompanied:
            found = accompanied(found, rng.choice(calm[language]), rng)
        return [disguise(text, rng, mix.corpus_disguised if ours else mix.disguised) for text in found]

    for start in range(0, len(order), POOL):
        pool = order[start : start + POOL]
        flat = encode(tokenizer, [text for unit in pool for text in shown(unit)], longest)
        taken = iter(flat)
        rows = [[next(taken) for _ in unit] for unit in pool]
        for unit, own in zip(pool, rows, strict=True):
            if sources[unit[0]].startswith("corpus:"):
                own[:] = [thin(row, rng) if rng.random() < mix.thinned else row for row in own]
        batches = _cut(sorted(range(len(pool)), key=lambda at: max(map(len, rows[at]))), rows)
        rng.shuffle(batches)
        for batch in batches:
            ids, mask = pad([row for at in batch for row in rows[at]])
            numbers = [number for at in batch for number in pool[at]]
            places = np.cumsum([0, *(len(pool[at]) for at in batch)])
            pairs = np.array([(at, at + 1) for at, unit in zip(places, batch, strict=False) if len(pool[unit]) == 2])
            parts = (ids, mask, labels[numbers], weights[numbers], pairs.reshape(-1, 2).astype(np.int64))
            yield Batch(*map(torch.from_numpy, parts))


def _units(table: pd.DataFrame) -> list[tuple[int, ...]]:
    """Row numbers that are shown together: ``(harmful, innocent)`` twins, or one text alone."""
    found: dict[str, list[int]] = {}
    for number, (pair, harmful) in enumerate(zip(table["pair"], table["harmful"], strict=True)):
        own = found.setdefault(pair or f"#{number}", [])
        own.insert(0 if harmful else len(own), number)
    return [tuple(unit) for unit in found.values()]


def _calm(table: pd.DataFrame) -> dict[str, list[str]]:
    """The corpus' innocent messages by language."""
    ours = table[table["source"].str.startswith("corpus:") & table["harmful"].eq(False)]
    return {str(language): texts.tolist() for language, texts in ours.groupby("language")["text"]}


def _times(rate: float, rng: random.Random) -> int:
    return int(rate) + (rng.random() < rate % 1)


def _cut(ordered: list[int], rows: list[list[list[int]]]) -> list[list[int]]:
    """Units in order of length, in batches of at most ``TEXTS`` texts and ``PIECES`` pieces, padding included."""
    batches: list[list[int]] = [[]]
    held = 0
    for at in ordered:
        size, width = len(rows[at]), max(map(len, rows[at]))
        if batches[-1] and (held + size > TEXTS or (held + size) * width > PIECES):
            batches.append([])
            held = 0
        batches[-1].append(at)
        held += size
    return batches
