"""Slack as a `Platform`: its parts, put together and started, and closed again without leaving anything behind."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from slack_bolt.async_app import AsyncApp
from starlette.routing import Route

from adapters.slack import facts, history
from adapters.slack.app import make_app
from adapters.slack.calls import TIMEOUT, Calls, new_client
from adapters.slack.exchanges import Exchanges
from adapters.slack.hearing import Hearing
from adapters.slack.http import LOOK, Counts, Door, HttpLine
from adapters.slack.installing import Installer
from adapters.slack.interactions import Interactions
from adapters.slack.line import Line
from adapters.slack.pace import MINUTE, Pace
from adapters.slack.reading import PLATFORM
from adapters.slack.refusals import RefusedError
from adapters.slack.sending import Sending
from adapters.slack.socket import LONGEST_PAUSE, PING, Connector, SocketLine
from adapters.slack.tasks import Tasks
from adapters.slack.workspaces import Workspace, Workspaces
from bot.domain.comments import ChannelRef, Comment, CommentRef
from bot.errors import PlatformError, SettingsError
from bot.interface.cards import Card
from bot.interface.forms import Form
from bot.platform.capabilities import Capability
from bot.platform.events import Event, Interaction
from bot.platform.protocol import ChannelFacts, Delivery, Recipient, SeenChannel

log = logging.getLogger(__name__)

API = "https://slack.com/api/"
CAPABILITIES = frozenset(
    {
        Capability.FORM_PICKERS,
        Capability.PRIVATE_ANSWER,
        Capability.HOME_PAGE,
        Capability.PIN,
        Capability.LIST_MEMBERS,
    }
)
"""What the bot can always do; `REMOVE_COMMENT` is added where there is an administrator's token."""
LAST_WORK = 4.0
"""Seconds that work under way has left when the program ends."""


@dataclass(frozen=True, slots=True, repr=False)
class Options:
    """How to reach Slack. With an app token events come over Socket Mode, else over signed HTTP.

    `key` keeps revision marks the same over restarts; without one it is made of the bot token. `minute`, `ping` and
    `look` are in seconds; tests make them shorter.
    """

    bot_token: str | None
    app_token: str | None = None
    signing_secret: str | None = None
    admin_token: str | None = None
    api_url: str = API
    key: bytes | None = None
    timeout: float = TIMEOUT
    minute: float = MINUTE
    ping: float = PING
    look: float = LOOK


