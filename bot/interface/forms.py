"""Forms: what people are asked, as values that each adapter draws natively (modal, HTML form)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.categories import PEOPLE_ONLY, Category
from bot.interface.texts import Text

_ON = frozenset({"on", "true", "yes", "1"})


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


def ticked(values: Mapping[str, str], name: str) -> bool:
    """Whether a switch among a form's answers was set."""
    return values.get(name, "").casefold() in _ON


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
        told=Text("report.form"),
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
    """What the site administrator answers about the evidence of one case: it may be opened, or not be kept (R15)."""
    refuse = FormField("refuse", FieldKind.SWITCH, required=False)
    return Form("permit", token, (FormField("reason", FieldKind.PARAGRAPH), refuse))


def reasons() -> tuple[Choice, ...]:
    """Every category a reporter may choose, those last that only people may assert."""
    ordered = sorted(Category, key=lambda category: category in PEOPLE_ONLY)
    return tuple(Choice(category.value, Text(f"category.{category}")) for category in ordered)


_NOTE = FormField("note", FieldKind.PARAGRAPH, required=False)
_REASON = FormField("reason", FieldKind.PARAGRAPH)


def reason_form(name: str, token: str) -> Form:
    """What asks for a reason alone: to reopen a case, to note an appeal, to open who reported, to write to the author.

    What it means stands above the question.
    """
    return Form(name, token, (_REASON,), told=Text(f"form.{name}.told"))


def note_form(token: str) -> Form:
    """A note that only those read who may decide on the case."""
    return Form("note", token, (FormField("note", FieldKind.PARAGRAPH),))


def hand_over_form(token: str, people: tuple[Choice, ...]) -> Form:
    """To whom a case goes, of those who may decide on it."""
    return Form("hand_over", token, (FormField("to", FieldKind.CHOICE, choices=people), _NOTE))


def check_form(token: str, steps: tuple[Choice, ...]) -> Form:
    """Which step of the protocol is done, or is not after all (R24)."""
    return Form("check", token, (FormField("step", FieldKind.CHOICE, choices=steps), _NOTE))


def called_form(token: str, agencies: tuple[Choice, ...]) -> Form:
    """Whom a person called and when; nothing is sent to anybody by the bot (R17-R19)."""
    fields = (
        FormField("agency", FieldKind.CHOICE, choices=agencies),
        FormField("when", FieldKind.LINE, most=60),
        FormField("spoke", FieldKind.PARAGRAPH, required=False),
    )
    return Form("called", token, fields, told=Text("form.called.told"))


def incident_form(token: str) -> Form:
    """The incident's number in the district's system, or why there is none (R20)."""
    return Form("incident", token, _INCIDENT)


_INCIDENT = (
    FormField("number", FieldKind.LINE, required=False, most=60),
    FormField("without", FieldKind.PARAGRAPH, required=False),
)


def follow_up_form(token: str, days: tuple[int, ...]) -> Form:
    """In how many days somebody looks again (R22)."""
    choices = tuple(Choice(str(count), Text("case.in_days", {"count": count})) for count in days)
    return Form("follow_up", token, (FormField("days", FieldKind.CHOICE, choices=choices), _NOTE))


def looked_form(token: str) -> Form:
    """What somebody saw who looked again."""
    choices = tuple(Choice(word, Text(f"case.looked.{word}")) for word in ("stopped", "goes_on"))
    return Form("looked", token, (FormField("seen", FieldKind.CHOICE, choices=choices), _NOTE))


def close_form(token: str, *, asks_number: bool) -> Form:
    """Why a case can be closed; with the incident's number, or why there is none, where that is still missing."""
    return Form("close", token, (_REASON, *(_INCIDENT if asks_number else ())))


def judge_form(token: str, rules: tuple[Choice, ...]) -> Form:
    """How an appeal ends; the `rules` are asked where a dismissal may be reversed."""
    outcomes = tuple(Choice(word, Text(f"case.appeal.{word}")) for word in ("upheld", "reversed"))
    rule = (FormField("rule", FieldKind.CHOICE, required=False, choices=rules),) if rules else ()
    return Form("judge", token, (FormField("outcome", FieldKind.CHOICE, choices=outcomes), *rule, _REASON, _NOTE))


def time_out_form(token: str, rules: tuple[Choice, ...], hours: tuple[int, ...]) -> Form:
    """For how long the author may not write, under which rule and why (R27)."""
    choices = tuple(Choice(str(count), Text("case.for_hours", {"count": count})) for count in hours)
    fields = (FormField("hours", FieldKind.CHOICE, choices=choices), FormField("rule", FieldKind.CHOICE, choices=rules))
    return Form("time_out", token, (*fields, _REASON))


def case_form() -> Form:
    """Which case to open: by its code, a receipt's code, or the comment's link."""
    return Form("case", "case", (FormField("code", FieldKind.LINE, most=400),))


def queue_form(filters: tuple[str, ...], cases: tuple[Choice, ...]) -> Form:
    """Which cases to list, and which of those listed to open."""
    shown = tuple(Choice(word, Text(f"queue.show.{word}")) for word in filters)
    fields = [FormField("show", FieldKind.CHOICE, required=False, choices=shown)]
    if cases:
        fields.append(FormField("which", FieldKind.CHOICE, required=False, choices=cases))
    return Form("queue", "queue", tuple(fields))
