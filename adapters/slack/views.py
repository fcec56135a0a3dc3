"""Forms as modals: block and action ids are the fields' names, so that values come back under them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack import limits
from adapters.slack.blocks import draw_card
from adapters.slack.inert import Json, plain, rich, said, section
from adapters.slack.texts import word
from bot.interface.cards import Card
from bot.interface.forms import Choice, FieldKind, Form, FormField
from bot.interface.texts import say

FORM = "cg:form"
ANSWER = "cg:answer"
WAIT = "cg:wait"
"""Callback ids of the bot's modals: a form, an answer, and what stands there until the answer comes."""
SWITCHED_ON = "yes"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a form carries along in its private metadata: which it is, what it is about, and where it was opened."""

    form: str
    token: str
    channel: str = ""
    required: tuple[str, ...] = ()

    def packed(self) -> str:
        """Return it as the metadata's text."""
        return json.dumps({"form": self.form, "token": self.token, "channel": self.channel, "required": self.required})

    @classmethod
    def unpacked(cls, metadata: str) -> Opened | None:
        """Read it back; `None` when it is not ours."""
        try:
            content = json.loads(metadata)
            return cls(
                str(content["form"]),
                str(content["token"]),
                str(content["channel"]),
                tuple(str(name) for name in content["required"]),
            )
        except (ValueError, KeyError, TypeError):
            return None


def draw_form(form: Form, language: str, channel: str = "") -> Json:
    """Return a form as a modal. A title that is too long for Slack's frame stands in full above the questions."""
    title = say(form.title, language)
    blocks: list[Json] = []
    if limits.units(title) > limits.MODAL_TITLE:
        blocks.append({"type": "header", "text": plain(title, limits.HEADER)})
    if form.told is not None:
        blocks.append(rich(section(said(say(form.told, language)))))
    blocks += [_field(field, language) for field in form.fields]
    required = tuple(field.name for field in form.fields if field.required)
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": Opened(form.name, form.token, channel, required).packed(),
        "title": plain(title, limits.MODAL_TITLE),
        "submit": plain(word("send", language), limits.MODAL_TITLE),
        "close": plain(word("cancel", language), limits.MODAL_TITLE),
        "blocks": blocks,
    }


def draw_answer(card: Card, language: str) -> Json:
    """Return a card as a modal of its own, for who has nothing else before them."""
    return _shown(ANSWER, draw_card(card, language), language)


def draw_wait(language: str) -> Json:
    """Return what stands in a form's place until its answer comes."""
    return _shown(WAIT, [rich(section(said(word("wait", language))))], language)


def entered(state: Mapping[str, Any]) -> dict[str, str]:
    """Return what a person entered, by field name; whatever is not there reads as nothing."""
    found: dict[str, str] = {}
    blocks = state.get("values")
    for block in blocks.values() if isinstance(blocks, dict) else ():
        for name, value in block.items() if isinstance(block, dict) else ():
            found[str(name)] = _value(value) if isinstance(value, dict) else ""
    return found


def missing(opened: Opened, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the required fields that hold nothing but spaces, which Slack lets through."""
    return tuple(name for name in opened.required if not values.get(name, "").strip())


def _value(value: Mapping[str, Any]) -> str:
    """Return an element's value: text, the id that was picked, the option's value, or `yes` for a switch."""
    for key in ("value", "selected_user", "selected_conversation", "selected_channel"):
        if isinstance(found := value.get(key), str):
            return found
    chosen = value.get("selected_option")
    options: Sequence[Any] = [chosen] if chosen else value.get("selected_options") or []
    return str(options[0].get("value", "")) if options and isinstance(options[0], dict) else ""


def _shown(callback: str, blocks: list[Json], language: str) -> Json:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain(word("name", language), limits.MODAL_TITLE),
        "close": plain(word("close", language), limits.MODAL_TITLE),
        "blocks": blocks,
    }


def _field(field: FormField, language: str) -> Json:
    return {
        "type": "input",
        "block_id": field.name,
        "label": plain(say(field.label, language), limits.LABEL),
        "hint": plain(say(field.hint, language), limits.HINT),
        "optional": not field.required,
        "element": {"action_id": field.name, **_element(field, language)},
    }


def _element(field: FormField, language: str) -> Json:
    choose = plain(word("choose", language), limits.PLACEHOLDER)
    match field.kind:
        case FieldKind.PERSON:
            return {"type": "users_select", "placeholder": choose}
        case FieldKind.CHANNEL:
            only = {"include": ["public", "private"], "exclude_bot_users": True}
            return {"type": "conversations_select", "placeholder": choose, "filter": only}
        case FieldKind.CHOICE:
            return {"type": "static_select", "placeholder": choose, **_options(field.choices, language)}
        case FieldKind.SWITCH:
            yes = plain(word("yes", language), limits.OPTION)
            return {"type": "checkboxes", "options": [{"text": yes, "value": SWITCHED_ON}]}
        case FieldKind.LINE | FieldKind.PARAGRAPH:
            return {
                "type": "plain_text_input",
                "multiline": field.kind is FieldKind.PARAGRAPH,
                "max_length": min(field.most, limits.INPUT),
            }


def _options(choices: Sequence[Choice], language: str) -> Json:
    """Return what there is to choose from: the first hundred answers, of which packs have a third."""
    return {
        "options": [
            {"text": plain(say(choice.label, language), limits.OPTION), "value": choice.value[: limits.OPTION_VALUE]}
            for choice in choices[: limits.OPTIONS]
        ]
    }
