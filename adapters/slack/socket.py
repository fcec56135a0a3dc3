"""Socket Mode: a WebSocket that this side opens, so that a school behind a firewall needs no address of its own.

slack-sdk's client speaks on the socket; when to connect again is decided here, because its own loop goes on with an
address that has expired. Whatever ends a connection, also Slack's polite goodbyes, counts as a gap: events may have
been lost between the old connection and the new one, and reading history again costs little.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.calls import Calls
from adapters.slack.line import Line
from adapters.slack.quiet import SILENT
from adapters.slack.refusals import UNKNOWN_TOKEN, RefusedError
from bot.errors import PlatformError, SettingsError
from bot.settings import over_tls_or_loopback

log = logging.getLogger(__name__)

CONNECT = 10.0
"""Seconds that a connection may take, from its address to Slack's hello."""
LINGER = 3.0
"""Seconds for which an old connection stays open beside the new one, to send the acknowledgements under way."""
GOODBYE = 2.0
"""Seconds that Slack is given to answer the end of a connection."""
LONGEST_PAUSE = 30.0
"""Seconds between two tries to connect, at most; they begin with half a second."""
PING = 5.0
"""Seconds between two looks at whether the connection still lives."""


class Connection(SocketModeClient):
    """One connection. `over` is set when it ends, or Slack announces its end; it never connects again by itself."""

    def __init__(self, app: AsyncApp, app_token: str, client: AsyncWebClient, ping: float) -> None:
        super().__init__(app_token, logger=SILENT, web_client=client, ping_interval=ping)
        self.over = asyncio.Event()
        self.greeted = asyncio.Event()
        self._app = app
        self.on_message_listeners.append(self._read)
        self.socket_mode_request_listeners.append(self._request)

    async def open(self, address: str) -> None:
        """Connect, and return when Slack has said hello; raise `PlatformError` when it does not."""
        self.wss_uri = address
        try:
            async with asyncio.timeout(CONNECT):
                await self.connect()  # type: ignore[no-untyped-call]
                await self.greeted.wait()
        except TimeoutError:
            raise PlatformError("Slack did not open a Socket Mode connection in time.") from None

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: ARG002
        """Say that it is over, where slack-sdk would connect again."""
        self.over.set()

    async def shut(self) -> None:
        """Close it and wait until nothing of it is left."""
        self.over.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await self.close()  # type: ignore[no-untyped-call]
        parts = (self.message_processor, self.current_session_monitor, self.message_receiver)
        for part in parts:
            if part is not None:
                part.cancel()
        await asyncio.gather(*(part for part in parts if part is not None), return_exceptions=True)
        await self.aiohttp_client_session.close()

    async def _read(self, message: WSMessage) -> None:
        try:
            content = json.loads(message.data)
        except ValueError:
            return
        if isinstance(content, dict) and content.get("type") == "hello":
            self.greeted.set()

    async def _request(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        began = time.time()
        response = await run_async_bolt_app(self._app, request)
        await send_async_response(client, request, response, began)


@dataclass(frozen=True, slots=True)
class Connector:
    """What a connection is made of. `ping` is how often it is looked after, in seconds."""

    app: AsyncApp
    app_token: str = field(repr=False)
    client: AsyncWebClient
    calls: Calls
    ping: float = PING

    async def connect(self) -> Connection:
        """Open a connection; raise `SettingsError` for a worthless token or an open address, else `PlatformError`."""
        try:
            told = await self.calls("apps.connections.open", at_once=True)
        except RefusedError as error:
            if error.code in UNKNOWN_TOKEN:
                raise SettingsError(
                    "Slack does not accept SLACK_APP_TOKEN; make an app-level token with the scope connections:write."
                ) from None
            raise
        address = _safe(str(told["url"]))
        connection = Connection(self.app, self.app_token, self.client, self.ping)
        try:
            await connection.open(address)
        except BaseException:
            await connection.shut()
            raise
        return connection


class SocketLine:
    """Keeps one connection open, and tells the core's line when it was not."""

    def __init__(self, connector: Connector, line: Line) -> None:
        self._connector = connector
        self._line = line
        self._connection: Connection | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def connect(self) -> None:
        """Open the first connection; raises what `Connector.connect` does."""
        self._connection = await self._connector.connect()

    async def keep(self) -> None:
        """Keep the line open until cancelled."""
        while True:
            if self._connection is None:
                self._connection = await self._connected()
            self._line.back()
            await self._connection.over.wait()
            self._line.lost()
            self._close_later(self._connection)
            self._connection = None

    async def close(self) -> None:
        """End every connection."""
        for task in tuple(self._closing):
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)
        if self._connection is not None:
            await self._connection.shut()

    async def _connected(self) -> Connection:
        pause = 0.5
        while True:
            try:
                return await self._connector.connect()
            except (SettingsError, PlatformError) as error:
                log.warning("Slack cannot be heard, and it is tried again: %s", error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _close_later(self, connection: Connection) -> None:
        task = asyncio.create_task(_closed_later(connection), name="close an old connection to Slack")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _safe(address: str) -> str:
    """Return the address of a socket; raise `SettingsError` where what people write would travel in clear."""
    try:
        return over_tls_or_loopback(address)
    except ValueError:
        raise SettingsError(
            "SLACK_API_URL names a Socket Mode address without encryption; it must begin with wss://."
        ) from None


async def _closed_later(connection: Connection) -> None:
    try:
        await asyncio.sleep(LINGER)
    finally:
        await connection.shut()
