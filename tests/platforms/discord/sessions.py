"""Sessions of the gateway: what each is told, numbered and kept so that a dropped line can be taken up again."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque
from typing import Any

from aiohttp import web

from tests.platforms.discord import drawing
from tests.platforms.discord.intents import Intent, hears
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.state import Happening
from tests.platforms.discord.values import Json
from tests.platforms.discord.world import World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME = 0, 1, 2, 3, 6
RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 8, 9, 10, 11

KEPT = 5000
"""How many events a session keeps for a line that comes back."""


class Line:
    """One WebSocket: packets go out in the order in which they are put, compressed as one stream if asked for."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport, *, compressed: bool) -> None:
        self.socket = socket
        self.transport = transport
        self._deflate = zlib.compressobj() if compressed else None
        self._packets: asyncio.Queue[Json | None] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write(), name="gateway writer")

    def put(self, op: int, data: Any = None, *, number: int | None = None, name: str | None = None) -> None:
        """Send a packet, soon."""
        self._packets.put_nowait({"op": op, "d": data, "s": number, "t": name})

    async def close(self, code: int) -> None:
        """Send what was put, then close with a code."""
        self._packets.put_nowait(None)
        await asyncio.wait([self._writer])
        await self.socket.close(code=code)

    def stop(self) -> None:
        """Send nothing more."""
        self._writer.cancel()

    def cut(self) -> None:
        """Cut it off as a broken network would."""
        self.stop()
        self.transport.abort()

    async def _write(self) -> None:
        while (packet := await self._packets.get()) is not None:
            text = json.dumps(packet)
            try:
                if self._deflate is None:
                    await self.socket.send_str(text)
                else:
                    squeezed = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(squeezed)
            except ConnectionError:
                return


class Session:
    """One shard of the bot, from IDENTIFY on, whether or not a line is up."""

    def __init__(self, key: str, world: World, intents: int, shard: tuple[int, int]) -> None:
        self.key = key
        self.intents = intents
        self.shard = shard
        self.line: Line | None = None
        self._world = world
        self._number = 0
        self._kept: deque[tuple[int, str, Json]] = deque(maxlen=KEPT)

    def tell(self, happening: Happening) -> None:
        """Tell of something, if this session hears of such things there."""
        name, guild = happening.name, happening.guild
        if self.is_mine(guild) and hears(self.intents, name, in_guild=guild is not None) and self._sees(happening):
            self.send(name, self._readable(happening))

    def is_mine(self, guild: int | None) -> bool:
        """Whether a guild is on this shard; whatever is in none is on the first."""
        which, count = self.shard
        return which == (0 if guild is None else (guild >> 22) % count)

    def send(self, name: str, payload: Json) -> None:
        """Number an event, keep it, and send it if a line is up."""
        self._number += 1
        self._kept.append((self._number, name, payload))
        if self.line is not None:
            self.line.put(DISPATCH, payload, number=self._number, name=name)

    def start(self, address: str) -> None:
        """Send what a new session hears first: READY, then every guild of the shard."""
        world = self._world
        mine = [one for one in world.guilds.values() if self.is_mine(one.id) and world.bot.id in one.members]
        ready: Json = {
            "v": 10,
            "user": drawing.user(world.bot) | {"verified": True, "mfa_enabled": True, "email": None},
            "guilds": [{"id": str(one.id), "unavailable": True} for one in mine],
            "session_id": self.key,
            "resume_gateway_url": address,
            "shard": list(self.shard),
            "application": {"id": str(world.application.id), "flags": world.application.flags},
        }
        self.send("READY", ready)
        if self.intents & Intent.GUILDS:
            for guild in mine:
                self.send("GUILD_CREATE", world.whole_guild(guild))

    def replay(self, after: int) -> bool:
        """Send everything after a number again, then RESUMED; false if that is not known any more."""
        oldest = self._kept[0][0] if self._kept else self._number + 1
        if after > self._number or after < oldest - 1:
            return False
        assert self.line is not None
        for number, name, payload in self._kept:
            if number > after:
                self.line.put(DISPATCH, payload, number=number, name=name)
        self.send("RESUMED", {})
        return True

    def members(self, asked: Json) -> None:
        """Answer a request for members, in chunks."""
        guild = self._world.guilds.get(int(asked["guild_id"]))
        if guild is None:
            return
        wanted = {int(one) for one in asked.get("user_ids") or []}
        query, limit = str(asked.get("query") or "").lower(), int(asked.get("limit") or 0)
        found = [
            one
            for one in guild.members.values()
            if (not wanted or one.person.id in wanted) and one.person.shown.lower().startswith(query)
        ]
        found = found[:limit] if limit else found
        chunks = [found[start : start + 1000] for start in range(0, len(found), 1000)] or [[]]
        for index, chunk in enumerate(chunks):
            payload: Json = {
                "guild_id": str(guild.id),
                "members": [drawing.member(guild, one) for one in chunk],
                "chunk_index": index,
                "chunk_count": len(chunks),
                "not_found": [str(one) for one in wanted - guild.members.keys()],
            }
            self.send("GUILD_MEMBERS_CHUNK", payload | ({"nonce": asked["nonce"]} if asked.get("nonce") else {}))

    def _sees(self, happening: Happening) -> bool:
        """Whether the bot may know of it: messages and threads of channels that it sees, the audit log if allowed."""
        world = self._world
        if happening.name == "GUILD_AUDIT_LOG_ENTRY_CREATE":
            return world.may_in_guild(world.guilds[happening.guild or 0], Permission.VIEW_AUDIT_LOG)
        where = happening.payload.get("channel_id")
        if happening.name.startswith("MESSAGE_") or happening.name == "CHANNEL_PINS_UPDATE":
            channel = world.channels.get(int(where)) if where else None
            return channel is None or world.may(channel, Permission.VIEW_CHANNEL)
        if happening.name in ("THREAD_CREATE", "THREAD_UPDATE"):
            return world.may(world.channels[int(happening.payload["id"])], Permission.VIEW_CHANNEL)
        return True

    def _readable(self, happening: Happening) -> Json:
        message = happening.message
        if message is None or self.intents & Intent.MESSAGE_CONTENT or self._world.is_open_to_bot(message):
            return happening.payload
        return drawing.hidden(happening.payload)
