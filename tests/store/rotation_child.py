"""A process that has a new master key take over, in small steps, until it is killed or done."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.store import open_store, rotation


async def rotate(home: str, url: str) -> None:
    rotation.AT_ONCE = 3
    async with open_store(home=Path(home), url=url) as store:
        await store.rotation.begin()
        print("begun", flush=True)  # noqa: T201
        while done := await store.rotation.step():
            print(done, flush=True)  # noqa: T201
        await store.rotation.complete("principal", datetime.now(UTC), "yearly")


if __name__ == "__main__":
    asyncio.run(rotate(*sys.argv[1:]))
