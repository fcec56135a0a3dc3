"""What a comment can be flagged or reported for, and how bad it is."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Category(StrEnum):
    """One kind of harm or rule-breaking; shared by packs, reports and cases."""

    THREAT = "threat"
    HARASSMENT = "harassment"
    BULLYING = "bullying"
    IDENTITY_ATTACK = "identity_attack"
    DEROGATORY = "derogatory"
    OBSCENE = "obscene"
    SEXUAL = "sexual"
    SEXUAL_HARASSMENT = "sexual_harassment"
    SELF_HARM = "self_harm"
    ABUSE_DISCLOSURE = "abuse_disclosure"
    BOUNDARY = "boundary"
    STUDENT_INFO = "student_info"
    CONTACT_INFO = "contact_info"
    ADVERTISING = "advertising"
    CAMPAIGN = "campaign"
    IMPERSONATION = "impersonation"
    INCITEMENT = "incitement"
    RETALIATION = "retaliation"
    DEFAMATION = "defamation"
    COPYRIGHT = "copyright"
    LOGO = "logo"
    OTHER = "other"


PEOPLE_ONLY = frozenset({Category.DEFAMATION, Category.COPYRIGHT, Category.LOGO, Category.OTHER})
"""Reasons that a reporter or reviewer may choose and that no machine ever asserts."""


class Severity(IntEnum):
    """How urgent a flag is. Ordered: `max()` of several is the worst; `str()` is the word people read."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Severity:
        """Return the severity named by `word` (as `str()` writes it); raise `ValueError` for any other word."""
        try:
            return cls[word.upper()]
        except KeyError:
            known = ", ".join(str(severity) for severity in cls)
            raise ValueError(f"“{word}” is no severity; use one of: {known}") from None
