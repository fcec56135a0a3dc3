"""Answers what people do with commands, menus, buttons and forms, within Discord's three seconds.

Promise: nobody reads “the application did not respond”. Whatever is not answered within `DEFER_AFTER` is deferred, seen
by the person alone, and the answer takes the place of the deferral. A form can only be the first answer, so it must be
opened before. Nothing is remembered of buttons and forms but their ids, so they work after a restart.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import discord

from adapters.discord.asking import asking
from adapters.discord.drawing_cards import draw_card
from adapters.discord.drawing_forms import draw_form
from bot.errors import PlatformError
from bot.interface.cards import Card
from bot.interface.forms import Form
from bot.platform.events import Interaction

log = logging.getLogger(__name__)

DEFER_AFTER = 1.2
"""Seconds; the rest of Discord's three is for the way there and back."""

PATIENCE = 15.0
"""Seconds that an answer may take on its way."""

_DEFERRED = discord.InteractionResponseType.deferred_channel_message

MOST = 2000
"""Interactions that are remembered; older ones are forgotten first. Discord takes answers for 15 minutes."""


@dataclass(eq=False)
class Exchange:
    """One thing that a person did, and what has come of it."""

    interaction: discord.Interaction[Any]
    language: str
    answered: bool = False
    """Whether the person was shown a card; until then a deferral waits for one to take its place."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Dialogue:
    """Every exchange under way, by its handle."""

    def __init__(self, defer_after: float = DEFER_AFTER) -> None:
        self._exchanges: OrderedDict[str, Exchange] = OrderedDict()
        self._defer_after = defer_after
        self._deferring: set[asyncio.Task[None]] = set()

    def begin(self, interaction: discord.Interaction[Any], asked: Interaction) -> None:
        """Remember what a person did, and see that they are answered in time."""
        exchange = self._exchanges[asked.handle] = Exchange(interaction, asked.language)
        while len(self._exchanges) > MOST:
            self._exchanges.popitem(last=False)
        task = asyncio.create_task(self._defer(exchange), name="defer")
        self._deferring.add(task)
        task.add_done_callback(self._deferring.discard)

    async def answer(self, handle: str, card: Card) -> None:
        """Answer the person alone; raise `PlatformError` when it is too late."""
        exchange = self._exchange(handle)
        async with exchange.turn:
            await asking("answer what a person did", _answered(exchange, card), PATIENCE)
            exchange.answered = True

    async def open_form(self, handle: str, form: Form) -> None:
        """Open a form as the first answer; raise `PlatformError` when there was one, or it is too late."""
        exchange = self._exchange(handle)
        async with exchange.turn:
            response = exchange.interaction.response
            if response.is_done():
                raise PlatformError("A form can only be the first answer to what a person did.")
            await asking("open a form", response.send_modal(draw_form(form, exchange.language)), PATIENCE)

    async def close(self) -> None:
        """Leave nothing behind."""
        for task in self._deferring:
            task.cancel()
        await asyncio.gather(*self._deferring, return_exceptions=True)

    def _exchange(self, handle: str) -> Exchange:
        exchange = self._exchanges.get(handle)
        if exchange is None:
            raise PlatformError("The answer came too late: the person has to try again.")
        return exchange

    async def _defer(self, exchange: Exchange) -> None:
        await asyncio.sleep(self._defer_after)
        async with exchange.turn:
            response = exchange.interaction.response
            if response.is_done():
                return
            try:
                await asking("defer an answer", response.defer(ephemeral=True, thinking=True), PATIENCE)
            except PlatformError as error:
                log.warning("%s", error)


def _answered(exchange: Exchange, card: Card) -> Coroutine[Any, Any, object]:
    """Return the call that shows a card: first answer, in place of the deferral, or one more message."""
    interaction, drawn = exchange.interaction, draw_card(card, exchange.language)
    if interaction.response.type is _DEFERRED and not exchange.answered:
        return interaction.edit_original_response(content=drawn.content, embed=drawn.embed, view=drawn.view)
    view = discord.utils.MISSING if drawn.view is None else drawn.view
    content = discord.utils.MISSING if drawn.content is None else drawn.content
    if interaction.response.is_done():
        return interaction.followup.send(content=content, embed=drawn.embed, view=view, ephemeral=True, wait=True)
    return interaction.response.send_message(content=drawn.content, embed=drawn.embed, view=view, ephemeral=True)
