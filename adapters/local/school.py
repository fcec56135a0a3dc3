"""The example school: Lincoln High School, its people, its channels and what was said there before you came in."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from adapters.local.values import Member, Room
from adapters.local.world import Clock, World, the_present
from bot.domain.comments import AuthorRole, ChannelKind

SITE_FILE = Path(__file__).with_name("site.toml")
"""The school as a site file: what `crossing-guard site apply` would be given."""
_CHAT = Path(__file__).with_name("school.toml")


def open_school(clock: Clock = the_present) -> World:
    """Return the school's chat, empty: its people and its channels."""
    told = tomllib.loads(_CHAT.read_text(encoding="utf-8"))
    return World(told["workspace"], told["name"], map(_member, told["member"]), map(_room, told["room"]), clock)


def tell_what_was_said(world: World) -> None:
    """Fill the school's chat with its example conversations; the last of them was a few minutes ago."""
    told = tomllib.loads(_CHAT.read_text(encoding="utf-8"))
    now = world.clock()
    by_name: dict[str, str] = {}
    for said in _in_order(told["said"]):
        message = world.write(
            said["by"],
            said["room"],
            said["text"],
            reply_to=by_name[said["to"]] if "to" in said else None,
            attachments=said.get("attachments", ()),
            at=now - timedelta(minutes=said["ago"]),
        )
        if "id" in said:
            by_name[said["id"]] = message.id


def what_was_said_earlier(days: int) -> list[tuple[str, str, str]]:
    """Return what was said that many days before today: who, in which room, what."""
    told = tomllib.loads(_CHAT.read_text(encoding="utf-8"))
    return [(said["by"], said["room"], said["text"]) for said in told["earlier"] if said["days"] == days]


def _in_order(said: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(said, key=lambda one: -one["ago"])


def _member(told: dict[str, Any]) -> Member:
    return Member(
        account=told["account"],
        name=told["name"],
        role=AuthorRole(told["role"]),
        title=told.get("title", {}),
        desk=told.get("desk", False),
    )


def _room(told: dict[str, Any]) -> Room:
    return Room(
        id=told["id"],
        name=told["name"],
        kind=ChannelKind(told["kind"]),
        about=told.get("about", {}),
        members=frozenset(told.get("members", ())),
        administrators=frozenset(told.get("administrators", ())),
    )
