"""Discord as a `Platform`."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import discord

from adapters.discord.asking import GoneError, asking, snowflake
from adapters.discord.client import Client
from adapters.discord.drawing_cards import Drawn, draw_card
from adapters.discord.facts import channel_at, facts_of, members_of, seen_channels
from adapters.discord.history import comments_of
from adapters.discord.limits import AUDIT_REASON, DAYS_OF_TIME_OUT, shortened
from adapters.discord.places import PLATFORM, located, place_of
from adapters.discord.reading import comment_of
from bot.domain.comments import ChannelRef, Comment, CommentRef
from bot.errors import PlatformError
from bot.interface.cards import Card
from bot.interface.forms import Form
from bot.platform.capabilities import Capability
from bot.platform.events import Event, Interaction
from bot.platform.protocol import ChannelFacts, Delivery, Recipient, SeenChannel

log = logging.getLogger(__name__)

CAPABILITIES = frozenset(
    {
        Capability.REMOVE_COMMENT,
        Capability.TIME_OUT_MEMBER,
        Capability.REMOVE_MEMBER,
        Capability.FORM_PICKERS,
        Capability.PRIVATE_ANSWER,
        Capability.PIN,
        Capability.LIST_MEMBERS,
    }
)


class DiscordPlatform:
    """A `Platform` over a connected client. Every call has a time limit and fails with one sentence."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @property
    def name(self) -> str:
        """The platform's name in channel references."""
        return PLATFORM

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the bot can do on Discord, where a server gives it the permissions."""
        return CAPABILITIES

    def events(self) -> AsyncIterator[Event]:
        """Yield what happens, until the connection is closed; raise `PlatformError` when Discord ends it for good."""
        return self.client.stream.events()

    # --- reading ------------------------------------------------------------------------------------------------------

    async def history(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        """Yield what stands of a channel and its threads since `after`, oldest first; see `history.py`."""
        async for comment in comments_of(channel_at(self.client, channel), after, self._me):
            yield comment

    async def read(self, ref: CommentRef) -> Comment | None:
        """Return a comment as it stands now, or nothing when it is gone."""
        guild = self.client.get_guild(snowflake(ref.channel.workspace))
        messages_in, number = located(ref)
        channel: object = None if guild is None else guild.get_channel_or_thread(messages_in)
        try:
            if channel is None:  # a thread that was put away
                channel = await asking("find a thread", self.client.fetch_channel(messages_in))
            place = place_of(channel)
            if place is None or place.ref != ref.channel or not isinstance(channel, discord.abc.Messageable):
                return None
            return comment_of(await asking("read a comment", channel.fetch_message(number)), place)
        except GoneError:
            return None

    async def channels(self) -> tuple[SeenChannel, ...]:
        """Return every channel that the bot may read, in every server that it is in."""
        return seen_channels(self.client.guilds)

    async def members(self, channel: ChannelRef) -> frozenset[str]:
        """Return everybody who can read a channel, its owner and administrators too."""
        return await members_of(channel_at(self.client, channel))

    async def inspect(self, channel: ChannelRef) -> ChannelFacts:
        """Return a channel's privacy, who administers it, and what the bot lacks."""
        return await facts_of(channel_at(self.client, channel))

    # --- showing ------------------------------------------------------------------------------------------------------

    async def deliver(self, card: Card, to: Recipient, language: str) -> Delivery:
        """Post a card to a person or in a channel; in a forum it becomes a post of its own."""
        drawn, nonce = draw_card(card, language), _nonce(card, to, language)
        if to.person is not None:
            person = discord.Object(snowflake(to.person))
            direct = await asking("open direct messages", self.client.create_dm(person))
            return await _sent(direct, drawn, nonce)
        if to.channel is None:
            raise PlatformError("A card goes to one person or to one channel.")
        channel = channel_at(self.client, to.channel)
        if isinstance(channel, discord.ForumChannel):
            return await _posted(channel, drawn)
        return await _sent(channel, drawn, nonce)

    async def update(self, delivery: Delivery, card: Card, language: str) -> None:
        """Redraw a delivered card in place; one that people have deleted is left alone."""
        drawn = draw_card(card, language)
        edit = self._message(delivery).edit(content=drawn.content, embed=drawn.embed, view=drawn.view)
        try:
            await asking("redraw a card", edit)
        except GoneError:
            log.warning("A card that was to be redrawn has been deleted on Discord.")

    async def answer(self, interaction: Interaction, card: Card) -> None:
        """Answer the person alone."""
        await self.client.dialogue.answer(interaction.handle, card)

    async def open_form(self, interaction: Interaction, form: Form) -> None:
        """Open a form as the first answer."""
        await self.client.dialogue.open_form(interaction.handle, form)

    async def pin(self, delivery: Delivery) -> None:
        """Pin a card that was posted in a channel."""
        await asking("pin a card", self._message(delivery).pin())

    async def show_home(self, person: str, cards: Sequence[Card], language: str) -> None:  # noqa: ARG002
        """Refuse: Discord has no page of a bot's own."""
        raise PlatformError("Discord has no home pages; cards go to the person's direct messages.")

    # --- acting, at a person's word -----------------------------------------------------------------------------------

    async def remove_comment(self, ref: CommentRef, reason: str) -> None:
        """Delete a comment, the reason in the server's audit log; one that is gone already is done."""
        messages_in, number = located(ref)
        delete = self.client.http.delete_message(messages_in, number, reason=_reason(reason))
        try:
            await asking("remove a comment", delete)
        except GoneError:
            log.info("A comment that was to be removed is gone already.")

    async def time_out_member(self, channel: ChannelRef, person: str, span: timedelta, reason: str) -> None:
        """Keep a person from writing in the server for `span`, at most the 28 days that Discord allows."""
        guild, number = self._guild(channel), snowflake(person)
        member = guild.get_member(number)
        if member is None:
            member = await asking("find a member", guild.fetch_member(number))
        until = min(span, timedelta(days=DAYS_OF_TIME_OUT) - timedelta(minutes=1))
        await asking("time a member out", member.timeout(until, reason=_reason(reason)))

    async def remove_member(self, channel: ChannelRef, person: str, reason: str) -> None:
        """Take a person out of the server: Discord has channels within it, but no members of a channel alone.

        Who has left already is out.
        """
        guild, member = self._guild(channel), discord.Object(snowflake(person))
        try:
            await asking("remove a member", guild.kick(member, reason=_reason(reason)))
        except GoneError:
            log.info("A member who was to be removed has left already.")

    # --- inside -------------------------------------------------------------------------------------------------------

    @property
    def _me(self) -> int:
        return 0 if self.client.user is None else self.client.user.id

    def _guild(self, channel: ChannelRef) -> discord.Guild:
        guild = self.client.get_guild(snowflake(channel.workspace))
        if guild is None:
            raise PlatformError("The bot is not in this Discord server: invite it with its invite link.")
        return guild

    def _message(self, delivery: Delivery) -> discord.PartialMessage:
        messages_in = self.client.get_partial_messageable(snowflake(delivery.channel))
        return messages_in.get_partial_message(snowflake(delivery.message))


