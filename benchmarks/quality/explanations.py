"""Do the marked words carry the harm? Marked characters against those that people marked (SemEval-2021, task 5)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from bot.app.wiring import load_policy, make_screener
from bot.domain.comments import Author, ChannelKind, Comment, CommentRef
from bot.evaluation.measures import Figure, bootstrapped
from bot.evaluation.reading import NOWHERE
from bot.policy.judge import context_of, judge
from bot.screening.seams import Facts
from bot.settings import Settings

FILE = Path("train") / "toxic_spans_semeval2021.parquet"
"""The texts are among those that the model learned from, the spans are not."""

MOST = 600
PACK = "lausd"


def explanations(data: Path) -> dict[str, Figure]:
    """Return the mean F1 of characters over flagged texts with marked words, beside marking the whole text."""
    rows = pq.read_table(data / FILE, columns=["text", "spans"], filters=[("split", "=", "test")]).to_pylist()
    marked = [(row["text"], frozenset(json.loads(row["spans"]))) for row in rows]
    some = [(text, spans) for text, spans in marked if spans][:MOST]
    ours = asyncio.run(_marked([text for text, _ in some]))
    pairs = [
        (agreement(spans, found), agreement(spans, frozenset(range(len(text)))))
        for (text, spans), found in zip(some, ours, strict=True)
        if found is not None
    ]
    scores = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return {
        "marked words, F1": bootstrapped(lambda rows: float(scores[rows, 0].mean()), len(scores)),
        "whole text marked, F1": bootstrapped(lambda rows: float(scores[rows, 1].mean()), len(scores)),
        "of these texts flagged": Figure(len(scores) / len(some), float("nan"), float("nan")),
    }


def agreement(truth: frozenset[int], found: frozenset[int]) -> float:
    """Return the F1 of two sets of characters, 0 to 1."""
    return 2 * len(truth & found) / (len(truth) + len(found)) if truth or found else 1.0


async def _marked(texts: list[str]) -> list[frozenset[int] | None]:
    """Return the characters that a card would mark; nothing for a text that is not flagged."""
    settings = Settings()
    pack = load_policy(settings, PACK)
    found: list[frozenset[int] | None] = []
    async with make_screener(settings) as screener:
        for text in texts:
            comment = Comment(CommentRef(NOWHERE, ""), text, Author(""))
            assessment = await screener.assess(comment, Facts(channel_kind=ChannelKind.CLASS))
            judgement = judge(pack, assessment, context_of(comment, ChannelKind.CLASS))
            if not judgement.flagged:
                found.append(None)
                continue
            judgement = await screener.explain(comment, assessment, judgement)
            found.append(frozenset(at for item in judgement.findings for at in range(item.start, item.end)))
    return found
