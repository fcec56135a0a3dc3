"""What Discord says of channels and the people in them: who reads, who administers, what the bot may do (R13, R14)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import discord

from adapters.discord.asking import asking, snowflake
from adapters.discord.permissions import ADMINISTRATIVE, PERMISSIONS, READING, names
from adapters.discord.places import PLATFORM, Readable, ref_of
from bot.domain.comments import ChannelRef
from bot.errors import PlatformError
from bot.platform.protocol import ChannelFacts, Outsiders, SeenChannel


def channel_at(client: discord.Client, ref: ChannelRef) -> Readable:
    """Return the channel that the core names; raise `PlatformError` when the bot does not see it."""
    guild = client.get_guild(snowflake(ref.workspace)) if ref.platform == PLATFORM else None
    if guild is not None and guild.unavailable:
        raise PlatformError("This Discord server has an outage; its channels are read when it is over.")
    channel = None if guild is None else guild.get_channel(snowflake(ref.channel))
    if not isinstance(channel, Readable) or not may_read(channel):
        raise PlatformError(
            "The bot does not see this channel on Discord: invite it, and let its role view the channel."
        )
    return channel


def may_read(channel: Readable) -> bool:
    """Whether the bot may read the channel and its past."""
    return channel.permissions_for(channel.guild.me) >= READING


def readable_channels(guild: discord.Guild) -> Iterator[Readable]:
    """Yield the channels of a server that people write in."""
    for channel in guild.channels:
        if isinstance(channel, Readable):
            yield channel


def seen_channels(guilds: Iterable[discord.Guild]) -> tuple[SeenChannel, ...]:
    """Return every channel that the bot may read."""
    channels = (channel for guild in guilds for channel in readable_channels(guild))
    return tuple(SeenChannel(ref_of(channel), channel.name) for channel in channels if may_read(channel))


async def members_of(channel: Readable) -> frozenset[str]:
    """Return everybody who can read the channel, owner and administrators included, bots not."""
    people = await _people(channel.guild)
    return frozenset(str(person.id) for person in people if channel.permissions_for(person).view_channel)


async def facts_of(channel: Readable) -> ChannelFacts:
    """Return the channel's privacy, who administers it, and what the bot lacks there."""
    guild = channel.guild
    people = await _people(guild)
    administrators = {str(person.id) for person in people if administers(channel.permissions_for(person))}
    lacking = PERMISSIONS & ~channel.permissions_for(guild.me)
    return ChannelFacts(channel.name, open_to(channel), frozenset(administrators), names(lacking))


def administers(permissions: discord.Permissions) -> bool:
    """Whether somebody with these permissions can see the channel whatever is set, or let others see it."""
    return bool(permissions.value & ADMINISTRATIVE.value)


def open_to(channel: Readable) -> tuple[Outsiders, ...]:
    """Return who can read the channel beyond those let in by name or role."""
    guild = channel.guild
    if not channel.permissions_for(guild.default_role).view_channel:
        return ()
    if "DISCOVERABLE" in guild.features:
        return (Outsiders.EVERYONE, Outsiders.PUBLIC_SERVER)
    return (Outsiders.EVERYONE,)


async def _people(guild: discord.Guild) -> list[discord.Member]:
    """Return the members who are no bots, asking for the list when it is not complete."""
    if not guild.chunked:
        await asking("list the members", guild.chunk())
    return [member for member in guild.members if not member.bot]
