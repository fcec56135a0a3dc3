"""New databases in a moment: each is a copy of one that the migrations made, because thousands of tests want one.

What has a table already, and what a child process opens, goes through the migrations as ever; their own tests call
them directly.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import migrate
from bot.store.engine import DATABASE_FILE, database_url, make_engine
from bot.store.patience import PATIENCE_S

_made: dict[str, bytes] = {}
"""By kind of database, a new one: SQLite's file, or what to have PostgreSQL execute."""


async def upgrade(engine: AsyncEngine, *, patience: float = PATIENCE_S) -> None:
    """Do what `bot.store.migrate.upgrade` does, which also looks at the copy before anything uses it."""
    if engine.url.get_backend_name() == "sqlite":
        await _copy_file(engine)
    elif "postgresql" in _made:
        with suppress(OSError, SQLAlchemyError):  # of a database in trouble, the migrations say what is wrong
            await _copy_tables(engine, _made["postgresql"].decode())
    await migrate.upgrade(engine, patience=patience)


async def prepare(server: Any) -> None:
    """Migrate the empty database of a PostgreSQL server, and keep what its own tool writes to make one like it."""
    engine = make_engine(database_url(server.get_uri(), Path()))
    await migrate.upgrade(engine)
    await engine.dispose()
    dump = (str(server.bin_path / "pg_dump"), "--no-owner", "--inserts", "--schema=public", server.get_uri())
    process = await asyncio.create_subprocess_exec(*dump, stdout=asyncio.subprocess.PIPE)
    written, _ = await process.communicate()
    assert process.returncode == 0, "pg_dump failed"
    lines = written.decode().splitlines()
    # Lines that begin with a backslash are for its own client.
    _made["postgresql"] = "\n".join(line for line in lines if not line.startswith(("--", "\\"))).encode()


async def _copy_file(engine: AsyncEngine) -> None:
    if "sqlite" not in _made:
        with TemporaryDirectory() as folder:
            first = make_engine(database_url(None, Path(folder)))
            await migrate.upgrade(first)
            await first.dispose()
            _made["sqlite"] = (Path(folder) / DATABASE_FILE).read_bytes()
    if not engine.url.query:
        _write_new(Path(engine.url.database or ""), _made["sqlite"])


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there or empty; where that cannot be, the migrations say why."""
    with suppress(OSError):
        if not path.exists() or not path.stat().st_size:
            path.write_bytes(content)


async def _copy_tables(engine: AsyncEngine, script: str) -> None:
    async with engine.begin() as connection:
        if (await connection.execute(text("SELECT 1 FROM pg_tables WHERE schemaname = 'public'"))).first():
            return
        await connection.execute(text("DROP SCHEMA public"))  # the script makes it
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.execute(script)
        await connection.execute(text("SET search_path TO DEFAULT"))
