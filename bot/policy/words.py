"""The small words that packs are written in: texts in two languages, groups of roles, severities and their levels."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, PlainValidator, StringConstraints

from bot.domain.categories import Severity
from bot.domain.comments import AuthorRole, ChannelKind

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")

EMPLOYEES = frozenset({AuthorRole.TEACHER, AuthorRole.STAFF, AuthorRole.COACH, AuthorRole.ADMINISTRATOR})
ASSOCIATED = frozenset(
    {
        AuthorRole.PARENT,
        AuthorRole.PARENT_LEADER,
        AuthorRole.VOLUNTEER,
        AuthorRole.CONTRACTOR,
        AuthorRole.COACH,
    }
)
"""Associated persons (BUL-5688.1 I): no employees, but with a part in school life. A walk-on coach is one."""

GROUPS: dict[str, frozenset[AuthorRole]] = {
    "employees": EMPLOYEES,
    "associated": ASSOCIATED,
    "adults": EMPLOYEES | ASSOCIATED,
    "others": frozenset({AuthorRole.ALUMNI, AuthorRole.MEMBER}),
    "everyone": frozenset(AuthorRole),
}
"""Words that a pack may write instead of a list of roles."""

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
"""The name of an entry: small letters, digits, `-` and `_`."""


class Part(BaseModel):
    """A part of a pack: unknown keys are refused, values are not bent to fit, nothing changes after loading."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Text(Part):
    """A text for people, complete in both languages."""

    en: Word
    es: Word

    def in_(self, language: str) -> str:
        """Return the text in `language`; English for any language that packs do not speak."""
        return self.es if language == "es" else self.en


def _severity(word: Any) -> Severity:
    if isinstance(word, Severity):
        return word
    if not isinstance(word, str):
        raise ValueError("a severity is one of: low, medium, high, critical")  # noqa: TRY004 - pydantic's way
    severity = Severity.parse(word)
    if severity is Severity.NONE:
        raise ValueError("“none” is what remains when no level is reached; leave it out")
    return severity


SeverityWord = Annotated[Severity, PlainValidator(_severity)]
"""A severity as people write it (`low` … `critical`)."""


def _roles(words: Any) -> frozenset[AuthorRole]:
    known = ", ".join([*GROUPS, *AuthorRole])
    if not isinstance(words, Iterable) or isinstance(words, str):
        raise ValueError(f"expected a list of roles or groups: {known}")  # noqa: TRY004 - pydantic's way
    roles: set[AuthorRole] = set()
    for word in words:
        if isinstance(word, str) and word in GROUPS:
            roles |= GROUPS[word]
        elif isinstance(word, str) and word in set(AuthorRole):
            roles.add(AuthorRole(word))
        else:
            raise ValueError(f"“{word}” is neither a role nor a group; use some of: {known}")
    if not roles:
        raise ValueError("an empty list means nobody; leave the key out to mean everyone")
    return frozenset(roles)


Roles = Annotated[frozenset[AuthorRole], PlainValidator(_roles)]
"""Roles, written as a list of roles and groups."""


def _channels(words: Any) -> frozenset[ChannelKind]:
    known = ", ".join(ChannelKind)
    if not isinstance(words, Iterable) or isinstance(words, str):
        raise ValueError(f"expected a list of channel kinds: {known}")  # noqa: TRY004 - pydantic's way
    kinds = list(words)
    for word in kinds:
        if not isinstance(word, str) or word not in set(ChannelKind):
            raise ValueError(f"“{word}” is no kind of channel; use some of: {known}")
    if not kinds:
        raise ValueError("an empty list means nowhere; leave the key out to mean everywhere")
    return frozenset(ChannelKind(word) for word in kinds)


Channels = Annotated[frozenset[ChannelKind], PlainValidator(_channels)]
"""Kinds of channels, written as a list."""

Levels = tuple[tuple[Severity, float], ...]
"""The score (a fraction) from which on each severity is reached, the worst severity first."""


def _levels(value: Any) -> Levels:
    if not isinstance(value, dict) or not value:
        raise ValueError("expected levels such as {medium: 0.55, high: 0.85}")
    levels: list[tuple[Severity, float]] = []
    for word, score in value.items():
        if isinstance(score, bool) or not isinstance(score, int | float) or not 0 < score <= 1:
            raise ValueError(f"the score for “{word}” must be a fraction above 0 and up to 1, such as 0.85")
        levels.append((_severity(word), float(score)))
    levels.sort(reverse=True)
    for (worse, above), (better, below) in pairwise(levels):
        if above <= below:
            raise ValueError(f"“{worse}” needs a higher score than “{better}”")
    return tuple(levels)


LevelsByWord = Annotated[Levels, PlainValidator(_levels)]
"""Levels as people write them: severity to score."""


def reached(levels: Levels, score: float) -> Severity:
    """Return the worst severity whose level `score` reaches; `NONE` when it reaches none (or is not a number)."""
    for severity, level in levels:
        if score >= level:
            return severity
    return Severity.NONE
