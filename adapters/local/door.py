"""The door of the page: this machine only, this page only, and only whoever came through the one-time link.

A page elsewhere on the web can make a browser call any address, so loopback alone protects nothing: the `Host` header
keeps out names that were made to point here (DNS rebinding), the `Origin` header keeps out other pages' scripts, and
the cookie keeps out other programs and people on the same machine.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ENTRANCE = "/enter"
PAPER = "/calendar"
"""A page to read and print: it brings its own style, and has no script at all."""
MOST_TOKENS = 32
"""Unused links, and sessions, that are remembered; older ones stop working first."""

LONGEST_HEAD = 16 << 10
"""Bytes of a request's headers."""

_PAPER_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

CLOSED = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Crossing Guard</title>
<h1>This page opens with its link</h1>
<p>Open the link that the terminal shows. Each link works once; start the demo again for a new one.</p>
<p lang="es">Abra el enlace que muestra la terminal. Cada enlace sirve una sola vez; inicie la demostración de nuevo
para obtener otro.</p></html>"""


class Tickets:
    """One-time links and the sessions that they open. Everything is forgotten when the program ends."""

    def __init__(self) -> None:
        self._links: list[str] = []
        self._sessions: list[str] = []

    def link(self) -> str:
        """Return a new token that opens one session, once."""
        return _remember(self._links)

    def redeem(self, token: str) -> str | None:
        """Return a new session for an unused token, which is dead from now on; nobody for any other."""
        found = _find(self._links, token)
        if found is None:
            return None
        self._links.remove(found)
        return _remember(self._sessions)

    def knows(self, session: str) -> bool:
        """Whether the session was opened by a link."""
        return _find(self._sessions, session) is not None


class Door:
    """ASGI middleware: refuses what may not come in, and sets the headers that keep the page to itself."""

    def __init__(self, app: ASGIApp, port: int, tickets: Tickets) -> None:
        self._app = app
        self._tickets = tickets
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._origins = frozenset(f"http://{host}" for host in self._hosts)
        self.cookie = f"crossing_guard_{port}"
        self._headers = _headers(self._hosts)
        self._paper_headers = self._headers | {"content-security-policy": _PAPER_POLICY}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = self._paper_headers if scope["path"] == PAPER else self._headers
                MutableHeaders(scope=message).update(headers)
            await send(message)

        refusal = self._refusal(scope, Headers(scope=scope))
        if refusal is None:
            await self._app(scope, receive, send_guarded)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(scope, receive, send_guarded)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        if sum(len(name) + len(value) for name, value in headers.raw) > LONGEST_HEAD:
            return PlainTextResponse("That is too much to ask at once.", 431)
        if len(hosts := headers.getlist("host")) != 1 or hosts[0] not in self._hosts:
            return PlainTextResponse("This address is not served here.", 421)
        is_socket = scope["type"] == "websocket"
        origins = headers.getlist("origin")
        if not set(origins) <= self._origins or (is_socket and len(origins) != 1):
            return PlainTextResponse("Other pages may not call this one.", 403)
        if not is_socket and (refusal := _more_than_reading(scope, headers)) is not None:
            return refusal
        if scope["path"] != ENTRANCE and not self._came_through_the_link(headers):
            return HTMLResponse(CLOSED, 401)
        return None

    def _came_through_the_link(self, headers: Headers) -> bool:
        # Cookies do not tell ports apart: what other programs of this machine set comes too, well formed or not.
        cookies = cookie_parser("; ".join(headers.getlist("cookie")))
        return self._tickets.knows(cookies.get(self.cookie, ""))


def _more_than_reading(scope: Scope, headers: Headers) -> Response | None:
    if scope["method"] not in {"GET", "HEAD"}:
        return PlainTextResponse("This page can only be read.", 405, {"allow": "GET, HEAD"})
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        return PlainTextResponse("This page takes no request body.", 413)
    return None


def _headers(hosts: Iterable[str]) -> dict[str, str]:
    sockets = " ".join(f"ws://{host}" for host in sorted(hosts))
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": f"'self' {sockets}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cache-control": "no-store",
    }


def _remember(tokens: list[str]) -> str:
    tokens.append(secrets.token_urlsafe(32))
    del tokens[:-MOST_TOKENS]
    return tokens[-1]


def _find(tokens: list[str], given: str) -> str | None:
    """Look a token up without telling by the time taken how much of it was right."""
    offered = given.encode()
    return next((token for token in list(tokens) if hmac.compare_digest(token.encode(), offered)), None)
