"""A process that has a new master key take over, a small step for each line it is given, until it is killed or done.

Without anybody to wait for it goes on by itself.
"""

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
        await told("begun")
        while done := await store.rotation.step():
            await told(str(done))
        await store.rotation.complete("principal", datetime.now(UTC), "yearly")


async def told(line: str) -> None:
    """Say a line, and wait for one."""
    print(line, flush=True)  # noqa: T201
    await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(rotate(*sys.argv[1:]))
