"""The page of the cards is what the adapter draws, and shows every card, every button and every form of the core."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import bot.interface
from bot.interface.cards import Card, Verb
from bot.interface.forms import FieldKind
from bot.interface.texts import LANGUAGES, catalogue
from tests.adapters.slack.gallery import DOCS, SECTIONS, drawn, page
from tests.adapters.slack.specimens import Specimen
from tests.platforms.slack.blocks import problems, view_problems

ALL = [one for specimens in SECTIONS.values() for one in specimens]
CARDS = [one.shown for one in ALL if isinstance(one.shown, Card)]
FORMS = [one.shown for one in ALL if not isinstance(one.shown, Card)]


def test_the_page_is_what_the_adapter_draws() -> None:
    assert DOCS.read_text(encoding="utf-8") == page(), "write it anew: python -m tests.adapters.slack.gallery"


def test_what_folds_out_is_exactly_what_slack_gets() -> None:
    folded = re.findall(r"^```json\n(.*?)\n```$", page(), re.DOTALL | re.MULTILINE)
    assert [json.loads(one) for one in folded] == [drawn(one) for one in ALL]


def test_every_button_is_on_a_card() -> None:
    assert {button.verb for card in CARDS for button in card.buttons} == set(Verb)


def test_every_form_of_the_catalogue_is_asked() -> None:
    titled = {key.split(".")[1] for key in catalogue("en") if key.startswith("form.") and key.endswith(".title")}
    assert {form.name for form in FORMS} == titled


def test_every_kind_of_question_but_the_unused_is_asked() -> None:
    assert {field.kind for form in FORMS for field in form.fields} == set(FieldKind) - {FieldKind.CHANNEL}


def test_everything_that_the_core_draws_is_there() -> None:
    assert set(_drawing()) <= {one.made_by for one in ALL}


def test_both_languages_are_there() -> None:
    assert {one.language for one in ALL} == set(LANGUAGES)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_slack_would_take_it(one: Specimen) -> None:
    blocks = drawn(one)
    assert (view_problems(blocks) if isinstance(blocks, dict) else problems(blocks, "message")) == []


def test_no_name_stands_twice_in_a_section() -> None:
    for specimens in SECTIONS.values():
        names = [one.name for one in specimens]
        assert len(names) == len(set(names))


def _drawing() -> Iterator[Callable[..., Any]]:
    """Yield every public function of the core's interface that returns a card or a form."""
    for found in pkgutil.iter_modules(bot.interface.__path__):
        module = importlib.import_module(f"bot.interface.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            returns = inspect.get_annotations(function).get("return")
            if function.__module__ == module.__name__ and returns in ("Card", "Form") and name[0] != "_":
                yield function
