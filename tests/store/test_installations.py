"""Installations: kept once for each workspace, sealed; an install that was begun ends once, in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, text

from bot.store import Store, open_store
from bot.store.installations import Installed, installations
from bot.store.rotation import sealed_tables

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TOKEN = "xoxb-CANARY-0123456789"
DOCUMENT = f'{{"bot_token": "{TOKEN}", "user_id": "U0CANARY"}}'.encode()


def installed(workspace: str = "T1", document: bytes = DOCUMENT, at: datetime = NOW) -> Installed:
    return Installed("slack", workspace, document, at)


async def test_what_was_saved_is_read_again(store: Store) -> None:
    await store.installations.save(installed())
    assert await store.installations.read("slack", "T1") == DOCUMENT
    assert await store.installations.read("slack", "T2") is None
    assert await store.installations.read("discord", "T1") is None


async def test_a_second_install_replaces_the_first(store: Store) -> None:
    await store.installations.save(installed())
    await store.installations.save(installed("T2", at=NOW + timedelta(seconds=1)))
    await store.installations.save(installed(document=b"{}", at=NOW + timedelta(seconds=2)))
    assert await store.installations.read("slack", "T1") == b"{}"
    assert await store.installations.workspaces("slack") == ["T2", "T1"]
    await store.installations.forget("slack", "T1")
    assert await store.installations.workspaces("slack") == ["T2"]
    assert await store.installations.read("slack", "T1") is None


async def test_no_row_holds_a_token_in_clear(store: Store) -> None:
    await store.installations.save(installed())
    async with store._engine.connect() as connection:
        for table in ("installations", "install_states", "kept_keys"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()  # noqa: S608
            assert "CANARY" not in repr(rows)
        row = (await connection.execute(select(installations))).one()
    assert row.workspace == "T1"
    assert installations in sealed_tables(), "a new master key takes over here, too"


async def test_no_file_holds_a_token_in_clear(tmp_path: Path) -> None:
    async with open_store(home=tmp_path) as store:
        await store.installations.save(installed())
    assert not any(b"CANARY" in content for content in _contents(tmp_path))


def _contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.iterdir()]


async def test_an_install_ends_once_and_in_time(store: Store) -> None:
    await store.installations.begin("state-1", NOW + timedelta(minutes=10))
    await store.installations.begin("state-2", NOW + timedelta(minutes=1))
    assert not await store.installations.finish("state-3", NOW)
    assert await store.installations.finish("state-1", NOW)
    assert not await store.installations.finish("state-1", NOW)
    assert not await store.installations.finish("state-2", NOW + timedelta(minutes=1))
