"""Another address for Discord's API, for tests and for proxies. The only place that touches discord.py's insides.

discord.py has no setting for it: `Route.BASE` and `DiscordWebSocket.DEFAULT_GATEWAY` are class attributes, so the
address holds for the whole process while the block runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.errors import SettingsError
from bot.settings import over_tls_or_loopback


@contextmanager
def api_at(url: str | None) -> Iterator[None]:
    """Have discord.py call `url` (`https://host/api/v10`) while the block runs; without one, Discord itself."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    if url is not None:
        Route.BASE = url.rstrip("/")
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


def gateway_at(url: str, *, api: str) -> None:
    """Have new sessions open at the gateway that the API at `api` named; raise `SettingsError` if that is unsafe.

    A token must not travel in clear, so plain `ws` is taken only on this machine, and only where the API is plain too.
    """
    if not _is_safe(url) or (urlsplit(url).scheme == "ws" and urlsplit(api).scheme != "http"):
        raise SettingsError("DISCORD_API_URL names a gateway without encryption; it must begin with wss://.")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)


def _is_safe(url: str) -> bool:
    try:
        return urlsplit(over_tls_or_loopback(url)).scheme in ("ws", "wss")
    except ValueError:
        return False
