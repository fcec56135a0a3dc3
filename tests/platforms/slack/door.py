"""The Web API's door: faults, tokens, scopes and limits, before a method sees anything; and the log."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from aiohttp import web

from tests.platforms.slack import chatting, installing, listing, reading, viewing
from tests.platforms.slack.calls import METHODS, Call, Entry, read_arguments
from tests.platforms.slack.faults import Fault
from tests.platforms.slack.values import Called, Grant, Json, SlackError, named

if TYPE_CHECKING:
    from tests.platforms.slack.service import Service

SERVED = (chatting, installing, listing, reading, viewing)
"""The modules whose methods are served."""

_SECRET = frozenset({"client_secret", "code"})


class Door:
    """Answers `/api/METHOD`."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a call, well or badly as the faults that wait for it have it."""
        name = request.match_info["method"]
        arguments: Json = {}
        fault = self._service.faults.meets(name)
        grant = Grant("app")
        headers: dict[str, str] = {}
        try:
            arguments, token = await read_arguments(request)
            if fault is not None and (broken := await self._broken(fault, request)) is not None:
                self._note(name, arguments, grant, "fault", broken.status)
                return broken
            entry = self._entry(name)
            grant = self._grant(entry, token)
            headers = {"X-OAuth-Scopes": named(grant.scopes), "X-Accepted-OAuth-Scopes": named(entry.scopes)}
            self._limit(name, entry, grant, arguments)
            content: Json = {"ok": True} | await entry.run(self._call(name, entry, grant, arguments))
        except SlackError as refusal:
            content = {"ok": False, "error": refusal.error, **refusal.more}
        error, wait = content.get("error"), content.pop("retry_after", None)
        if wait is not None:
            headers["Retry-After"] = str(wait)
        status = 429 if error == "ratelimited" else 200
        self._note(name, arguments, grant, error, status)
        return web.json_response(content, status=status, headers=headers)

    async def _broken(self, fault: Fault, request: web.Request) -> web.Response | None:
        """Return what a fault answers in the method's place, `None` when it only takes time."""
        if fault.kind == "storm":
            raise SlackError("ratelimited", retry_after=int(fault.number))
        if fault.kind == "error":
            raise SlackError(fault.error)
        if fault.kind == "slow":
            await asyncio.sleep(fault.number)
            return None
        if fault.kind == "reset" and request.transport is not None:
            request.transport.abort()
        return web.Response(status=int(fault.number) or 500, text="upstream connect error", content_type="text/html")

    def _entry(self, name: str) -> Entry:
        if name not in METHODS:
            raise SlackError("unknown_method", req_method=name)
        return METHODS[name]

    def _grant(self, entry: Entry, token: str) -> Grant:
        if not entry.kinds:
            return Grant("app")
        grant = self._service.grant(token)
        if grant.kind not in entry.kinds:
            raise SlackError("not_allowed_token_type")
        return grant

    def _limit(self, name: str, entry: Entry, grant: Grant, arguments: Json) -> None:
        channel = str(arguments.get("channel", ""))
        wait = self._service.limits.wait(name, entry.tier, grant.team, channel)
        if wait is not None:
            raise SlackError("ratelimited", retry_after=wait)

    def _call(self, name: str, entry: Entry, grant: Grant, arguments: Json) -> Call:
        workspaces = self._service.workspaces
        workspace = workspaces[grant.team] if grant.team else next(iter(workspaces.values()))
        call = Call(self._service, name, arguments, grant, workspace)
        call.need(*entry.scopes)
        return call

    def _note(self, name: str, arguments: Json, grant: Grant, error: str | None, status: int) -> None:
        shown = {key: value for key, value in arguments.items() if key not in _SECRET}
        self._service.calls.append(Called(name, shown, error, status, grant.team, time.time()))
