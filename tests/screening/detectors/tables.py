"""What every table of examples is checked with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from bot.domain.assessments import Finding
from bot.domain.comments import AuthorRole
from bot.screening.detectors import standard_detectors
from bot.screening.normalise import normalise
from bot.screening.seams import Detector, Facts

TEACHER = Facts(author_role=AuthorRole.TEACHER)
STUDENT = Facts(author_role=AuthorRole.STUDENT)


@cache
def detector(name: str) -> Detector:
    """Return the standard detector of that name."""
    return next(found for found in standard_detectors() if found.name == name)


def found(name: str, text: str, facts: Facts = STUDENT) -> Sequence[Finding]:
    """Return what one detector finds, after checking what holds for every finding."""
    findings = detector(name).find(normalise(text), facts)
    for finding in findings:
        assert finding.detector == name
        assert 0 <= finding.start < finding.end <= len(text)
        assert 0 < finding.score <= 1
        assert "\n" not in finding.explanation
        assert text[finding.start : finding.end] not in finding.explanation
    return findings


def table(text: str) -> list[str]:
    """Return the examples of a table, one a line."""
    return [line.strip() for line in text.strip().splitlines()]
