"""Signed HTTP: events, interactions and commands posted to the app's own address, with Slack's signature."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp

from tests.platforms.slack.values import Json

if TYPE_CHECKING:
    from tests.platforms.slack.service import Service

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Posted:
    """A request to the app, and what it answered: status 0 when there was no answer in time."""

    body: str
    headers: Mapping[str, str]
    status: int
    answer: str
    seconds: float
    final: bool
    """Whether the app asked that it should not come again."""

    @property
    def said(self) -> Json:
        """The answer as an acknowledgement's content."""
        if not self.answer:
            return {}
        try:
            content = json.loads(self.answer)
        except ValueError:
            return {"text": self.answer}
        return content if isinstance(content, dict) else {}


class SignedHttp:
    """Posts to `url`, which a test sets. `posted` has every request with its answer, oldest first."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""
        self.posted: list[Posted] = []

    async def send(self, payload: Json) -> None:
        """Post an event; post it again, with a number and a reason, when the app does not take it in time."""
        task = asyncio.create_task(self._deliver(json.dumps(payload)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.sleep(0)

    async def ask(self, kind: str, payload: Json) -> Json | None:
        """Post an interaction or a command; return what the app answered, `None` if it did not well and in time."""
        body = urlencode(payload if kind == "slash_commands" else {"payload": json.dumps(payload)})
        posted = await self.post(body, FORM_TYPE)
        return posted.said if posted.status == 200 else None

    async def verify_address(self) -> bool:
        """Ask the app whether the address is its own, as Slack does when it is entered."""
        challenge = secrets.token_hex(8)
        asked = {"type": "url_verification", "challenge": challenge, "token": self._service.app.verification_token}
        posted = await self.post(json.dumps(asked))
        return posted.status == 200 and challenge in posted.answer

    async def post(
        self,
        body: str,
        kind: str = JSON_TYPE,
        *,
        secret: str | None = None,
        age: float = 0.0,
        retry: tuple[int, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Posted:
        """Post a body signed now; another `secret` forges it, `age` in seconds makes it stale.

        `headers` replace what would be sent: those of an earlier request replay it, an empty value leaves one out.
        """
        timestamp = str(int(time.time() - age))
        sent = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(secret or self._service.app.signing_secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if retry is not None:
            sent |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        sent = {name: value for name, value in (sent | dict(headers or {})).items() if value}
        posted = await self._post(body, sent)
        self.posted.append(posted)
        return posted

    def taken(self, words: str) -> Posted | None:
        """Return the latest request with these words that the app has taken; others may come between."""
        return next((one for one in reversed(self.posted) if words in one.body and one.status == 200), None)

    async def close(self) -> None:
        """End everything."""
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))
        if self._session is not None:
            await self._session.close()

    async def _deliver(self, body: str) -> None:
        posted = await self.post(body)
        for number, pause in enumerate(self._service.patience.redeliver, start=1):
            if 200 <= posted.status < 300 or posted.final:
                return
            await asyncio.sleep(pause)
            posted = await self.post(body, retry=(number, "http_error" if posted.status else "http_timeout"))

    async def _post(self, body: str, headers: Mapping[str, str]) -> Posted:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        began = time.monotonic()
        patience = aiohttp.ClientTimeout(total=self._service.patience.acknowledgement)
        try:
            async with self._session.post(self.url, data=body.encode(), headers=headers, timeout=patience) as answer:
                text = await answer.text()
                final = answer.headers.get("X-Slack-No-Retry") == "1"
                return Posted(body, headers, answer.status, text, time.monotonic() - began, final)
        except (TimeoutError, aiohttp.ClientError):
            return Posted(body, headers, 0, "", time.monotonic() - began, final=False)


def signature(secret: str, timestamp: str, body: str) -> str:
    """Return Slack's signature of a request, version 0."""
    content = f"v0:{timestamp}:{body}".encode()
    return f"v0={hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()}"
