"""Figures about scores; every one is a plain number, so reports can be JSON."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from bot.evaluation import measures

Numbers = npt.NDArray[np.float64]
share = measures.share


def auc(labels: Numbers, scores: Numbers) -> float:
    """Area under the curve; NaN where one class is missing."""
    return measures.auc(labels == 1, scores)


def interval(measure: Callable[[npt.NDArray[np.int64]], float], size: int, rounds: int = 300) -> tuple[float, float]:
    """The 95 % bootstrap interval of ``measure``, which is called with row numbers."""
    rng = np.random.default_rng(7)
    found = [measure(rng.integers(0, size, size)) for _ in range(rounds)]
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return float(low), float(high)


def at_rate(innocent: Numbers, rate: float) -> float:
    """The score that at most ``rate`` of ``innocent`` texts reach."""
    return float(np.nextafter(np.quantile(innocent, 1 - rate, method="higher"), 1.0))


def calibration_error(labels: Numbers, scores: Numbers, bins: int = 15) -> float:
    """Expected calibration error over equal-width bins."""
    places = np.minimum((scores * bins).astype(int), bins - 1)
    gaps = [
        abs(labels[places == at].mean() - scores[places == at].mean()) * (places == at).mean()
        for at in range(bins)
        if (places == at).any()
    ]
    return float(sum(gaps))
