"""Discord's rules for buttons, menus and modals: a draw that Discord would refuse is refused here in the same words."""

from __future__ import annotations

from collections.abc import Callable

from tests.platforms.discord.forms import Form
from tests.platforms.discord.values import Json, walk

ROW, BUTTON, MENU, TEXT_INPUT, TEXT, LABEL = 1, 2, 3, 4, 10, 18
PEOPLE, CHANNELS = 5, 8
PICKERS = (PEOPLE, 6, 7, CHANNELS)
FILES, RADIO, CHECKBOXES, CHECKBOX = 19, 21, 22, 23
LINK, PREMIUM = 5, 6
_LAYOUT = (9, 11, 12, 13, 14, 17)


def message_components(form: Form, *, layout: bool) -> None:
    """Look at a message's components; `layout` says that it uses the newer kind, which may hold texts."""
    form.length(40 if layout else 5)
    for row in form.each():
        kind = (row.value or {}).get("type")
        if kind == ROW:
            _row(row)
        elif not layout:
            row.one_of("type", (ROW,))
        else:
            row.one_of("type", (ROW, TEXT, *_LAYOUT))
            for inner in [one for one in walk([row.value]) if one["type"] == ROW]:
                _row(Form(inner, row.at("components")._found))
    if layout:
        words = sum(len(one.get("content", "")) for one in walk(form.value or []) if one["type"] == TEXT)
        if words > 4000:
            form.wrong("COMPONENT_MAX_TOTAL_TEXT", "The total text of all components must not exceed 4000.")
    _unique(form)


def modal(form: Form) -> None:
    """Look at a modal."""
    form.text("title", 45, least=1, needed=True)
    form.text("custom_id", 100, least=1, needed=True)
    parts = form.at("components")
    parts.length(5, least=1)
    for part in parts.each():
        part.one_of("type", (ROW, TEXT, LABEL))
        match part.value.get("type"):
            case 1:
                inside = part.at("components")
                inside.length(1, least=1)
                for each in inside.each():
                    each.one_of("type", (TEXT_INPUT,))
                    each.text("label", 45, least=1, needed=True)
                    _text_input(each)
            case 10:
                part.text("content", 4000, least=1, needed=True)
            case 18:
                _label(part)
    _unique(parts)


def _row(row: Form) -> None:
    inside = row.at("components")
    inside.length(5, least=1)
    for part in inside.each():
        kind = part.value.get("type")
        part.one_of("type", (BUTTON, MENU, *PICKERS))
        if kind == BUTTON:
            _button(part)
        elif kind in (MENU, *PICKERS):
            if len(inside.value) > 1:
                inside.wrong("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
            _menu(part)


def _button(button: Form) -> None:
    button.one_of("style", range(1, 7))
    button.text("label", 80)
    if not (button.value.get("label") or button.value.get("emoji")) and button.value.get("style") != PREMIUM:
        button.wrong("BUTTON_COMPONENT_INVALID", "A button must have a label or emoji.")
    if button.value.get("style") == LINK:
        button.text("url", 512, least=1, needed=True)
        if not str(button.value.get("url")).startswith(("https://", "http://", "discord://")):
            button.at("url").wrong("URL_TYPE_INVALID_SCHEME", "Scheme must be one of http, https, discord.")
    else:
        button.text("custom_id", 100, least=1, needed=True)


def _menu(menu: Form) -> None:
    menu.text("custom_id", 100, least=1, needed=True)
    menu.text("placeholder", 150)
    menu.number("min_values", 0, 25)
    menu.number("max_values", 1, 25)
    if menu.value.get("type") == MENU:
        _options(menu, 1, 25)


def _options(parent: Form, least: int, most: int) -> None:
    options = parent.at("options")
    options.length(most, least=least)
    for option in options.each():
        option.text("label", 100, least=1, needed=True)
        option.text("value", 100, least=1, needed=True)
        option.text("description", 100)
    values = [option.value.get("value") for option in options.each()]
    if len(values) != len(set(values)):
        options.wrong("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used.")


def _label(label: Form) -> None:
    label.text("label", 45, least=1, needed=True)
    label.text("description", 100)
    inside = label.at("component")
    inside.one_of("type", (MENU, *PICKERS, *_INPUTS))
    kind = (inside.value or {}).get("type")
    if kind in (MENU, *PICKERS):
        _menu(inside)
    elif kind in _INPUTS:
        _INPUTS[kind](inside)
    if kind == TEXT_INPUT and inside.value.get("label") is not None:
        inside.at("label").wrong("COMPONENT_FIELD_NOT_ALLOWED", "A text input in a label has no label of its own.")


def _text_input(text: Form) -> None:
    text.text("custom_id", 100, least=1, needed=True)
    text.one_of("style", (1, 2))
    text.text("placeholder", 100)
    text.text("value", 4000)
    text.number("min_length", 0, 4000)
    text.at("max_length")
    if (most := text.value.get("max_length")) is not None and not 1 <= most <= 4000:
        text.at("max_length").wrong("NUMBER_TYPE_RANGE", "Must be between 1 and 4000.")


def _choice(least: int, most: int) -> Callable[[Form], None]:
    def look(choice: Form) -> None:
        choice.text("custom_id", 100, least=1, needed=True)
        _options(choice, least, most)

    return look


def _named(one: Form) -> None:
    one.text("custom_id", 100, least=1, needed=True)


_INPUTS: dict[int, Callable[[Form], None]] = {
    TEXT_INPUT: _text_input,
    FILES: _named,
    RADIO: _choice(2, 10),
    CHECKBOXES: _choice(1, 10),
    CHECKBOX: _named,
}


def _unique(form: Form) -> None:
    seen: set[str] = set()
    for part in walk(_components(form)):
        name = part.get("custom_id")
        if name in seen:
            form.wrong("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        if name is not None:
            seen.add(name)


def _components(form: Form) -> list[Json]:
    return form.value or []
