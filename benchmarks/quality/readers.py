"""Who reads: the bot as it ships, and peers from the package index that happen to be installed.

Every reader says of each text whether it flags it, and how strongly it feels. The bot also says how severe a flag is,
and gives a score for each label.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.app.wiring import load_policy, make_screener
from bot.domain.categories import Severity
from bot.evaluation.reading import read_all
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.evaluation.measures import Flags, Numbers

PACK = "lausd"


@dataclass(frozen=True)
class Answers:
    """What a reader says of some texts, an array each. `medium` is those flagged at medium severity or above."""

    flagged: Flags
    medium: Flags
    strength: Numbers
    labels: dict[str, Numbers] = field(default_factory=dict)


Read = Callable[[Sequence[str]], Answers]


def the_bot(texts: Sequence[str]) -> Answers:
    """Read as the program does: normaliser, model, detectors and the shipped `lausd` pack."""
    return asyncio.run(_the_bot(texts))


async def _the_bot(texts: Sequence[str]) -> Answers:
    settings = Settings()
    pack = load_policy(settings, PACK)
    async with make_screener(settings) as screener:
        reads = [read async for read in read_all(texts, screener, pack)]
        names = screener.model.labels
    severities = np.array([int(read.judgement.severity) for read in reads])
    labels = {name: np.array([read.assessment.scores.get(name, 0.0) for read in reads]) for name in names}
    return Answers(severities >= Severity.LOW, severities >= Severity.MEDIUM, labels["toxicity"], labels)


def _answers(strength: Sequence[float], flagged: Sequence[bool]) -> Answers:
    flags = np.array(flagged, dtype=bool)
    return Answers(flags, flags, np.array(strength, dtype=np.float64))


def _alt_profanity_check(texts: Sequence[str]) -> Answers:
    package: Any = import_module("profanity_check")
    return _answers(package.predict_prob(list(texts)), package.predict(list(texts)) == 1)


def _better_profanity(texts: Sequence[str]) -> Answers:
    profanity: Any = import_module("better_profanity").profanity
    flags = [profanity.contains_profanity(text) for text in texts]
    return _answers([float(flag) for flag in flags], flags)


def _safetype(texts: Sequence[str]) -> Answers:
    package: Any = import_module("safetype")
    flags = [bool(package.moderate(text).matches) for text in texts]
    return _answers([float(flag) for flag in flags], flags)


def _hatesonar(texts: Sequence[str]) -> Answers:
    sonar: Any = import_module("hatesonar").Sonar()
    said = [sonar.ping(text=text) for text in texts]
    strength = [
        1 - next(one["confidence"] for one in each["classes"] if one["class_name"] == "neither") for each in said
    ]
    return _answers(strength, [each["top_class"] != "neither" for each in said])


_PEERS: dict[str, tuple[str, Read]] = {
    "alt-profanity-check": ("profanity_check", _alt_profanity_check),
    "better-profanity": ("better_profanity", _better_profanity),
    "safetype": ("safetype", _safetype),
    "hatesonar": ("hatesonar", _hatesonar),
}


def peers() -> tuple[dict[str, Read], dict[str, str]]:
    """Return the peers that work here, and why the others do not."""
    working: dict[str, Read] = {}
    missing: dict[str, str] = {}
    for name, (module, read) in _PEERS.items():
        if find_spec(module) is None:
            missing[name] = "not installed"
            continue
        try:
            read(["hello"])
        except Exception as error:  # noqa: BLE001  (a peer may fail in any way; the table says how)
            missing[name] = f"does not load ({type(error).__name__})"
        else:
            working[name] = read
    return working, missing
