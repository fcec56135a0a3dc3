"""A connected adapter, and everything that it has told so far."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from adapters.discord.connecting import open_discord
from adapters.discord.platform import DiscordPlatform
from bot.platform.events import Event
from tests.platforms.discord_server import DiscordServer

PATIENCE = 60.0

E = TypeVar("E", bound=Event)


class Heard:
    """`platform` is connected; `events` is what the core would have been told, in order."""

    def __init__(self, platform: DiscordPlatform) -> None:
        self.platform = platform
        self.events: list[Event] = []
        self.failure: Exception | None = None
        self._stirred = asyncio.Event()

    async def listen(self) -> None:
        try:
            async for event in self.platform.events():
                self.events.append(event)
                self._stirred.set()
        except Exception as error:  # noqa: BLE001 – tests look at it
            self.failure = error
        self._stirred.set()

    async def hears(self, kind: type[E], count: int = 1) -> list[E]:
        """Wait until an event was told so often; return all of its kind."""
        await self.until(lambda: len(self.all(kind)) >= count)
        return self.all(kind)

    async def first(self, kind: type[E]) -> E:
        return (await self.hears(kind))[0]

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, condition: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    self._stirred.clear()
                    await self._stirred.wait()
        except TimeoutError:
            raise AssertionError(f"waited in vain; heard {self.events}") from None


@asynccontextmanager
async def connected(server: DiscordServer, *, shards: str | None = None) -> AsyncIterator[Heard]:
    """Connect the adapter as a process would, and listen."""
    opened = open_discord(server.token, api_url=server.api_url, shards=shards, ready_after=0.1)
    async with opened as platform:
        heard = Heard(platform)
        listening = asyncio.create_task(heard.listen())
        try:
            yield heard
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
