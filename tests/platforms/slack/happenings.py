"""What the app is told of: who may hear it, how it is wrapped, and in which order it goes out."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.platforms.slack.values import Channel, Json
from tests.platforms.slack.workspace import Workspace

if TYPE_CHECKING:
    from tests.platforms.slack.service import Service

_MESSAGES = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}
_FREE = {"app_home_opened", "app_uninstalled", "tokens_revoked"}


class Happenings:
    """Sends events in the order in which they happened, unless a test holds them back."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._queue: asyncio.Queue[Json] = asyncio.Queue()
        self._held: list[Json] | None = None
        self._pump: asyncio.Task[None] | None = None
        self.sent: list[Json] = []

    def tell(self, workspace: Workspace, event: Json, channel: Channel | None = None) -> None:
        """Tell the app of something, if it may hear it: by its scopes, its subscriptions, and where its bot is."""
        scopes = self._service.bot_scopes(workspace)
        if scopes is None or (channel is not None and workspace.bot.id not in channel.members):
            return
        kind, scope = _named(event, channel)
        subscribed = self._service.app.events
        if (subscribed is not None and kind not in subscribed) or (scope is not None and scope not in scopes):
            return
        self.put(self.wrapped(workspace, event))

    def wrapped(self, workspace: Workspace, event: Json, origin: str | None = None) -> Json:
        """Return an event in its envelope, with an id of its own.

        `origin` is the workspace in which it happened, where that one shares a channel with `workspace`.
        """
        event.setdefault("event_ts", self._service.clock.ts())
        return {
            "token": self._service.app.verification_token,
            "team_id": origin or workspace.id,
            "context_team_id": workspace.id,
            "api_app_id": self._service.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": workspace.id,
                    "user_id": workspace.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": origin is not None,
            "event_context": f"4-{secrets.token_hex(8)}",
        }

    def rate_limited(self, workspace: Workspace) -> None:
        """Tell the app that it gets too many events, so that Slack leaves some of this minute out."""
        self.put(
            {
                "token": self._service.app.verification_token,
                "type": "app_rate_limited",
                "team_id": workspace.id,
                "minute_rate_limited": int(time.time()) // 60 * 60,
                "api_app_id": self._service.app.id,
            }
        )

    def put(self, payload: Json) -> None:
        """Send a payload, or keep it where a test holds events back."""
        self.sent.append(payload)
        if self._held is not None:
            self._held.append(payload)
            return
        self._queue.put_nowait(payload)
        if self._pump is None:
            self._pump = asyncio.create_task(self._work(), name="slack's events")

    def repeat(self, count: int = 1, *, last: int = 1) -> None:
        """Send the `last` events again, with their ids, `count` times."""
        for payload in self.sent[-last:] * count:
            self._queue.put_nowait(payload)

    @contextlib.contextmanager
    def disturbed(self, *, copies: int = 1, backwards: bool = True, lost: bool = False) -> Iterator[None]:
        """Hold back what happens inside, then send it the wrong way round, several times, or not at all."""
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            order = held[::-1] if backwards else held
            for payload in [] if lost else order * copies:
                self.put(payload)

    async def drained(self) -> None:
        """Wait until everything that happened is on its way."""
        await self._queue.join()

    async def close(self) -> None:
        """Send nothing more."""
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.wait([self._pump])

    async def _work(self) -> None:
        while True:
            payload = await self._queue.get()
            try:
                await self._service.deliver(payload)
            finally:
                self._queue.task_done()


def _named(event: Json, channel: Channel | None) -> tuple[str, str | None]:
    """Return what the app must have subscribed to for this event, and the scope it needs."""
    kind = str(event["type"])
    if kind == "message" and channel is not None:
        return _MESSAGES[channel.kind], f"{channel.family}:history"
    if kind in _FREE:
        return kind, None
    return kind, "users:read" if channel is None else f"{channel.family}:read"
