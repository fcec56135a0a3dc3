"""Discord as a stage: the real discord.py on the local server, and cards as a person reads them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import AsyncMock, patch

from adapters.discord.connecting import open_discord
from adapters.discord.platform import CAPABILITIES
from bot.interface.texts import LANGUAGES, say, text
from bot.platform.capabilities import Capability
from bot.platform.protocol import Platform
from tests.platforms.discord import components, seeing
from tests.platforms.discord.campus import Campus
from tests.platforms.discord.errors import NotOfferedError
from tests.platforms.discord.interactions import Interaction
from tests.platforms.discord.values import Channel, Message, walk
from tests.platforms.discord_server import DiscordServer
from tests.platforms.school import PEOPLE, Place
from tests.platforms.seen import Answer, Ref, SeenCard, SeenForm
from tests.platforms.stage import Stage

MENU = "Report to school"
_INCOMPLETE = {say(text(key), language) for key in ("desk.incomplete", "desk.no_reason") for language in LANGUAGES}
"""What the bot says where Discord lets spaces through that a required field was filled with."""

LOCALES = {"en": "en-US", "es": "es-419"}
_NAMED = re.compile("|".join(f"@{name}\\b" for name in PEOPLE.values()))


class DiscordStage(Stage):
    """What people do is done on the server at once; the bot hears of it through its own line."""

    capabilities: ClassVar[frozenset[Capability]] = CAPABILITIES

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.server = DiscordServer()
        self.campus = Campus(self.server.world)
        # The core checks everybody's role itself: Discord's own lists can be opened by any server's administrator.
        self.server.hands.shows_all = True
        self._entered = False
        self._line: _Line | None = None

    @property
    def place(self) -> Place:
        return self.campus.place

    # --- the bot ------------------------------------------------------------------------------------------------------

    async def start_bot(self) -> None:
        await (self.server.come_back() if self._entered else self.server.__aenter__())
        self._entered = True
        self._line = _Line(self.server)
        await self._line.open()
        await super().start_bot()

    def connect(self) -> Platform:
        assert self._line is not None
        return self._line.platform

    async def disconnect(self) -> None:
        assert self._line is not None
        await self._line.close()

    async def close(self) -> None:
        await super().close()
        if self._entered:
            await self.server.__aexit__(None, None, None)

    # --- hands --------------------------------------------------------------------------------------------------------

    async def say(
        self, person: str, room: str, text: str, *, reply_to: Ref | None = None, attachments: tuple[str, ...] = ()
    ) -> Ref:
        ids = {shown: self.campus.people[key].id for key, shown in PEOPLE.items()}
        words = _NAMED.sub(lambda found: f"<@{ids[found[0][1:]]}>", text)
        channel = self.campus.rooms[room] if reply_to is None else self._thread_on(person, reply_to)
        message = self.server.world.post(self.campus.people[person], channel, words, attachments=attachments)
        return Ref(room, f"{channel.id}/{message.id}" if channel.is_thread else str(message.id))

    async def edit(self, person: str, ref: Ref, text: str) -> None:
        self.server.world.edit(self._message(ref), text)

    async def delete(self, person: str, ref: Ref) -> None:
        self.server.world.delete(self._message(ref))

    def stands(self, ref: Ref) -> bool:
        channel, message = self._where(ref)
        return channel.messages.get(message) is not None

    async def report(self, person: str, ref: Ref) -> Answer:
        return await self._answer(self.server.hands.choose(self._person(person), self._message(ref), MENU))

    async def command(self, person: str, name: str, *, room: str = "families") -> Answer:
        return await self._answer(self.server.hands.run(self._person(person), self.campus.rooms[room], name))

    async def press(self, person: str, verb: str, card: SeenCard) -> Answer:
        message = self._standing(card.place)
        ids = seeing.buttons(message)
        assert verb in ids, f"there is no button “{verb}” on the card, but: {card.buttons}"
        return await self._answer(self.server.hands.press(self._person(person), message, ids[verb]))

    async def submit(self, person: str, form: SeenForm, values: Mapping[str, str]) -> Answer:
        opened = self.server.hands.by_token[form.handle]
        assert opened.person is self._person(person)
        try:
            sent = self.server.hands.submit(
                opened, {name: self._as_entered(opened, name, values[name]) for name in values}
            )
        except NotOfferedError:
            return Answer(refused=True)
        answer = await self._answer(sent)
        return replace(answer, refused=answer.words.strip() in _INCOMPLETE)

    async def line_down(self) -> None:
        self.server.gateway.forget()
        await self.server.go_down(code=1001)  # what was said before is heard, but no answer gets through

    async def line_up(self) -> None:
        await self.server.come_back()

    # --- eyes ---------------------------------------------------------------------------------------------------------

    def cards_of(self, person: str) -> list[SeenCard]:
        return [seeing.card(message) for message in self.server.world.messages_for(self.campus.people[person])]

    def cards_in(self, room: str) -> list[SeenCard]:
        return [seeing.card(message) for message in self.server.world.cards_in(self.campus.rooms[room])]

    def pinned_in(self, room: str) -> list[str]:
        return [str(message.id) for message in self.campus.rooms[room].pins]

    async def _answer(self, used: Interaction) -> Answer:
        await used.answered()
        return Answer(opened=seeing.form(used)) if used.modal is not None else Answer(seeing.card(await used.message()))

    def _person(self, key: str) -> Any:
        person = self.campus.people[key]
        person.locale = LOCALES[self.speaks.get(key, "en")]
        return person

    def _as_entered(self, opened: Interaction, name: str, value: str) -> Any:
        """Return a value as a person enters it: a switch is on or off, people and channels are picked."""
        assert opened.modal is not None
        kinds = {part.get("custom_id"): part["type"] for part in walk(opened.modal["components"])}
        match kinds.get(name):
            case components.CHECKBOX:
                return value == "yes"
            case components.PEOPLE:
                return self.server.world.people[int(value)]
            case components.CHANNELS:
                return self.server.world.channels[int(value)]
        return value

    def _thread_on(self, person: str, ref: Ref) -> Channel:
        channel, message = self._where(ref)
        known = self.server.world.channels.get(message)
        return known or self.server.world.open_thread(
            self._person(person), channel, "thread", on=channel.messages.get(message)
        )

    def _where(self, ref: Ref) -> tuple[Channel, int]:
        thread, slash, message = ref.id.rpartition("/")
        channel = self.server.world.channels[int(thread)] if slash else self.campus.rooms[ref.room]
        return channel, int(message)

    def _message(self, ref: Ref) -> Message:
        channel, message = self._where(ref)
        found = channel.messages.get(message)
        assert found is not None, f"{ref} is gone"
        return found

    def _standing(self, place: str) -> Message:
        """Return a card by its id: in a room, in direct messages, or as an answer that one person sees."""
        world = self.server.world
        everywhere = [message for channel in world.channels.values() for message in channel.messages]
        answers = [message for used in self.server.hands.by_token.values() for message in used.messages]
        return next(message for message in (*everywhere, *answers) if str(message.id) == place)


class _Line:
    """The adapter's connection, held open by a task of its own, as a process would hold it."""

    platform: Platform

    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        self._ready = asyncio.Event()
        self._over = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Open it, and fail with what keeps it from opening."""
        self._task = asyncio.create_task(self._hold(), name="the line")
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait([self._task, ready], return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._task.done():
            self._task.result()

    async def close(self) -> None:
        """Close it."""
        assert self._task is not None
        self._over.set()
        await self._task

    async def _hold(self) -> None:
        with _impatient():
            address = self._server.api_url
            async with open_discord(self._server.token, api_url=address, ready_after=0.1) as platform:
                self.platform = platform
                self._ready.set()
                await self._over.wait()


@contextmanager
def _impatient() -> Iterator[None]:
    """Have discord.py try again soon: its waits, random ones and those between sessions, are not what is played."""
    with (
        patch("discord.backoff.ExponentialBackoff.delay", lambda _: 0.05),
        patch("discord.Client.before_identify_hook", AsyncMock()),
    ):
        yield
