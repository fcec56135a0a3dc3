"""What a pack says about cases and records: checklist, steps that guide consequences, retention."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bot.domain.categories import Category
from bot.policy.words import Id, Part, Text, Word


class Step(Part):
    """One step of the protocol for complaints (R24)."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    title: Text
    detail: Text


class ChecklistFile(Part):
    """`checklist.yaml`: the steps of every case; `source` is the clause whose lettered steps they are."""

    source: Word | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]

    def clause(self, step: Step) -> str | None:
        """Return the clause of `step`, such as “BUL-5688.1 V.A”; `None` where the pack names no source."""
        return f"{self.source}.{step.id}" if self.source else None


class Level(Part):
    """One level of the behaviour intervention matrix; `steps` are the district's to fill in (R23)."""

    id: Id
    title: Text
    categories: tuple[Category, ...] = ()
    steps: tuple[Text, ...] = ()


class MatrixFile(Part):
    """`matrix.yaml`: from category and repetition to a suggested step. Ships without any district's content."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1)]


class Kept(StrEnum):
    """What the program keeps, as retention names it."""

    NOT_FLAGGED = "not_flagged"
    FLAG_DISMISSED = "flag_dismissed"
    FLAG_CONFIRMED = "flag_confirmed"
    SNAPSHOT = "snapshot"
    REPORT = "report"
    CASE = "case"
    LEDGER = "ledger"
    CUSTODY = "custody"
    PUPIL_LEFT = "pupil_left"


class Start(StrEnum):
    """The day from which a period counts."""

    SIGNED_OFF = "signed_off"
    REVIEWED = "reviewed"
    CASE_CLOSED = "case_closed"
    DAY_CLOSED = "day_closed"
    PUPIL_LEFT = "pupil_left"


class Period(Part):
    """How long one kind of record is kept; a legal hold always wins.

    Either `days` or `years`; neither means that nothing is destroyed until the district sets a period.
    `district_confirms` stays true until the district has made the figure its own.
    """

    id: Kept
    starts: Start
    days: Annotated[int, Field(ge=0, le=36500)] | None = None
    years: Annotated[int, Field(ge=1, le=100)] | None = None
    district_confirms: bool = True
    why: Text

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if self.days is not None and self.years is not None:
            raise ValueError(f"“{self.id}” is kept for days or for years, not both")
        return self


class RetentionFile(Part):
    """`retention.yaml`."""

    periods: Annotated[tuple[Period, ...], Field(min_length=1)]
