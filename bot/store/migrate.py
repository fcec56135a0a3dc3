"""Brings a database to this program's schema, on every start; never backwards, never someone else's database."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

import bot.store.daily_schema
import bot.store.register_schema  # noqa: F401  (so do these)
from bot.errors import StoreError
from bot.store.engine import for_writing, place_of
from bot.store.failures import explained, is_store_failure
from bot.store.patience import PATIENCE_S, patiently
from bot.store.schema import metadata

VERSION_TABLE = "crossing_guard_schema"
"""Our own name, so that another program in the same PostgreSQL may use Alembic too."""

_UPGRADE_LOCK = 0x6372_6F73_7367_7264
"""The advisory lock that lets one process at a time upgrade a PostgreSQL database."""


async def upgrade(engine: AsyncEngine, *, patience: float = PATIENCE_S) -> None:
    """Run the migrations that are missing, in one transaction; a database that has them all is only read.

    Another program's lock is borne for `patience` seconds: it may be running the same migrations. Raise `StoreError`
    when the database is newer than this program, belongs to another program, cannot be written though it has to be,
    or stays locked.
    """
    place = place_of(engine.url)
    script = ScriptDirectory.from_config(_config())
    try:
        await patiently(lambda: _look_and_upgrade(engine, script, place), patience)
    except Exception as error:
        if is_store_failure(error):
            raise explained(error, place) from error
        raise


async def _look_and_upgrade(engine: AsyncEngine, script: ScriptDirectory, place: str) -> None:
    """Take the write lock only for a database that needs it: of many that start at once, one does the work."""
    async with engine.connect() as connection:
        if await connection.run_sync(_present) == tuple(script.get_heads()):
            return
    async with for_writing(engine).begin() as connection:
        await connection.run_sync(_upgrade, script, place)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    return config


def _present(connection: Connection) -> tuple[str, ...]:
    """Return the version that the database has; nothing for an empty one, or another program's."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads()


def _upgrade(connection: Connection, script: ScriptDirectory, place: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
    present = _present(connection)  # again, under the lock: another process may have been first
    if not set(present) <= {revision.revision for revision in script.walk_revisions()}:
        raise StoreError(
            f"The database {place} was made by a newer Crossing Guard; update the program and start again."
        )
    if not present:
        _refuse_foreign(connection, place)
    if present != tuple(script.get_heads()):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _refuse_foreign(connection: Connection, place: str) -> None:
    """Refuse a SQLite file with any table in it, and a PostgreSQL database that has tables of our names."""
    tables = set(inspect(connection).get_table_names())
    if connection.dialect.name == "postgresql":
        tables &= set(metadata.tables)
    if tables:
        raise StoreError(f"The database {place} belongs to another program; name another one in DATABASE_URL.")
