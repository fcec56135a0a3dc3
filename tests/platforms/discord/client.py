"""A plain discord.py client for trying the server itself: it keeps what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.platforms.discord_server import DiscordServer

PATIENCE = 60.0
EVENTS = (
    *("message", "raw_message_edit", "raw_message_delete", "raw_bulk_message_delete", "member_join", "resumed"),
    *("thread_create", "thread_update", "guild_channel_delete", "audit_log_entry_create", "disconnect"),
)


def intents(**more: bool) -> discord.Intents:
    """Return the intents of a bot that watches, changed as told."""
    usual = {"guilds": True, "guild_messages": True, "message_content": True, "members": True, "moderation": True}
    return discord.Intents(**(usual | more))


class Client(discord.AutoShardedClient):
    """`heard` has every event as its name and first argument, in order."""

    def __init__(self, wanted: discord.Intents, **options: Any) -> None:
        super().__init__(intents=wanted, guild_ready_timeout=0.1, max_messages=10, **options)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[tuple[str, Any]] = []
        self._stirred = asyncio.Event()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Keep an event, then hand it on."""
        super().dispatch(event, *args, **kwargs)
        if event in EVENTS:
            self.heard.append((event, args[0] if args else None))
        self._stirred.set()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for nothing: Discord's five seconds between two sessions are not what is tried."""

    async def hears(self, event: str, count: int = 1) -> list[Any]:
        """Wait until an event was heard so often; return what came with it each time."""
        async with asyncio.timeout(PATIENCE):
            while len(found := self.all(event)) < count:
                self._stirred.clear()
                await self._stirred.wait()
        return found

    def all(self, event: str) -> list[Any]:
        """Return what came with an event, each time that it was heard."""
        return [what for name, what in self.heard if name == event]

    async def words(self, count: int) -> list[str]:
        """Wait for so many messages, and return their words."""
        return [message.content for message in await self.hears("message", count)]


@asynccontextmanager
async def connected(server: DiscordServer, client: Client, *, token: str | None = None) -> AsyncIterator[Client]:
    """Run a client against the server until it is ready, and close it in the end.

    discord.py goes to `DEFAULT_GATEWAY` whenever a session cannot be resumed, so that must be set as well.
    """
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = server.api_url, yarl.URL(server.gateway_url)
    running = asyncio.create_task(client.start(token or server.token))
    ready = asyncio.create_task(until(client.is_ready))
    try:
        await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        yield client
    finally:
        ready.cancel()
        await client.close()
        await asyncio.gather(running, return_exceptions=True)
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what discord.py has no event for."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 – because of that
            await asyncio.sleep(0.01)
