"""`python -m bot run` on a local Discord: it watches, it stops when told, and it says in one sentence what is wrong."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.platforms.discord.campus import Campus
from tests.platforms.discord.child import ROOT, Child
from tests.platforms.discord_server import DiscordServer


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as running:
        yield running


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def run(server: DiscordServer, home: Path, **settings: str) -> tuple[int, str]:
    """Run the bot until it ends by itself; return its exit code and what it said."""
    environment = {
        "PATH": os.environ["PATH"],
        "DISCORD_API_URL": server.api_url,
        "DISCORD_TOKEN": server.token,
        "CROSSING_GUARD_HOME": str(home),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        cwd=ROOT,
        env=environment | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def fetched(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/{path}") as response:
        return response.status, await response.text()


async def test_it_watches_serves_its_figures_and_stops_when_told(
    server: DiscordServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child, port = Child(server, tmp_path), free_port()
    monkeypatch.setattr(child, "_environment", _with(child, CROSSING_GUARD_HTTP=f"127.0.0.1:{port}"))
    try:
        await child.start()
        child.say("student", "class", "I am going to kill you tomorrow")
        card = await child.card("principal")
        assert "a comment needs your eyes" in card.embeds[0]["title"]
        assert await fetched(port, "healthz") == (200, "well\n")
        assert (await fetched(port, "readyz"))[0] == 200
        _, figures = await fetched(port, "metrics")
        assert 'crossing_guard_platform_up{platform="discord"} 1\n' in figures
        assert "crossing_guard_channels_watched 2\n" in figures
        assert "crossing_guard_cases_untold 0\n" in figures
        assert await child.stop() == 0
        assert server.token not in child.said()
    finally:
        await child.close()


async def test_a_wrong_token_is_one_sentence(server: DiscordServer, tmp_path: Path) -> None:
    code, said = await run(server, tmp_path, DISCORD_TOKEN="not-the-token")
    assert (code, said.count("\n")) == (2, 1)
    assert "DISCORD_TOKEN" in said
    assert "not-the-token" not in said


@pytest.mark.parametrize("intent", ["message_content", "guild_members"])
async def test_an_intent_that_is_switched_off_is_one_sentence(
    server: DiscordServer, tmp_path: Path, intent: str
) -> None:
    Campus(server.world)
    setattr(server.world.application, intent, False)
    code, said = await run(server, tmp_path)
    assert (code, said.count("\n")) == (2, 1), said
    assert "Message Content Intent" in said


async def test_a_discord_that_is_not_there_is_one_sentence(server: DiscordServer, tmp_path: Path) -> None:
    await server.go_down()
    code, said = await run(server, tmp_path)
    await server.come_back()
    assert (code, said.count("\n")) == (1, 1), said
    assert "cannot be reached" in said


async def test_a_wrong_model_is_one_sentence_before_anything_is_connected(
    tmp_path: Path, server: DiscordServer
) -> None:
    code, said = await run(server, tmp_path, CROSSING_GUARD_MODEL="bert", DISCORD_TOKEN="not-the-token")
    assert (code, said.count("\n")) == (2, 1), said
    assert "CROSSING_GUARD_MODEL: must be" in said


async def test_a_taken_address_is_one_sentence(server: DiscordServer, tmp_path: Path) -> None:
    Campus(server.world)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = await run(server, tmp_path, CROSSING_GUARD_HTTP=f"127.0.0.1:{taken.getsockname()[1]}")
    assert (code, said.count("\n")) == (2, 1), said
    assert "CROSSING_GUARD_HTTP" in said


def _with(child: Child, **settings: str) -> object:
    environment = child._environment() | settings
    return lambda: environment
