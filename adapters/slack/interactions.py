"""What people do with the bot: commands, the message menu, buttons, forms. Acknowledged first, told to the core then.

A form that was sent is acknowledged with its answer where the core has one within `ANSWER` seconds, so that nobody
sees an empty place; else with a word of patience, and the answer takes its place when it comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_bolt.request.internals import extract_team_id

from adapters.slack.exchanges import Exchange, Exchanges
from adapters.slack.line import Put
from adapters.slack.once import Once
from adapters.slack.reading import PLATFORM, accounts, read_message
from adapters.slack.tasks import Tasks
from adapters.slack.texts import word
from adapters.slack.views import Opened, draw_wait, entered, missing
from adapters.slack.workspaces import Workspace, Workspaces
from bot.domain.comments import Author, ChannelRef, Comment
from bot.interface.cards import Verb, pressed
from bot.platform.events import ButtonPressed, CommandUsed, FormSubmitted, Interaction

COMMAND = "/guard-"
ANSWER = 1.5
"""Seconds that Slack is left waiting for what becomes of a form; it waits three."""

Body = Mapping[str, Any]


class Interactions:
    """Listens to bolt. A press that is told twice counts once."""

    def __init__(self, workspaces: Workspaces, exchanges: Exchanges, put: Put, *, tasks: Tasks, key: bytes) -> None:
        self._workspaces = workspaces
        self._exchanges = exchanges
        self._put = put
        self._tasks = tasks
        self._key = key
        self._once = Once()

    async def command(self, ack: AsyncAck, body: Body) -> None:
        """Take a `/guard-…` command."""
        await ack()
        if self._is_new(body):
            self._tasks.begin(self._used(body, str(body["command"]).removeprefix(COMMAND)), "a command")

    async def shortcut(self, ack: AsyncAck, body: Body) -> None:
        """Take the message menu's “Report to school”."""
        await ack()
        if self._is_new(body):
            self._tasks.begin(self._used(body, "report"), "a message shortcut")

    async def button(self, ack: AsyncAck, body: Body) -> None:
        """Take a press on one of the bot's buttons."""
        await ack()
        action = (body.get("actions") or [{}])[0]
        known = _pressed(action)
        if known is not None and self._is_new(body):
            self._tasks.begin(self._press(body, *known), "a button")

    async def form(self, ack: AsyncAck, body: Body) -> None:
        """Take a form that was sent; one with an empty answer where there must be one stays open and says so."""
        view = body.get("view") or {}
        opened = Opened.unpacked(str(view.get("private_metadata", "")))
        if opened is None:
            await ack()
            return
        workspace = await self._workspace(body)
        user = str(body["user"]["id"])
        language = await workspace.people.language(user)
        values = entered(view.get("state") or {})
        if lacking := missing(opened, values):
            await ack(response_action="errors", errors={name: word("missing", language) for name in lacking})
            return
        if not self._is_new(body):
            await ack()
            return
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        exchange = self._exchange(body, workspace, user, language)
        exchange.channel, exchange.view, exchange.acknowledging = opened.channel, str(view.get("id", "")), waiting
        self._put(FormSubmitted(await self._interaction(exchange), opened.form, opened.token, values))
        await asyncio.wait([waiting], timeout=ANSWER)
        if not waiting.done():
            waiting.set_result(draw_wait(language))
        await ack(response_action="update", view=waiting.result())

    async def _used(self, body: Body, command: str) -> None:
        workspace, user = await self._workspace(body), _user(body)
        exchange = self._exchange(body, workspace, user, await workspace.people.language(user))
        said = str(body.get("text") or "")
        options = {"text": said} if said else {}
        about = await self._about(body, exchange)
        self._put(CommandUsed(await self._interaction(exchange), command, options, about=about))

    async def _press(self, body: Body, verb: Verb, token: str) -> None:
        workspace, user = await self._workspace(body), _user(body)
        exchange = self._exchange(body, workspace, user, await workspace.people.language(user))
        self._put(ButtonPressed(await self._interaction(exchange), verb.value, token))

    async def _about(self, body: Body, exchange: Exchange) -> Comment | None:
        """Return the comment that a message menu was opened on; of a direct message nothing is taken along (R1)."""
        message, where = body.get("message"), _where(exchange)
        if not isinstance(message, dict) or where is None:
            return None
        workspace = exchange.workspace
        people = workspace.people.remembered(accounts(message))
        return read_message(message, where, people, address=workspace.address, key=self._key)

    def _exchange(self, body: Body, workspace: Workspace, user: str, language: str) -> Exchange:
        view = body.get("view") or {}
        return Exchange(
            workspace,
            user,
            language,
            channel=_channel(body),
            trigger=str(body.get("trigger_id", "")),
            response_url=str(body.get("response_url") or ""),
            view=str(view.get("id", "")) if view.get("type") == "modal" else "",
        )

    async def _interaction(self, exchange: Exchange) -> Interaction:
        known = exchange.workspace.people.remembered([exchange.user]).get(exchange.user)
        by = Author(exchange.user, known.name if known else "")
        return Interaction(by, _where(exchange), self._exchanges.begin(exchange), exchange.language)

    async def _workspace(self, body: Body) -> Workspace:
        """Return the workspace through which it came: in a shared channel a person's own can be another one."""
        return await self._workspaces.of(extract_team_id(dict(body)) or "")

    def _is_new(self, body: Body) -> bool:
        return self._once.is_new(str(body.get("trigger_id", "")))


def _pressed(action: Mapping[str, Any]) -> tuple[Verb, str] | None:
    """Read a button: `cg:<verb>` with the token as value, or `cg:<verb>:<token>`."""
    name = str(action.get("action_id", ""))
    return pressed(name) or pressed(f"{name}:{action.get('value', '')}")


def _user(body: Body) -> str:
    user = body.get("user")
    return str(user.get("id") if isinstance(user, dict) else body.get("user_id", ""))


def _channel(body: Body) -> str:
    """Return where it happened; nothing for group messages, which are as private as direct ones."""
    channel = body.get("channel")
    found = channel if isinstance(channel, dict) else {"id": body.get("channel_id"), "name": body.get("channel_name")}
    private = str(found.get("name") or "").startswith("mpdm-")
    return "" if private else str(found.get("id") or "")


def _where(exchange: Exchange) -> ChannelRef | None:
    channel = exchange.channel
    return None if not channel or channel.startswith("D") else ChannelRef(PLATFORM, exchange.workspace.team, channel)
