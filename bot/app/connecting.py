"""Opens the platforms that are set up. Adapters are imported only when wanted: `--help` starts at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module

from starlette.routing import BaseRoute

from bot.errors import SettingsError
from bot.platform.protocol import Platform
from bot.settings import Settings
from bot.store import Store

_NONE = "No platform is set up: set DISCORD_TOKEN or SLACK_BOT_TOKEN (or their _FILE forms)."


@dataclass(frozen=True, slots=True)
class Connection:
    """A connected platform, whether its line stands just now, and what it serves over HTTP (`CROSSING_GUARD_HTTP`).

    `figures` are its own counts for `/metrics`, by name: what came in over HTTP, what was forged.
    """

    platform: Platform
    stands: Callable[[], bool]
    routes: tuple[BaseRoute, ...] = ()
    figures: Callable[[], Mapping[str, int]] = dict


Opener = Callable[[Settings, Store], AbstractAsyncContextManager[Connection]]
"""Connects one platform while the block runs; raises `SettingsError` for what is missing or refused."""


@asynccontextmanager
async def discord_platform(settings: Settings, _store: Store) -> AsyncIterator[Connection]:
    """Connect to Discord while the block runs."""
    opening = import_module("adapters.discord.connecting")
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    opened = opening.open_discord(token, api_url=settings.discord_api_url, shards=settings.shards)
    async with opened as platform:
        yield Connection(platform, lambda: platform.client.line.stands)


def slack_platform(settings: Settings, store: Store) -> AbstractAsyncContextManager[Connection]:
    """Connect to Slack while the block runs."""
    opening = import_module("bot.app.connecting_slack")
    opened: AbstractAsyncContextManager[Connection] = opening.slack_platform(settings, store)
    return opened


def chosen(settings: Settings) -> tuple[Opener, ...]:
    """Return how to open each platform that is set up; raise `SettingsError` when there is none."""
    found: list[Opener] = []
    if settings.discord_token is not None:
        found.append(discord_platform)
    if settings.slack_bot_token is not None or settings.slack_client_id is not None:
        found.append(slack_platform)
    if not found:
        raise SettingsError(_NONE)
    return tuple(found)


@asynccontextmanager
async def connected(settings: Settings, store: Store) -> AsyncIterator[tuple[Connection, ...]]:
    """Connect every platform that is set up, and close them all when the block ends."""
    async with AsyncExitStack() as stack:
        yield tuple([await stack.enter_async_context(opener(settings, store)) for opener in chosen(settings)])
