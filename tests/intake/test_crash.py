"""Promise 1 against `kill -9`: a real process on a real database, killed amid its work and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Table, select

from bot.intake.intake import BEGINNING
from bot.store import Store, open_store, schema
from tests.intake.crash_child import LIVE, TOTAL, words_of
from tests.store.opened import opened

ROOT = Path(__file__).parents[2]


def start(home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.intake.crash_child", str(home)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def lines(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


async def killed_after(deliveries: int, home: Path) -> list[str]:
    """Run the child until it has delivered so many messages, kill it, and return from when on it read history."""
    child = start(home)
    while len(lines(home / "delivered")) < deliveries:
        assert child.poll() is None, "the child ended before it could be killed"
        await asyncio.sleep(0.002)
    os.kill(child.pid, signal.SIGKILL)
    output, _ = child.communicate()
    assert child.returncode == -signal.SIGKILL
    return output.split()


async def rows(store: Store, table: Table) -> list[Row[Any]]:
    async with store._engine.connect() as connection:
        return list(await connection.execute(select(table)))


async def test_nothing_is_lost_or_done_twice_however_often_the_process_is_killed(tmp_path: Path) -> None:
    kills = [3, 40, 90, 150]
    readings = [since for deliveries in kills for since in await killed_after(deliveries, tmp_path)]
    last = start(tmp_path)
    output, _ = last.communicate(timeout=60)
    assert last.returncode == 0
    readings += output.split()

    started = [datetime.fromisoformat(since) for since in readings]
    assert started[0] == BEGINNING
    assert started == sorted(started)
    assert started[-1] > BEGINNING, "the watermark was never used"

    async with open_store(home=tmp_path) as store:
        screened = await rows(store, schema.screened)
        assert sorted(int(row.comment) for row in screened) == list(range(TOTAL + LIVE))
        about = {row.id: row.comment for row in await rows(store, schema.flags)}
        about |= {row.id: row.comment for row in await rows(store, schema.review_items)}
        expected = [str(number) for number in range(TOTAL + LIVE) if words_of(number) != "hello"]
        assert sorted(about.values(), key=int) == expected

        snapshots = await rows(store, schema.snapshots)
        assert sorted(about[row.flag_id or row.review_item_id] for row in snapshots) == sorted(expected)
        for row in snapshots:
            seen = (await opened(store, row.id)).comment
            assert seen.ref.comment == about[row.flag_id or row.review_item_id]
            assert seen.text == words_of(int(seen.ref.comment))

        errands = await rows(store, schema.outbox)
        assert sorted(next(iter(row.payload.values())) for row in errands) == sorted(map(str, about))
        assert all(row.done_at is not None for row in errands)

    delivered = Counter(lines(tmp_path / "delivered"))
    assert set(delivered) == set(map(str, about)), "somebody was never told"
    assert delivered.total() - len(delivered) <= len(kills), "more than one visible duplicate for a crash"
