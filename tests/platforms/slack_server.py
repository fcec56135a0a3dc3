"""A local server that speaks Slack's protocol: Web API, Socket Mode, signed HTTP, interactions, and what goes wrong.

How to use it::

    async with SlackServer() as slack:
        world = slack.world                                    # the workspace "Lincoln High School", T0LINCOLN
        student = world.add_person("Xochitl")                  # ids: U…; admin=True, locale="es-US", guest=True
        room = world.add_channel("room-12", [student])         # C…; private=True; with_bot=False
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        app = AsyncApp(client=client)
        await AsyncSocketModeHandler(app, slack.app_token).connect_async()
        at = world.post(student, room, "hello @Maya & <all>")  # At(channel, ts); thread=at, files=["image"], at=…
        world.edit(at, "hello"); world.delete(at)
        done = await world.shortcut(student, at)               # message menu entry `report_comment`
        done = await world.submit(student, done.view, {"what": "…"})        # fields by action id or block id
        done = await world.command(student, room, "/guard-queue")
        done = await world.press(student, At(channel, ts), "cg:acknowledge")  # value="…" where action ids repeat
        world.direct_messages(student); world.bot_messages(room); world.seen_by(student); world.home(student)

- Happenings (`post`, `edit`, `join`, …) return at once, and the app is told in order. Interactions wait for the app's
  acknowledgement; what they came to is in the `Exchange`: `acknowledged` (`None`: not within three seconds), `views`,
  `answers` (through the response address). Ephemeral answers are in `seen_by`.
- Signed HTTP instead of Socket Mode: `slack.http.url = "http://127.0.0.1:8080/slack/events"`. `slack.http.post(body,
  secret=…, age=…, headers=…)` forges, ages and replays; `slack.http.posted` has every request with its answer.
- Things that go wrong: `slack.faults` (storm, fail, slow, reset, refuse), `slack.limits` (enforced, unlisted),
  `slack.socket` (say_goodbye, drop, deaf), `slack.happenings` (repeat, disturbed, rate_limited),
  `await slack.go_down()` and `await slack.come_back()` (connections refused; people go on writing; the app is not told,
  unless `await slack.service.redeliver_lost()` tells it late).
- The school of `school.py`: `Campus(slack)` in `tests/platforms/slack/campus.py`.
- `slack.patience` holds Slack's deadlines in seconds, `slack.calls` the log of the Web API without tokens.
- Manifest: `SlackServer(manifest=…)` grants and sends only what the manifest asks for.
- OAuth: `slack.add_world(…)` makes a second workspace; `slack.authorize(world, user)` gives the code for
  `oauth.v2.access`; `slack.uninstall(world)` ends it. `slack.admin_token(user)` is a user token that may delete.

Run alone: `python -m tests.platforms.slack_server --port 8002` serves the school until Ctrl-C.
"""

from __future__ import annotations

import argparse
import asyncio
from types import TracebackType

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.platforms.school import School
from tests.platforms.slack.campus import Campus
from tests.platforms.slack.dealings import At
from tests.platforms.slack.door import Door
from tests.platforms.slack.elements import NotSentError
from tests.platforms.slack.faults import Faults, Limits
from tests.platforms.slack.happenings import Happenings
from tests.platforms.slack.interactions import Exchange
from tests.platforms.slack.service import Service
from tests.platforms.slack.signed_http import SignedHttp
from tests.platforms.slack.socket_mode import SocketMode
from tests.platforms.slack.values import App, Called, Ephemeral, Json, Patience, View
from tests.platforms.slack.world import World

__all__ = ["App", "At", "Called", "Ephemeral", "Exchange", "NotSentError", "SlackServer", "View", "World"]

TEAM = "T0LINCOLN"


