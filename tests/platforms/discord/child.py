"""The bot as a process of its own on the local Discord: `python -m bot run`, started, watched and stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from bot.store.engine import DATABASE_FILE
from tests.platforms.discord.campus import Campus
from tests.platforms.discord.interactions import Interaction
from tests.platforms.discord.seeing import all_words, buttons
from tests.platforms.discord.values import Message
from tests.platforms.discord_server import DiscordServer
from tests.platforms.school import School

T = TypeVar("T")

ROOT = Path(__file__).parents[3]
PATIENCE = 120.0
"""Seconds after which something that should have happened has not; a busy machine starts a process slowly."""

STOPS_WITHIN = 10.0
"""Seconds in which the bot must end when it is told to."""

MENU = "Report to school"


class Child:
    """The school on Discord, and the bot as a process that watches it."""

    def __init__(self, discord: DiscordServer, home: Path, *, school: School | None = None) -> None:
        self.discord = discord
        self.world = discord.world
        self.hands = discord.hands
        self.campus = Campus(discord.world)
        self.home = home
        self.log = home / "log.txt"
        self.token = discord.token
        # Words, not a clock's reading: a decimal with ten digits reads as a telephone number.
        self._rounds = count(1)
        self._process: asyncio.subprocess.Process | None = None
        (home / "site.toml").write_text((school or School()).site_file(self.campus.place), encoding="utf-8")

    # --- the process --------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start it, and wait until it reads along: its notices stand, and its line is there."""
        await self._begin()
        await self.until(lambda: self.discord.gateway.is_connected, "a line to Discord")
        for room in ("class", "families"):
            standing = partial(self.world.cards_in, self.campus.rooms[room])
            await self.until(standing, f"the notice in {room}")
        await self.read(self.say("leader", "families", f"Thank you all, round {next(self._rounds)}"))

    async def ends(self) -> int:
        """Start it where it cannot run, and return how it ended by itself."""
        process = await self._begin()
        return await asyncio.wait_for(process.wait(), PATIENCE)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to end, and return how it did; fail if that takes longer than it may."""
        assert self._process is not None
        process, self._process = self._process, None
        process.send_signal(how)
        try:
            return await asyncio.wait_for(process.wait(), STOPS_WITHIN)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise AssertionError(f"the bot did not end: {self.said()}") from None

    async def restart(self) -> None:
        """End it well, and start a new one on the same home folder."""
        assert await self.stop() == 0, self.said()
        await self.start()

    async def close(self) -> None:
        """End it, whatever state it is in."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def said(self) -> str:
        """Return the last lines of its log."""
        return "\n".join(self.log.read_text(encoding="utf-8").splitlines()[-30:]) if self.log.exists() else ""

    # --- hands --------------------------------------------------------------------------------------------------------

    def say(self, person: str, room: str, text: str, **more: Any) -> Message:
        """Have somebody write in a room; see `Talk.post`."""
        return self.world.post(self.campus.people[person], self.campus.rooms[room], text, **more)

    async def report(self, person: str, message: Message, **values: Any) -> Message:
        """Have somebody report a message by its menu, fill the form in and send it; return the receipt."""
        used = await self.hands.choose(self.campus.people[person], message, MENU).answered()
        return await self.hands.submit(used, values).message()

    def press(self, person: str, verb: str, card: Message) -> Interaction:
        """Have somebody press a button on a card."""
        return self.hands.press(self.campus.people[person], card, buttons(card)[verb])

    async def decide(self, person: str, verb: str, card: Message, values: Mapping[str, Any]) -> Message:
        """Have somebody press a button that opens a form, fill that in and send it; return the answer."""
        opened = await self.press(person, verb, card).answered()
        return await self.hands.submit(opened, values).message()

    # --- eyes ---------------------------------------------------------------------------------------------------------

    def cards(self, person: str) -> list[Message]:
        """Return the bot's cards that lead to a comment, for one person, oldest first, as they stand now.

        What it asks and tells about the channels themselves is left out.
        """
        written = self.world.messages_for(self.campus.people[person])
        return [message for message in written if any("url" in embed for embed in message.embeds)]

    async def card(self, person: str, number: int = 1) -> Message:
        """Wait for the card that makes it `number` for a person; return it."""
        await self.until(lambda: len(self.cards(person)) >= number, f"{number} cards for {person}")
        return self.cards(person)[number - 1]

    async def shows(self, card: Message, words: str) -> None:
        """Wait until a card says these words, where it stands."""
        await self.until(lambda: words in all_words(card), f"“{words}” on a card")

    def rows(self, query: str, *values: str) -> list[Any]:
        """Return what a query finds in the bot's database; nothing while there is none."""
        address = (self.home / DATABASE_FILE).as_uri()
        try:
            with closing(sqlite3.connect(f"{address}?mode=ro", uri=True)) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.OperationalError:
            return []

    def times_read(self) -> dict[str, int]:
        """Return how often each comment was read, by its id."""
        return dict(self.rows("SELECT comment, count(*) FROM screened GROUP BY comment"))

    async def read(self, message: Message) -> None:
        """Wait until the bot has read a message."""
        query = "SELECT 1 FROM screened WHERE comment = ?"
        await self.until(lambda: self.rows(query, str(message.id)), f"message {message.id} to be read")

    async def until(self, condition: Callable[[], T | None], what: str, seconds: float = PATIENCE) -> T:
        """Wait until `condition` gives something true; fail at once when the process has ended."""
        try:
            async with asyncio.timeout(seconds):
                while not (found := condition()):
                    assert self._process is None or self._process.returncode is None, self.said()
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what}: {self.said()}") from None
        return found

    async def _begin(self) -> asyncio.subprocess.Process:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=ROOT, env=self._environment(), stdout=log, stderr=log
            )
        return self._process

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "DISCORD_API_URL": self.discord.api_url,
            "DISCORD_TOKEN": self.token,
            "CROSSING_GUARD_HOME": str(self.home),
            "CROSSING_GUARD_SITE_FILE": str(self.home / "site.toml"),
        }
