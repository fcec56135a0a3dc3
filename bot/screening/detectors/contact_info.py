"""Telephone numbers, e-mail and street addresses of people (LB privacy 2, 5, 6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from operator import eq

from bot.domain.assessments import Finding
from bot.domain.categories import Category
from bot.screening.detectors.addresses import find_emails, find_street_addresses
from bot.screening.detectors.phones import digits, find_phones
from bot.screening.detectors.phrase_detector import without_overlaps
from bot.screening.detectors.reading import Reading, fold, read
from bot.screening.normalise import Normalised
from bot.screening.seams import Facts


class ContactInfoDetector:
    """Finds contact details of people and lets the school's own pass.

    Toll-free and emergency numbers, dates, scores, prices, order numbers, meeting ids and room numbers pass.
    """

    name = "contact_info"

    def find(self, text: Normalised, facts: Facts) -> Sequence[Finding]:
        """Return a finding for each detail that is not among the official contacts."""
        official = _squeezed(facts.official_contacts)
        return without_overlaps(
            Finding(self.name, Category.CONTACT_INFO, *text.plain.span(start, end), score, explanation)
            for start, end, score, explanation, is_in in _details(read(text.plain))
            if not any(map(is_in, official))
        )


_IsIn = Callable[[str], bool]
"""Whether a squeezed official contact is the detail that was found."""


def _details(reading: Reading) -> Iterator[tuple[int, int, float, str, _IsIn]]:
    """Yield span, score and explanation of each detail, and how to tell it among the official ones."""
    for start, end, score, number in find_phones(reading):
        yield start, end, score, "Possible telephone number.", partial(_ends_with, number)
    for start, end, score, address in find_emails(reading):
        yield start, end, score, "Possible e-mail address.", partial(eq, _squeeze(address))
    for start, end, score in find_street_addresses(reading):
        yield start, end, score, "Possible street address.", partial(_begins_with, _squeeze(reading.text[start:end]))


def _ends_with(detail: str, contact: str) -> bool:
    return contact.endswith(detail)


def _begins_with(detail: str, contact: str) -> bool:
    return contact.startswith(detail)


@lru_cache(maxsize=64)
def _squeezed(contacts: frozenset[str]) -> frozenset[str]:
    """Return each official contact without spaces and signs, and its digits alone."""
    return frozenset({_squeeze(contact) for contact in contacts} | {digits(contact) for contact in contacts})


def _squeeze(text: str) -> str:
    return re.sub(r"[^\w@]", "", fold(text))
