"""Who wrote a pack, on which documents it rests, and which of their clauses its rules cite."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from bot.domain.categories import Severity
from bot.domain.comments import AuthorRole
from bot.policy.words import Id, Part, Roles, SeverityWord, Text, Word

SCHEMA_VERSION = 1
"""The version of this schema; a pack says for which one it was written."""


class Source(Part):
    """A document whose clauses a pack cites, and whom it binds. Its clauses are never cited against anyone else."""

    id: Word
    title: Word
    dated: date | None = None
    binds: Roles


class Bulletin(Part):
    """A document that a pack names to be consulted."""

    id: Word
    title: Word
    dated: date | None = None


class Switches(Part):
    """What a district may turn on. Off unless it does."""

    staff_channels: bool = False
    """Watch `staff` channels, where concerted activity is protected (29 USC 157)."""
    advertising_by_anyone: bool = False
    """The netiquette asks everybody, not only staff, to leave advertising out."""


class TimeLimits(Part):
    """What comes round when. Comments are reviewed daily and channels renewed each school year in every district."""

    parent_notice_months: Annotated[int, Field(ge=1, le=60)] = 12
    """After how many months families are to be told of a channel again (cf. Cal. Ed. Code 49073.6)."""
    follow_up_days: Annotated[tuple[Annotated[int, Field(ge=1, le=365)], ...], Field(min_length=1, max_length=25)] = (
        3, 7, 14, 30, 90,
    )  # fmt: skip
    """After how many days somebody may be asked to look at a case again."""


class IncidentRecord(Part):
    """The district's own system for incidents (R20), and from which severity a confirmed case belongs there."""

    name: Word
    from_severity: SeverityWord = Severity.CRITICAL
    clause: Word | None = None


class Identity(Part):
    """`pack.yaml`: who wrote the pack, on which documents it rests, and what the district has turned on.

    `adopted` is the day on which the district adopted the programme; it stays empty until the district fills it in.
    """

    schema_version: Annotated[int, Field(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)]
    name: Id
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){0,2}$")]
    title: Text
    district: Word
    extends: Id | None = None
    adopted: date | None = None
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    bulletins: tuple[Bulletin, ...] = ()
    switches: Switches = Switches()
    time_limits: TimeLimits = TimeLimits()
    incident_record: IncidentRecord | None = None


class Clause(Part):
    """A place in a source, such as BUL-5688.1, II.6; `binds` where it binds fewer people than the source does."""

    source: Word
    point: Word
    binds: Roles = frozenset(AuthorRole)

    def __str__(self) -> str:
        return f"{self.source} {self.point}"


class RuleClauses(Part):
    """What a rule rests on. `consult` replaces the pack's list where other documents govern."""

    clause: Clause | None = None
    consult: tuple[Word, ...] | None = None


class ClausesFile(Part):
    """`clauses.yaml`: by rule, the clause; `consult` is for everybody whom no clause binds."""

    consult: tuple[Word, ...] = ()
    rules: dict[Id, RuleClauses] = Field(default_factory=dict)
