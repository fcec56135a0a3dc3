"""What the examples of the bot's cards and forms are made of. The school, its people and their words are invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, ParamSpec

from bot.interface.cards import Card, Fact
from bot.interface.forms import Form
from bot.interface.texts import Text, text

P = ParamSpec("P")

TOKEN = "T7mXc2Vq"
SITE = "Lincoln Middle School"
SUNDAY, MONDAY = date(2026, 11, 15), date(2026, 11, 16)


@dataclass(frozen=True)
class Specimen:
    """A card or a form, its name and when people see it, the function of the core that made it, and its language."""

    name: str
    when: str
    shown: Card | Form
    made_by: Callable[..., Any]
    language: str = "en"


def specimen(name: str, when: str, made_by: Callable[P, Card | Form], /, *args: P.args, **kwargs: P.kwargs) -> Specimen:
    """Return what `made_by` makes of its arguments."""
    return Specimen(name, when, made_by(*args, **kwargs), made_by)


def plain(value: str | int) -> Text:
    """Return a value as a text."""
    return text("plain", value=value)


def link(number: int) -> str:
    """Return the address of a comment in the invented workspace."""
    return f"https://lincoln.slack.com/archives/C0ROOM12/p17953300205061{number:02}"


AGENCIES = {
    "en": {"School Police": "(213) 555-0131", "School Operations": "(213) 555-0137"},
    "es": {"Policía Escolar": "(213) 555-0131", "Operaciones Escolares": "(213) 555-0137"},
}
_VERIFY = {"en": "Verify before use", "es": "Verifique antes de usar"}


def steps(language: str = "en") -> tuple[Fact, ...]:
    """Return the offices to call, as an alert lists them; a policy pack has its own words for both languages."""
    return tuple(
        Fact(
            text("alert.step", number=number, name=name),
            text("alert.phones", phones=phones, date="2026-08-06", verify=_VERIFY[language]),
        )
        for number, (name, phones) in enumerate(AGENCIES[language].items(), 1)
    )


def line(key: str, when: str, who: str = "Ms Rivera", **more: str) -> Text:
    """Return a line of a case's story, told of one morning."""
    return text(key, who=who, when=f"2026-11-16 {when}", **more)
