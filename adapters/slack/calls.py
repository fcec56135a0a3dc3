"""Calls of the Web API for one token: paced, with a timeout, and refused in one sentence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.needs import METHODS
from adapters.slack.pace import Pace
from adapters.slack.quiet import SILENT
from adapters.slack.refusals import RefusedError
from bot.errors import PlatformError

Json = dict[str, Any]

TIMEOUT = 10.0
"""Seconds that one request may take."""
TRIES = 5
BROKEN = 3
"""Tries after which a connection that breaks again and again is given up."""
MOST_WAIT = 120
"""Seconds of Slack's `Retry-After` that are borne; beyond that the call fails, and whoever asked tries later."""
_BREATH = 0.5
"""Seconds before a request whose connection broke is tried again."""


class Calls:
    """Asks Slack. `scopes` are those of the token, as Slack told with its last answer."""

    def __init__(self, client: AsyncWebClient, pace: Pace, timeout: float = TIMEOUT) -> None:
        self.pace = pace
        self.scopes: frozenset[str] = frozenset()
        self._client = client
        self._timeout = timeout

    async def __call__(self, method: str, *, at_once: bool = False, **arguments: Any) -> Json:
        """Return what a method answers; raise `RefusedError` or `PlatformError`.

        Rates are waited for and broken connections tried again where that is safe. `at_once` does neither: for what
        is too late in a moment.
        """
        tries, broken = (1 if at_once else TRIES), 0
        for number in range(1, tries + 1):
            if not at_once:
                await self.pace.wait(method)
            try:
                return await self._ask(method, arguments)
            except _BusyError as busy:
                if number == tries or busy.seconds > MOST_WAIT:
                    raise PlatformError(f"Slack is too busy for {method}; it is tried again later.") from None
                await asyncio.sleep(busy.seconds)
            except _BrokenError:
                broken += 1
                if number == tries or broken == BROKEN or not METHODS[method].repeatable:
                    raise PlatformError("Slack cannot be reached; check the network of this machine.") from None
                await asyncio.sleep(_BREATH)
        raise AssertionError("unreachable: the last try returns or raises")

    async def pages(self, method: str, items: str, limit: int, **arguments: Any) -> AsyncIterator[list[Json]]:
        """Yield the pages of a method that gives its `items` in parts of at most `limit`."""
        cursor = ""
        while True:
            answer = await self(method, limit=limit, cursor=cursor or None, **arguments)
            found = answer.get(items) or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            self.pace.looked_at(len(found), limit, more=bool(cursor))
            yield found
            if not cursor:
                return

    async def _ask(self, method: str, arguments: Json) -> Json:
        METHODS[method]  # whatever is called must stand in the table that the manifest is made of
        given = {name: value for name, value in arguments.items() if value is not None}
        nested = any(isinstance(value, list | dict) for value in given.values())
        body = {"json": given} if nested else {"data": {name: _form(value) for name, value in given.items()}}
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.api_call(method, **body)
        except SlackApiError as error:
            raise self._refusal(method, error) from None
        except (TimeoutError, aiohttp.ClientError, OSError):
            raise _BrokenError from None
        self._note(response)
        return response.data if isinstance(response.data, dict) else {}

    def _note(self, response: AsyncSlackResponse) -> None:
        told = response.headers.get("X-OAuth-Scopes")
        if told is not None:
            self.scopes = frozenset(scope.strip() for scope in str(told).split(",") if scope.strip())

    def _refusal(self, method: str, error: SlackApiError) -> Exception:
        response = error.response
        content = response.data if isinstance(getattr(response, "data", None), dict) else {}
        code = str(content.get("error", ""))
        if code == "ratelimited" or getattr(response, "status_code", 0) == 429:
            return _BusyError(_seconds(response.headers.get("Retry-After")))
        return RefusedError(method, code, str(content.get("needed", ""))) if code else _BrokenError()


class _BusyError(Exception):
    """Slack asks to come back in so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class _BrokenError(Exception):
    """There was no answer, or none that Slack's own program wrote."""


def new_client(token: str | None, base_url: str, session: aiohttp.ClientSession, timeout: float) -> AsyncWebClient:
    """Return a client that shares a session, says nothing to any log, and leaves trying again to `Calls`."""
    return AsyncWebClient(
        token=token, base_url=base_url, session=session, timeout=round(timeout), logger=SILENT, retry_handlers=[]
    )


def _form(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _seconds(told: object) -> int:
    return int(told) if isinstance(told, str) and told.isascii() and told.isdigit() and len(told) < 6 else 30
