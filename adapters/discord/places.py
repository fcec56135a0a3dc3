"""Where things are: Discord's channels and threads as the core names them.

A channel is named by its id; a thread belongs to the channel that it hangs in. A comment is named by its message's id,
and in a thread by both, `thread/message`, because Discord finds a message only in its own thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import discord

from adapters.discord.asking import snowflake
from bot.domain.comments import ChannelRef, CommentRef

PLATFORM = "discord"

Readable = discord.TextChannel | discord.ForumChannel | discord.VoiceChannel | discord.StageChannel
"""Channels that people write in: text, announcement, forum and media channels, the chats of voice and stage."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands: its server, its channel, and the thread if it is in one."""

    guild: int
    channel: int
    thread: int | None = None
    title: str = ""
    """The thread's name: in a forum it is the heading of the post."""

    @property
    def ref(self) -> ChannelRef:
        """The channel as the core names it."""
        return ChannelRef(PLATFORM, str(self.guild), str(self.channel))

    @property
    def messages_in(self) -> int:
        """The id under which Discord keeps the messages."""
        return self.channel if self.thread is None else self.thread

    def comment(self, message: int) -> CommentRef:
        """Return a message here as the core names it."""
        return CommentRef(self.ref, str(message) if self.thread is None else f"{self.thread}/{message}")

    def permalink(self, message: int) -> str:
        """Return the address at which a person sees the message in its place."""
        return f"https://discord.com/channels/{self.guild}/{self.messages_in}/{message}"


def place_of(channel: object) -> Place | None:
    """Return where messages of `channel` stand; nothing for direct messages and what else is not a server's."""
    if isinstance(channel, discord.Thread):
        return Place(channel.guild.id, channel.parent_id, channel.id, channel.name)
    if isinstance(channel, Readable):
        return Place(channel.guild.id, channel.id)
    return None


def located(ref: CommentRef) -> tuple[int, int]:
    """Return a comment's place as Discord asks for it: the channel or thread, and the message."""
    thread, slash, message = ref.comment.rpartition("/")
    return snowflake(thread if slash else ref.channel.channel), snowflake(message)


def ref_of(channel: Readable) -> ChannelRef:
    """Return a channel as the core names it."""
    return ChannelRef(PLATFORM, str(channel.guild.id), str(channel.id))
