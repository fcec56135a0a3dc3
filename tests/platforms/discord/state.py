"""What the server knows, who looks at it, and the questions that everything else asks of it."""

from __future__ import annotations

import re
import secrets
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.platforms.discord import drawing, errors
from tests.platforms.discord.permissions import Permission, allowed, granted
from tests.platforms.discord.snowflakes import Snowflakes
from tests.platforms.discord.values import Channel, Guild, Json, Kind, Member, Message, Person, Role, walk

_MENTION = re.compile(r"<@!?(\d{1,20})>")
_ROLE_MENTION = re.compile(r"<@&(\d{1,20})>")


@dataclass
class Application:
    """The bot's application: its privileged intents are what the developer switched on for it."""

    id: int
    name: str
    message_content: bool = True
    guild_members: bool = True
    presences: bool = False
    is_public: bool = False

    @property
    def flags(self) -> int:
        """The privileged intents as the application's flags (those of an unverified bot)."""
        return self.presences << 13 | self.guild_members << 15 | self.message_content << 19


@dataclass(frozen=True)
class Happening:
    """Something that sessions may be told: `message` if it carries one that some may not read the words of."""

    name: str
    payload: Json
    guild: int | None = None
    message: Message | None = None


@dataclass
class State:
    """Everything that stands. Ids are numbers here and strings in payloads."""

    ids: Snowflakes = field(default_factory=Snowflakes)
    people: dict[int, Person] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    commands: dict[int | None, list[Json]] = field(default_factory=dict)
    """The bot's commands: everywhere (`None`) and in single guilds, as they were registered."""
    listeners: list[Callable[[Happening], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bot = self.new_person("Crossing Guard", bot=True)
        self.application = Application(self.bot.id, "Crossing Guard")
        named = b64encode(str(self.bot.id).encode()).decode().rstrip("=")
        self.token = f"{named}.{secrets.token_hex(3)}.{secrets.token_hex(16)}"

    def tell(self, happening: Happening) -> None:
        """Tell whoever listens."""
        for listener in self.listeners:
            listener(happening)

    def new_person(self, shown: str, *, bot: bool = False, locale: str = "en-US") -> Person:
        """Make an account with this display name."""
        made = self.ids.make()
        name = re.sub(r"[^a-z0-9_.]", "", shown.lower())[:24] or f"user{made}"
        person = self.people[made] = Person(made, name, shown, bot, locale)
        return person

    def new_guild(self, name: str, owner: Person) -> Guild:
        """Make a guild with its owner in it."""
        made = self.ids.make()
        guild = self.guilds[made] = Guild(made, name, owner.id)
        guild.members[owner.id] = Member(owner, datetime.now(UTC))
        return guild

    def new_role(self, guild: Guild, name: str, permissions: Permission, *, managed_by: int | None = None) -> Role:
        """Make a role above all others; the first of a guild is everyone's."""
        made = self.ids.make() if guild.roles else guild.id
        role = guild.roles[made] = Role(made, name, len(guild.roles), permissions, managed_by)
        return role

    # --- questions, refused as Discord refuses them -------------------------------------------------------------------

    def guild(self, guild: int) -> Guild:
        """Return a guild that the bot is in."""
        found = self.guilds.get(guild)
        if found is None or self.bot.id not in found.members:
            raise errors.unknown("guild")
        return found

    def channel(self, channel: int) -> Channel:
        """Return a channel that exists, whether or not the bot may see it."""
        found = self.channels.get(channel)
        if found is None:
            raise errors.unknown("channel")
        return found

    def seen_channel(self, channel: int, *needed: Permission) -> Channel:
        """Return a channel that the bot sees and where it may do what is needed."""
        found = self.channel(channel)
        if not self.may(found, Permission.VIEW_CHANNEL):
            raise errors.missing_access()
        if not self.may(found, *needed):
            raise errors.missing_permissions()
        return found

    def message(self, channel: Channel, message: int) -> Message:
        """Return a message that stands in a channel."""
        found = channel.messages.get(message)
        if found is None:
            raise errors.unknown("message")
        return found

    def member(self, guild: Guild, person: int) -> Member:
        """Return a member."""
        if person not in self.people:
            raise errors.unknown("user")
        if person not in guild.members:
            raise errors.unknown("member")
        return guild.members[person]

    def may(self, channel: Channel, *needed: Permission, person: Person | None = None) -> bool:
        """Whether somebody, the bot unless told, may do all of that in a channel."""
        who = person or self.bot
        if channel.guild is None:
            return who is self.bot or who is channel.recipient
        there = self.permissions(channel, who)
        if channel.kind is Kind.PRIVATE_THREAD and who.id not in channel.joined:
            there = there if Permission.MANAGE_THREADS in there else Permission(0)
        return all(permission in there for permission in needed)

    def permissions(self, channel: Channel, person: Person) -> Permission:
        """Return what somebody may do in a channel of a guild; in a thread, sending is a permission of its own."""
        guild = self.guilds[channel.guild or 0]
        member = guild.members.get(person.id)
        if member is None:
            return Permission(0)
        if not channel.is_thread:
            return allowed(guild, member, channel)
        there = allowed(guild, member, self.channels[channel.parent or 0])
        sends = Permission.SEND_MESSAGES_IN_THREADS in there
        return there | Permission.SEND_MESSAGES if sends else there & ~Permission.SEND_MESSAGES

    def may_in_guild(self, guild: Guild, needed: Permission, person: Person | None = None) -> bool:
        """Whether somebody, the bot unless told, may do that in a guild at large."""
        member = guild.members.get((person or self.bot).id)
        return member is not None and needed in granted(guild, member)

    def direct(self, person: Person) -> Channel:
        """Return the direct messages between the bot and a person, which are there from the first time on."""
        for channel in self.channels.values():
            if channel.recipient is person:
                return channel
        made = Channel(self.ids.make(), Kind.DM, recipient=person)
        self.channels[made.id] = made
        return made

    # --- messages as payloads -----------------------------------------------------------------------------------------

    def drawn(self, message: Message, *, reading: bool = True) -> Json:
        """Return a message with all that belongs to it; `reading` tells whether the words may be read at all."""
        channel = self.channels.get(message.channel)
        home = self.guilds.get(channel.guild or 0) if channel else None
        payload = drawing.message(message, self.people, home)
        if message.thread in self.channels:
            payload["thread"] = drawing.thread(self.channels[message.thread])
        if message.reference and message.type in (19, 21):
            where = self.channels.get(int(message.reference["channel_id"]))
            answered = where.messages.get(int(message.reference["message_id"])) if where else None
            payload["referenced_message"] = (
                drawing.message(answered, self.people, home) if answered is not None else None
            )
        return payload if reading or self.is_open_to_bot(message) else drawing.hidden(payload)

    def is_open_to_bot(self, message: Message) -> bool:
        """Whether the bot may read the words without the right to: its own, to it alone, or mentioning it."""
        channel = self.channels.get(message.channel)
        private = channel is None or channel.guild is None
        return private or message.author is self.bot or self.bot.id in message.mentions

    def note_mentions(self, message: Message) -> None:
        """Note whom a message's words mention, those of its text displays too."""
        words = "\n".join((message.content, *(one.get("content", "") for one in walk(message.components))))
        named = dict.fromkeys(int(found) for found in _MENTION.findall(words))
        message.mentions = [person for person in named if person in self.people]
        message.mentioned_roles = [int(found) for found in _ROLE_MENTION.findall(words)]
        message.mentions_everyone = "@everyone" in words or "@here" in words
