"""Addresses, settings and transactions of the two databases."""

from __future__ import annotations

import asyncio
import builtins
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.errors import SettingsError
from bot.store import open_store
from bot.store.engine import database_url, for_writing, make_engine, place_of

HOME = Path("/home/bot")


@pytest.mark.parametrize(
    ("given", "full"),
    [
        (None, "sqlite+aiosqlite:////home/bot/crossing-guard.sqlite3"),
        ("", "sqlite+aiosqlite:////home/bot/crossing-guard.sqlite3"),
        ("sqlite:////data/x.db", "sqlite+aiosqlite:////data/x.db"),
        ("sqlite+aiosqlite:////data/x.db", "sqlite+aiosqlite:////data/x.db"),
        ("postgresql://u:p@db/name", "postgresql+asyncpg://u:p@db/name"),
        ("postgres://u:p@db:5433/name", "postgresql+asyncpg://u:p@db:5433/name"),
        ("postgresql://u:p@db/name?sslmode=require", "postgresql+asyncpg://u:p@db/name?ssl=require"),
        ("postgresql://u@/name?host=/run/postgresql", "postgresql+asyncpg://u@/name?host=%2Frun%2Fpostgresql"),
    ],
)
def test_addresses_get_the_driver_that_the_program_uses(given: str | None, full: str) -> None:
    assert database_url(given, HOME).render_as_string(hide_password=False) == full


@pytest.mark.parametrize(
    "given", ["mysql://u:secret@db/name", "sqlite://", "sqlite:///:memory:", "secret", "://secret"]
)
def test_an_address_that_cannot_be_used_is_one_sentence_without_its_secrets(given: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as refused:
        database_url(given, HOME)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            "postgresql://u:secret@db/name?channel_binding=require",
            "“channel_binding” cannot be used here; leave it out.",
        ),
        ("postgres://u:secret@db/name?application_name=x", "“application_name” cannot be used here; leave it out."),
        ("postgresql://u:secret@db/name?sslrootcert=/x", "“sslrootcert” cannot be used here; name the file in PGSSL"),
        ("postgresql://u:secret@db/name?host=other:99999", "“host” cannot be used here; it names the folder of a sock"),
        ("postgresql://u:secret@db/name?sslmode=full", "“sslmode” must be one of disable, allow, prefer, require, v"),
        ("postgresql://u:secret@db/name?sslmode=require&sslmode=allow", "“sslmode” must be one of disable, allow,"),
        ("postgresql://u:secret@db:65536/name", "has a port that does not exist; the highest is 65535."),
        ("postgresql://u:secret@db:-1/name", "has a port that does not exist; the highest is 65535."),
        ("postgresql://u:p@p?secret=x@db/name", "is no database address"),
        ("sqlite:////data/x.db?timeout=soon", "“timeout” cannot be used here; leave it out."),
        ("sqlite:///file:/data/x.db?mode=memory&uri=true", "“mode” must be one of ro, rw, rwc."),
    ],
)
def test_what_a_driver_cannot_take_is_refused_by_name(given: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as refused:
        database_url(given, HOME)
    assert sentence in str(refused.value)
    assert "secret" not in str(refused.value)


def test_people_are_told_the_place_and_never_the_password() -> None:
    place = place_of(database_url("postgresql://bot:hunter2@db.example.org/guard?sslmode=require", HOME))
    assert place == "postgresql://bot:***@db.example.org/guard"
    assert place_of(database_url(None, HOME)) == "/home/bot/crossing-guard.sqlite3"


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_asyncpg(
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> Any:
        if name == "asyncpg":
            raise ModuleNotFoundError(name)
        return real(name, globals, locals, fromlist, level)

    monkeypatch.setattr(builtins, "__import__", without_asyncpg)
    with pytest.raises(SettingsError, match=r"crossing-guard\[postgres\]"):
        make_engine(database_url("postgresql://u@db/name", HOME))


async def test_sqlite_has_the_settings_that_the_promises_need(tmp_path: Path) -> None:
    engine = make_engine(database_url(None, tmp_path))
    async with engine.connect() as connection:
        found = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    await engine.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


async def test_savepoints_and_tables_belong_to_the_transaction(tmp_path: Path) -> None:
    """The driver's legacy transaction control would let both survive a rollback."""
    engine = make_engine(database_url(None, tmp_path))
    async with engine.connect() as connection:
        await connection.execute(text("CREATE TABLE made (id INTEGER)"))
        async with connection.begin_nested():
            await connection.execute(text("INSERT INTO made VALUES (1)"))
        await connection.rollback()
        tables = await connection.execute(text("SELECT name FROM sqlite_master"))
        assert tables.all() == []
    await engine.dispose()


async def test_readers_go_on_while_somebody_writes(tmp_path: Path) -> None:
    engine = make_engine(database_url(None, tmp_path))
    async with for_writing(engine).begin() as writing:
        await writing.execute(text("CREATE TABLE made (id INTEGER)"))
        async with engine.begin() as reading:
            assert (await reading.execute(text("SELECT count(*) FROM sqlite_master"))).scalar_one() == 0
    await engine.dispose()


def test_the_database_and_its_log_are_for_their_owner_alone(tmp_path: Path) -> None:
    async def modes() -> dict[str, int]:
        async with open_store(home=tmp_path) as store:
            await store.channels.all()
            return {file.name: file.stat().st_mode & 0o777 for file in os.scandir(tmp_path) if "sqlite3" in file.name}

    tmp_path.chmod(0o755)
    found = asyncio.run(modes())
    assert set(found.values()) == {0o600}
    assert "crossing-guard.sqlite3-wal" in found
