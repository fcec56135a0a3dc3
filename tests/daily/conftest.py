"""A school on SQLite, at nine in the morning of a Friday."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import open_store
from tests.daily.school import DailySchool, local
from tests.intake.history import Clock


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[DailySchool]:
    async with open_store(home=tmp_path) as store:
        yield await DailySchool(store, Clock(local(20, 9))).open()
