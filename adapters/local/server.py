"""Serving the page: one HTTP server on the loopback address, a few fixed files, and one WebSocket for each page."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import PurePath

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from adapters.local.door import CLOSED, ENTRANCE, LONGEST_HEAD, PAPER, Door, Tickets
from adapters.local.live import TRY_AGAIN_LATER, Page
from adapters.local.platform import LocalPlatform
from adapters.local.texts import page_texts, spoken_in
from adapters.local.world import World
from bot.errors import UsageError

LOOPBACK = "127.0.0.1"
MOST_PAGES = 16
"""Pages that may be open at the same time."""
TOO_MANY = "too many pages"
"""Why a page more is sent away, as the page's script reads it."""
MOST_BYTES = 256 << 10
"""Bytes of one message from a page: the longest text a person may write, in its longest encoding, and a little more."""
GOODBYE = 2
"""Seconds that open pages are given when the server stops."""

MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class Served(LocalPlatform):
    """A local platform whose page is open to visitors."""

    def __init__(self, world: World, address: str, tickets: Tickets) -> None:
        super().__init__(world, address)
        self._tickets = tickets

    def link(self) -> str:
        """Return a new address that opens the page once; whoever opens it first has it."""
        return f"{self.address}{ENTRANCE}?token={self._tickets.link()}"


@asynccontextmanager
async def serve(world: World, *, host: str = LOOPBACK, port: int = 8765) -> AsyncIterator[Served]:
    """Serve the page for `world` while the block runs; port 0 takes any free one.

    Raise `UsageError` when `host` is not this machine alone, or the port is taken.
    """
    with _bound(host, port) as listening:
        port = listening.getsockname()[1]
        tickets = Tickets()
        platform = Served(world, f"http://{LOOPBACK}:{port}", tickets)
        server = _Server(_configured(_application(platform, port, tickets)))
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield platform
        finally:
            platform.close()
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """uvicorn, leaving the signals to the program around it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def _configured(app: Door) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http="h11",
        ws="websockets-sansio",
        ws_max_size=MOST_BYTES,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        timeout_graceful_shutdown=GOODBYE,
    )


def _bound(host: str, port: int) -> socket.socket:
    try:
        is_here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = False
    if not is_here or ":" in host:
        raise UsageError(f"The page is for this machine only: use {LOOPBACK} as its address.")
    if port not in range(1 << 16):
        raise UsageError(f"Port {port} cannot be used; choose one below 65536 with --port.")
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError as error:
        raise UsageError(f"Port {port} cannot be used; choose another with --port.") from error


def _application(platform: LocalPlatform, port: int, tickets: Tickets) -> Door:
    files = _files()
    pages: set[Page] = set()

    async def enter(request: Request) -> Response:
        session = tickets.redeem(request.query_params.get("token", ""))
        if session is None:
            return HTMLResponse(CLOSED, 401)
        response = RedirectResponse("/", 303)
        response.set_cookie(door.cookie, session, httponly=True, samesite="strict", path="/")
        return response

    async def read(request: Request) -> Response:
        content, media = files[request.url.path]
        return Response(content, media_type=media)

    async def calendar(request: Request) -> Response:
        account = request.query_params.get("person", "")
        language = spoken_in(request.query_params.get("language", "en"))
        page = await platform.calendar(account, language) if platform.calendar is not None else None
        if page is None:
            return PlainTextResponse(page_texts(language)["refused.calendar"], 403)
        return HTMLResponse(page)

    async def live(web_socket: WebSocket) -> None:
        page = Page(platform, web_socket, web_socket.query_params.get("language", "en"))
        if len(pages) >= MOST_PAGES:
            # Only an accepted line can be told why it is closed.
            await web_socket.accept()
            await web_socket.close(TRY_AGAIN_LATER, TOO_MANY)
            return
        pages.add(page)
        try:
            await page.serve()
        finally:
            pages.discard(page)

    routes = [
        Route(ENTRANCE, enter),
        *(Route(path, read) for path in files),
        Route(PAPER, calendar),
        WebSocketRoute("/live", live),
    ]
    door = Door(Starlette(routes=routes), port, tickets)
    return door


def _files() -> Mapping[str, tuple[bytes, str]]:
    """Return every file of the page by its path, read once: no path of a request ever reaches the disk."""
    folder = resources.files("adapters.local").joinpath("static")
    files = {f"/static/{one.name}": (one.read_bytes(), MEDIA[PurePath(one.name).suffix]) for one in folder.iterdir()}
    return {**files, "/": files.pop("/static/index.html")}
