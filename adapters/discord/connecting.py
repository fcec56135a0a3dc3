"""Opens the connection to Discord and closes it; says in one sentence why that cannot be."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord

from adapters.discord.address import api_at
from adapters.discord.asking import asking
from adapters.discord.client import Client, until_ready
from adapters.discord.permissions import invite_link
from adapters.discord.platform import DiscordPlatform
from bot.errors import CrossingGuardError, PlatformError, SettingsError

log = logging.getLogger(__name__)

PORTAL = "https://discord.com/developers/applications"
FIRST = 180.0
"""Seconds until the bot must be logged in, and again until its shards must be up."""
A_SHARD = 10.0
"""Seconds more for each shard of a process that has several: Discord lets them in five seconds apart."""
GOODBYE = 3.0
"""Seconds that closing may take."""
READY_AFTER = 2.0
"""Seconds without another server after which a new session counts as complete."""

_WRONG_TOKEN = f"Discord refuses the token in DISCORD_TOKEN: copy it again from your application at {PORTAL} (Bot)."
_NO_INTENTS = (
    "Discord does not let the bot read messages yet: switch on “Server Members Intent” and “Message Content Intent” "
    f"for your application at {PORTAL} (Bot)."
)
# The library's debug lines repeat every message that comes and goes, tokens too: they are never written.
logging.getLogger("discord").setLevel(logging.WARNING)

_AUTHENTICATION_FAILED, _DISALLOWED_INTENTS = 4004, 4014
"""Close codes of Discord's gateway."""


@asynccontextmanager
async def open_discord(
    token: str, *, api_url: str | None = None, shards: str | None = None, ready_after: float = READY_AFTER
) -> AsyncIterator[DiscordPlatform]:
    """Connect, and yield the platform once every server is known; leaving closes the connection.

    `shards` is written like `0-3/16`: the first, the last, and how many there are in all. Raise `SettingsError` when
    Discord refuses the token or an intent, `PlatformError` when it cannot be reached.
    """
    ids, count = _shards(shards)
    with api_at(api_url):
        client = Client(ids, count, ready_after, api_url)
        connecting: asyncio.Task[None] | None = None
        try:
            await _log_in(client, token)
            connecting = asyncio.create_task(client.connect(), name="connection to Discord")
            connecting.add_done_callback(lambda task: _ended(client, task))
            await _come_up(client, connecting, FIRST + len(ids or ()) * A_SHARD)
            if not client.guilds and client.application_id is not None:
                log.warning("The bot is in no server yet. Add it with %s", invite_link(client.application_id))
            yield DiscordPlatform(client)
        finally:
            await _close(client, connecting)


async def _log_in(client: Client, token: str) -> None:
    if not re.fullmatch(r"[!-~]{1,512}", token):
        raise SettingsError(_WRONG_TOKEN)
    try:
        async with asyncio.timeout(FIRST):
            await client.login(token)
    except discord.LoginFailure as error:
        raise SettingsError(_WRONG_TOKEN) from error
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        raise PlatformError(f"Discord cannot be reached ({type(error).__name__}); is the network up?") from error


async def _come_up(client: Client, connecting: asyncio.Task[None], patience: float) -> None:
    try:
        async with asyncio.timeout(patience):
            await until_ready(client, connecting)
    except TimeoutError as error:
        raise PlatformError("Discord did not let the bot in in time; start it again later.") from error
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        raise _failure(error) from error


def _ended(client: Client, connecting: asyncio.Task[None]) -> None:
    """Have whoever listens know that the connection is over, and why."""
    error = None if connecting.cancelled() else connecting.exception()
    client.stream.end(None if error is None else _failure(error))


def _failure(error: BaseException) -> CrossingGuardError:
    """Return why the connection is over, as one sentence."""
    code = error.code if isinstance(error, discord.ConnectionClosed) else None
    if isinstance(error, discord.PrivilegedIntentsRequired) or code == _DISALLOWED_INTENTS:
        return SettingsError(_NO_INTENTS)
    if code == _AUTHENTICATION_FAILED:
        return SettingsError(_WRONG_TOKEN)
    return PlatformError(f"Discord ended the connection ({type(error).__name__}, code {code}); start the bot again.")


async def _close(client: Client, connecting: asyncio.Task[None] | None) -> None:
    """Close politely, but not for long; then whatever is left."""
    await client.dialogue.close()
    client.line.close()
    try:
        await asking("close the connection", client.close(), GOODBYE)
    except PlatformError as error:
        log.info("%s", error)
    await client.http.close()
    if connecting is not None:
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)


def _shards(told: str | None) -> tuple[range | None, int | None]:
    if told is None:
        return None, None
    own, _, count = told.partition("/")
    first, _, last = own.partition("-")
    return range(int(first), int(last) + 1), int(count)
