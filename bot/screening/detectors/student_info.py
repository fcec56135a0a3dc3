"""What a school knows of a pupil, said with the pupil's name; and names beside photos (R4, R6)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.assessments import Finding
from bot.domain.categories import Category
from bot.domain.comments import AttachmentKind
from bot.screening.detectors.names import is_pupils_name, named_people
from bot.screening.detectors.phrase_detector import ADULTS_ON_DUTY, PhraseDetector, without_overlaps
from bot.screening.detectors.phrasebook import Hit
from bot.screening.detectors.reading import Reading
from bot.screening.normalise import Normalised
from bot.screening.seams import Facts

_PICTURES = frozenset({AttachmentKind.IMAGE, AttachmentKind.VIDEO})


class StudentInfoDetector(PhraseDetector):
    """Finds grades, attendance, conduct, health and support plans of a named or mentioned pupil (BUL II.3-4).

    People who write of themselves, class averages, staff, and stories pass.
    """

    def __init__(self) -> None:
        super().__init__("student_info")

    def sure(self, hit: Hit, reading: Reading, facts: Facts) -> float:
        """Return the hit's score if one of its words names a pupil, else 0."""
        text = reading.view.text
        for start, end in hit.names:
            if text[start] == "@" and facts.addressed_roles and facts.addressed_roles <= ADULTS_ON_DUTY:
                continue
            if is_pupils_name(text, start, end, facts):
                return hit.score
        return 0.0


class PhotoWithNameDetector:
    """Finds a person's name beside a photo or video, and asks for the consent on file (LB privacy 3-4).

    The picture itself is never looked at, and a group photo without names passes.
    """

    name = "photo_with_name"

    def find(self, text: Normalised, facts: Facts) -> Sequence[Finding]:
        """Return one finding for each name, if a photo or video is attached."""
        if not any(attachment.kind in _PICTURES for attachment in facts.attachments):
            return ()
        return without_overlaps(
            Finding(
                self.name,
                Category.STUDENT_INFO,
                *text.plain.span(start, end),
                0.75 if full else 0.6,
                "A photo or video with a person's name: is their consent on file?",
            )
            for start, end, full in named_people(text.plain.text, facts)
        )
