"""What people do with the bot's commands, menus, buttons and modals, and the bot's answers to it.

A hand returns an `Interaction` at once; `await it.answered()` waits for the bot, at most as long as Discord does.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.discord import drawing
from tests.platforms.discord.errors import NotOfferedError
from tests.platforms.discord.modals import Resolved, filled
from tests.platforms.discord.permissions import EVERYTHING, Permission
from tests.platforms.discord.state import Happening
from tests.platforms.discord.validation import CHAT, MESSAGE_MENU
from tests.platforms.discord.values import Channel, Json, Message, Person, walk
from tests.platforms.discord.world import World

DEADLINE = 3.0
"""Seconds that Discord waits for the first answer."""
PATIENCE = 60.0
"""Seconds that tests wait for what comes after it."""

COMMAND, COMPONENT, MODAL = 2, 3, 5
SAY, THINK, ACKNOWLEDGE, REDRAW, OPEN_MODAL = 4, 5, 6, 7, 9

_OPTION_KINDS = {str: 3, int: 4, bool: 5, Person: 6, Channel: 7}


@dataclass(eq=False)
class Interaction:
    """One thing that a person did, and what the bot made of it.

    `kind` is the first answer's (`SAY`, `THINK`, …); `messages` are what the person was shown, the first answer first,
    as it stands now; `modal` what opened; `source` the message whose button was pressed. `seconds` is how long the
    first answer took; `mistakes` are refused answers as status and code.
    """

    id: int
    token: str
    type: int
    person: Person
    channel: Channel
    payload: Json
    source: Message | None = None
    kind: int | None = None
    messages: list[Message] = field(default_factory=list)
    modal: Json | None = None
    seconds: float | None = None
    mistakes: list[tuple[int, int]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    redrawn: bool = False
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever the bot has answered anything."""

    async def acknowledged(self) -> Interaction:
        """Wait for the first answer; fail if it does not come in time, as people see it fail."""
        return await self._until(lambda: self.kind is not None, DEADLINE + 0.5, "the application did not respond")

    async def answered(self) -> Interaction:
        """Wait until the person sees something: a modal, a message that is no longer loading, a card redrawn."""
        await self.acknowledged()
        return await self._until(lambda: self.is_answered, PATIENCE, "the application never finished its answer")

    async def message(self) -> Message:
        """Wait for the message that answers, and return it."""
        await self.answered()
        return await self._until_message()

    @property
    def is_answered(self) -> bool:
        """Whether the person has seen something."""
        shown = [message for message in self.messages if not message.is_loading]
        return self.modal is not None or bool(shown) or self.redrawn

    async def _until_message(self) -> Message:
        await self._until(lambda: bool(self._shown), PATIENCE, "no message answered")
        return self._shown[0]

    @property
    def _shown(self) -> list[Message]:
        return [message for message in self.messages if not message.is_loading]

    async def _until(self, condition: Callable[[], bool], seconds: float, complaint: str) -> Interaction:
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    self.stirred.clear()
                    await self.stirred.wait()
        except TimeoutError:
            raise AssertionError(f"{complaint}; refused answers: {self.mistakes}") from None
        return self


