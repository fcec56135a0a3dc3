"""The detector for everything that can be told by phrases alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.assessments import Finding
from bot.domain.comments import AuthorRole
from bot.screening.detectors.phrasebook import Hit, PhraseBook
from bot.screening.detectors.reading import Reading, read
from bot.screening.normalise import Normalised, View
from bot.screening.seams import Facts

ADULTS_ON_DUTY = frozenset(
    {
        AuthorRole.TEACHER,
        AuthorRole.STAFF,
        AuthorRole.COACH,
        AuthorRole.VOLUNTEER,
        AuthorRole.CONTRACTOR,
        AuthorRole.ADMINISTRATOR,
    }
)
"""Who stands in a position of trust toward pupils (BUL II.1, LB discipline 3-4)."""

MOST_FINDINGS = 8
"""A detector says no more about one comment: it explains why to look, a person reads the rest."""


class PhraseDetector:
    """Finds the phrases of the book that has its name. Subclasses may judge a hit by more than its words."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._book = PhraseBook.load(name)

    @property
    def name(self) -> str:
        """The detector's name, which is also its phrase book's."""
        return self._name

    def find(self, text: Normalised, facts: Facts) -> Sequence[Finding]:
        """Return the surest findings that do not overlap, in the order of the text."""
        found = self._findings(text.plain, facts)
        if text.unmasked is not None:
            found += self._findings(text.unmasked, facts)
        return without_overlaps(found)

    def sure(self, hit: Hit, reading: Reading, facts: Facts) -> float:  # noqa: ARG002 - for subclasses
        """Return how sure a hit is in the light of the facts, as a fraction; 0 drops it."""
        if hit.rule.others is not None and facts.author_role not in ADULTS_ON_DUTY:
            return min(hit.score, hit.rule.others)
        return hit.score

    def _findings(self, view: View, facts: Facts) -> list[Finding]:
        reading = read(view)
        return [
            Finding(self._name, hit.rule.category, *view.span(hit.start, hit.end), score, hit.rule.explanation)
            for hit in self._book.hits(reading)
            if (score := self.sure(hit, reading, facts)) > 0
        ]


def without_overlaps(findings: Iterable[Finding]) -> list[Finding]:
    """Return the surest of overlapping findings, at most `MOST_FINDINGS`, in the order of the text."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda finding: (-finding.score, finding.start, -finding.end)):
        if len(kept) == MOST_FINDINGS:
            break
        if all(finding.end <= other.start or other.end <= finding.start for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda finding: finding.start)
