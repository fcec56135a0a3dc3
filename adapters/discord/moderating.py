"""What the audit log says of people who moderate: whose comments or membership somebody ended, and in which channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import discord

from adapters.discord.facts import may_read, readable_channels
from adapters.discord.places import Place, Readable, place_of, ref_of
from bot.platform.events import ChannelChanged, ChannelNews

_ENDS_COMMENTS = frozenset(
    {
        discord.AuditLogAction.message_delete,
        discord.AuditLogAction.message_bulk_delete,
        discord.AuditLogAction.thread_delete,
    }
)
_ENDS_MEMBERSHIP = frozenset(
    {discord.AuditLogAction.kick, discord.AuditLogAction.ban, discord.AuditLogAction.member_prune}
)


def moderated(entry: discord.AuditLogEntry, remembered: Mapping[int, Place | None]) -> Iterable[ChannelChanged]:
    """Yield the news for each channel that an entry concerns; a member who was removed was in all of them.

    `remembered` says where threads were that are gone now.
    """
    channels: Iterable[Readable] = ()
    if entry.action in _ENDS_COMMENTS:
        channels = _concerned(entry, remembered)
    elif entry.action in _ENDS_MEMBERSHIP:
        channels = (one for one in readable_channels(entry.guild) if may_read(one))
    by = None if entry.user_id is None else str(entry.user_id)
    for channel in channels:
        yield ChannelChanged(ref_of(channel), ChannelNews.MODERATED, entry.created_at, channel.name, by)


def _concerned(entry: discord.AuditLogEntry, remembered: Mapping[int, Place | None]) -> tuple[Readable, ...]:
    """Return the channel that an entry about comments is about; for a thread the channel that it hangs in."""
    about = getattr(entry.extra, "channel", None) or entry.target
    number = getattr(about, "id", 0)
    place = place_of(entry.guild.get_channel_or_thread(number)) or remembered.get(number)
    channel = None if place is None else entry.guild.get_channel(place.channel)
    return (channel,) if isinstance(channel, Readable) else ()
