"""One call of the Web API: its arguments, whoever they came from, and what the caller may see."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.platforms.slack.values import Channel, Grant, Json, SlackError, named
from tests.platforms.slack.workspace import Workspace

if TYPE_CHECKING:
    from tests.platforms.slack.service import Service

_NESTED = {"blocks", "view", "attachments", "metadata", "files"}


@dataclass
class Call:
    """A call that passed the door. Methods raise `SlackError` for whatever Slack refuses."""

    service: Service
    method: str
    arguments: Json
    grant: Grant
    workspace: Workspace

    def text(self, name: str) -> str:
        """Return an argument as text, empty when it is not there."""
        value = self.arguments.get(name)
        return value if isinstance(value, str) else "" if value is None else str(value)

    def given(self, name: str) -> str:
        """Return an argument that must be there."""
        if not (value := self.text(name)):
            raise SlackError(
                "invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {name}"]}
            )
        return value

    def flag(self, name: str, *, otherwise: bool = False) -> bool:
        """Return a yes or no, in any of the ways it is written."""
        value = self.arguments.get(name)
        return otherwise if value is None else value in (True, 1, "1", "true", "True")

    def number(self, name: str, otherwise: int, most: int) -> int:
        """Return a count between 1 and `most`."""
        try:
            value = int(self.text(name) or otherwise)
        except ValueError:
            value = 0
        if value < 1:
            raise SlackError("invalid_limit")
        return min(value, most)

    def need(self, *scopes: str) -> None:
        """Raise `missing_scope` unless the token has all of these."""
        if missing := [scope for scope in scopes if scope not in self.grant.scopes]:
            raise SlackError("missing_scope", needed=named(missing), provided=named(self.grant.scopes))

    def channel(self, name: str = "channel", *, scope: str = "") -> Channel:
        """Return the channel that is named, if the caller can know of it; `scope` is `read` or `history`."""
        found = self.workspace.visible(self.text(name), self.grant.user)
        if scope:
            self.need(f"{found.family}:{scope}")
        return found

    def page(self, items: list[Any], otherwise: int, most: int) -> tuple[list[Any], str]:
        """Return the part of `items` that cursor and limit ask for, and the cursor of the next part."""
        cursor, limit = self.text("cursor"), self.number("limit", otherwise, most)
        if cursor and not cursor.startswith("next-"):
            raise SlackError("invalid_cursor")
        start = int(cursor.removeprefix("next-") or 0)
        following = f"next-{start + limit}" if start + limit < len(items) else ""
        return items[start : start + limit], following


Method = Callable[[Call], Awaitable[Json]]


@dataclass(frozen=True)
class Entry:
    """A method as the door knows it. `kinds` are the tokens that may call it; none for calls without a token."""

    run: Method
    tier: int
    scopes: tuple[str, ...]
    kinds: frozenset[str]


METHODS: dict[str, Entry] = {}
"""Every method that is served."""


def method(
    name: str, *, tier: int, scopes: tuple[str, ...] = (), kinds: tuple[str, ...] = ("bot", "user")
) -> Callable[[Method], Method]:
    """Serve a method under its name; `scopes` are needed whatever it is called for."""

    def enter(run: Method) -> Method:
        METHODS[name] = Entry(run, tier, scopes, frozenset(kinds))
        return run

    return enter


async def read_arguments(request: web.Request) -> tuple[Json, str]:
    """Return a call's arguments, from wherever they came, and its token."""
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            arguments |= await request.json()
        except (ValueError, TypeError):
            raise SlackError("invalid_json") from None
    else:
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        for name in _NESTED & form.keys():
            try:
                arguments[name] = json.loads(form.pop(name))
            except ValueError:
                raise SlackError("invalid_arguments") from None
        arguments |= form
    given = request.headers.get("Authorization", "")
    token = str(arguments.pop("token", ""))
    if given.startswith("Bearer "):
        token = given.removeprefix("Bearer ")
    elif given.startswith("Basic "):
        name, _, secret = base64.b64decode(given.removeprefix("Basic ")).decode().partition(":")
        arguments |= {"client_id": name, "client_secret": secret}
    return arguments, token
