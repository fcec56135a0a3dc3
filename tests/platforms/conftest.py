"""Plays every behaviour on every stage that can do what it needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from tests.platforms.behaviours import STAGES, THEMES, played_on
from tests.platforms.school import School
from tests.platforms.stage import Stage


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give `empty_stage`, and with it `stage`, one value for each platform; a behaviour without any is a mistake."""
    if "empty_stage" in metafunc.fixturenames:
        names = played_on(metafunc.function)
        assert names, f"{metafunc.function.__name__} is played nowhere"
        module = metafunc.module.__name__.rpartition(".")[2]
        assert module in THEMES, f"{module} is not among the themes, so the docs would not list it"
        metafunc.parametrize("empty_stage", names, indirect=True)


@pytest.fixture(autouse=True)
def _no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the guard look only when it is told to, so that nothing forgotten is made good by its next tick."""
    monkeypatch.setattr("bot.app.guard.TICK", 3600.0)


@pytest.fixture(autouse=True)
def _no_look_at_the_register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody asked or told about the channels themselves: behaviours count the cards about comments."""
    monkeypatch.setattr("bot.registry.announcing.Announcer.begin_days", AsyncMock())


@pytest.fixture
async def empty_stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """A platform on which nothing runs yet."""
    stage = STAGES[request.param](tmp_path)
    yield stage
    await stage.close()


@pytest.fixture
async def stage(empty_stage: Stage) -> Stage:
    """A platform with the school on it, the bot running, and its notices posted."""
    await empty_stage.open(School())
    await empty_stage.watched()
    return empty_stage
