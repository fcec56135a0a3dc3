"""Between a person's action and the bot's answer: trigger ids, response addresses, and what came of each action."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from tests.platforms.slack.blocks import problems
from tests.platforms.slack.elements import with_ids
from tests.platforms.slack.values import Ephemeral, Json, SlackError, View
from tests.platforms.slack.workspace import Workspace

if TYPE_CHECKING:
    from tests.platforms.slack.service import Service


@dataclass
class Exchange:
    """Something that a person did, and everything that came of it.

    `acknowledged` is what the app acknowledged with, `None` when it did not in time and the person saw an error.
    `views` were opened for it, `answers` came through its response address, both oldest first.
    """

    workspace: Workspace
    user: str
    channel: str | None
    trigger: str
    began: float
    response_url: str = ""
    uses: int = 0
    message: str | None = None
    spent: bool = False
    acknowledged: Json | None = None
    views: list[View] = field(default_factory=list)
    answers: list[Json] = field(default_factory=list)

    @property
    def view(self) -> View:
        """The view that was opened last."""
        assert self.views, "no view was opened"
        return self.views[-1]


class Interactions:
    """Every exchange, by its trigger id and by its response address."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._by_trigger: dict[str, Exchange] = {}
        self._by_response: dict[str, Exchange] = {}

    def begin(self, workspace: Workspace, user: str, channel: str | None, *, message: str | None = None) -> Exchange:
        """Begin an exchange; those in a channel can be answered at an address, those in a view cannot."""
        trigger = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**9)}.{secrets.token_hex(16)}"
        exchange = Exchange(workspace, user, channel, trigger, time.monotonic(), message=message)
        self._by_trigger[trigger] = exchange
        if channel is not None:
            key = secrets.token_urlsafe(18)
            exchange.response_url = f"{self._service.address}/actions/{workspace.id}/{key}"
            self._by_response[key] = exchange
        return exchange

    def spend(self, trigger: str, user_of: str) -> Exchange:
        """Use a trigger id, which works once and for three seconds; raise what Slack says otherwise."""
        exchange = self._by_trigger.get(trigger)
        if exchange is None or exchange.workspace.id != user_of:
            raise SlackError("invalid_trigger_id")
        if exchange.spent:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - exchange.began > self._service.patience.trigger:
            raise SlackError("expired_trigger_id")
        exchange.spent = True
        return exchange

    async def respond(self, request: web.Request) -> web.Response:
        """Take an answer at a response address: at most five, within half an hour."""
        exchange = self._by_response.get(request.match_info["key"])
        if exchange is None:
            return web.json_response({"ok": False, "error": "invalid_url"}, status=404)
        if time.monotonic() - exchange.began > self._service.patience.response_url:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        if exchange.uses >= self._service.patience.response_url_uses:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        answer = await request.json()
        if "blocks" in answer and (found := problems(answer["blocks"], "message")):
            refusal = {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": found}}
            return web.json_response(refusal, status=400)
        exchange.uses += 1
        self.answered(exchange, answer)
        return web.Response(text="ok")

    def answered(self, exchange: Exchange, answer: Json) -> None:
        """Show an answer: to the person alone unless it is for the channel, or in the place of what was pressed."""
        exchange.answers.append(answer)
        workspace, place = exchange.workspace, exchange.channel
        if place is None:
            return
        channel = workspace.channels[place]
        changes = self._service.changes(workspace)
        pressed = channel.messages.get(exchange.message or "")
        content = {"text": answer.get("text", "")}
        if "blocks" in answer:
            content["blocks"] = with_ids(answer["blocks"])
        if answer.get("delete_original"):
            if pressed is not None:
                changes.deleted(channel, pressed["ts"])
        elif answer.get("replace_original"):
            if pressed is not None:
                changes.edited(channel, pressed, workspace.bot.id, **content)
        elif answer.get("response_type") == "in_channel":
            changes.posted(channel, self._service.bot_message(workspace) | content)
        else:
            message = content | {"ts": self._service.clock.ts()}
            workspace.ephemerals.append(Ephemeral(exchange.user, place, message))
