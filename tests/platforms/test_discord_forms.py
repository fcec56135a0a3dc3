"""Modals that Discord would refuse are refused, in the place of the mistake; those at its limits are taken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platforms.discord.components import modal
from tests.platforms.discord.errors import ApiError
from tests.platforms.discord.forms import Form
from tests.platforms.discord.values import Json


def text(**more: Any) -> Json:
    return {"type": 4, "custom_id": "what", "style": 2, **more}


def label(component: Json, words: str = "What happened", **more: Any) -> Json:
    return {"type": 18, "label": words, "component": component, **more}


def a_modal(*components: Json, title: str = "Report", custom_id: str = "cg:form:report:x") -> Json:
    return {"title": title, "custom_id": custom_id, "components": list(components)}


def options(count: int) -> list[Json]:
    return [{"label": str(number), "value": str(number)} for number in range(count)]


def look(body: Json) -> None:
    form = Form(body)
    modal(form)
    form.check()


MENU = {"type": 3, "custom_id": "rule"}
REFUSED: dict[str, Json] = {
    "title": a_modal(label(text()), title="x" * 46),
    "no title": a_modal(label(text()), title=""),
    "custom_id": a_modal(label(text()), custom_id="x" * 101),
    "nothing in it": a_modal(),
    "six parts": a_modal(*(label(text(custom_id=str(number))) for number in range(6))),
    "label": a_modal(label(text(), "x" * 46)),
    "description": a_modal(label(text(), description="x" * 101)),
    "two labels": a_modal(label(text(label="again"))),
    "style": a_modal(label(text(style=3))),
    "placeholder": a_modal(label(text(placeholder="x" * 101))),
    "max_length": a_modal(label(text(max_length=4001))),
    "no length at all": a_modal(label(text(max_length=0))),
    "value": a_modal(label(text(value="x" * 4001))),
    "an id twice": a_modal(label(text()), label(text())),
    "no options": a_modal(label({**MENU, "options": []})),
    "26 options": a_modal(label({**MENU, "options": options(26)})),
    "an option twice": a_modal(label({**MENU, "options": options(1) * 2})),
    "an option's label": a_modal(label({**MENU, "options": [{"label": "x" * 101, "value": "x"}]})),
    "one choice": a_modal(label({"type": 21, "custom_id": "a", "options": options(1)})),
    "11 boxes": a_modal(label({"type": 22, "custom_id": "a", "options": options(11)})),
    "a button": a_modal(label({"type": 2, "custom_id": "a", "style": 1, "label": "a"})),
    "a bare text input": a_modal(text()),
    "a row's label": a_modal({"type": 1, "components": [text(label="x" * 46)]}),
    "two in a row": a_modal({"type": 1, "components": [text(label="a"), text(label="b", custom_id="b")]}),
    "long words above": a_modal({"type": 10, "content": "x" * 4001}, label(text())),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_discord_would_refuse_is_refused(what: str) -> None:
    with pytest.raises(ApiError) as caught:
        look(REFUSED[what])
    assert (caught.value.status, caught.value.code) == (400, 50035)
    assert "_errors" in str(caught.value.errors)


def test_the_place_of_a_mistake_is_named() -> None:
    with pytest.raises(ApiError) as caught:
        look(a_modal(label(text()), label(text(custom_id="b", value="x" * 4001))))
    assert caught.value.errors is not None
    assert list(caught.value.errors["components"]) == ["1"]
    assert list(caught.value.errors["components"]["1"]["component"]) == ["value"]


def test_the_most_that_discord_takes_is_taken() -> None:
    look(
        a_modal(
            {"type": 10, "content": "x" * 4000},
            label(text(max_length=4000, min_length=4000, placeholder="x" * 100), "x" * 45, description="x" * 100),
            label({**MENU, "options": options(25)}),
            label({"type": 23, "custom_id": "unnamed"}),
            label({"type": 5, "custom_id": "target"}),
            title="x" * 45,
            custom_id="x" * 100,
        )
    )
    look(a_modal({"type": 1, "components": [text(label="an older client's")]}))
