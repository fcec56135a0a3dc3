"""The bot as a process of its own on the local Slack: `python -m bot run`, started, watched and stopped."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from bot.store.engine import DATABASE_FILE
from tests.platforms.school import School
from tests.platforms.slack.campus import Campus
from tests.platforms.slack.seeing import all_words, buttons
from tests.platforms.slack.values import Json
from tests.platforms.slack_server import At, Exchange, SlackServer

T = TypeVar("T")

ROOT = Path(__file__).parents[3]
PATIENCE = 100.0
"""Seconds after which something that should have happened has not; a busy machine starts a process slowly."""

STOPS_WITHIN = 10.0
"""Seconds in which the bot must end when it is told to."""


class Child:
    """The school on Slack, and the bot as a process that watches it, on sockets or over signed HTTP."""

    def __init__(self, slack: SlackServer, home: Path, *, over_http: bool, school: School | None = None) -> None:
        self.slack = slack
        self.world = slack.world
        self.campus = Campus(slack)
        self.place = self.campus.place
        self.over_http = over_http
        self.home = home
        self.log = home / "log.txt"
        self._http = f"127.0.0.1:{_free_port()}"
        # Words, not a clock's reading: a decimal with ten digits reads as a telephone number.
        self._rounds = count(1)
        self._process: asyncio.subprocess.Process | None = None
        (home / "site.toml").write_text((school or School()).site_file(self.place), encoding="utf-8")

    # --- the process --------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start it, and wait until it reads along: its notices stand, and its line is there."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=ROOT, env=self._environment(), stdout=log, stderr=log
            )
        await self.until(self._has_line, "a line to Slack")
        if self.over_http:
            await self._until_ready()
            self.slack.http.url = f"http://{self._http}/slack/events"
        for room in ("class", "families"):
            await self.until(partial(self.world.bot_messages, self.place.rooms[room]), f"the notice in {room}")
        await self.read(self.say("leader", "families", f"Thank you all, round {next(self._rounds)}"))

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

    async def page(self, path: str) -> tuple[int, str]:
        """Return status and text of one of its own pages, such as `/metrics`."""
        async with aiohttp.ClientSession() as session, session.get(f"http://{self._http}{path}") as answer:
            return answer.status, await answer.text()

    # --- hands --------------------------------------------------------------------------------------------------------

    def say(self, person: str, room: str, text: str, **more: Any) -> At:
        """Have somebody write in a room; see `World.post`."""
        return self.world.post(self.place.accounts[person], self.place.rooms[room], text, **more)

    async def report(self, person: str, at: At, what: str) -> Exchange:
        """Have somebody report a message, fill the form in and send it."""
        account = self.place.accounts[person]
        done = await self.world.shortcut(account, at)
        view = (await self.until(lambda: done.views, "the report form"))[-1]
        return await self.world.submit(account, view, {"what": what})

    async def press(self, person: str, verb: str, card: Json) -> Exchange:
        """Have somebody press a button on a card in their conversation with the bot."""
        account = self.place.accounts[person]
        action, value = buttons(card["blocks"])[verb]
        return await self.world.press(account, At(self.world.direct(account), card["ts"]), action, value or None)

    # --- eyes ---------------------------------------------------------------------------------------------------------

    def cards(self, person: str) -> list[Json]:
        """Return the bot's cards that lead to a comment, for one person, oldest first, as they stand now.

        What it asks and tells about the channels themselves is left out.
        """
        written = self.world.direct_messages(self.place.accounts[person])
        return [message for message in written if "/archives/" in json.dumps(message.get("blocks", []))]

    async def card(self, person: str, number: int = 1) -> Json:
        """Wait for the card that makes it `number` for a person; return it."""
        await self.until(lambda: len(self.cards(person)) >= number, f"{number} cards for {person}")
        return self.cards(person)[number - 1]

    async def shows(self, person: str, card: Json, words: str) -> None:
        """Wait until a card says these words, where it stands."""
        await self.until(lambda: words in all_words(card.get("blocks", [])), f"“{words}” on a card for {person}")

    def rows(self, query: str, *values: str) -> list[Any]:
        """Return what a query finds in the bot's database; nothing while there is none."""
        address = (self.home / DATABASE_FILE).as_uri()
        try:
            with closing(sqlite3.connect(f"{address}?mode=ro", uri=True)) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.OperationalError:
            return []

    def times_read(self) -> dict[str, int]:
        """Return how often each comment was read, by its `ts`."""
        return dict(self.rows("SELECT comment, count(*) FROM screened GROUP BY comment"))

    async def settled(self) -> None:
        """Wait until a comment that is posted now has been read, and every card about comments is out and redrawn."""
        await self.read(self.say("leader", "families", f"Thank you all, round {next(self._rounds)}"))
        query = (
            "SELECT 1 FROM outbox WHERE kind IN ('flag', 'review', 'tell', 'update')"
            " AND done_at IS NULL AND due_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')"
        )
        await self.until(lambda: not self.rows(query), "every card to be drawn")

    async def read(self, at: At) -> None:
        """Wait until the bot has read a comment."""
        await self.until(lambda: self.rows("SELECT 1 FROM screened WHERE comment = ?", at.ts), f"{at} to be read")

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

    def _has_line(self) -> bool:
        return bool(self.over_http or self.slack.socket.connections)

    async def _until_ready(self) -> None:
        for _ in range(int(PATIENCE / 0.1)):
            try:
                if (await self.page("/healthz"))[0] == 200:
                    return
            except aiohttp.ClientError:
                assert self._process is not None
                assert self._process.returncode is None, self.said()
            await asyncio.sleep(0.1)
        raise AssertionError(f"the bot does not answer at its own address: {self.said()}")

    def _environment(self) -> dict[str, str]:
        line = (
            {"SLACK_SIGNING_SECRET": self.slack.signing_secret}
            if self.over_http
            else {"SLACK_APP_TOKEN": self.slack.app_token}
        )
        return {
            "PATH": os.environ["PATH"],
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "CROSSING_GUARD_HOME": str(self.home),
            "CROSSING_GUARD_SITE_FILE": str(self.home / "site.toml"),
            "CROSSING_GUARD_HTTP": self._http,
            **line,
        }


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
