"""`crossing-guard drill`: it works over the database, says when no bot runs, and tells the times of each rung."""

from __future__ import annotations

import asyncio
import json
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from bot.alerts.drills import DrillTeller
from bot.alerts.errands import Errands
from bot.app.cli import drill as command
from bot.app.cli.main import cli
from bot.app.wiring import open_database
from bot.errors import CrossingGuardError
from bot.platform.events import ButtonPressed
from bot.store import Store, open_store
from tests.alerts.school import School


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CROSSING_GUARD_HOME", str(tmp_path))
    monkeypatch.setattr(command, "_LOOK", 0.02)

    async def made() -> None:
        async with open_store(home=tmp_path) as store:
            await School(store).open()

    asyncio.run(made())
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["drill", *arguments], standalone_mode=False)


@pytest.mark.usefixtures("home")
def test_without_a_running_bot_nothing_is_put_in_and_it_says_so() -> None:
    done = run("--fast")
    assert isinstance(done.exception, CrossingGuardError)
    assert "No bot is running" in str(done.exception)
    unknown = run("--site", "nowhere").exception
    assert isinstance(unknown, CrossingGuardError)
    assert "no site “nowhere”" in str(unknown)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("minutes", ["nan", "inf", "-1", "1e300"])
def test_a_wait_that_is_no_number_of_minutes_is_wrong_use(minutes: str) -> None:
    assert isinstance(run("--fast", "--wait", minutes).exception, click.BadParameter)


def test_the_bot_carries_it_out_and_each_rungs_times_are_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_database

    monkeypatch.setattr(command, "open_database", lambda settings: _Beside(opened(settings), home))
    done = run("--fast", "--json")
    rows = json.loads(done.output)
    assert done.return_value == 0
    assert [row["person"] for row in rows] == ["principal", "assistant"]
    assert all(row["acknowledged_after_s"] >= 0 for row in rows)


class _Beside:
    """The command's database, with a bot beside it that works on the same file and whose people answer at once."""

    def __init__(self, opening: AbstractAsyncContextManager[Store], home: Path) -> None:
        self._opening = opening
        self._home = home

    async def __aenter__(self) -> Store:
        store: Store = await self._opening.__aenter__()
        await store.gaps.beat(("discord",), now())
        self._bot = asyncio.create_task(self._run())
        return store

    async def __aexit__(self, *error: Any) -> None:
        self._bot.cancel()
        await asyncio.gather(self._bot, return_exceptions=True)
        await self._opening.__aexit__(*error)

    async def _run(self) -> None:
        async with open_store(home=self._home) as store:
            school = await School(store).open()
            teller = DrillTeller(store, {"discord": school.discord}, school.book, now)
            errands = Errands(store, now, teller.carriers)
            handle = teller.over(school.desk.handle)
            while True:
                await errands.carry_out_due(now())
                for shown in school.all():
                    for button in shown.card.buttons:
                        who = (shown.to.person or "").lstrip("@")
                        await handle(ButtonPressed(school.ask(who), button.verb, button.token), school.discord)
                await asyncio.sleep(0.02)
