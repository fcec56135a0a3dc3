"""Notices what becomes of channels: renamed, gone, lost, gained, opened up.

One way for all of it: after whatever may have changed something, a server is looked at and compared with what it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import discord
from discord.utils import utcnow

from adapters.discord.facts import administers, may_read, open_to, readable_channels
from adapters.discord.places import ref_of
from bot.domain.comments import ChannelRef
from bot.platform.events import ChannelChanged, ChannelNews
from bot.platform.protocol import Outsiders


@dataclass(frozen=True, slots=True)
class _Channel:
    name: str
    is_read: bool
    open_to: tuple[Outsiders, ...]


@dataclass(frozen=True, slots=True)
class _Server:
    channels: dict[ChannelRef, _Channel]
    administrators: frozenset[int] | None
    """Nothing while the list of members is not complete."""


class Standing:
    """What the bot knows of every server it is in."""

    def __init__(self) -> None:
        self._known: dict[int, _Server] = {}

    def knows(self, guild: discord.Guild) -> bool:
        """Whether the server was looked at before."""
        return guild.id in self._known

    def news_of(self, guild: discord.Guild) -> list[ChannelChanged]:
        """Look at a server again; return what has changed since. In a new one every channel is gained."""
        now = _look_at(guild)
        before = self._known.get(guild.id, _Server({}, now.administrators))
        self._known[guild.id] = now
        return list(_compared(before, now))

    def left(self, guild: discord.Guild) -> list[ChannelChanged]:
        """Return the news that the bot is no longer in a server."""
        before = self._known.pop(guild.id, None)
        return (
            []
            if before is None
            else list(_compared(before, _Server({}, before.administrators), ChannelNews.ACCESS_LOST))
        )


def _look_at(guild: discord.Guild) -> _Server:
    channels = {ref_of(one): _Channel(one.name, may_read(one), open_to(one)) for one in readable_channels(guild)}
    people = (member for member in guild.members if not member.bot and administers(member.guild_permissions))
    return _Server(channels, frozenset(member.id for member in people) if guild.chunked else None)


def _compared(before: _Server, now: _Server, missing: ChannelNews = ChannelNews.GONE) -> Iterator[ChannelChanged]:
    other_people = None not in (before.administrators, now.administrators) and (
        before.administrators != now.administrators
    )
    for ref in before.channels.keys() | now.channels.keys():
        was, is_now = before.channels.get(ref), now.channels.get(ref)
        name = (is_now or was or _Channel("", is_read=False, open_to=())).name
        for news in _news(was, is_now, missing, other_people=other_people):
            yield ChannelChanged(ref, news, utcnow(), name)


def _news(
    was: _Channel | None, is_now: _Channel | None, missing: ChannelNews, *, other_people: bool
) -> Iterator[ChannelNews]:
    if is_now is None:
        yield missing
        return
    if was is not None and was.name != is_now.name:
        yield ChannelNews.RENAMED
    if is_now.is_read != (was is not None and was.is_read):
        yield ChannelNews.ACCESS_GAINED if is_now.is_read else ChannelNews.ACCESS_LOST
    if was is not None and (other_people or was.open_to != is_now.open_to):
        yield ChannelNews.OPENED_UP
