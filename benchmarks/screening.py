"""The toxicity model alone: latency of single texts, throughput in batches, on one thread and on two."""

from __future__ import annotations

import asyncio
import time
from statistics import median, quantiles

from benchmarks.texts import comments
from bot.screening.toxicity.embedded import EmbeddedModel

LENGTHS = (12, 40)
SINGLES = 400
MANY = 4000


def measure() -> dict[str, float]:
    """Return milliseconds (p50, p95) a single text and texts a second in batches, by length and threads."""
    figures: dict[str, float] = {}
    model = EmbeddedModel(threads=1)
    for pieces in LENGTHS:
        texts = comments(model.tokenizer, pieces, SINGLES)
        model.score_now(texts[:32])  # first runs allocate
        times = [_timed(model, text) for text in texts]
        figures[f"single, {pieces} pieces, p50 ms"] = 1000 * median(times)
        figures[f"single, {pieces} pieces, p95 ms"] = 1000 * quantiles(times, n=20)[-1]
    for threads in (1, 2):
        for pieces in LENGTHS:
            rate = asyncio.run(_throughput(threads, pieces))
            figures[f"batched, {pieces} pieces, {threads} thread{'s' * (threads > 1)}, texts/s"] = rate
    return figures


def _timed(model: EmbeddedModel, text: str) -> float:
    start = time.perf_counter()
    model.score_now([text])
    return time.perf_counter() - start


async def _throughput(threads: int, pieces: int) -> float:
    async with EmbeddedModel(threads=threads) as model:
        texts = comments(model.tokenizer, pieces, MANY)
        await model.score(texts[:64])
        start = time.perf_counter()
        await model.score(texts)
        return len(texts) / (time.perf_counter() - start)
