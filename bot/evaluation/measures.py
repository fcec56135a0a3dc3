"""The figures themselves, on plain arrays. Nothing here knows what was measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]

ROUNDS = 200
SEED = 7


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with the ends of its 95 % bootstrap interval. All three are fractions; NaN where nothing is asked."""

    value: float
    low: float
    high: float


def auc(positive: Flags, scores: Numbers) -> float:
    """Return how often a positive text scores above a negative one, ties counted half; NaN where one kind is missing.

    The area under the receiver operating characteristic, by ranks (Mann and Whitney 1947).
    """
    positives = int(positive.sum())
    negatives = len(positive) - positives
    if not positives or not negatives:
        return float("nan")
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    above = float(middle[places[positive]].sum()) - positives * (positives + 1) / 2
    return above / (positives * negatives)


def share(flags: Flags) -> float:
    """Return the fraction that is true; NaN of nothing."""
    return float(flags.mean()) if len(flags) else float("nan")


def bootstrapped(measure: Callable[[NDArray[np.int64]], float], size: int, rounds: int = ROUNDS) -> Figure:
    """Return `measure` of all rows, with the interval over `rounds` samples of them drawn with replacement.

    `measure` is called with row numbers. The samples are the same in every run (Efron 1979, percentile interval).
    """
    whole = measure(np.arange(size))
    if not size or np.isnan(whole):
        return Figure(float("nan"), float("nan"), float("nan"))
    dice = np.random.default_rng(SEED)
    found = [measure(dice.integers(0, size, size)) for _ in range(rounds)]
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return Figure(whole, float(low), float(high))


def share_with_interval(flags: Flags) -> Figure:
    """Return the fraction that is true, with its interval."""
    return bootstrapped(lambda rows: share(flags[rows]), len(flags))


def auc_with_interval(positive: Flags, scores: Numbers) -> Figure:
    """Return the area under the curve, with its interval."""
    return bootstrapped(lambda rows: auc(positive[rows], scores[rows]), len(positive))
