"""Signed HTTP: Slack posts events and interactions to the program's own address.

What is not signed by Slack, or was five minutes ago, is answered with 401 and counted. Slack does not say when it could
not reach this address, so the way to Slack is looked at now and then: where it was broken, the way back was, too.
"""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.internals import parse_body
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.slack.line import Line
from adapters.slack.needs import EVENTS_PATH
from adapters.slack.refusals import RefusedError
from adapters.slack.workspaces import Workspaces
from bot.errors import PlatformError

log = logging.getLogger(__name__)

LARGEST = 2_000_000
"""Bytes of a request that are read; Slack's are far smaller."""
LOOK = 30.0
"""Seconds between two looks at whether Slack can be reached."""
SAID = 100
"""So many forged requests are logged one by one, then one of so many: whoever sends them cannot fill the disk."""
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


@dataclass
class Counts:
    """Requests since the start, for `/metrics`: all of them, and those with a forged, stale or missing signature."""

    requests: int = 0
    forged: int = 0


class Door:
    """Takes Slack's requests in."""

    def __init__(self, app: AsyncApp, signing_secret: str) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self.counts = Counts()

    def routes(self) -> list[Route]:
        """Return what the program's HTTP server serves for Slack."""
        return [Route(EVENTS_PATH, self.take, methods=["POST"])]

    async def take(self, request: Request) -> Response:
        """Answer one request: 401 without a valid signature, 413 for one that is too large."""
        self.counts.requests += 1
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return Response("too large", status_code=413)
        if not self._is_signed(request, bytes(body)):
            self.counts.forged += 1
            if self.counts.forged <= SAID or self.counts.forged % SAID == 0:
                log.warning("A request to %s had no valid signature and was refused.", EVENTS_PATH)
            return Response("invalid request", status_code=401)
        if not _is_readable(request, bytes(body)):
            return Response("not understood", status_code=400)
        return to_starlette_response(await self._app.async_dispatch(to_async_bolt_request(request, bytes(body))))

    def _is_signed(self, request: Request, body: bytes) -> bool:
        """Whether Slack signed the body within the last five minutes; slack-bolt would parse before it looks."""
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not signature.isascii():
            return False
        try:
            return bool(self._verifier.is_valid(body, timestamp, signature))
        except UnicodeDecodeError:
            return False


def _is_readable(request: Request, body: bytes) -> bool:
    """Whether slack-bolt will find fields in the body."""
    try:
        return isinstance(parse_body(body.decode(), request.headers.get("Content-Type")), dict)
    except ValueError:
        return False


class HttpLine:
    """Looks at whether Slack can be reached, and tells the core's line when it could not."""

    def __init__(self, workspaces: Workspaces, line: Line, look: float = LOOK) -> None:
        self._workspaces = workspaces
        self._line = line
        self._look = look

    async def keep(self) -> None:
        """Keep looking until cancelled."""
        self._line.back()
        while True:
            await asyncio.sleep(self._look if self._line.up else min(self._look, 5.0))
            try:
                for workspace in self._workspaces.all()[:1]:
                    await workspace.calls("auth.test", at_once=True)
            except RefusedError as error:
                log.warning("%s", error)
            except PlatformError:
                self._line.lost()
                continue
            self._line.back()
