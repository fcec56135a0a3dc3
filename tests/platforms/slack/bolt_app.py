"""A small app on the real slack-bolt that remembers what it heard, to try the server with."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack.values import Json
from tests.platforms.slack_server import SlackServer

T = TypeVar("T")

FORM: Json = {
    "type": "modal",
    "callback_id": "report",
    "title": {"type": "plain_text", "text": "Report to school"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "what",
            "label": {"type": "plain_text", "text": "What happened?"},
            "element": {"type": "plain_text_input", "action_id": "what", "multiline": True, "max_length": 100},
        }
    ],
}
CARD: list[Json] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*High*"}},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "cg:acknowledge",
                "value": "token",
                "text": {"type": "plain_text", "text": "I am on it"},
            }
        ],
    },
]


class BoltApp:
    """Hears every event; the shortcut opens a form after `slowly` seconds, the form is answered by a card."""

    def __init__(self, slack: SlackServer) -> None:
        self.client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        self.app = AsyncApp(client=self.client, signing_secret=slack.signing_secret)
        self.heard: list[Json] = []
        self.entered: list[Json] = []
        self.refused: list[str] = []
        self.slowly = 0.0
        self.app.event({"type": "message"})(self._event)
        for kind in ("message_changed", "message_deleted", "channel_join", "thread_broadcast", "file_share"):
            self.app.event({"type": "message", "subtype": kind})(self._event)
        for kind in ("member_joined_channel", "channel_rename", "app_home_opened", "app_uninstalled", "tokens_revoked"):
            self.app.event(kind)(self._event)
        self.app.shortcut("report_comment")(self._shortcut)
        self.app.view("report")(self._submitted)
        self.app.action("cg:acknowledge")(self._pressed)
        self.app.command("/guard-report")(self._shortcut)

    @property
    def texts(self) -> list[str]:
        """What the new messages said, in the order in which they were heard."""
        return [event["text"] for event in self.heard if event["type"] == "message" and "text" in event]

    async def _event(self, event: Json) -> None:
        self.heard.append(event)

    async def _shortcut(self, ack: AsyncAck, body: Json) -> None:
        await ack()
        await asyncio.sleep(self.slowly)
        opened = await self._tried(self.client.views_open(trigger_id=body["trigger_id"], view=FORM))
        if opened:
            await self._tried(self.client.views_open(trigger_id=body["trigger_id"], view=FORM))

    async def _tried(self, call: Any) -> bool:
        try:
            await call
        except SlackApiError as error:
            self.refused.append(error.response["error"])
            return False
        return True

    async def _submitted(self, ack: AsyncAck, body: Json) -> None:
        entered = body["view"]["state"]["values"]
        if not entered["what"]["what"]["value"].strip():
            await ack(response_action="errors", errors={"what": "Please say what happened."})
            return
        await ack()
        self.entered.append(entered)
        await self.client.chat_postMessage(channel=body["user"]["id"], text="Thank you", blocks=CARD)

    async def _pressed(self, ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond("You are on it.")


@contextlib.asynccontextmanager
async def over_sockets(slack: SlackServer) -> AsyncIterator[BoltApp]:
    """Run the app on Socket Mode; it looks after a lost connection five times a second."""
    bolt = BoltApp(slack)
    handler = AsyncSocketModeHandler(bolt.app, slack.app_token, ping_interval=2.0)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await until(lambda: slack.socket.connections)
    try:
        yield bolt
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@contextlib.asynccontextmanager
async def over_http(slack: SlackServer) -> AsyncIterator[BoltApp]:
    """Run the app on an address of its own, to which the server posts."""
    bolt = BoltApp(slack)
    runner = web.AppRunner(bolt.app.web_app("/slack/events"), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.http.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield bolt
    finally:
        await runner.cleanup()


async def until(condition: Callable[[], T | None], seconds: float = 60.0) -> T:
    """Wait until `condition` gives something true, and return that."""
    async with asyncio.timeout(seconds):
        while True:
            if found := condition():
                return found
            await asyncio.sleep(0.01)
