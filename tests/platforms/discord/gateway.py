"""The gateway: who may come in, heartbeats, and lines that break on demand."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable

from aiohttp import WSMsgType, web

from tests.platforms.discord.intents import KNOWN, Intent
from tests.platforms.discord.sessions import (
    HEARTBEAT,
    HEARTBEAT_ACK,
    HELLO,
    IDENTIFY,
    INVALID_SESSION,
    PRESENCE,
    RECONNECT,
    REQUEST_MEMBERS,
    RESUME,
    Line,
    Session,
)
from tests.platforms.discord.state import Happening
from tests.platforms.discord.values import Json
from tests.platforms.discord.world import World

HEARTBEAT_SECONDS = 41.25
_GOODBYE = (1000, 1001)

UNKNOWN_OP, NOT_JSON, NOT_IDENTIFIED, WRONG_TOKEN, IDENTIFIED_TWICE = 4001, 4002, 4003, 4004, 4005
TIMED_OUT, WRONG_SHARD, WRONG_INTENTS, DISALLOWED_INTENTS = 4009, 4010, 4013, 4014


class ClosedError(Exception):
    """The line is closed with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Gateway:
    """Every session and line. `resumes` false refuses RESUME; `acks` false leaves heartbeats unanswered."""

    def __init__(self, world: World, address: Callable[[], str]) -> None:
        self.sessions: dict[str, Session] = {}
        self.heartbeat_seconds = HEARTBEAT_SECONDS
        self.resumes = True
        self.acks = True
        self.identified = 0
        self.resumed = 0
        self.heartbeats = 0
        self.refused: list[int] = []
        """The codes with which lines were closed for what they sent."""
        self._world = world
        self._address = address
        self._lines: set[Line] = set()
        world.listeners.append(self._tell)

    @property
    def is_connected(self) -> bool:
        """Whether every session has a line, and there is one at all."""
        return bool(self.sessions) and all(session.line is not None for session in self.sessions.values())

    def is_line(self, transport: asyncio.BaseTransport) -> bool:
        """Whether a connection is one of the gateway's."""
        return any(line.transport is transport for line in self._lines)

    # --- lines that break ---------------------------------------------------------------------------------------------

    async def drop(self, code: int | None = None) -> None:
        """Close every line with a code; without one, cut it off as a broken network would."""
        for line in list(self._lines):
            if code is not None:
                await line.close(code)
            else:
                line.cut()
                self._unplug(line)

    def ask_to_reconnect(self) -> None:
        """Send op 7 to everybody."""
        for line in list(self._lines):
            line.put(RECONNECT)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Send op 9 to everybody; sessions that cannot be resumed are forgotten."""
        for line in list(self._lines):
            line.put(INVALID_SESSION, resumable)
        if not resumable:
            self.forget()

    def forget(self) -> None:
        """Forget every session, as Discord does after minutes without a line; RESUME is refused then."""
        self.sessions.clear()

    # --- one line -----------------------------------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one WebSocket until it closes."""
        compress = request.query.get("compress")
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            raise web.HTTPBadRequest(text="this server speaks version 10 in JSON")
        if compress not in (None, "zlib-stream"):
            raise web.HTTPBadRequest(text="this server compresses as zlib-stream")
        socket = web.WebSocketResponse(compress=False, max_msg_size=4096, timeout=1.0)
        await socket.prepare(request)
        assert request.transport is not None
        line = Line(socket, request.transport, compressed=compress is not None)
        self._lines.add(line)
        line.put(HELLO, {"heartbeat_interval": round(self.heartbeat_seconds * 1000)})
        goodbye = False
        try:
            goodbye = await self._listen(line) in _GOODBYE
        except ClosedError as closed:
            self.refused.append(closed.code)
            await line.close(closed.code)
        finally:
            line.stop()
            self._unplug(line, goodbye=goodbye)
        return socket

    async def _listen(self, line: Line) -> int | None:
        """Take what a client sends; return the code with which it closes the line, if it says one."""
        session: Session | None = None
        while True:
            try:
                async with asyncio.timeout(self.heartbeat_seconds * 2):
                    message = await line.socket.receive()
            except TimeoutError:
                raise ClosedError(TIMED_OUT) from None
            if message.type is not WSMsgType.TEXT:
                return message.data if message.type is WSMsgType.CLOSE else None
            try:
                packet: Json = json.loads(message.data)
            except ValueError:
                raise ClosedError(NOT_JSON) from None
            session = self._heard(line, session, int(packet["op"]), packet.get("d"))

    def _heard(self, line: Line, session: Session | None, op: int, data: Json | None) -> Session | None:
        if op == HEARTBEAT:
            self.heartbeats += 1
            if self.acks:
                line.put(HEARTBEAT_ACK)
            return session
        if op in (IDENTIFY, RESUME) and session is not None:
            raise ClosedError(IDENTIFIED_TWICE)
        if op == IDENTIFY:
            return self._identify(line, data or {})
        if op == RESUME:
            return self._resume(line, data or {})
        if session is None:
            raise ClosedError(NOT_IDENTIFIED)
        if op == REQUEST_MEMBERS:
            session.members(data or {})
        elif op != PRESENCE:
            raise ClosedError(UNKNOWN_OP)
        return session

    def _identify(self, line: Line, data: Json) -> Session:
        which, count = data.get("shard", (0, 1))
        intents = int(data["intents"])
        if data.get("token") != self._world.token:
            raise ClosedError(WRONG_TOKEN)
        if not 0 <= which < count:
            raise ClosedError(WRONG_SHARD)
        if not 0 <= intents <= KNOWN:
            raise ClosedError(WRONG_INTENTS)
        application = self._world.application
        privileged = {
            Intent.MESSAGE_CONTENT: application.message_content,
            Intent.GUILD_MEMBERS: application.guild_members,
            Intent.GUILD_PRESENCES: application.presences,
        }
        if any(intents & intent and not granted for intent, granted in privileged.items()):
            raise ClosedError(DISALLOWED_INTENTS)
        self.identified += 1
        session = Session(secrets.token_hex(16), self._world, intents, (which, count))
        self.sessions = {key: one for key, one in self.sessions.items() if one.shard != session.shard}
        self.sessions[session.key] = session
        session.line = line
        session.start(self._address())
        return session

    def _resume(self, line: Line, data: Json) -> Session | None:
        if data.get("token") != self._world.token:
            raise ClosedError(WRONG_TOKEN)
        session = self.sessions.get(str(data.get("session_id")))
        if session is None or not self.resumes:
            line.put(INVALID_SESSION, data=False)
            return None
        session.line = line
        if not session.replay(int(data["seq"])):
            session.line = None
            line.put(INVALID_SESSION, data=False)
            return None
        self.resumed += 1
        return session

    def _unplug(self, line: Line, *, goodbye: bool = False) -> None:
        """Take a line out of its session, which waits for another; one that the client closes for good ends it."""
        self._lines.discard(line)
        for session in list(self.sessions.values()):
            if session.line is line:
                session.line = None
                if goodbye:
                    del self.sessions[session.key]

    def _tell(self, happening: Happening) -> None:
        for session in list(self.sessions.values()):
            session.tell(happening)
