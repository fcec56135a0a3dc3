"""A small Discord on loopback: REST v10 and gateway as discord.py 2.7 needs them, and hands for what people do.

In a test:

    async with DiscordServer() as server:
        campus = Campus(server.world)                  # tests/platforms/discord/campus.py: the school, with ids
        # bot: DISCORD_TOKEN=server.token, DISCORD_API_URL=server.api_url; loopback, plain http and ws
        said = server.world.post(campus.people["student"], campus.rooms["class"], "hello", attachments=["image"])
        server.world.edit(said, "hello again")         # MESSAGE_UPDATE; delete, delete_many, pin, open_thread, join …
        used = server.hands.choose(campus.people["friend"], said, "Report to school")       # run, press, select
        await used.answered()                          # used.modal, used.messages, used.kind, used.seconds
        sent = server.hands.submit(used, {"what": "…"})
        receipt = await sent.message()                 # a Message: content, embeds, components, buttons, is_ephemeral
        server.world.messages_for(campus.people["principal"])      # the bot's direct messages, as they stand now
        server.world.cards_in(campus.rooms["office"])

What happens is done at once, in order; only waiting for the bot is awaited. Trouble on demand:

    server.traffic.be_real()                           # Discord's rate limits instead of none
    server.traffic.storm(20, retry_after=0.1)          # the next 20 requests are answered with 429 (everywhere=True)
    server.traffic.fault("/messages", method="POST", status=503, times=2)      # also seconds=…, cut=True, after=True
    await server.gateway.drop(); await server.gateway.drop(4000)               # cut the socket; close it with a code
    server.gateway.ask_to_reconnect(); server.gateway.invalidate()             # op 7; op 9
    server.gateway.resumes = False; server.gateway.acks = False                # refuse RESUME; leave heartbeats alone
    await server.go_down(); await server.come_back()   # REST and gateway refuse connections; people go on writing
    server.hands.shows_all = True                      # commands that Discord would hide from people are shown
    server.world.application.message_content = False   # a privileged intent that was not switched on
    server.world.permit(channel, target, deny=Permission.VIEW_CHANNEL)         # 403 from now on
    campus.people["principal"].accepts_messages = False                        # closed direct messages: 403, 50007

`server.traffic.asked` has every request (method, path, body, audit-log reason, status; never the token), and
`server.world.commands` the commands that the bot registered. What Discord would refuse, such as an embed of 26 fields
or a modal's title of 46 letters, is refused with 400, code 50035 and the place of the mistake.

`tests/platforms/discord/client.py` shows how discord.py is pointed here: `Route.BASE` for REST, and
`DiscordWebSocket.DEFAULT_GATEWAY` too, where it goes whenever a session cannot be resumed.

By itself, with the school on it and until Ctrl-C: `python -m tests.platforms.discord_server --port 8001`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from types import TracebackType

from aiohttp import web

from tests.platforms.discord import routes_messages, routes_people, routes_places
from tests.platforms.discord.campus import Campus
from tests.platforms.discord.gateway import Gateway
from tests.platforms.discord.interactions import Interactions
from tests.platforms.discord.routes_interactions import answering
from tests.platforms.discord.routing import BASE, Call, Routes, application
from tests.platforms.discord.traffic import Traffic
from tests.platforms.discord.values import Json
from tests.platforms.discord.world import World

HOST = "127.0.0.1"


class DiscordServer:
    """The server, from entering it until leaving it. `port` 0 takes a free one; it is kept when going down."""

    def __init__(self, world: World | None = None, *, port: int = 0, shards: int = 1) -> None:
        self.world = world or World()
        self.traffic = Traffic()
        self.gateway = Gateway(self.world, lambda: self.gateway_url)
        self.hands = Interactions(self.world)
        self.shards = shards
        self.port = port
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.token

    @property
    def api_url(self) -> str:
        """The address of the API, as `DISCORD_API_URL` takes it."""
        return f"http://{HOST}:{self.port}{BASE}"

    @property
    def gateway_url(self) -> str:
        """The address of the gateway, as `/gateway/bot` gives it."""
        return f"ws://{HOST}:{self.port}/gateway"

    async def __aenter__(self) -> DiscordServer:
        routes = self._gateway_routes().all + answering(self.hands).all
        routes += routes_messages.routes.all + routes_people.routes.all + routes_places.routes.all
        app = application(self.world, self.traffic, routes)
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await self.come_back()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.go_down()
        assert self._runner is not None
        await self._runner.cleanup()

    async def go_down(self, code: int | None = None) -> None:
        """Refuse connections, and cut those that stand; with a code, the gateway tells what it had to tell before.

        Sessions are kept: see `gateway.forget`.
        """
        if self._site is not None:
            await self._site.stop()
            self._site = None
        assert self._runner is not None
        assert self._runner.server is not None
        for connection in self._runner.server.connections:
            if connection.transport is not None and not self.gateway.is_line(connection.transport):
                connection.transport.abort()
        await self.gateway.drop(code)

    async def come_back(self) -> None:
        """Take connections again, at the same port, unless they are taken."""
        if self._site is not None:
            return
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, HOST, self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[0][1]

    def _gateway_routes(self) -> Routes:
        routes = Routes()

        @routes.on("GET", "/gateway/bot")
        def gateway_bot(call: Call) -> Json:
            limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
            return {"url": self.gateway_url, "shards": self.shards, "session_start_limit": limit}

        @routes.on("GET", "/gateway", needs_token=False)
        def gateway(call: Call) -> Json:
            return {"url": self.gateway_url}

        return routes


async def serve(port: int) -> None:
    """Serve the school until cancelled, and print what a bot needs to come in."""
    async with DiscordServer(port=port) as server:
        campus = Campus(server.world)
        print(f"DISCORD_API_URL={server.api_url}\nDISCORD_TOKEN={server.token}\nguild {campus.guild.id}")  # noqa: T201
        for name, channel in campus.rooms.items():
            print(f"#{name} {channel.id}")  # noqa: T201
        for name, person in campus.people.items():
            print(f"{name} {person.id}")  # noqa: T201
        await asyncio.Event().wait()


def main() -> None:
    """Run the server by itself."""
    parser = argparse.ArgumentParser(description="A small Discord on loopback, with a school on it.")
    parser.add_argument("--port", type=int, default=8001)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
