"""The connection: discord.py's events become the core's.

`AutoShardedClient`, because it costs nothing with one shard and opens as many as Discord advises. No command
tree and no views: commands, buttons and forms are read raw from their ids, so that they work after a restart and
nothing of them stays in memory. No message cache: what a message said before is the business of evidence.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import discord
from discord.utils import utcnow

from adapters.discord.address import gateway_at
from adapters.discord.asking import ClosedError, GoneError, asking
from adapters.discord.commands import register
from adapters.discord.facts import administers, readable_channels
from adapters.discord.interactions import Dialogue
from adapters.discord.line import Line
from adapters.discord.moderating import moderated
from adapters.discord.permissions import INTENTS
from adapters.discord.places import Place, place_of, ref_of
from adapters.discord.reading import comment_of, person_of
from adapters.discord.standing import Standing
from adapters.discord.stream import Stream
from adapters.discord.used import language_of, used
from bot.domain.comments import ChannelRef, Comment
from bot.errors import PlatformError
from bot.platform.events import ChannelChanged, ChannelNews, Deleted, MemberJoined, Posted, Resumed

log = logging.getLogger(__name__)

discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot never listens to voices

MOST_PLACES = 5000
"""Threads that are remembered when Discord's own memory has let them go."""


class Client(discord.AutoShardedClient):
    """Tells `stream` what happens. `dialogue` has what people wait to be answered."""

    def __init__(self, shards: range | None, shard_count: int | None, ready_timeout: float, api: str | None) -> None:
        own: dict[str, Any] = {} if shards is None else {"shard_ids": list(shards), "shard_count": shard_count}
        super().__init__(
            intents=INTENTS,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=ready_timeout,
            **own,
        )
        self.stream = Stream()
        self.dialogue = Dialogue()
        self.line = Line(self.stream.put)
        self._standing = Standing()
        self._places: OrderedDict[int, Place | None] = OrderedDict()
        self._unavailable: dict[int, datetime] = {}
        self._api = api

    async def setup_hook(self) -> None:
        """Register the commands, and learn where sessions are opened, before any is."""
        if self._api is not None:
            _, gateway, _ = await self.http.get_bot_gateway()
            gateway_at(gateway, api=self._api)
        await register(self)

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """Log what went wrong with an event, without what people wrote."""
        kind = sys.exc_info()[0]
        log.error("An event of Discord (%s) was not understood (%s).", event_method, kind.__name__ if kind else "?")

    # --- comments -----------------------------------------------------------------------------------------------------

    async def on_message(self, message: discord.Message) -> None:
        """Somebody posted a message."""
        await self._read(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Somebody edited a message, however old; Discord tells all of it."""
        await self._read(payload.message)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message was deleted."""
        await self._deleted(payload.channel_id, payload.guild_id, (payload.message_id,))

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Many messages were deleted at once."""
        await self._deleted(payload.channel_id, payload.guild_id, sorted(payload.message_ids))

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """A thread was deleted: remember where it was, for the audit log's entry that follows."""
        self._remember(payload.thread_id, Place(payload.guild_id, payload.parent_id, payload.thread_id))

    async def _read(self, message: discord.Message) -> None:
        if self.user is not None and message.author.id == self.user.id:
            return
        guild = None if message.guild is None else message.guild.id
        try:
            place = place_of(message.channel) or await self._place(message.channel.id, guild)
        except PlatformError:
            # Nobody knows where it stands: history will have it in its place.
            self.stream.put(Resumed(message.created_at, utcnow()))
            return
        comment = None if place is None else comment_of(message, place)
        if comment is not None:
            self.stream.put(Posted(comment))

    async def _deleted(self, channel: int, guild: int | None, messages: Iterable[int]) -> None:
        try:
            place = await self._place(channel, guild)
        except PlatformError as error:
            log.warning("It is not known where a comment was deleted: %s", error)
            return
        if place is not None:
            for message in messages:
                self.stream.put(Deleted(place.comment(message), utcnow()))

    async def _place(self, channel: int, guild: int | None) -> Place | None:
        """Return where a channel or thread is; a thread that nobody remembers is asked for. Never direct messages.

        Return nothing when it is gone or closed to the bot; raise `PlatformError` when Discord does not answer.
        """
        if guild is None:
            return None
        home = self.get_guild(guild)
        known = None if home is None else place_of(home.get_channel_or_thread(channel))
        if known is not None or channel in self._places:
            return known or self._places[channel]
        try:
            found = place_of(await asking("find a thread", self.fetch_channel(channel)))
        except (GoneError, ClosedError):
            return None
        self._remember(channel, found)
        return found

    def _remember(self, channel: int, place: Place | None) -> None:
        self._places[channel] = place
        while len(self._places) > MOST_PLACES:
            self._places.popitem(last=False)

    # --- people -------------------------------------------------------------------------------------------------------

    async def on_member_join(self, member: discord.Member) -> None:
        """Somebody came into a server; who has yet to accept its rules reads nothing."""
        self._joined(member, frozenset() if member.pending else _read_by(member))

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """A member's roles changed: they, or the bot, may read more or less than before."""
        if before.roles == after.roles and before.pending == after.pending:
            return
        self._joined(after, _read_by(after) - (frozenset() if before.pending else _read_by(before)))
        administered = administers(before.guild_permissions), administers(after.guild_permissions)
        if after == after.guild.me or administered[0] != administered[1]:
            self._look_at(after.guild)

    def _joined(self, member: discord.Member, channels: frozenset[ChannelRef]) -> None:
        if channels and not member.bot:
            ordered = tuple(sorted(channels, key=lambda ref: int(ref.channel)))
            language = language_of(member.guild.preferred_locale)
            self.stream.put(MemberJoined(person_of(member), ordered, language))

    # --- channels -----------------------------------------------------------------------------------------------------

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is there: at the start, perhaps late, after a new session, or after an outage of its own."""
        self._look_at(guild, is_new=not self._standing.knows(guild))
        if since := self._unavailable.pop(guild.id, None):
            self.stream.put(Resumed(since, utcnow()))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was added to a server; at the start discord.py may say so of those that it is in already."""
        self._look_at(guild, is_new=not self.is_ready())

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        """A server has an outage: what happens in it is not told."""
        self._unavailable.setdefault(guild.id, utcnow())
        self._hold_back()

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server."""
        self._tell(self._standing.left(guild))

    async def on_guild_update(self, _before: discord.Guild, after: discord.Guild) -> None:
        """A server changed: its owner, or whether the public can find it."""
        self._look_at(after)

    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """What a role may do changed."""
        self._look_at(after.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """A role is gone, and what it let people do."""
        self._look_at(role.guild)

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was made."""
        self._look_at(channel.guild)

    async def on_guild_channel_update(self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """A channel's name changed, or who can read it."""
        self._look_at(after.guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel is gone."""
        self._look_at(channel.guild)

    async def on_audit_log_entry_create(self, entry: discord.AuditLogEntry) -> None:
        """Somebody removed comments or members; what the bot did itself is no news."""
        if self.user is None or entry.user_id != self.user.id:
            self._tell(moderated(entry, self._places))

    def _look_at(self, guild: discord.Guild, *, is_new: bool = False) -> None:
        """Have the core told what has changed in a server; one that is new to us is only taken note of."""
        news = self._standing.news_of(guild)
        if not is_new:
            self._tell(news)

    def _tell(self, news: Iterable[ChannelChanged]) -> None:
        told = list(news)
        for one in told:
            self.stream.put(one)
        if any(one.news is ChannelNews.ACCESS_LOST for one in told):
            self._hold_back()

    def _hold_back(self) -> None:
        """Have no channel pass for read that cannot be: the core asks for every history anew, and goes on asking.

        Those that can be read are soon done; one that cannot keeps its place until the bot may read it again.
        """
        self.stream.put(Resumed(utcnow(), utcnow()))

    # --- the line -----------------------------------------------------------------------------------------------------

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """A shard's line broke."""
        self.line.lost(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """A shard's session goes on: what was missed is told."""
        self.line.resumed(shard_id)

    async def on_shard_ready(self, shard_id: int) -> None:
        """A shard has a new session, and its servers are known."""
        self.line.renewed(shard_id)

    # --- what people do with the bot ----------------------------------------------------------------------------------

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Somebody used a command or a menu, pressed a button or sent a form."""
        event = used(interaction, self._chosen(interaction))
        if event is None:
            log.warning("Something was used that this version of the bot does not know (%s).", interaction.type)
            return
        self.dialogue.begin(interaction, event.interaction)
        self.stream.put(event)

    def _chosen(self, interaction: discord.Interaction[Any]) -> Comment | None:
        """Return the comment whose menu was opened: Discord sends it along, whatever channel it is in."""
        data: Mapping[str, Any] = interaction.data or {}
        sent = (data.get("resolved") or {}).get("messages", {}).get(data.get("target_id"))
        place = place_of(interaction.channel)
        if sent is None or place is None:
            return None
        channel: Any = interaction.channel
        return comment_of(discord.Message(state=self._connection, channel=channel, data=sent), place)


def _read_by(member: discord.Member) -> frozenset[ChannelRef]:
    channels = readable_channels(member.guild)
    return frozenset(ref_of(one) for one in channels if one.permissions_for(member).view_channel)


async def until_ready(client: Client, connecting: asyncio.Task[None]) -> None:
    """Wait until every shard is up; raise what ended the connection if it ended before."""
    ready = asyncio.create_task(client.wait_until_ready())
    try:
        await asyncio.wait([ready, connecting], return_when=asyncio.FIRST_COMPLETED)
        if connecting.done():
            connecting.result()
    finally:
        ready.cancel()
