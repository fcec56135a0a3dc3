"""Socket Mode: the app's WebSocket connections, envelopes and their acknowledgements, redelivery, goodbyes."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from aiohttp import WSMsgType, web

from tests.platforms.slack.values import Json

if TYPE_CHECKING:
    from tests.platforms.slack.service import Service

Goodbye = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]
MOST_CONNECTIONS = 10
"""Connections that an app may have at once."""


@dataclass
class Envelope:
    """An envelope that was sent: how often before, and why again."""

    id: str
    type: str
    payload: Json
    retry_attempt: int = 0
    retry_reason: str = ""
    acknowledged: asyncio.Future[Json] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


@dataclass(eq=False)
class Connection:
    """One WebSocket, and the request that it began with."""

    request: web.Request
    socket: web.WebSocketResponse

    def tear(self) -> None:
        """End it without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()


class SocketMode:
    """All connections of the app; envelopes go to them in turn.

    `deaf` has Slack ignore acknowledgements, so that everything comes again.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._tickets: dict[str, float] = {}
        self._waiting: dict[str, Envelope] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = 0
        self.connections: list[Connection] = []
        self.opened = 0
        self.enabled = True
        self.deaf = False
        self.sent: list[Envelope] = []

    def new_address(self) -> str:
        """Return an address at which one connection can be opened, once and soon."""
        ticket = secrets.token_urlsafe(12)
        self._tickets[ticket] = time.monotonic() + self._service.patience.ticket
        return f"{self._service.address.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={self._service.app.id}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        if self._tickets.pop(request.query.get("ticket", ""), 0.0) < time.monotonic():
            return web.Response(status=408, text="expired")
        connection = Connection(request, web.WebSocketResponse(heartbeat=self._service.patience.ping))
        await connection.socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await self._goodbye(connection, "too_many_websockets")
        else:
            self.connections.append(connection)
            self.opened += 1
            await connection.socket.send_json(self._hello())
        try:
            async for message in connection.socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(json.loads(message.data))
        finally:
            self._forget(connection)
        return connection.socket

    async def send(self, payload: Json) -> None:
        """Send an event to one of the connections; send it again if it is not acknowledged in time."""
        self._begin(self._follow(await self._put("events_api", payload)))

    async def ask(self, kind: str, payload: Json) -> Json | None:
        """Send an interaction; return what it was acknowledged with, `None` if it was not in time. Never sent again."""
        if not self.connections:
            return None
        return await self._acknowledgement(await self._put(kind, payload))

    async def say_goodbye(self, reason: Goodbye) -> None:
        """Tell every connection to come back on a new one; with `link_disabled` none is given out any more."""
        self.enabled = self.enabled and reason != "link_disabled"
        for connection in tuple(self.connections):
            await self._goodbye(connection, reason)

    async def quiet(self) -> None:
        """Wait until nothing waits for its acknowledgement any more."""
        while self._waiting and self.connections:
            await asyncio.wait([one.acknowledged for one in self._waiting.values()], timeout=0.1)

    def drop(self) -> None:
        """Tear every connection, without a word."""
        for connection in tuple(self.connections):
            self._forget(connection)
            connection.tear()

    async def close(self) -> None:
        """End everything."""
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))
        self.drop()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._service.app.id},
        }

    async def _goodbye(self, connection: Connection, reason: Goodbye) -> None:
        self._forget(connection)
        with suppress(ConnectionError):
            said = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
            await connection.socket.send_json(said)
        self._begin(self._close_later(connection, reason))

    async def _close_later(self, connection: Connection, reason: Goodbye) -> None:
        """Leave the app the time that Slack leaves it: some seconds after a warning, hardly any after the others."""
        await asyncio.sleep(self._service.patience.goodbye if reason == "warning" else 0.1)
        with suppress(ConnectionError):
            await connection.socket.close()

    def _forget(self, connection: Connection) -> None:
        with suppress(ValueError):
            self.connections.remove(connection)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _put(self, kind: str, payload: Json, attempt: int = 0) -> Envelope:
        envelope = Envelope(secrets.token_hex(16), kind, payload, attempt, "timeout" if attempt else "")
        self._waiting[envelope.id] = envelope
        self.sent.append(envelope)
        self._turn += 1
        if self.connections:
            content = {
                "envelope_id": envelope.id,
                "type": kind,
                "accepts_response_payload": kind != "events_api",
                "payload": payload,
            }
            if kind == "events_api":
                content |= {"retry_attempt": attempt, "retry_reason": envelope.retry_reason}
            with suppress(ConnectionError):
                await self.connections[self._turn % len(self.connections)].socket.send_json(content)
        return envelope

    async def _follow(self, envelope: Envelope) -> None:
        for attempt, pause in enumerate(self._service.patience.redeliver, start=1):
            if await self._acknowledgement(envelope) is not None:
                return
            await asyncio.sleep(pause)
            envelope = await self._put(envelope.type, envelope.payload, attempt)
        await self._acknowledgement(envelope)

    async def _acknowledgement(self, envelope: Envelope) -> Json | None:
        try:
            async with asyncio.timeout(self._service.patience.acknowledgement):
                return await envelope.acknowledged
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(envelope.id, None)

    def _heard(self, said: Json) -> None:
        envelope = self._waiting.get(said.get("envelope_id", ""))
        if envelope is not None and not envelope.acknowledged.done() and not self.deaf:
            envelope.acknowledged.set_result(said.get("payload") or {})
