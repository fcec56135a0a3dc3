"""Opens a database: SQLite through aiosqlite, PostgreSQL through asyncpg, with the settings the promises need."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import SettingsError

DATABASE_FILE = "crossing-guard.sqlite3"
"""The database in CROSSING_GUARD_HOME when no DATABASE_URL is given."""

BUSY_TIMEOUT_S = 2.0
"""How long SQLite itself waits for a lock before it says so; who needs it then tries again."""

STATEMENT_TIMEOUT_S = 120.0
"""How long one statement may take on PostgreSQL; after that the server counts as out of reach."""

SWITCHING_S = 1.5
"""How long a connection to a new file is tried again while others switch it too; then it is made anew."""

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_TLS = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_PARAMETERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sqlite": {"uri": ("true",), "mode": ("ro", "rw", "rwc")},
    "postgresql": {"sslmode": _TLS, "ssl": _TLS},
}
"""What may stand behind the “?” of an address, with the values it may have; drivers stumble over everything else."""
_INSTEAD = {
    "sslrootcert": "name the file in PGSSLROOTCERT instead",
    "host": "it names the folder of a socket, which begins with “/”",
}
_MOST_PORT = 65535
_NO_ADDRESS = "DATABASE_URL is no database address; write it as postgresql://user:password@host/name."
_WRITES = "crossing_guard_writes"


def database_url(url: str | None, home: Path) -> URL:
    """Return the full URL of the database; raise `SettingsError` for one that cannot be used.

    `sqlite:` and `postgresql:` URLs get their asynchronous driver. Without `url` it is a file in `home`. Parameters
    that the driver cannot take are refused by name.
    """
    if not url:
        return URL.create("sqlite+aiosqlite", database=str(home / DATABASE_FILE))
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise SettingsError(_NO_ADDRESS) from None
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise SettingsError(
            "DATABASE_URL names a database that is not supported; use a sqlite: or postgresql: address."
        )
    if driver == _DRIVERS["sqlite"] and parsed.database in (None, "", ":memory:"):
        raise SettingsError("DATABASE_URL names a database in memory, which would forget everything; name a file.")
    full = parsed.set(drivername=driver)
    _check_port_and_parameters(full)
    return _with_asyncpg_tls(full)


def place_of(url: URL) -> str:
    """Return how to name the database to people: the file, or the address without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def make_engine(url: URL) -> AsyncEngine:
    """Return an engine for `url`. Nothing is opened yet; errors of its statements never show their values."""
    options: dict[str, Any] = {"hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": BUSY_TIMEOUT_S, "async_creator_fn": _open_sqlite}
    else:
        # What waits longer for a lock is tried again; a session whose client is gone must not keep one.
        limits = {"lock_timeout": "10s", "idle_in_transaction_session_timeout": "120s"}
        connecting = {"timeout": 10, "command_timeout": STATEMENT_TIMEOUT_S, "server_settings": limits}
        options |= {"pool_pre_ping": True, "connect_args": connecting}
    try:
        engine = create_async_engine(url, **options)
    except ModuleNotFoundError as error:
        raise SettingsError(
            "PostgreSQL needs one more package; install it with “pip install 'crossing-guard[postgres]'”."
        ) from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def for_writing(engine: AsyncEngine) -> AsyncEngine:
    """Return the same engine for transactions that write.

    On SQLite they take the write lock at once (`BEGIN IMMEDIATE`): one that reads first and is refused the lock
    later could not be tried again.
    """
    return engine.execution_options(**{_WRITES: True})


async def forget(engine: AsyncEngine) -> None:
    """Empty SQLite's log of changes, so that what was just deleted does not stay in it; PostgreSQL has none to empty.

    Readers may keep a part of it for a moment; the next emptying takes that along.
    """
    if engine.dialect.name != "sqlite":
        return
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        if driver is not None:
            with suppress(sqlite3.OperationalError):  # somebody reads at this very moment
                await (await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()


async def _open_sqlite(*args: Any, **options: Any) -> aiosqlite.Connection:
    """Open a connection with its settings; when that fails, leave nothing of it behind."""
    # The driver's own transaction control begins no transaction before SAVEPOINT or DDL, so it is switched off
    # and `_begin_sqlite` says BEGIN (SQLAlchemy's documentation of the SQLite dialect, "Transactions").
    connection = aiosqlite.connect(*args, isolation_level=None, **options)
    thread = connection._thread  # noqa: SLF001  (the driver has no other way to wait for its thread)
    thread.daemon = True
    try:
        connection = await connection
        await _switch_to_wal(connection)
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            await (await connection.execute(f"PRAGMA {pragma}")).close()
    except BaseException:
        # A failed opening leaves the driver's thread running for a moment; it would report to a closed event loop.
        if connection._connection is not None:  # noqa: SLF001
            await connection.close()
        thread.join()
        raise
    return connection


async def _switch_to_wal(connection: aiosqlite.Connection) -> None:
    """Have the file written ahead; try again when another connection switches the same new file at this moment.

    SQLite does not wait by itself there, since two that wait for each other would wait forever.
    """
    deadline = time.monotonic() + SWITCHING_S
    while True:
        try:
            await (await connection.execute("PRAGMA journal_mode = WAL")).close()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= deadline:
                raise
        else:
            return
        await asyncio.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _check_port_and_parameters(url: URL) -> None:
    """Raise `SettingsError` for a port and for parameters that the drivers cannot take."""
    if url.port is not None and not 0 < url.port <= _MOST_PORT:
        raise SettingsError(f"DATABASE_URL has a port that does not exist; the highest is {_MOST_PORT}.")
    backend = url.get_backend_name()
    known = _PARAMETERS[backend]
    for name, value in url.query.items():
        if "@" in f"{name}{value}":  # a password with “@” and “?” in it was cut in two, and must not be shown
            raise SettingsError(_NO_ADDRESS)
        if (backend, name) == ("postgresql", "host") and str(value).startswith("/"):
            continue
        if name not in known:
            told = _INSTEAD.get(name, "leave it out") if backend == "postgresql" else "leave it out"
            raise SettingsError(f"DATABASE_URL: “{name}” cannot be used here; {told}.")
        if value not in known[name]:
            raise SettingsError(f"DATABASE_URL: “{name}” must be one of {', '.join(known[name])}.")


def _with_asyncpg_tls(url: URL) -> URL:
    """Return the URL with `sslmode`, which hosting services write, under the name that asyncpg reads."""
    query: Mapping[str, Any] = url.query
    if url.get_backend_name() != "postgresql" or "sslmode" not in query:
        return url
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": query["sslmode"]})