async def _sent(channel: discord.abc.Messageable, drawn: Drawn, nonce: str | None) -> Delivery:
    more: dict[str, Any] = {} if nonce is None else {"nonce": nonce}
    if drawn.view is not None:
        more["view"] = drawn.view
    message = await asking("post a card", channel.send(content=drawn.content, embed=drawn.embed, **more))
    return Delivery(str(message.channel.id), str(message.id))


async def _posted(forum: discord.ForumChannel, drawn: Drawn) -> Delivery:
    name = shortened(drawn.embed.title or "Crossing Guard", 100)
    view = discord.utils.MISSING if drawn.view is None else drawn.view
    post = forum.create_thread(name=name, content=drawn.content, embed=drawn.embed, view=view)
    made = await asking("post a card in a forum", post)
    return Delivery(str(made.thread.id), str(made.message.id))


def _nonce(card: Card, to: Recipient, language: str) -> str | None:
    """Return what tells this delivery from others: Discord posts one card for it, however often it is asked to.

    The same card with the same buttons for the same recipient, a few minutes later, is a retry after a lost answer. A
    card without buttons may say the same thing twice on purpose.
    """
    if not card.buttons:
        return None
    return hashlib.blake2b(repr((card, to, language)).encode("utf-8", "replace"), digest_size=12).hexdigest()


def _reason(reason: str) -> str:
    return shortened(reason, AUDIT_REASON)