class Interactions:
    """The hands of people, and every interaction so far.

    `deadline` is in seconds. `shows_all` shows every command to everybody, as a server's administrator can choose to.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.deadline = DEADLINE
        self.shows_all = False
        self.by_token: dict[str, Interaction] = {}

    def run(self, person: Person, channel: Channel, name: str, options: Mapping[str, Any] | None = None) -> Interaction:
        """Type a slash command. Option values are words, numbers, people or channels."""
        command = self._offered(person, channel, name, CHAT)
        chosen, resolved = [], Resolved(self.world, channel)
        for option, value in (options or {}).items():
            if option not in {one["name"] for one in command["options"]}:
                raise NotOfferedError(f"/{name} has no option “{option}”")
            kind = next(number for type_, number in _OPTION_KINDS.items() if type(value) is type_)
            chosen.append({"name": option, "type": kind, "value": resolved.add(value)})
        if missing := [
            one["name"] for one in command["options"] if one.get("required") and one["name"] not in (options or {})
        ]:
            raise NotOfferedError(f"/{name} needs {missing}")
        data: Json = {"id": command["id"], "name": name, "type": CHAT, "options": chosen, "resolved": resolved.payload}
        return self._begin(COMMAND, person, channel, data)

    def choose(self, person: Person, message: Message, name: str) -> Interaction:
        """Choose an entry of a message's menu."""
        channel = self.world.channels[message.channel]
        command = self._offered(person, channel, name, MESSAGE_MENU)
        drawn = self.world.drawn(message)
        data = {
            "id": command["id"],
            "name": name,
            "type": MESSAGE_MENU,
            "target_id": str(message.id),
            "resolved": {"messages": {str(message.id): drawn}},
        }
        return self._begin(COMMAND, person, channel, data)

    def press(self, person: Person, message: Message, button: str) -> Interaction:
        """Press a button, named by its custom id or its label."""
        channel = self.world.channels[message.channel]
        found = [one for one in message.buttons if button in (one.get("custom_id"), one.get("label"))]
        if not found or found[0].get("disabled"):
            raise NotOfferedError(f"there is no button “{button}” to press, but: {message.buttons}")
        if not message.is_ephemeral and not self.world.may(channel, Permission.VIEW_CHANNEL, person=person):
            raise NotOfferedError(f"{person.shown} does not see this message")
        data = {"component_type": 2, "custom_id": found[0]["custom_id"], "id": found[0].get("id", 1)}
        return self._begin(COMPONENT, person, channel, data, source=message)

    def select(self, person: Person, message: Message, menu: str, values: list[Any]) -> Interaction:
        """Choose from a menu on a message, named by its custom id."""
        channel = self.world.channels[message.channel]
        found = [one for one in walk(message.components) if one.get("custom_id") == menu]
        if not found:
            raise NotOfferedError(f"there is no menu “{menu}”")
        resolved = Resolved(self.world, channel)
        chosen = [resolved.add(value) for value in values]
        data = {"component_type": found[0]["type"], "custom_id": menu, "values": chosen, "resolved": resolved.payload}
        return self._begin(COMPONENT, person, channel, data, source=message)

    def submit(self, opened: Interaction, values: Mapping[str, Any]) -> Interaction:
        """Fill a modal in and send it. `values` are by custom id: words, lists of choices, people, or true and false.

        Raise `NotOfferedError` where Discord's own window would not let it through: a required field left empty, a
        text of the wrong length, a choice that is not there.
        """
        if opened.modal is None:
            raise NotOfferedError("no modal opened")
        resolved = Resolved(self.world, opened.channel)
        parts = [filled(part, values, resolved) for part in opened.modal["components"]]
        known = {one.get("custom_id") for one in walk(opened.modal["components"])}
        if unknown := values.keys() - known:
            raise NotOfferedError(f"the modal has no {sorted(unknown)}, but: {known}")
        data = {"custom_id": opened.modal["custom_id"], "components": parts, "resolved": resolved.payload}
        return self._begin(MODAL, opened.person, opened.channel, data, source=opened.source)

    def offers(self, person: Person, channel: Channel) -> list[str]:
        """Return the names of the commands and menus that a person is shown in a channel."""
        where: list[int | None] = [None, channel.guild] if channel.guild else [None]
        shown = [one for place in where for one in self.world.commands.get(place, [])]
        return [one["name"] for one in shown if self._shows(person, channel, one)]

    def _offered(self, person: Person, channel: Channel, name: str, kind: int) -> Json:
        if not self.world.may(channel, Permission.VIEW_CHANNEL, person=person):
            raise NotOfferedError(f"{person.shown} does not see this channel")
        for place in (channel.guild, None):
            for command in self.world.commands.get(place, []):
                if command["name"] == name and command["type"] == kind and self._shows(person, channel, command):
                    return command
        raise NotOfferedError(f"“{name}” is not shown to {person.shown}, but: {self.offers(person, channel)}")

    def _shows(self, person: Person, channel: Channel, command: Json) -> bool:
        contexts = command.get("contexts")
        if channel.guild is None:
            return command.get("dm_permission") is not False and (contexts is None or 1 in contexts)
        if contexts is not None and 0 not in contexts:
            return False
        needed = command.get("default_member_permissions")
        there = self.world.permissions(channel, person)
        if self.shows_all or needed is None or there == EVERYTHING:
            return True
        return int(needed) != 0 and int(needed) & int(there) == int(needed)

    def _begin(
        self, type_: int, person: Person, channel: Channel, data: Json, *, source: Message | None = None
    ) -> Interaction:
        world = self.world
        made, token = world.ids.make(), secrets.token_urlsafe(24)
        payload: Json = {
            "id": str(made),
            "application_id": str(world.application.id),
            "type": type_,
            "token": token,
            "version": 1,
            "data": data,
            "locale": person.locale,
            "channel_id": str(channel.id),
            "channel": drawing.channel(channel),
            "entitlements": [],
            "attachment_size_limit": 10 * 1024 * 1024,
            "authorizing_integration_owners": {"0": str(channel.guild or 0)},
            "context": 0 if channel.guild else 1,
            **_who(world, person, channel),
        }
        if source is not None:
            payload["message"] = world.drawn(source)
        interaction = Interaction(made, token, type_, person, channel, payload, source)
        self.by_token[token] = interaction
        world.tell(Happening("INTERACTION_CREATE", payload, channel.guild))
        return interaction


def _who(world: World, person: Person, channel: Channel) -> Json:
    if channel.guild is None:
        return {"user": drawing.user(person), "app_permissions": str(int(EVERYTHING))}
    guild = world.guilds[channel.guild]
    place = channel if not channel.is_thread else world.channels[channel.parent or 0]
    there = {"permissions": str(int(world.permissions(channel, person)))}
    return {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": guild.features},
        "guild_locale": guild.locale,
        "member": drawing.member(guild, guild.members[person.id]) | there,
        "app_permissions": str(int(world.permissions(place, world.bot))),
    }
