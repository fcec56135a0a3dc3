"""What a person sees of drawn blocks, read off as a person would read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.interface.cards import pressed
from tests.platforms.slack.elements import elements
from tests.platforms.slack.values import Json


def all_words(drawn: Any) -> str:
    """Return every text in blocks or a view, in order, one a line: as Slack stores it."""
    return "\n".join(_texts(drawn))


def buttons(blocks: Sequence[Json]) -> dict[str, tuple[str, str]]:
    """Return the bot's own buttons: verb → action id and value. The token stands in either."""
    found: dict[str, tuple[str, str]] = {}
    for _, element in elements(blocks):
        action, value = element["action_id"], element.get("value", "")
        if element["type"] != "button":
            continue
        known = pressed(action) or pressed(f"{action}:{value}") or pressed(value)
        if known is not None:
            found[known[0].value] = (action, value)
    return found


def _texts(drawn: Any) -> Iterator[str]:
    if isinstance(drawn, list):
        for one in drawn:
            yield from _texts(one)
    elif isinstance(drawn, dict):
        for key, value in drawn.items():
            if key == "text" and isinstance(value, str):
                yield value
            elif isinstance(value, dict | list):
                yield from _texts(value)
