"""A Discord on this machine, the school on it, and the adapter connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.discord.client import Client
from tests.adapters.discord.hearing import Heard, connected
from tests.platforms.discord.campus import Campus
from tests.platforms.discord_server import DiscordServer


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip Discord's five seconds between two sessions: they are not what is tried."""

    async def hook(self: Client, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for nothing."""

    monkeypatch.setattr(Client, "before_identify_hook", hook)


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as running:
        yield running


@pytest.fixture
def campus(server: DiscordServer) -> Campus:
    return Campus(server.world)


@pytest.fixture
async def bot(server: DiscordServer, campus: Campus) -> AsyncIterator[Heard]:
    async with connected(server) as heard:
        yield heard
