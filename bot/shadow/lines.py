"""Results as JSON Lines: one object a comment, as the contract of `screen` says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from bot.shadow.people import People
from bot.shadow.run import Screened

PLACES = 4
"""Decimal places of a score."""


class LinesSink:
    """Writes each result as one line of pure ASCII, which no terminal, pipe or script can trip over."""

    def __init__(self, write: Callable[[str], object], people: People) -> None:
        self._write = write
        self._people = people

    def take(self, screened: Screened) -> None:
        """Write one result."""
        self._write(json.dumps(as_object(screened, self._people)) + "\n")


def as_object(screened: Screened, people: People) -> Mapping[str, Any]:
    """Return the result as it goes out; it never holds the comment's text."""
    row, assessment, judgement = screened
    return {
        "id": row.comment.ref.comment,
        "channel": row.channel,
        "author": people.author(row.comment.author),
        "flagged": judgement.flagged,
        "severity": str(judgement.severity),
        "categories": [str(category) for category in judgement.categories],
        "rule": judgement.rule,
        "clause": judgement.clause,
        "scores": {label: round(score, PLACES) for label, score in assessment.scores.items()},
        "unscored": assessment.unscored is not None,
        "findings": [
            {
                "detector": finding.detector,
                "category": str(finding.category),
                "start": finding.start,
                "end": finding.end,
                "score": round(finding.score, PLACES),
                "explanation": finding.explanation,
            }
            for finding in judgement.findings
        ],
    }
