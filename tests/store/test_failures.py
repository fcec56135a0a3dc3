"""Every sentence here comes from a real database in real trouble."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.errors import SettingsError, StoreError
from bot.store import open_store
from bot.store.engine import database_url, make_engine
from bot.store.failures import ends_transaction, explained, is_contention


async def refusal(home: Path, url: str | None, **options: Any) -> str:
    with pytest.raises(StoreError) as refused:
        async with open_store(home=home, url=url, **options):
            pytest.fail("a database in trouble was opened")
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear parents, " * 100)
    assert await refusal(tmp_path, f"sqlite:///{path}") == (
        f"The file {path} is not a database; move it away or name another in DATABASE_URL."
    )
    assert path.read_text().startswith("Dear parents")


async def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    sentence = await refusal(tmp_path, f"sqlite:///{tmp_path}/nowhere/x.db")
    assert "cannot be opened; check that its folder exists" in sentence


async def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="choose another CROSSING_GUARD_HOME"):
        async with open_store(home=tmp_path / "file" / "home"):
            pytest.fail("a home that cannot be was opened")


async def test_a_file_that_may_only_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    sqlite3.connect(path).close()
    sentence = await refusal(tmp_path, f"sqlite:///file:{path}?mode=ro&uri=true")
    assert "give this user write permission" in sentence


async def test_a_database_that_another_program_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.engine.BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "x.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("BEGIN EXCLUSIVE")
    assert "stays locked by another program" in await refusal(tmp_path, f"sqlite:///{path}", patience=0.2)
    other.execute("ROLLBACK")
    async with open_store(home=tmp_path, url=f"sqlite:///{path}"):
        pass
    other.execute("BEGIN IMMEDIATE")
    assert "stays locked by another program" in await refusal(tmp_path, f"sqlite:///{path}", patience=0.2)
    other.close()


async def test_a_damaged_database(tmp_path: Path) -> None:
    async with open_store(home=tmp_path):
        pass
    path = tmp_path / "crossing-guard.sqlite3"
    content = bytearray(path.read_bytes())
    content[100:4096] = bytes(3996)
    path.write_bytes(content)
    assert "is damaged; restore it from a backup" in await refusal(tmp_path, None)


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    sentence = await refusal(tmp_path, "postgresql://bot:hunter2@127.0.0.1:1/guard")
    assert "cannot be reached; check that it is running" in sentence
    assert "hunter2" not in sentence


async def test_a_root_certificate_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)
    sentence = await refusal(tmp_path, "postgresql://bot:hunter2@127.0.0.1:1/guard?sslmode=verify-full")
    assert "check DATABASE_URL" in sentence
    assert "root certificate must be ~/.postgresql/root.crt, or named in PGSSLROOTCERT" in sentence
    assert "hunter2" not in sentence


async def test_a_database_that_the_server_does_not_have(tmp_path: Path, postgresql: Any) -> None:
    assert "create it or correct DATABASE_URL" in await refusal(tmp_path, postgresql.get_uri(database="nowhere"))


async def test_a_user_that_may_not_enter(tmp_path: Path, postgresql: Any) -> None:
    url = postgresql.get_uri().replace("postgres:@", "stranger:hunter2@")
    sentence = await refusal(tmp_path, url)
    assert "refuses this user or password" in sentence
    assert "hunter2" not in sentence


async def test_a_unit_of_its_own_making_does_not_end_the_transaction(database: str, tmp_path: Path) -> None:
    engine = make_engine(database_url(database, tmp_path))
    async with engine.connect() as connection:
        for statement in ("SELECT * FROM nowhere", "SELECT no_such_function()", "NONSENSE"):
            with pytest.raises(DBAPIError) as failed:
                await connection.execute(text(statement))
            assert not ends_transaction(failed.value)
            assert not is_contention(failed.value)
            assert "doctor" in str(explained(failed.value, "x"))
            await connection.rollback()
    await engine.dispose()


async def test_sentences_never_hold_values(tmp_path: Path) -> None:
    engine = make_engine(database_url(None, tmp_path))
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as failed:
            await connection.execute(text("SELECT * FROM nowhere WHERE x = :x"), {"x": "canary words"})
    assert "canary words" not in str(failed.value)
    assert "canary words" not in str(explained(failed.value, "x"))
    await engine.dispose()
