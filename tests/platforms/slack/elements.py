"""The parts of drawn blocks that people act on: finding them, naming them, filling them in."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.platforms.slack.values import Json

Entered = str | Sequence[str]


class NotSentError(Exception):
    """Slack's own program does not let a form through: something is missing, too long, or not among the answers."""


def with_ids(blocks: Sequence[Json]) -> list[Json]:
    """Return blocks with the ids that Slack makes up where the app gave none."""
    named = copy.deepcopy(list(blocks))
    for block in named:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in _inside(block):
            if element.get("type") != "image":
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return named


def elements(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield every element that people can act on, with its block."""
    for block in blocks:
        for element in _inside(block):
            if "action_id" in element:
                yield block, element


def state(blocks: Sequence[Json], entered: Mapping[str, Entered], people: Mapping[str, Any]) -> Json:
    """Return the state of a form that was filled in; raise `NotSentError` where Slack would not send it.

    `entered` names elements by action id or block id. Text that is only spaces is sent: that is for the app to refuse.
    """
    names = {name for block, one in elements(blocks) for name in (block["block_id"], one["action_id"])}
    if unknown := entered.keys() - names:
        raise AssertionError(f"there are no fields {sorted(unknown)}, but: {sorted(names)}")
    values: Json = {}
    for block, element in elements(blocks):
        if element["type"] == "button":
            continue
        given = entered.get(element["action_id"], entered.get(block["block_id"], ""))
        if not given and block["type"] == "input" and not block.get("optional", False):
            raise NotSentError(f"{block['block_id']} is missing")
        values.setdefault(block["block_id"], {})[element["action_id"]] = _entered(element, given, people)
    return {"values": values}


def _entered(element: Json, given: Entered, people: Mapping[str, Any]) -> Json:
    kind = element["type"]
    one = given if isinstance(given, str) else ",".join(given)
    if kind == "plain_text_input":
        if not element.get("min_length", 0) <= len(one) <= element.get("max_length", 3000):
            raise NotSentError("too short or too long")
        return {"type": kind, "value": one or None}
    if kind == "users_select":
        if one and one not in people:
            raise NotSentError("nobody is called that")
        return {"type": kind, "selected_user": one or None}
    if kind in ("checkboxes", "multi_static_select"):
        many = [given] if isinstance(given, str) and given else list(given)
        return {"type": kind, "selected_options": [_option(element, value) for value in many]}
    if kind in ("static_select", "radio_buttons"):
        return {"type": kind, "selected_option": _option(element, one) if one else None}
    if kind in ("conversations_select", "channels_select"):
        return {"type": kind, f"selected_{kind.partition('s_')[0]}": one or None}
    return {"type": kind, f"selected_{kind.removesuffix('picker')}": one or None}


def _option(element: Json, value: str) -> Json:
    groups = element.get("option_groups", ())
    options = [*element.get("options", ()), *(one for group in groups for one in group["options"])]
    for option in options:
        if option["value"] == value:
            return dict(option)
    raise NotSentError("that is not among the answers")


def _inside(block: Json) -> Iterator[Json]:
    if block["type"] in ("actions", "context"):
        yield from (one for one in block["elements"] if one.get("type") not in ("mrkdwn", "plain_text"))
    elif block["type"] == "input":
        yield block["element"]
    elif "accessory" in block:
        yield block["accessory"]
