"""A peer in the same run: a BERT-base classifier in torch, the architecture of detoxify's `original` model.

Its weights are random, since only its speed is asked; needs torch and transformers (`make install-detoxify`).
"""

from __future__ import annotations

import time
from importlib.util import find_spec
from statistics import median

SINGLES = 30
BATCH = 32
BATCHES = 4


def available() -> bool:
    """Whether the packages it needs are installed."""
    return find_spec("torch") is not None and find_spec("transformers") is not None


def measure() -> dict[str, float]:
    """Return milliseconds a single text and texts a second in batches of 32, on one thread, at 12 and 40 pieces."""
    import torch  # noqa: PLC0415 - an extra that may be absent
    from transformers import BertConfig, BertForSequenceClassification  # noqa: PLC0415

    torch.set_num_threads(1)
    network = BertForSequenceClassification(BertConfig(num_labels=6)).eval()
    figures: dict[str, float] = {}
    with torch.inference_mode():
        for pieces in (12, 40):
            one, many = torch.randint(1000, 30000, (1, pieces)), torch.randint(1000, 30000, (BATCH, pieces))
            network(one)
            singles, batches = [], []
            for _ in range(SINGLES):
                start = time.perf_counter()
                network(one)
                singles.append(time.perf_counter() - start)
            for _ in range(BATCHES):
                start = time.perf_counter()
                network(many)
                batches.append(time.perf_counter() - start)
            figures[f"single, {pieces} pieces, p50 ms"] = 1000 * median(singles)
            figures[f"batched, {pieces} pieces, 1 thread, texts/s"] = BATCH / median(batches)
    return figures
