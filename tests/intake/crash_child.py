"""The program that `test_crash` kills: reads a channel's history and live events, delivers its outbox, ends when done.

Run as `python -m tests.intake.crash_child HOME`. Prints from when on it read history, one line per reading.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bot.domain.comments import ChannelRef, Comment
from bot.intake import Intake
from bot.store import Store, open_store, schema
from tests.intake.screener import WordScreener
from tests.store.examples import ROOM, VERSIONS, comment

TOTAL = 2000
LIVE = 200
LEASE = timedelta(milliseconds=50)
_START = datetime(2020, 1, 1, tzinfo=UTC)


def words_of(number: int) -> str:
    """What comment `number` says; about one in nine comes to people."""
    if number % 11 == 0:
        return "bad words"
    if number % 101 == 0:
        return "unreadable"
    return "crash" if number % 103 == 0 else "hello"


def comments(first: int, last: int) -> list[Comment]:
    """The comments that the platform keeps, oldest first."""
    return [comment(n, words_of(n), posted_at=_START + timedelta(seconds=n)) for n in range(first, last)]


async def history(_: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
    """Everything on the platform, the live comments too."""
    print(after.isoformat(), flush=True)  # noqa: T201
    for one in comments(0, TOTAL + LIVE):
        if one.posted_at is not None and one.posted_at > after:
            await asyncio.sleep(0)
            yield one


async def deliver(store: Store, log: Path, everything_came_in: asyncio.Event) -> None:
    """Show people what is in the outbox, one after the other; end when everything came in and nothing is left."""
    with log.open("a") as seen:
        while not everything_came_in.is_set() or await undelivered(store):
            for errand in await store.outbox.claim(datetime.now(UTC), lease=LEASE):
                seen.write(f"{next(iter(errand.payload.values()))}\n")
                seen.flush()
                await store.outbox.delivered(errand.id, datetime.now(UTC))
            await asyncio.sleep(0.001)


async def undelivered(store: Store) -> int:
    """How many errands are not done."""
    async with store._engine.connect() as connection:
        waiting = select(func.count()).where(schema.outbox.c.done_at.is_(None))
        return int((await connection.execute(waiting)).scalar_one())


async def main(home: Path) -> None:
    """Do everything once."""
    everything_came_in = asyncio.Event()
    async with open_store(home=home) as store, asyncio.TaskGroup() as group:
        await store.channels.save(ROOM)
        intake = await Intake(store, WordScreener(), lambda: datetime.now(UTC), versions=VERSIONS).start()
        group.create_task(deliver(store, home / "delivered", everything_came_in))
        for one in comments(TOTAL, TOTAL + LIVE):
            group.create_task(intake.receive(one))
        assert await intake.catch_up(ROOM.ref, history)
        everything_came_in.set()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
