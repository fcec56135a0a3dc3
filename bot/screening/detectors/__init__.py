"""Detectors: each finds one kind of thing in a text and says in one line why. How to add one: docs/detectors.md."""

from __future__ import annotations

from bot.screening.detectors.contact_info import ContactInfoDetector
from bot.screening.detectors.impersonation import ImpersonationDetector
from bot.screening.detectors.phrase_detector import PhraseDetector
from bot.screening.detectors.student_info import PhotoWithNameDetector, StudentInfoDetector
from bot.screening.seams import Detector

__all__ = ["standard_detectors"]


def standard_detectors() -> tuple[Detector, ...]:
    """Return one of every detector that comes with the project. They hold no state between comments."""
    return (
        ContactInfoDetector(),
        StudentInfoDetector(),
        PhotoWithNameDetector(),
        PhraseDetector("boundary"),
        PhraseDetector("self_harm"),
        PhraseDetector("abuse_disclosure"),
        PhraseDetector("threat"),
        PhraseDetector("advertising"),
        PhraseDetector("campaign"),
        PhraseDetector("incitement"),
        PhraseDetector("retaliation"),
        ImpersonationDetector(),
    )
