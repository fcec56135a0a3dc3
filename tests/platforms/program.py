"""The whole bot over a platform, wired as the program wires it, with a toxicity model whose scores are known."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app.assembly import assembled
from bot.app.guard import Guard
from bot.platform.protocol import Platform
from bot.policy.loader import load_pack
from bot.registry.applying import apply
from bot.registry.site_file import read_site_file
from bot.screening.detectors import standard_detectors
from bot.screening.screener import Screener
from bot.screening.seams import Scores
from bot.store import Store, open_store
from bot.store.engine import DATABASE_FILE
from tests.screening.word_model import LABELS, WordModel

DETECTORS = standard_detectors()
PACK = load_pack("lausd")
SITE_FILE = "site.toml"


class SchoolModel:
    """The table of words, a word of possible sexual content, and one that breaks it, the error quoting the text."""

    identity = "a table of words"
    labels = (*LABELS, "sexual_explicit")

    def __init__(self) -> None:
        self._words = WordModel()

    async def score(self, texts: Sequence[str]) -> list[Scores]:
        """See `ToxicityModel.score`."""
        for text in texts:
            if "crashing" in text:
                raise RuntimeError(text)
        return [
            {**scores, "sexual_explicit": 0.9 if "nudes" in text else 0.0}
            for text, scores in zip(texts, await self._words.score(texts), strict=True)
        ]


class Program:
    """The bot as a process would be: everything it knows is in `home` and in its platform."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._ahead = timedelta(0)
        self._store: Store | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, platform: Platform) -> None:
        """Run the bot until `stop`."""
        ready: asyncio.Future[Store] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._run(platform, ready), name="the bot")
        self._task.add_done_callback(lambda _: ready.cancel())
        await asyncio.wait([ready])
        self.must_run()
        self._store = ready.result()

    async def stop(self) -> None:
        """End it as a signal would, and wait until it has ended."""
        assert self._task is not None
        self.must_run()
        self._task.cancel()
        await asyncio.wait([self._task])
        self._store = None

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._store is not None

    def must_run(self) -> None:
        """Fail with what ended the bot, if something did."""
        assert self._task is not None
        if self._task.done():
            self._task.result()

    async def apply(self, site_file: str) -> None:
        """Set the school up, or change it, while the bot runs or before it does."""
        path = self.home / SITE_FILE
        path.write_text(site_file, encoding="utf-8")
        if self._store is not None:
            await apply(self._store, read_site_file(path))

    def now(self) -> datetime:
        """Return what the bot's clock says: the time, unless `go_to` has moved it."""
        return datetime.now(UTC) + self._ahead

    def go_to(self, at: datetime) -> None:
        """Move the bot's clock forward to a time; it goes on from there. What people post keeps the true time."""
        assert at >= self.now(), "a clock goes forward"
        self._ahead = at - datetime.now(UTC)

    def rows(self, query: str, *values: str) -> list[Any]:
        """Return what a query finds in the bot's database."""
        address = (self.home / DATABASE_FILE).as_uri()
        with closing(sqlite3.connect(f"{address}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def due(self) -> int:
        """How many errands are waiting to be carried out now."""
        now = self.now().strftime("%Y-%m-%d %H:%M:%S.%f")
        query = "SELECT count(*) FROM outbox WHERE done_at IS NULL AND due_at <= ?"
        return int(self.rows(query, now)[0][0])

    def kept(self) -> Mapping[str, bytes]:
        """Return everything that the bot keeps: each file's bytes, and each table's rows."""
        files = {path.name: path.read_bytes() for path in self.home.iterdir() if path.name != SITE_FILE}
        tables = [name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return files | {table: repr(self.rows(f"SELECT * FROM {table}")).encode() for table in tables}  # noqa: S608

    async def _run(self, platform: Platform, ready: asyncio.Future[Store]) -> None:
        async with open_store(home=self.home) as store:
            if (path := self.home / SITE_FILE).exists():
                await apply(store, read_site_file(path))
            screener = Screener(SchoolModel(), DETECTORS)
            async with assembled(store, {platform.name: platform}, screener, PACK, self.now) as parts:
                ready.set_result(store)
                await Guard(parts).run()
