"""Delivery against `kill -9`: nobody is left untold, and each crash shows at most one card twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from bot.alerts.asking import ASK
from bot.alerts.ladder import CLIMB
from bot.store import open_store, schema
from tests.alerts.school import THREAT, School

ROOT = Path(__file__).parents[2]
FLAGS = 12


def start(home: Path, child: str = "crash_child") -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", f"tests.alerts.{child}", str(home)], cwd=ROOT)


def lines(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


async def killed_after(count: int, child: subprocess.Popen[bytes], paper: Path) -> None:
    """Kill the child once so many lines stand on the paper."""
    while len(lines(paper)) < count:
        assert child.poll() is None, "the child ended before it could be killed"
        await asyncio.sleep(0.001)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait(30) == -signal.SIGKILL


async def test_a_killed_deliverer_leaves_nobody_untold_and_shows_one_card_twice_at_most(tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    async with open_store(home=tmp_path) as store:
        school = await School(store).open()
        cases = [await school.flag(THREAT, text=f"bad {number}") for number in range(FLAGS)]

    kills = [3, 8, 15]
    for count in kills:
        await killed_after(count, start(tmp_path), paper)
    assert start(tmp_path).wait(60) == 0

    shown = Counter(lines(paper))
    expected = {f"@{person}:{case.hex}" for case in cases for person in ("principal", "local-district")}
    assert set(shown) == expected
    assert shown.total() - len(shown) <= len(kills)
    async with open_store(home=tmp_path) as store:
        school = School(store)
        assert len(await school.rows(schema.deliveries)) == len(expected)
        told = [row for row in await school.rows(schema.outbox) if row.kind not in (CLIMB, ASK)]
        assert all(row.done_at is not None for row in told)


async def test_a_killed_program_goes_on_reminding_where_it_was(tmp_path: Path) -> None:
    expected: list[str] = []
    for home, kills in ((tmp_path / "whole", []), (tmp_path / "killed", [1, 2, 5, 9])):
        async with open_store(home=home) as store:
            await (await School(store).open()).flag(THREAT)
        for count in kills:
            await killed_after(count, start(home, "crash_child_ladder"), home / "paper")
        assert start(home, "crash_child_ladder").wait(60) == 0
        shown = Counter(lines(home / "paper"))
        expected = expected or list(shown)
        assert list(shown) == expected, "a reminder was lost, or came at another time or to somebody else"
        assert shown.total() - len(shown) <= len(kills)
    assert len(expected) > 10
