"""From a request to a route and back: tokens, bodies, limits, trouble, refusals, and the log of it all."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.platforms.discord import drawing, errors
from tests.platforms.discord.traffic import Asked, Traffic, answer, too_many
from tests.platforms.discord.values import Json
from tests.platforms.discord.world import World

BASE = "/api/v10"
_KEPT = ("Content-Type", "User-Agent", "X-Audit-Log-Reason")


@dataclass
class Call:
    """A request that reached its route. `path` holds the ids in its path as numbers, `token` an interaction's."""

    world: World
    path: dict[str, int]
    query: dict[str, str]
    body: Any = None
    reason: str | None = None
    files: list[Json] = field(default_factory=list)
    token: str = ""

    def limit(self, usual: int, most: int) -> int:
        """Return how many entries of a list are asked for; refused beyond the bounds."""
        asked = int(self.query.get("limit", usual))
        if not 1 <= asked <= most:
            wrong = {"code": "NUMBER_TYPE_RANGE", "message": f"int value should be between 1 and {most}."}
            raise errors.invalid({"limit": {"_errors": [wrong]}})
        return asked

    def mark(self, name: str) -> int | None:
        """Return an id in the query, if it is there."""
        return int(self.query[name]) if name in self.query else None


Handler = Callable[[Call], Any]


@dataclass(frozen=True)
class Route:
    """One thing that can be asked: method, path, what answers, and whether it needs the bot's token."""

    method: str
    path: str
    handler: Handler
    open: bool = False

    @property
    def name(self) -> str:
        """The route as limits name it."""
        return f"{self.method} {self.path}"


class Routes:
    """A list of routes, filled by decorators."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def on(self, method: str, *paths: str, needs_token: bool = True) -> Callable[[Handler], Handler]:
        """Have a function answer these paths: with its value, or with 204 for `None`."""

        def add(handler: Handler) -> Handler:
            self.all += [Route(method, path, handler, not needs_token) for path in paths]
            return handler

        return add


def application(world: World, traffic: Traffic, routes: list[Route]) -> web.Application:
    """Return the routes as an application; whatever else is asked is answered with 404, and stands in the log."""
    app = web.Application(client_max_size=32 * 1024 * 1024)
    for route in sorted(routes, key=lambda route: route.path.count("{")):  # fixed words before ids
        app.router.add_route(route.method, BASE + route.path, _served(world, traffic, route))
    nothing = Route("*", "/{rest}", _nothing, open=True)
    app.router.add_route("*", BASE + "/{rest:.*}", _served(world, traffic, nothing))
    return app


def _nothing(call: Call) -> None:
    raise errors.ApiError(404, 0, "404: Not Found")


def _served(world: World, traffic: Traffic, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        asked = await _logged(request, route, traffic)
        fault = traffic.struck(request)
        if fault is not None:
            await asyncio.sleep(fault.seconds)
            if fault.cut and not fault.after:
                return _cut_off(request)
        if fault is not None and fault.status is not None:
            asked.status = fault.status
            if fault.status == 429:
                traffic.refused += 1
                return too_many({}, fault.retry_after, everywhere=fault.everywhere)
            return answer(fault.status, {"message": f"{fault.status}: trouble", "code": 0}, {})
        headers, wait, everywhere = traffic.take(route.name, _major(request))
        if wait is not None:
            traffic.refused += 1
            asked.status = 429
            return too_many(headers, wait, everywhere=everywhere)
        asked.status, body = await _carried_out(world, route, request, asked)
        if fault is not None and fault.cut:
            return _cut_off(request)
        return answer(asked.status, body, headers)

    return serve


async def _carried_out(world: World, route: Route, request: web.Request, asked: Asked) -> tuple[int, Any]:
    try:
        if not route.open and request.headers.get("Authorization") != f"Bot {world.token}":
            raise errors.unauthorized()
        call = _call(world, request, asked)
        result = route.handler(call)
        body = await result if asyncio.iscoroutine(result) else result
    except errors.ApiError as refusal:
        return refusal.status, refusal.payload
    return (204, None) if body is None else (200, body)


async def _logged(request: web.Request, route: Route, traffic: Traffic) -> Asked:
    headers = {name: request.headers[name] for name in _KEPT if name in request.headers}
    reason = request.headers.get("X-Audit-Log-Reason")
    path = request.path.removeprefix(BASE)
    query = dict(request.query)
    asked = Asked(request.method, path, route.name, query, headers, time.monotonic())
    asked.reason = None if reason is None else unquote(reason)
    traffic.asked.append(asked)
    if request.content_type.startswith("multipart/"):
        asked.body = await _multipart(request)
    elif raw := await request.read():
        asked.body = json.loads(raw)
    return asked


async def _multipart(request: web.Request) -> Json:
    """Return the form of a request with files; of the files only names and sizes."""
    body: Json = {}
    files: list[Json] = []
    async for part in await request.multipart():
        content = await part.read()  # type: ignore[union-attr]
        if part.name == "payload_json":  # type: ignore[union-attr]
            body = json.loads(content)
        else:
            files.append({"filename": part.filename, "size": len(content)})  # type: ignore[union-attr]
    return body | {"files": files}


def _call(world: World, request: web.Request, asked: Asked) -> Call:
    path: dict[str, int] = {}
    for name, value in request.match_info.items():
        if name in ("token", "rest"):
            continue
        if not value.isdecimal() or len(value) > 20:
            wrong = {"code": "NUMBER_TYPE_COERCE", "message": f'Value "{value}" is not snowflake.'}
            raise errors.invalid({name: {"_errors": [wrong]}})
        path[name] = int(value)
    files = asked.body.pop("files", []) if isinstance(asked.body, dict) else []
    if asked.reason is not None and len(asked.reason) > 512:
        wrong = {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 512 or fewer in length."}
        raise errors.invalid({"reason": {"_errors": [wrong]}})
    drawn = [
        drawing.attachment(world.ids.make(), one["filename"], one["size"], "application/octet-stream") for one in files
    ]
    token = request.match_info.get("token", "")
    return Call(world, path, asked.query, asked.body, asked.reason, drawn, token)


def _major(request: web.Request) -> str:
    """Return what limits are counted by, beside the route."""
    info = request.match_info
    return ":".join(info[name] for name in ("channel", "guild", "webhook", "token") if name in info)


def _cut_off(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
