"""What the bot shows: cards posted and redrawn, answers to one person, forms, home pages, pins."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.blocks import draw_card, notification
from adapters.slack.exchanges import RESPONSE, TRIGGER, Exchange
from adapters.slack.home import draw_home
from adapters.slack.inert import Json
from adapters.slack.quiet import SILENT
from adapters.slack.refusals import RefusedError
from adapters.slack.views import draw_answer, draw_form
from adapters.slack.workspaces import Workspace, Workspaces
from bot.errors import PlatformError
from bot.interface.cards import Card
from bot.interface.forms import Form
from bot.platform.protocol import Delivery, Recipient

log = logging.getLogger(__name__)

_SEPARATOR = ":"
_AS_IT_IS: Json = {"parse": "none", "link_names": False}
"""Nothing in a message's text is looked at for names or links."""
_STILL: Json = {"unfurl_links": False, "unfurl_media": False, "mrkdwn": False}
"""Nothing in a new message unfolds or changes its look."""


class Sending:
    """Draws and sends. Every call raises `PlatformError` when Slack refuses or does not answer."""

    def __init__(self, workspaces: Workspaces, session: aiohttp.ClientSession, timeout: float) -> None:
        self._workspaces = workspaces
        self._session = session
        self._timeout = timeout

    async def deliver(self, card: Card, to: Recipient, language: str) -> Delivery:
        """Post a card to a channel, or to a person in the conversation with the bot."""
        if to.channel is not None:
            workspace, place = await self._workspaces.of(to.channel.workspace), to.channel.channel
        else:
            place = to.person or ""
            workspace = await self._workspaces.of_person(place)
        answer = await self._post(workspace, place, card, language)
        return Delivery(f"{workspace.team}{_SEPARATOR}{answer['channel']}", str(answer["ts"]))

    async def update(self, delivery: Delivery, card: Card, language: str) -> None:
        """Redraw a card where it stands; one that people have deleted is left alone."""
        workspace, channel = await self._place(delivery)
        drawn = {**_message(card, language), **_AS_IT_IS}
        try:
            await workspace.calls("chat.update", channel=channel, ts=delivery.message, **drawn)
        except RefusedError as error:
            if error.code != "message_not_found":
                raise
            log.warning("A card that was to be redrawn has been deleted on Slack.")

    async def pin(self, delivery: Delivery) -> None:
        """Pin a card; one that is pinned already stays so."""
        workspace, channel = await self._place(delivery)
        try:
            await workspace.calls("pins.add", channel=channel, timestamp=delivery.message)
        except RefusedError as error:
            if error.code != "already_pinned":
                raise

    async def show_home(self, person: str, cards: Sequence[Card], language: str) -> None:
        """Draw a person's home page."""
        workspace = await self._workspaces.of_person(person)
        await workspace.calls("views.publish", user_id=person, view=draw_home(cards, language))

    async def answer(self, exchange: Exchange, card: Card) -> None:
        """Answer a person alone: where the form was, below what they did, or in the conversation with the bot."""
        for way in (self._in_its_view, self._respond, self._whisper, self._open):
            if await way(exchange, card):
                return
        await self._post(exchange.workspace, exchange.user, card, exchange.language)

    async def open_form(self, exchange: Exchange, form: Form) -> None:
        """Open a form for a person, on top of the modal that they act in."""
        view = draw_form(form, exchange.language, exchange.channel)
        if exchange.acknowledge_with(view):
            return
        method = "views.push" if exchange.view else "views.open"
        await exchange.workspace.calls(method, at_once=True, trigger_id=exchange.take_trigger(), view=view)

    async def _post(self, workspace: Workspace, place: str, card: Card, language: str) -> Json:
        return await workspace.calls(
            "chat.postMessage", channel=place, **_message(card, language), **_AS_IT_IS, **_STILL
        )

    async def _in_its_view(self, exchange: Exchange, card: Card) -> bool:
        if not exchange.view:
            return False
        view = draw_answer(card, exchange.language)
        if exchange.acknowledge_with(view):
            return True
        try:
            await exchange.workspace.calls("views.update", view_id=exchange.view, view=view)
        except RefusedError:
            return False  # the person has closed it
        return True

    async def _respond(self, exchange: Exchange, card: Card) -> bool:
        """Answer through the interaction's own address, which works also where the bot is no member."""
        if exchange.age > RESPONSE or not _is_safe(exchange.response_url):
            return False
        hook = AsyncWebhookClient(
            exchange.response_url,
            session=self._session,
            timeout=round(self._timeout),
            logger=SILENT,
            retry_handlers=[],
        )
        content = {**_message(card, exchange.language), "response_type": "ephemeral", "replace_original": False}
        try:
            response = await hook.send_dict(content)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
        return bool(response.status_code == 200)

    async def _whisper(self, exchange: Exchange, card: Card) -> bool:
        if not exchange.channel or exchange.view:
            return False
        whisper = {"channel": exchange.channel, "user": exchange.user, **_message(card, exchange.language)}
        try:
            await exchange.workspace.calls("chat.postEphemeral", **whisper, **_AS_IT_IS)
        except RefusedError:
            return False  # the bot, or the person, is not in that channel
        return True

    async def _open(self, exchange: Exchange, card: Card) -> bool:
        """Answer a press on the home page, which is no place to answer in, with a modal."""
        if exchange.view or exchange.channel or exchange.opened or exchange.age > TRIGGER:
            return False
        view = draw_answer(card, exchange.language)
        try:
            await exchange.workspace.calls("views.open", at_once=True, trigger_id=exchange.take_trigger(), view=view)
        except PlatformError:
            return False
        return True

    async def _place(self, delivery: Delivery) -> tuple[Workspace, str]:
        team, separator, channel = delivery.channel.partition(_SEPARATOR)
        if not separator:
            raise PlatformError("This card was not delivered on Slack.")
        return await self._workspaces.of(team), channel


def _message(card: Card, language: str) -> Json:
    return {"text": notification(card, language), "blocks": draw_card(card, language)}


def _is_safe(address: str) -> bool:
    """Whether an answer may go to a response address: over TLS, or to this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))
