"""Where an incident goes: agencies with dated contacts, the bulletins that govern it, the cautions to show."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.domain.categories import Severity
from bot.domain.comments import AuthorRole
from bot.policy.rules import Incident
from bot.policy.words import Id, Part, Roles, SeverityWord, Text, Word

Caution = Literal["emergency", "no_download", "mandated_reporter", "confidential"]
"""`no_download` also means: the card carries no link and no preview (R16)."""

Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+() .-]{3,24}$")]


class Agency(Part):
    """An office that people call. Contacts age: always shown with `as_of` and “verify before use” (R35).

    Without `phones` the district has still to fill them in; `as_of` is then unknown, too.
    """

    id: Id
    name: Text
    purpose: Text
    phones: tuple[Phone, ...] = ()
    as_of: date | None = None


class Route(Part):
    """The way of one kind of incident between people of certain roles; `agencies` in the order of calling."""

    id: Id
    incident: Incident
    author: Roles = frozenset(AuthorRole)
    target: Roles = frozenset(AuthorRole)
    severity: Annotated[tuple[SeverityWord, ...], Field(min_length=1)] = (
        Severity.LOW,
        Severity.MEDIUM,
        Severity.HIGH,
        Severity.CRITICAL,
    )
    agencies: Annotated[tuple[Id, ...], Field(min_length=1)]
    bulletins: tuple[Word, ...] = ()
    cautions: tuple[Caution, ...] = ()

    def leads(self, author: AuthorRole | None, target: AuthorRole | None) -> bool:
        """Whether the route is for these two; an unknown person (`None`, `member`) could be anyone."""
        return _could_be(author, self.author) and _could_be(target, self.target)


def _could_be(role: AuthorRole | None, roles: frozenset[AuthorRole]) -> bool:
    return role is None or role is AuthorRole.MEMBER or role in roles


class RoutesFile(Part):
    """`routes.yaml`. `verify` is the remark shown beside every contact."""

    verify: Text
    cautions: dict[Caution, Text]
    agencies: Annotated[tuple[Agency, ...], Field(min_length=1)]
    routes: Annotated[tuple[Route, ...], Field(min_length=1)]
