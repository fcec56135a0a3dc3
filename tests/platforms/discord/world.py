"""The world under test: what people and administrators do with channels, threads, members and permissions.

Nothing here waits: an act is done when the call returns, and the sessions are told in the order of the acts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from tests.platforms.discord import drawing
from tests.platforms.discord.permissions import MEMBER, NOTHING, Permission
from tests.platforms.discord.snowflakes import stamp
from tests.platforms.discord.state import Happening
from tests.platforms.discord.talk import Talk
from tests.platforms.discord.values import Channel, Guild, Json, Kind, Member, Message, Overwrite, Person, Role

CHANNEL_CREATE, CHANNEL_UPDATE, CHANNEL_DELETE = 10, 11, 12
OVERWRITE_CREATE, OVERWRITE_UPDATE = 13, 14
MEMBER_KICK, MEMBER_UPDATE = 20, 24
THREAD_CREATE, THREAD_UPDATE, THREAD_DELETE = 110, 111, 112
_THREAD_CREATED = 18


class World(Talk):
    """Everything that happens on Discord, by the hands of people and of the bot."""

    # --- guilds and members -------------------------------------------------------------------------------------------

    def open_guild(self, name: str, owner: Person, *, bot_may: Permission) -> Guild:
        """Make a guild that the bot is in with the permissions of its invite link."""
        guild = self.new_guild(name, owner)
        self.new_role(guild, "@everyone", MEMBER)
        self.invite_bot(guild, bot_may)
        return guild

    def invite_bot(self, guild: Guild, may: Permission) -> None:
        """Have somebody add the bot by its invite link, with a role of its own."""
        role = self.new_role(guild, self.bot.shown, may, managed_by=self.bot.id)
        guild.members[self.bot.id] = Member(self.bot, datetime.now(UTC), [role.id])
        self.tell(Happening("GUILD_CREATE", self.whole_guild(guild), guild.id))

    def remove_bot(self, guild: Guild) -> None:
        """Have somebody remove the bot from a guild."""
        self.tell(Happening("GUILD_DELETE", {"id": str(guild.id)}, guild.id))
        del guild.members[self.bot.id]

    def join(self, guild: Guild, person: Person, *, roles: Iterable[int] = ()) -> Member:
        """Have somebody join."""
        member = guild.members[person.id] = Member(person, datetime.now(UTC), list(roles))
        payload = drawing.member(guild, member) | {"guild_id": str(guild.id)}
        self.tell(Happening("GUILD_MEMBER_ADD", payload, guild.id))
        return member

    def leave(self, guild: Guild, person: Person) -> None:
        """Have somebody leave."""
        del guild.members[person.id]
        payload = {"guild_id": str(guild.id), "user": drawing.user(person)}
        self.tell(Happening("GUILD_MEMBER_REMOVE", payload, guild.id))

    def kick(self, guild: Guild, person: Person, *, by: Person, reason: str | None = None) -> None:
        """Remove somebody from a guild."""
        self.leave(guild, person)
        self.log(guild, by, MEMBER_KICK, person.id, reason)

    def time_out(
        self, guild: Guild, member: Member, until: datetime | None, *, by: Person, reason: str | None = None
    ) -> None:
        """Keep a member from writing until a moment, or let them write again."""
        before, member.timed_out_until = member.timed_out_until, until
        self.member_changed(guild, member)
        change = {"key": "communication_disabled_until", "old_value": stamp(before), "new_value": stamp(until)}
        self.log(guild, by, MEMBER_UPDATE, member.person.id, reason, changes=[change])

    def rename(self, guild: Guild, person: Person, nick: str | None) -> None:
        """Have a member show another name in a guild."""
        guild.members[person.id].nick = nick
        self.member_changed(guild, guild.members[person.id])

    def give_roles(self, guild: Guild, person: Person, *roles: int) -> None:
        """Have a member have these roles, and no others."""
        guild.members[person.id].roles = list(roles)
        self.member_changed(guild, guild.members[person.id])

    def member_changed(self, guild: Guild, member: Member) -> None:
        """Tell that a member is not what they were: name, roles, time-out."""
        payload = drawing.member(guild, member) | {"guild_id": str(guild.id)}
        self.tell(Happening("GUILD_MEMBER_UPDATE", payload, guild.id))

    def change_role(self, guild: Guild, role: Role, permissions: Permission) -> None:
        """Have a role give these permissions."""
        role.permissions = permissions
        payload = {"guild_id": str(guild.id), "role": drawing.role(role)}
        self.tell(Happening("GUILD_ROLE_UPDATE", payload, guild.id))

    def guild_changed(self, guild: Guild) -> None:
        """Tell that a guild is not what it was: name, owner, features."""
        self.tell(Happening("GUILD_UPDATE", drawing.guild(guild), guild.id))

    def outage(self, guild: Guild) -> None:
        """Have an outage of one guild begin: it is told; `outage_over` ends it."""
        self.tell(Happening("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild.id))

    def outage_over(self, guild: Guild) -> None:
        """Have an outage end."""
        self.tell(Happening("GUILD_CREATE", self.whole_guild(guild), guild.id))

    # --- channels -----------------------------------------------------------------------------------------------------

    def open_channel(
        self,
        guild: Guild,
        name: str,
        *,
        kind: Kind = Kind.TEXT,
        parent: Channel | None = None,
        by: Person | None = None,
    ) -> Channel:
        """Make a channel that everybody may read."""
        channel = Channel(self.ids.make(), kind, name, guild.id, parent.id if parent else None, len(guild.channels))
        self.channels[channel.id] = channel
        guild.channels.append(channel.id)
        self.tell(Happening("CHANNEL_CREATE", drawing.channel(channel), guild.id))
        self.log(guild, by or self._owner(guild), CHANNEL_CREATE, channel.id)
        return channel

    def channel_changed(self, channel: Channel) -> None:
        """Tell that a channel or thread is not what it was."""
        name = "THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE"
        self.tell(Happening(name, drawing.channel(channel), channel.guild))

    def delete_channel(self, channel: Channel, *, by: Person | None = None, reason: str | None = None) -> None:
        """Delete a channel with its threads, or one thread."""
        guild = self.guilds[channel.guild or 0]
        for thread in [one for one in self.channels.values() if one.parent == channel.id]:
            del self.channels[thread.id]
        del self.channels[channel.id]
        if channel.id in guild.channels:
            guild.channels.remove(channel.id)
        name, action = ("THREAD_DELETE", THREAD_DELETE) if channel.is_thread else ("CHANNEL_DELETE", CHANNEL_DELETE)
        self.tell(Happening(name, drawing.channel(channel), guild.id))
        self.log(guild, by or self._owner(guild), action, channel.id, reason)

    def permit(
        self,
        channel: Channel,
        target: int,
        *,
        allow: Permission = NOTHING,
        deny: Permission = NOTHING,
        by: Person | None = None,
    ) -> None:
        """Set what a channel gives and takes of a role's or a person's permissions (`guild.id` is everyone)."""
        guild = self.guilds[channel.guild or 0]
        action = OVERWRITE_UPDATE if target in channel.overwrites else OVERWRITE_CREATE
        channel.overwrites[target] = Overwrite(target, target in self.people, allow, deny)
        self.channel_changed(channel)
        options = {"id": str(target), "type": str(int(target in self.people))}
        self.log(guild, by or self._owner(guild), action, channel.id, options=options)

    def close_to(self, channel: Channel, *members: Person) -> None:
        """Make a channel private to these people (and to administrators)."""
        self.permit(channel, self.guilds[channel.guild or 0].id, deny=Permission.VIEW_CHANNEL)
        for person in members:
            self.permit(channel, person.id, allow=Permission.VIEW_CHANNEL)

    # --- threads ------------------------------------------------------------------------------------------------------

    def open_thread(
        self, by: Person, channel: Channel, name: str, *, on: Message | None = None, private: bool = False
    ) -> Channel:
        """Start a thread, on a message if told; in a forum it is a post, and its first message is still to come."""
        kind = Kind.PRIVATE_THREAD if private else Kind.PUBLIC_THREAD
        made = on.id if on else self.ids.make()
        thread = Channel(made, kind, name, channel.guild, channel.id, owner=by.id)
        thread.joined[by.id] = datetime.now(UTC)
        self.channels[made] = thread
        payload = drawing.thread(thread, self.bot.id) | {"newly_created": True}
        self.tell(Happening("THREAD_CREATE", payload, channel.guild))
        if on is not None:
            on.thread = made
            on.flags |= 1 << 5
            self.changed(on)
        elif channel.kind is not Kind.FORUM and not private:
            self.publish(Message(self.ids.make(), channel.id, by, name, type=_THREAD_CREATED, reference=_place(thread)))
        return thread

    def open_post(self, by: Person, forum: Channel, title: str, text: str) -> tuple[Channel, Message]:
        """Write a forum post: a thread whose first message has its id."""
        post = self.open_thread(by, forum, title)
        message = Message(post.id, post.id, by, text)
        self.note_mentions(message)
        self.publish(message)
        return post, message

    def archive(self, thread: Channel, *, locked: bool = False) -> None:
        """Put a thread away; the next message takes it out again."""
        thread.archived_at, thread.locked = datetime.now(UTC), locked
        self.channel_changed(thread)

    def unarchive(self, thread: Channel) -> None:
        """Take a thread out again."""
        thread.archived_at, thread.locked = None, False
        self.channel_changed(thread)

    def publish(self, message: Message) -> None:
        """Put a finished message into its channel, taking a thread out of the archive for it."""
        channel = self.channels[message.channel]
        if channel.archived_at is not None:
            self.unarchive(channel)
        if channel.is_thread:
            channel.joined.setdefault(message.author.id, datetime.now(UTC))
        super().publish(message)

    def threads_of(self, channel: Channel, *, archived: bool) -> list[Channel]:
        """Return a channel's threads, newest first."""
        found = [
            one
            for one in self.channels.values()
            if one.is_thread and one.parent == channel.id and (one.archived_at is not None) is archived
        ]
        return sorted(found, key=lambda one: one.id, reverse=True)

    # --- as a whole ---------------------------------------------------------------------------------------------------

    def whole_guild(self, guild: Guild) -> Json:
        """Return a guild as the bot is told of it at first: every channel, the threads it sees, itself as a member."""
        channels = [self.channels[one] for one in guild.channels]
        threads = [thread for channel in channels for thread in self.threads_of(channel, archived=False)]
        me = guild.members[self.bot.id]
        return drawing.guild(guild) | {
            "joined_at": stamp(me.joined),
            "large": len(guild.members) >= 250,
            "member_count": len(guild.members),
            "unavailable": False,
            "channels": [drawing.channel(one) for one in channels],
            "threads": [drawing.thread(one, self.bot.id) for one in threads if self.may(one, Permission.VIEW_CHANNEL)],
            "members": [drawing.member(guild, me)],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def messages_for(self, person: Person) -> list[Message]:
        """Return what the bot wrote to a person directly, oldest first, as it stands now."""
        return [message for message in self.direct(person).messages if message.author is self.bot]

    def cards_in(self, channel: Channel) -> list[Message]:
        """Return the bot's own messages in a channel, oldest first, as they stand now; not its small notes of pins."""
        return [message for message in channel.messages if message.author is self.bot and message.type in (0, 19, 20)]

    def _owner(self, guild: Guild) -> Person:
        return self.people[guild.owner]


def _place(channel: Channel) -> Json:
    return {"type": 0, "channel_id": str(channel.id), "guild_id": str(channel.guild)}
