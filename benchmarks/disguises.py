"""Harm that is caught, once it is disguised by code: what the normaliser is worth.

The texts are those of the corpus's sealed writers, which nothing was trained on or chosen by. Innocent twins are
disguised alike: a disguise must not make them look worse.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence

from bot.domain.categories import Severity
from bot.evaluation.reading import read_all
from bot.policy.loader import load_pack
from bot.policy.schema import Pack
from bot.screening.detectors import standard_detectors
from bot.screening.screener import Screener
from bot.screening.toxicity.embedded import EmbeddedModel
from training import augment
from training.corpus import CHOOSING, PREFIX, files, read

SEED = 7
DISGUISES: dict[str, Callable[[str, random.Random], str]] = {
    "leetspeak": augment.leetspeak,
    "letters spaced": augment.spaced,
    "words run together": augment.joined,
    "letters stretched": augment.stretched,
    "look-alike letters": augment.lookalikes,
    "mistyped": augment.typos,
    "without accents": augment.without_accents,
}


def measure() -> dict[str, float]:
    """Return, by disguise, the share (%) still flagged of what was flagged, and newly flagged of what was not."""
    return asyncio.run(_measured())


async def _measured() -> dict[str, float]:
    said = [one for path in files() if path.stem.startswith(PREFIX) and path.stem not in CHOOSING for one in read(path)]
    pack = load_pack("lausd")
    figures: dict[str, float] = {}
    async with EmbeddedModel(threads=2) as model:
        screener = Screener(model, standard_detectors())
        plain = await _flagged([one.text for one in said], screener, pack)
        harmful = [one.text for one, found in zip(said, plain, strict=True) if one.harmful and found]
        innocent = [one.text for one, found in zip(said, plain, strict=True) if not one.harmful and not found]
        for name, disguise in DISGUISES.items():
            for texts, label in ((harmful, "still caught"), (innocent, "innocent, newly flagged")):
                chance = random.Random(SEED)  # noqa: S311 - to repeat, not to hide
                changed = [new for text in texts if (new := disguise(text, chance)) != text]
                found = await _flagged(changed, screener, pack)
                figures[f"{name}, {label}, % of {len(changed)}"] = 100 * sum(found) / len(changed)
    return figures


async def _flagged(texts: Sequence[str], screener: Screener, pack: Pack) -> list[bool]:
    return [one.judgement.severity >= Severity.LOW async for one in read_all(texts, screener, pack)]