class SlackPlatform:
    """The app in its workspace. `start` connects; `close` ends everything within ten seconds."""

    def __init__(self, options: Options, installer: Installer | None = None) -> None:
        """Without a bot token, `installer` knows the workspaces that installed the app."""
        self._options = options
        self._installer = installer
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._tasks = Tasks()
        self._exchanges = Exchanges()
        put = self._events.put_nowait
        self._line = Line(put)
        self._key = options.key or _key_of(options.bot_token or (installer.client_secret if installer else ""))
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=options.timeout))
        self._workspaces = Workspaces(self._calls, installer.token if installer else None)
        self._sending = Sending(self._workspaces, self._session, options.timeout)
        hearing = Hearing(self._workspaces, put, line=self._line, tasks=self._tasks, key=self._key, gone=self._gone)
        interactions = Interactions(self._workspaces, self._exchanges, put, tasks=self._tasks, key=self._key)
        self._client = new_client(None, options.api_url, self._session, options.timeout)
        app = make_app(self._client, self._workspaces, hearing, interactions, options.signing_secret or "")
        self._door = Door(app, options.signing_secret) if options.signing_secret else None
        self._socket = self._socket_line(app)
        self._keeping: asyncio.Task[None] | None = None

    # --- life ---------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Connect. Where Slack cannot be reached now, go on trying; raise `SettingsError` for a token it refuses."""
        try:
            await self._enter()
            if self._socket is not None:
                await self._socket.connect()
        except PlatformError as error:
            log.warning("Slack cannot be reached yet, and it is tried again: %s", error)
        self._keeping = asyncio.create_task(self._keep(), name="keep the line to Slack")

    async def close(self) -> None:
        """End everything: take nothing more in, finish what is under way, close every connection."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()
        await self._tasks.close(LAST_WORK)
        for workspace in self._workspaces.all():
            await workspace.people.close()
        self._events.put_nowait(None)
        await self._session.close()

    def routes(self) -> list[Route]:
        """Return what the program's HTTP server serves for Slack."""
        routes = self._door.routes() if self._door is not None else []
        return routes + (self._installer.routes(self._client, self._workspaces.enter) if self._installer else [])

    @property
    def stands(self) -> bool:
        """Whether events come, as far as is known."""
        return self._line.up

    @property
    def counts(self) -> Counts:
        """How many signed requests came, and how many were forged."""
        return self._door.counts if self._door is not None else Counts()

    @property
    def limits(self) -> tuple[str, ...]:
        """What holds the bot back, a sentence each, for `doctor`."""
        held = any(workspace.calls.pace.unlisted for workspace in self._workspaces.all())
        return ("Slack lets this app read only 15 messages a minute; install it as an internal app.",) if held else ()

    # --- what the core asks -------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The platform's name in channel references."""
        return PLATFORM

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What people can have the bot do here."""
        return CAPABILITIES | ({Capability.REMOVE_COMMENT} if self._options.admin_token else frozenset())

    async def events(self) -> AsyncIterator[Event]:
        """Yield what happens, until the platform is closed."""
        while (event := await self._events.get()) is not None:
            yield event

    async def history(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        """Yield every comment still there that was posted or edited after `after`, oldest first, threads included."""
        workspace = await self._at(channel)
        async for comment in history.history(workspace, channel, after, self._key):
            yield comment

    async def read(self, ref: CommentRef) -> Comment | None:
        """Return a comment as it stands now, or nothing when it is gone."""
        return await history.read(await self._at(ref.channel), ref, self._key)

    async def deliver(self, card: Card, to: Recipient, language: str) -> Delivery:
        """Post a card to a channel or to one person."""
        self._must_be_up()
        return await self._sending.deliver(card, to, language)

    async def update(self, delivery: Delivery, card: Card, language: str) -> None:
        """Redraw a delivered card in place."""
        self._must_be_up()
        await self._sending.update(delivery, card, language)

    async def answer(self, interaction: Interaction, card: Card) -> None:
        """Answer the person alone."""
        await self._sending.answer(self._exchanges.of(interaction.handle), card)

    async def open_form(self, interaction: Interaction, form: Form) -> None:
        """Open a form for the person; raise `PlatformError` after 3 seconds or a second first answer."""
        await self._sending.open_form(self._exchanges.of(interaction.handle), form)

    async def remove_comment(self, ref: CommentRef, reason: str) -> None:  # noqa: ARG002
        """Remove a comment with the administrator's token; one that is gone already is done."""
        token = self._options.admin_token
        if token is None:
            raise PlatformError("A Slack bot may not remove other people's messages; please remove it by hand.")
        await self._at(ref.channel)
        try:
            await self._calls(token)("chat.delete", channel=ref.channel.channel, ts=ref.comment)
        except RefusedError as error:
            if error.code != "message_not_found":
                raise

    async def time_out_member(self, channel: ChannelRef, person: str, span: timedelta, reason: str) -> None:  # noqa: ARG002
        """Refuse: Slack has no time-outs."""
        raise PlatformError("Slack cannot keep a member from writing for a while.")

    async def remove_member(self, channel: ChannelRef, person: str, reason: str) -> None:  # noqa: ARG002
        """Refuse: the app asks for no such power."""
        raise PlatformError("The bot removes nobody from a Slack channel; please do it by hand.")

    async def pin(self, delivery: Delivery) -> None:
        """Pin a card that was posted in a channel."""
        await self._sending.pin(delivery)

    async def show_home(self, person: str, cards: Sequence[Card], language: str) -> None:
        """Draw a person's page of the bot."""
        await self._sending.show_home(person, cards, language)

    async def channels(self) -> tuple[SeenChannel, ...]:
        """Return every channel that the bot is in: it can read no others."""
        return tuple([seen for workspace in self._workspaces.all() for seen in await facts.channels(workspace)])

    async def members(self, channel: ChannelRef) -> frozenset[str]:
        """Return all who can read the channel, bots not."""
        return await facts.members(await self._at(channel), channel)

    async def inspect(self, channel: ChannelRef) -> ChannelFacts:
        """Look at a channel's privacy and at the bot's powers in it."""
        return await facts.inspect(await self._at(channel), channel)

    # --- parts --------------------------------------------------------------------------------------------------------

    def _calls(self, token: str) -> Calls:
        client = new_client(token, self._options.api_url, self._session, self._options.timeout)
        return Calls(client, Pace(self._options.minute), self._options.timeout)

    def _socket_line(self, app: AsyncApp) -> SocketLine | None:
        token = self._options.app_token
        if token is None:
            return None
        client = new_client(token, self._options.api_url, self._session, self._options.timeout)
        return SocketLine(Connector(app, token, client, self._calls(token), self._options.ping), self._line)

    async def _enter(self) -> None:
        """Enter the workspace of the bot token, or all that installed the app."""
        if self._options.bot_token is not None:
            await self._workspaces.enter(self._options.bot_token)
        for team in await self._installer.teams() if self._installer is not None else ():
            try:
                await self._workspaces.of(team)
            except PlatformError as error:
                log.warning("A Slack workspace cannot be read: %s", error)

    async def _keep(self) -> None:
        pause = 0.5
        while self._options.bot_token is not None and not self._workspaces.all():
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            try:
                await self._enter()
            except (PlatformError, SettingsError) as error:
                log.warning("Slack cannot be reached yet, and it is tried again: %s", error)
        if self._socket is not None:
            await self._socket.keep()
        else:
            await HttpLine(self._workspaces, self._line, self._options.look).keep()

    async def _gone(self, team: str) -> None:
        """Forget a workspace that took the app out; the one that the settings name may come back by itself."""
        if self._installer is not None:
            self._workspaces.leave(team)
            await self._installer.forget(team)

    async def _at(self, channel: ChannelRef) -> Workspace:
        self._must_be_up()
        return await self._workspaces.of(channel.workspace)

    def _must_be_up(self) -> None:
        if not self._line.up:
            raise PlatformError("The line to Slack is broken; it is tried again.")


def _key_of(token: str) -> bytes:
    return hmac.new(token.encode(), b"revision marks", hashlib.sha256).digest()
