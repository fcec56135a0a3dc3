"""How Discord says where a form is wrong: errors collected by place, raised together."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tests.platforms.discord import errors
from tests.platforms.discord.values import Json

_MISSING = object()


class Form:
    """One part of a form that is looked at. `at` steps into a field or a list; `check` raises what was found."""

    def __init__(self, value: Any, found: Json | None = None) -> None:
        self.value = value
        self._found: Json = {} if found is None else found

    def at(self, *steps: str | int) -> Form:
        """Return what is inside, or a form of nothing."""
        form = self
        for step in steps:
            inside = form.value[int(step)] if isinstance(form.value, list) else (form.value or {}).get(step)
            form = Form(inside, form._found.setdefault(str(step), {}))
        return form

    def each(self) -> list[Form]:
        """Return the entries of a list."""
        return [self.at(place) for place in range(len(self.value or []))]

    def wrong(self, code: str, message: str) -> None:
        """Note that this place is wrong."""
        self._found.setdefault("_errors", []).append({"code": code, "message": message})

    def text(self, name: str, most: int, *, least: int = 0, needed: bool = False) -> None:
        """Ask for a text of some length in a field."""
        field, value = self.at(name), (self.value or {}).get(name)
        if value is None or (value == "" and needed):
            if needed:
                field.wrong("BASE_TYPE_REQUIRED", "This field is required")
        elif not isinstance(value, str):
            field.wrong("STRING_TYPE_CONVERT", "Could not interpret value as string.")
        elif len(value) > most:
            field.wrong("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        elif len(value) < least:
            field.wrong("BASE_TYPE_MIN_LENGTH", f"Must be {least} or more in length.")

    def number(self, name: str, least: int, most: int) -> None:
        """Ask for a number within bounds in a field, if it is there."""
        value = (self.value or {}).get(name, least)
        if not isinstance(value, int) or not least <= value <= most:
            self.at(name).wrong("NUMBER_TYPE_RANGE", f"Must be between {least} and {most}.")

    def one_of(self, name: str, choices: Collection[Any]) -> None:
        """Ask for one of some values in a field."""
        if (self.value or {}).get(name, _MISSING) not in choices:
            self.at(name).wrong("BASE_TYPE_CHOICES", f"Value must be one of {tuple(choices)}.")

    def length(self, most: int, *, least: int = 0) -> None:
        """Ask for so many entries in a list."""
        if not least <= len(self.value or []) <= most:
            self.wrong("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def check(self) -> None:
        """Raise `ApiError` with everything that was found, if anything was."""
        if found := _without_empty(self._found):
            raise errors.invalid(found)


def _without_empty(found: Json) -> Json:
    kept = {step: inner if step == "_errors" else _without_empty(inner) for step, inner in found.items()}
    return {step: inner for step, inner in kept.items() if inner}