class SlackServer:
    """Slack on loopback, with one workspace in which the app is installed."""

    def __init__(self, *, port: int = 0, manifest: Json | None = None, team: str = TEAM) -> None:
        self.app = App()
        if manifest is not None:
            self.app.follow(manifest)
        self.service = Service(self.app)
        self.world = self.add_world(team, "Lincoln High School")
        self.bot_token = self.service.install(self.world.workspace)
        self._port = port
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    # --- addresses and secrets ----------------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """The server's address, without a slash at its end."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """The base of the Web API, as `SLACK_API_URL` wants it."""
        return f"{self.address}/api/"

    @property
    def app_token(self) -> str:
        """The token for Socket Mode."""
        return self.app.app_token

    @property
    def signing_secret(self) -> str:
        """The secret that requests to the app are signed with."""
        return self.app.signing_secret

    # --- parts --------------------------------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """What goes wrong with the next calls."""
        return self.service.faults

    @property
    def limits(self) -> Limits:
        """How much the app may call."""
        return self.service.limits

    @property
    def patience(self) -> Patience:
        """How long Slack waits."""
        return self.service.patience

    @property
    def socket(self) -> SocketMode:
        """The connections of Socket Mode."""
        return self.service.socket

    @property
    def http(self) -> SignedHttp:
        """The requests to the app's own address."""
        return self.service.http

    @property
    def happenings(self) -> Happenings:
        """The events on their way to the app."""
        return self.service.happenings

    @property
    def calls(self) -> list[Called]:
        """The log of the Web API, oldest first."""
        return self.service.calls

    def called(self, method: str) -> list[Called]:
        """Return the calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    # --- workspaces ---------------------------------------------------------------------------------------------------

    def add_world(self, team: str, name: str) -> World:
        """Make another workspace; the app is not installed there."""
        return World(self.service, self.service.add_workspace(team, name))

    def authorize(self, world: World, user: str) -> str:
        """Have a person agree to install the app; return the code that their browser brings back."""
        return self.service.authorize(world.workspace, user)

    def uninstall(self, world: World) -> None:
        """Have somebody take the app out of a workspace."""
        self.service.uninstall(world.workspace)

    def admin_token(self, user: str, world: World | None = None) -> str:
        """Return a person's user token with the app's user scopes."""
        return self.service.user_token((world or self.world).workspace, user)

    # --- life ---------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Listen on loopback; the port is chosen unless one was asked for."""
        app = web.Application(middlewares=[self._gate])
        app.router.add_route("*", "/api/{method}", Door(self.service).answer)
        app.router.add_get("/link", self.socket.serve)
        app.router.add_post("/actions/{team}/{key}", self.service.interactions.respond)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await self._listen()

    async def close(self) -> None:
        """Stop listening and leave nothing behind."""
        await self.service.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def go_down(self) -> None:
        """Answer nothing any more, then tear every connection; people go on writing, and the app is not told.

        What happened before is still heard: the connections stay until it is acknowledged.
        """
        assert self._site is not None
        await self.happenings.drained()
        self.service.up = False
        await self._site.stop()
        await self.socket.quiet()
        self.socket.drop()

    async def come_back(self) -> None:
        """Listen again at the same address."""
        self.service.up = True
        await self._listen()

    async def __aenter__(self) -> SlackServer:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _listen(self) -> None:
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await self._site.start()
        self._port = int(self._runner.addresses[-1][1])
        self.service.address = self.address

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Tear connections that were kept open while the server is down."""
        if not self.service.up and request.transport is not None:
            request.transport.abort()
        return await handler(request)


async def serve(port: int) -> None:
    """Serve the school until cancelled; print how to reach it, and the school as a site file."""
    async with SlackServer(port=port) as slack:
        place = Campus(slack).place
        lines = {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
        }
        for name, value in lines.items():
            print(f"{name}={value}")  # noqa: T201
        print(School().site_file(place), flush=True)  # noqa: T201
        await asyncio.Event().wait()


def main() -> None:
    """Run the server alone."""
    parser = argparse.ArgumentParser(description="Slack's protocol on loopback, for trying an app without Slack.")
    parser.add_argument("--port", type=int, default=8002)
    try:
        asyncio.run(serve(parser.parse_args().port))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
