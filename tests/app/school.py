"""The whole program on the local platform, without a page: a school, a store, a guard, and a known word model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from adapters.local.platform import LocalPlatform
from adapters.local.school import SITE_FILE, open_school
from bot.app.guard import Guard, Parts
from bot.domain.assessments import Assessment, Judgement
from bot.domain.comments import Comment
from bot.intake import Intake
from bot.intake.reading import Reader
from bot.platform.events import Event, Interrupted, Resumed
from bot.platform.protocol import Platform
from bot.policy.loader import load_pack
from bot.registry.applying import apply
from bot.registry.known import Known
from bot.registry.site_file import read_site_file
from bot.screening.screener import Screener
from bot.store import Store, Versions, open_store
from tests.screening.word_model import WordModel


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class School:
    """A running school. `read` are the texts that were screened, in order; `asked` what reached the desk.

    `noted` is what the ledger was told of the line.
    """

    platform: LocalPlatform
    store: Store
    read: list[str] = field(default_factory=list)
    asked: list[Event] = field(default_factory=list)
    noted: list[Interrupted | Resumed] = field(default_factory=list)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds; 20 seconds in vain are a failure."""
        async with asyncio.timeout(20):
            while not condition():  # noqa: ASYNC110 - conditions of the outside, seen on pages and in tables
                await asyncio.sleep(0.02)

    async def stored(self, query: str) -> list[Any]:
        """Wait until `query` finds rows, and return them."""
        async with asyncio.timeout(20):
            while not (found := await rows(self.store, query)):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)
        return found


async def rows(store: Store, query: str) -> list[Any]:
    """Return what a query finds in the raw database."""
    async with store._engine.connect() as connection:
        return list((await connection.execute(text(query))).all())


@asynccontextmanager
async def running_school(
    home: Path, platform: LocalPlatform | None = None, beside: Platform | None = None
) -> AsyncIterator[School]:
    """Run the guard over the example school while the block runs; `beside` is another platform that it watches."""
    pack = load_pack("lausd")
    async with open_store(home=home / "store") as store:
        await apply(store, read_site_file(SITE_FILE))
        school = School(platform or LocalPlatform(open_school()), store)
        known = Known(store, now)
        reader = Reader(Screener(WordModel(), []), pack, known.facts_of)

        async def read(comment: Comment) -> tuple[Assessment, Judgement]:
            school.read.append(comment.text)
            return await reader(comment)

        async def desk(event: Event, _: Platform) -> None:
            school.asked.append(event)

        async def line(event: Interrupted | Resumed, _: str) -> None:
            await asyncio.sleep(0.05 if isinstance(event, Interrupted) else 0)  # the database is slow with beginnings
            school.noted.append(event)

        async def deliver() -> None:
            await asyncio.Event().wait()

        intake = await Intake(store, read, now, versions=Versions(pack.name, "words")).start()
        platforms: dict[str, Platform] = {"local": school.platform}
        if beside is not None:
            platforms[beside.name] = beside
        guard = Guard(Parts(store, platforms, intake, known, desk, (deliver,), now, line))
        task = asyncio.create_task(guard.run())
        try:
            yield school
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
