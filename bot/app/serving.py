"""What the running bot serves over HTTP: is it alive, is it ready, its figures, and what platforms send it.

`/healthz` says that the process runs, `/readyz` that every line stands and no channel is behind, `/metrics` gives
figures in Prometheus' text format (version 0.0.4). None of them says anything about people or what they wrote.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import __version__
from bot.app.connecting import Connection
from bot.app.guard import Parts
from bot.errors import SettingsError
from bot.store import Waiting

GOODBYE = 1
"""Seconds that requests in hand are given when the bot stops."""
MOST_HEAD = 16 << 10
"""Bytes of a request's line and headers."""
_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@asynccontextmanager
async def serve(address: str | None, parts: Parts, connections: Sequence[Connection]) -> AsyncIterator[None]:
    """Serve at `address` (`127.0.0.1:8080`) while the block runs, nothing without one.

    Raise `SettingsError` when the address cannot be had.
    """
    if address is None:
        yield
        return
    with _bound(address) as listening:
        server = _Server(_configured(application(parts, connections)))
        serving = asyncio.create_task(server.serve([listening]), name="serve")
        try:
            yield
        finally:
            server.should_exit = True
            await serving


def application(parts: Parts, connections: Sequence[Connection]) -> Starlette:
    """Return everything that is served, the platforms' own routes too."""

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("well\n")

    async def readyz(_request: Request) -> Response:
        down = [one.platform.name for one in connections if not one.stands()]
        behind = len(parts.intake.behind())
        if down or behind:
            return PlainTextResponse(f"lines down: {', '.join(down) or 'none'}; channels behind: {behind}\n", 503)
        return PlainTextResponse("ready\n")

    async def metrics(_request: Request) -> Response:
        return PlainTextResponse(await _figures(parts, connections), media_type=_TEXT)

    own = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
    return Starlette(routes=[*own, *(route for one in connections for route in one.routes)])


async def _figures(parts: Parts, connections: Sequence[Connection]) -> str:
    watched = sum(channel.watched for channel in parts.known.channels.values())
    lines = [
        "# HELP crossing_guard_info The version that runs.",
        "# TYPE crossing_guard_info gauge",
        f'crossing_guard_info{{version="{__version__}"}} 1',
        "# HELP crossing_guard_platform_up Whether the line to a platform stands.",
        "# TYPE crossing_guard_platform_up gauge",
        *(f'crossing_guard_platform_up{{platform="{one.platform.name}"}} {one.stands():d}' for one in connections),
        "# HELP crossing_guard_channels_watched Channels that are read.",
        "# TYPE crossing_guard_channels_watched gauge",
        f"crossing_guard_channels_watched {watched}",
        "# HELP crossing_guard_channels_behind Watched channels whose history is still to be read.",
        "# TYPE crossing_guard_channels_behind gauge",
        f"crossing_guard_channels_behind {len(parts.intake.behind())}",
        *_waiting(await parts.store.waiting(parts.clock())),
        *_counted(connections),
    ]
    return "\n".join(lines) + "\n"


def _waiting(found: Waiting | None) -> Iterator[str]:
    if found is None:
        return
    for name, count, meaning in (
        ("messages_late", found.late, "Messages to people that are more than 15 minutes late."),
        ("cases_untold", found.untold, "Cases of which nobody could be told."),
        ("days_unsigned", found.unsigned, "Days past their time that nobody signed."),
    ):
        yield f"# HELP crossing_guard_{name} {meaning}"
        yield f"# TYPE crossing_guard_{name} gauge"
        yield f"crossing_guard_{name} {count}"


def _counted(connections: Sequence[Connection]) -> Iterator[str]:
    for one in connections:
        for name, count in one.figures().items():
            yield f"# TYPE crossing_guard_{name}_total counter"
            yield f'crossing_guard_{name}_total{{platform="{one.platform.name}"}} {count}'


class _Server(uvicorn.Server):
    """uvicorn, leaving the signals to the program around it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def _configured(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http="h11",
        h11_max_incomplete_event_size=MOST_HEAD,
        timeout_graceful_shutdown=GOODBYE,
    )


def _bound(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, int(port)), family=family)
    except OSError as error:
        raise SettingsError(f"CROSSING_GUARD_HTTP: {address} cannot be had; choose another address.") from error
