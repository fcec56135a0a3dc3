"""Draws a form as a modal, and reads what comes back. Names of form and fields are the ids; nothing is remembered.

A list of more choices than one menu holds becomes several menus, one below the other, of which a person uses one. When
even those do not fit the modal, the choice is typed by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord

from adapters.discord import limits
from adapters.discord.limits import shortened
from bot.interface.forms import Choice, FieldKind, Form, FormField
from bot.interface.texts import say

PREFIX = "cg:form:"
YES = "yes"
"""What a switch that is on answers; one that is off answers nothing."""

_ID = re.compile(r"cg:form:([a-z0-9_]{1,30}):([A-Za-z0-9_-]{1,64})")
_FURTHER = re.compile(r"(.{1,80})~[2-9]")
_PICKED_IN = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.media,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
]


def draw_form(form: Form, language: str) -> discord.ui.Modal:
    """Return `form` as a modal in `language`. Call it inside the event loop."""
    title = shortened(say(form.title, language), limits.MODAL_TITLE)
    modal = discord.ui.Modal(title=title, custom_id=f"{PREFIX}{form.name}:{form.token}")
    if form.told is not None:
        modal.add_item(discord.ui.TextDisplay(shortened(say(form.told, language), limits.INPUT)))
    spare = limits.MODAL_PARTS - len(form.fields) - (form.told is not None)
    for field in form.fields:
        parts = _parts(field, language, spare)
        spare -= len(parts) - 1
        for part in parts:
            modal.add_item(part)
    # The answer comes back by its ids, perhaps to another process: discord.py is to remember nothing.
    modal.stop()
    return modal


def form_of(custom_id: str) -> tuple[str, str] | None:
    """Return the name and token of the form that was sent; nothing when it is none of ours."""
    found = _ID.fullmatch(custom_id)
    return None if found is None else (found[1], found[2])


def entered(components: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return what was entered by field name. Hostile input: whatever has another shape is left out."""
    values: dict[str, str] = {}
    for part in _inputs(components):
        custom_id, value = part.get("custom_id"), _value(part)
        if isinstance(custom_id, str) and value is not None:
            further = _FURTHER.fullmatch(custom_id)
            name = further[1] if further else custom_id
            values[name] = values.get(name) or value
    return values


def _inputs(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for part in components:
        inside = part.get("component")
        if isinstance(inside, Mapping):
            yield inside
        yield from (one for one in part.get("components") or () if isinstance(one, Mapping))


def _value(part: Mapping[str, Any]) -> str | None:
    values = part.get("values", part.get("value"))
    if isinstance(values, list):
        values = values[0] if values else ""
    if isinstance(values, bool):
        return YES if values else ""
    return values if isinstance(values, str) else None


def _parts(field: FormField, language: str, spare: int) -> list[discord.ui.Label[Any]]:
    label, hint = say(field.label, language), shortened(say(field.hint, language), limits.HINT)
    menus = _menus(field, language) if field.kind is FieldKind.CHOICE else []
    inputs: list[discord.ui.Item[Any]] = menus if menus and len(menus) - 1 <= spare else [_input(field)]
    labels = (
        [label] if len(inputs) == 1 else [f"{label} ({place}/{len(inputs)})" for place in range(1, len(inputs) + 1)]
    )
    return [
        discord.ui.Label(text=shortened(words, limits.LABEL), description=hint or None, component=one)
        for words, one in zip(labels, inputs, strict=True)
    ]


def _input(field: FormField) -> discord.ui.Item[Any]:
    """Return what a field is filled in with."""
    match field.kind:
        case FieldKind.SWITCH:
            return discord.ui.Checkbox(custom_id=field.name)
        case FieldKind.PERSON:
            return discord.ui.UserSelect(custom_id=field.name, required=field.required, min_values=int(field.required))
        case FieldKind.CHANNEL:
            return discord.ui.ChannelSelect(
                custom_id=field.name,
                channel_types=_PICKED_IN,
                required=field.required,
                min_values=int(field.required),
            )
    long = field.kind is FieldKind.PARAGRAPH
    return discord.ui.TextInput(
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
        custom_id=field.name,
        required=field.required,
        max_length=min(field.most, limits.INPUT),
    )


def _menus(field: FormField, language: str) -> list[discord.ui.Item[Any]]:
    """Return the menus of a choice; with several none is required, because one of them is enough."""
    size = limits.OPTIONS
    groups = [field.choices[at : at + size] for at in range(0, len(field.choices), size)]
    required = field.required and len(groups) == 1
    return [
        discord.ui.Select(
            custom_id=field.name if number == 1 else f"{field.name}~{number}",
            options=[_option(choice, language) for choice in group],
            required=required,
            min_values=int(required),
        )
        for number, group in enumerate(groups, 1)
    ]


def _option(choice: Choice, language: str) -> discord.SelectOption:
    label = shortened(say(choice.label, language), limits.OPTION)
    return discord.SelectOption(label=label or choice.value, value=choice.value)
