"""Migrations: they make the schema, once, and only where they may."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import StoreError
from bot.store.engine import database_url, make_engine
from bot.store.migrate import VERSION_TABLE, upgrade
from bot.store.schema import metadata

_VERSION = "SELECT version_num FROM crossing_guard_schema"


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, metadata))


def _constraints(connection: Connection) -> set[str | None]:
    found: set[str | None] = set()
    for table in inspect(connection).get_table_names():
        if table != VERSION_TABLE:
            found |= {item["name"] for item in inspect(connection).get_foreign_keys(table)}
            found |= {item["name"] for item in inspect(connection).get_check_constraints(table)}
            found.add(inspect(connection).get_pk_constraint(table)["name"])
    return found


async def test_the_migrations_make_exactly_the_schema(engine: AsyncEngine) -> None:
    await upgrade(engine)
    async with engine.begin() as connection:
        assert await connection.run_sync(_differences) == []
        migrated = await connection.run_sync(_constraints)
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        assert migrated == await connection.run_sync(_constraints)


async def test_upgrading_again_or_at_the_same_moment_changes_nothing(engine: AsyncEngine) -> None:
    await asyncio.gather(*(upgrade(engine) for _ in range(3)))
    await upgrade(engine)
    async with engine.connect() as connection:
        versions = (await connection.execute(text(_VERSION))).all()
        assert len(versions) == 1
        assert await connection.run_sync(_differences) == []


async def test_many_processes_may_make_the_same_new_file_at_once(tmp_path: Path) -> None:
    for attempt in range(20):
        address = database_url(f"sqlite:///{tmp_path / f'{attempt}.sqlite3'}", tmp_path)
        engines = [make_engine(address) for _ in range(8)]
        outcomes = await asyncio.gather(*(upgrade(engine) for engine in engines), return_exceptions=True)
        for engine in engines:  # also after a failure: a connection left open would fail the next test instead
            await engine.dispose()
        assert outcomes == [None] * len(engines)


@pytest.fixture
async def contended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[AsyncEngine, sqlite3.Connection]]:
    """An engine on a new file that gives up a lock quickly, and another program with the same file open."""
    monkeypatch.setattr("bot.store.engine.BUSY_TIMEOUT_S", 0.01)
    engine = make_engine(database_url(f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path))
    with closing(sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        yield engine, other
    await engine.dispose()


async def test_whoever_holds_the_lock_while_a_file_is_made_is_waited_for(
    contended: tuple[AsyncEngine, sqlite3.Connection],
) -> None:
    engine, other = contended
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(upgrade(engine))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    other.execute("COMMIT")
    await waiting
    assert other.execute(_VERSION).fetchone() is not None


async def test_a_waiting_process_whose_work_another_does_needs_no_lock_any_more(
    contended: tuple[AsyncEngine, sqlite3.Connection], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, other = contended
    finished = make_engine(database_url(f"sqlite:///{tmp_path / 'finished.sqlite3'}", tmp_path))
    await upgrade(finished)
    await finished.dispose()
    with closing(sqlite3.connect(tmp_path / "finished.sqlite3")) as source:
        _begin, *statements, commit = source.iterdump()

    async def meanwhile(_: float) -> None:
        for statement in (*statements, commit, "BEGIN IMMEDIATE"):
            other.execute(statement)

    monkeypatch.setattr("bot.store.patience.asyncio.sleep", meanwhile)
    other.execute("BEGIN IMMEDIATE")
    await upgrade(engine)
    assert other.in_transaction


async def test_a_file_that_is_up_to_date_is_only_read(contended: tuple[AsyncEngine, sqlite3.Connection]) -> None:
    engine, other = contended
    await upgrade(engine)
    other.execute("BEGIN IMMEDIATE")
    await upgrade(engine, patience=0)


async def test_a_new_file_that_stays_locked_is_one_clear_sentence(
    contended: tuple[AsyncEngine, sqlite3.Connection],
) -> None:
    engine, other = contended
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="stays locked by another program"):
        await upgrade(engine, patience=0.1)
    other.execute("ROLLBACK")
    await upgrade(engine)


async def test_a_newer_database_is_refused_and_left_alone(engine: AsyncEngine) -> None:
    await upgrade(engine)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE crossing_guard_schema SET version_num = '9999'"))
    with pytest.raises(StoreError, match="made by a newer Crossing Guard; update the program"):
        await upgrade(engine)
    async with engine.connect() as connection:
        assert (await connection.execute(text(_VERSION))).scalar_one() == "9999"


async def test_another_programs_database_is_refused(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE channels (id INTEGER PRIMARY KEY)"))
    with pytest.raises(StoreError, match="belongs to another program"):
        await upgrade(engine)


async def test_an_upgrade_that_breaks_halfway_leaves_nothing_behind(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("alembic.operations.Operations.create_index", break_down)
    with pytest.raises(RuntimeError):
        await upgrade(engine)
    monkeypatch.undo()
    async with engine.connect() as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == []
    await upgrade(engine)


def test_the_migrations_travel_with_the_package() -> None:
    folder = Path(upgrade.__code__.co_filename).with_name("migrations")
    for package in (folder, folder / "versions"):
        assert (package / "__init__.py").is_file(), "a folder without it is left out of the wheel"
