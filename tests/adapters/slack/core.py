"""A core that writes down what it is told, and answers as it is asked to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from adapters.slack.platform import Options, SlackPlatform
from bot.domain.comments import ChannelRef, Comment
from bot.platform.events import (
    ButtonPressed,
    ChannelChanged,
    CommandUsed,
    Deleted,
    Event,
    FormSubmitted,
    Interrupted,
    Posted,
    Resumed,
)
from tests.platforms.slack_server import SlackServer

T = TypeVar("T")
E = TypeVar("E")

PATIENCE = 60.0
PING = 2.0
"""Seconds between two looks at whether the connection lives; a busy machine must answer within half of it."""
TEAM = "T0LINCOLN"

Asked = CommandUsed | ButtonPressed | FormSubmitted
Reply = Callable[[Asked], Awaitable[None]]


class Core:
    """Hears one platform. `reply` is called with every interaction, as the desk would be."""

    def __init__(self, platform: SlackPlatform, slack: SlackServer) -> None:
        self.platform = platform
        self.slack = slack
        self.heard: list[Event] = []
        self.failed: list[BaseException] = []
        self.reply: Reply | None = None

    async def listen(self) -> None:
        async for event in self.platform.events():
            self.heard.append(event)
            if self.reply is not None and isinstance(event, CommandUsed | ButtonPressed | FormSubmitted):
                try:
                    await self.reply(event)
                except Exception as error:  # noqa: BLE001
                    self.failed.append(error)

    @property
    def comments(self) -> list[Comment]:
        return [event.comment for event in self.heard if isinstance(event, Posted)]

    @property
    def asked(self) -> list[Asked]:
        return [event for event in self.heard if isinstance(event, CommandUsed | ButtonPressed | FormSubmitted)]

    @property
    def news(self) -> list[ChannelChanged]:
        return [event for event in self.heard if isinstance(event, ChannelChanged)]

    @property
    def line(self) -> str:
        """The line's history: `-` for broken, `+` for back."""
        return "".join("-" if isinstance(e, Interrupted) else "+" for e in self.heard if _is_line(e))

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.heard if isinstance(event, kind)]

    async def until(self, condition: Callable[[], T]) -> T:
        async with asyncio.timeout(PATIENCE):
            while not (found := condition()):
                if self.failed:
                    raise self.failed.pop()
                await asyncio.sleep(0.01)
        return found

    async def settled(self) -> None:
        """Wait until everything that happened so far was told."""
        world, mark = self.slack.world, f"sentinel {len(self.heard)} {len(self.slack.calls)}"
        room = next(one for one in world.workspace.channels.values() if world.workspace.bot.id in one.members)
        author = next(one for one in world.workspace.users.values() if one.bot_id is None)
        await self.slack.happenings.drained()
        world.post(author.id, room.id, mark)
        await self.until(lambda: any(one.text == mark for one in self.comments))
        await asyncio.sleep(0.02)
        self.heard = [one for one in self.heard if not (isinstance(one, Posted) and one.comment.text == mark)]

    def deleted(self) -> list[str]:
        return [event.ref.comment for event in self.of(Deleted)]


def _is_line(event: Event) -> bool:
    return isinstance(event, Interrupted | Resumed)


def at(channel: str, team: str = TEAM) -> ChannelRef:
    return ChannelRef("slack", team, channel)


def options(slack: SlackServer, *, http: bool = False, **more: object) -> Options:
    way = {"signing_secret": slack.signing_secret} if http else {"app_token": slack.app_token}
    values = {"bot_token": slack.bot_token, "api_url": slack.api_url, "minute": 1.0, "ping": PING, "look": 0.2}
    return Options(**{**values, **way, **more})  # type: ignore[arg-type]


@asynccontextmanager
async def listening(slack: SlackServer, chosen: Options | None = None) -> AsyncIterator[Core]:
    """Run the adapter on a server, heard by a core; over signed HTTP where there is no app token."""
    platform = SlackPlatform(chosen or options(slack))
    core = Core(platform, slack)
    task = asyncio.create_task(core.listen())
    try:
        async with served(platform.routes()) as address:
            await platform.start()
            if address:
                slack.http.url = f"{address}/slack/events"
            await core.until(lambda: core.line == "-+" or not slack.service.up)
            yield core
    finally:
        await platform.close()
        await task
        for error in core.failed:
            raise error


@asynccontextmanager
async def served(routes: Sequence[BaseRoute]) -> AsyncIterator[str]:
    """Serve routes on loopback, as the program does; nothing where there are none."""
    if not routes:
        yield ""
        return
    app = Starlette(routes=list(routes))
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None, http="h11"))
    server.capture_signals = _no_signals  # type: ignore[assignment]
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


class _no_signals:  # noqa: N801
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...
