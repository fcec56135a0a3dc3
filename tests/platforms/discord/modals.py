"""A modal as it stands before a person: what they may enter, and how it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.platforms.discord import drawing
from tests.platforms.discord.components import CHECKBOX, LABEL, RADIO, ROW, TEXT_INPUT
from tests.platforms.discord.errors import NotOfferedError
from tests.platforms.discord.values import Channel, Json, Person
from tests.platforms.discord.world import World


class Resolved:
    """People and channels that were picked, with their payloads beside the ids."""

    def __init__(self, world: World, channel: Channel) -> None:
        self.payload: Json = {}
        self._world = world
        self._guild = world.guilds.get(channel.guild or 0)

    def add(self, value: Any) -> Any:
        """Return a value as it is sent."""
        if isinstance(value, Person):
            self.payload.setdefault("users", {})[str(value.id)] = drawing.user(value)
            if self._guild is not None and (member := self._guild.members.get(value.id)):
                alone = drawing.member_alone(self._guild, member) | {"permissions": "0"}
                self.payload.setdefault("members", {})[str(value.id)] = alone
            return str(value.id)
        if isinstance(value, Channel):
            self.payload.setdefault("channels", {})[str(value.id)] = drawing.channel(value) | {"permissions": "0"}
            return str(value.id)
        return value


def filled(part: Json, values: Mapping[str, Any], resolved: Resolved) -> Json:
    """Return one part of a modal with what was entered."""
    made: Json = {"type": part["type"], "id": part.get("id", 0)}
    if part["type"] == LABEL:
        return made | {"component": _entered(part["component"], values, resolved, part["label"])}
    if part["type"] == ROW:
        return made | {"components": [_entered(one, values, resolved, one["label"]) for one in part["components"]]}
    return made


def _entered(field_: Json, values: Mapping[str, Any], resolved: Resolved, label: str) -> Json:
    kind, name = field_["type"], field_["custom_id"]
    value = values.get(name)
    made: Json = {"type": kind, "id": field_.get("id", 0), "custom_id": name}
    if kind == TEXT_INPUT:
        return made | {"value": _text(field_, value, label)}
    if kind == CHECKBOX:
        return made | {"value": bool(field_.get("default", False) if value is None else value)}
    chosen = [value] if isinstance(value, str | Person | Channel) else list(value or _defaults(field_))
    if not chosen and field_.get("required", True):
        raise NotOfferedError(f"“{label}” must be filled in")
    options = {one["value"] for one in field_.get("options", [])}
    if options and not options.issuperset(chosen):
        raise NotOfferedError(f"“{label}” offers only {sorted(options)}")
    sent = [resolved.add(one) for one in chosen]
    return made | ({"value": sent[0] if sent else None} if kind == RADIO else {"values": sent})


def _defaults(field_: Json) -> list[str]:
    return [one["value"] for one in field_.get("options", []) if one.get("default")]


def _text(field_: Json, value: Any, label: str) -> str:
    text = str(field_.get("value") or "" if value is None else value)
    if not text and field_.get("required", True):
        raise NotOfferedError(f"“{label}” must be filled in")
    if text and not (field_.get("min_length") or 0) <= len(text) <= (field_.get("max_length") or 4000):
        raise NotOfferedError(f"“{label}” does not take a text of this length")
    return text
