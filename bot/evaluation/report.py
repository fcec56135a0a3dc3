"""What `model evaluate` tells: for each label how well it is told apart, for each rule pack what would be flagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.categories import Severity
from bot.errors import UsageError
from bot.evaluation.measures import Figure, auc_with_interval, share_with_interval
from bot.evaluation.reading import Read
from bot.evaluation.tables import Row, Target

FLAGGED = "flagged"
"""A target of this name is measured against what the policy pack flags, not against a score."""

_LEVELS = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)


@dataclass(frozen=True, slots=True)
class Measured:
    """One target. `caught` and `flagged` are, by least severity, the shares of positives and negatives flagged.

    `auc` is of the label's score; of the target `flagged` there is none.
    """

    target: Target
    positives: int
    negatives: int
    auc: Figure | None
    caught: dict[Severity, Figure]
    flagged: dict[Severity, Figure]


@dataclass(frozen=True, slots=True)
class Report:
    """Every target, and over all rows the share flagged by least severity and the number without scores."""

    rows: int
    unscored: int
    flagged: dict[Severity, Figure]
    targets: tuple[Measured, ...]


def report(rows: Sequence[Row], reads: Sequence[Read], targets: Sequence[Target], labels: Sequence[str]) -> Report:
    """Return the figures; raise `UsageError` when a target names a label that the model does not have."""
    severities = np.array([int(read.judgement.severity) for read in reads])
    return Report(
        len(rows),
        sum(read.assessment.unscored is not None for read in reads),
        _by_level(severities),
        tuple(_measured(target, rows, reads, labels, severities) for target in targets),
    )


def _measured(
    target: Target, rows: Sequence[Row], reads: Sequence[Read], labels: Sequence[str], severities: np.ndarray
) -> Measured:
    if target.label != FLAGGED and target.label not in labels:
        raise UsageError(f"The model has no label {target.label}; it has {', '.join((*labels, FLAGGED))}.")
    said = [target.positive(row) for row in rows]
    asked = np.array([answer is not None for answer in said])
    positive = np.array([bool(answer) for answer in said])[asked]
    reached = severities[asked]
    figure = None
    if target.label != FLAGGED:
        scores = np.array([read.assessment.scores.get(target.label, 0.0) for read in reads], dtype=np.float64)[asked]
        figure = auc_with_interval(positive, scores)
    return Measured(
        target,
        int(positive.sum()),
        int((~positive).sum()),
        figure,
        _by_level(reached[positive]),
        _by_level(reached[~positive]),
    )


def _by_level(severities: np.ndarray) -> dict[Severity, Figure]:
    return {level: share_with_interval(severities >= int(level)) for level in _LEVELS}
