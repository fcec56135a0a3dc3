"""Forms: what people are asked, as values that each adapter draws natively (modal, HTML form)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.categories import PEOPLE_ONLY, Category
from bot.interface.texts import Text


class FieldKind(StrEnum):
    """How a field is answered: a person and a channel by their platform ids, a switch by `yes` or nothing."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    CHOICE = "choice"
    PERSON = "person"
    CHANNEL = "channel"
    SWITCH = "switch"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a field's answers."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class FormField:
    """One question. `most` is the longest answer in characters."""

    name: str
    kind: FieldKind
    required: bool = True
    most: int = 1000
    choices: tuple[Choice, ...] = ()

    @property
    def label(self) -> Text:
        """The question's words."""
        return Text(f"field.{self.name}.label")

    @property
    def hint(self) -> Text:
        """What helps to answer it."""
        return Text(f"field.{self.name}.hint")


@dataclass(frozen=True, slots=True)
class Form:
    """Some questions, asked at once; `token` says what they are about. `told` is said above the questions.

    Questions and what is told are at most five together, as Discord's modals hold.
    """

    name: str
    token: str
    fields: tuple[FormField, ...]
    told: Text | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.fields) + (self.told is not None) <= 5 or not self.fields:
            raise ValueError("a form asks one to five questions")

    @property
    def title(self) -> Text:
        """The form's heading, at most 45 characters in every language (Discord's limit)."""
        return Text(f"form.{self.name}.title")


def report_form(token: str) -> Form:
    """What a reporter is asked (R21, R26): what happened, to whom; optionally to stay unnamed, to ask for removal."""
    return Form(
        "report",
        token,
        (
            FormField("what", FieldKind.PARAGRAPH, most=1500),
            FormField("target", FieldKind.PERSON, required=False, most=100),
            FormField("unnamed", FieldKind.SWITCH, required=False),
            FormField("removal", FieldKind.SWITCH, required=False),
        ),
    )


def decision_form(name: str, token: str, rules: tuple[Choice, ...]) -> Form:
    """What a reviewer must give to `confirm` or `removal`: the rule and the reason (R27, R28)."""
    return Form(
        name,
        token,
        (
            FormField("rule", FieldKind.CHOICE, choices=rules),
            FormField("reason", FieldKind.PARAGRAPH),
            FormField("note", FieldKind.PARAGRAPH, required=False),
        ),
    )


def dismiss_form(token: str) -> Form:
    """What a reviewer must give to dismiss a flag: a viewpoint-neutral reason (R28)."""
    return Form(
        "dismiss",
        token,
        (FormField("reason", FieldKind.PARAGRAPH), FormField("note", FieldKind.PARAGRAPH, required=False)),
    )


def permit_form(token: str) -> Form:
    """What the site administrator must give to permit the evidence of one case to be opened (R15)."""
    return Form("permit", token, (FormField("reason", FieldKind.PARAGRAPH),))


def reasons() -> tuple[Choice, ...]:
    """Every category a reporter may choose, those last that only people may assert."""
    ordered = sorted(Category, key=lambda category: category in PEOPLE_ONLY)
    return tuple(Choice(category.value, Text(f"category.{category}")) for category in ordered)
