"""Makes the databases of `tests.store.databases` known here, and a school on SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import open_store
from tests.alerts.school import School
from tests.store.databases import database, engine, postgresql, store

__all__ = ["database", "engine", "postgresql", "store"]


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[School]:
    """The example school, nothing flagged yet."""
    async with open_store(home=tmp_path) as store:
        yield await School(store).open()
