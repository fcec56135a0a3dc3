"""A new master key takes over while the bot runs, and a rotation that is killed goes on where it stopped."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from bot.domain.custody import Act
from bot.errors import KeyFileError, SettingsError, StoreError
from bot.store import Store, open_store, rotation, schema
from bot.store.deeds import Deed
from bot.store.key_file import KEY_FILE, key_file_alone, load_master_keys, new_key, replace_master_keys, written
from bot.store.rotation import sealed_tables
from tests.store.examples import NOON, ROOM, comment, flagged
from tests.store.opened import opened


async def fill(store: Store, count: int, first: int = 0) -> list[UUID]:
    channel = await store.channels.save(ROOM)
    for number in range(first, first + count):
        await store.record(flagged(channel, comment(number, f"bad words {number}")))
    await store.custody.append(Act.OPENED, NOON, why="in chat", person="principal", reason="because")
    return await ids(store)


async def ids(store: Store) -> list[UUID]:
    async with store._engine.connect() as connection:
        return list((await connection.execute(select(schema.snapshots.c.id))).scalars())


async def rotate(store: Store) -> int:
    await store.rotation.begin()
    return await store.rotation.complete("principal", NOON, "yearly")


async def key_ids(store: Store) -> set[str]:
    found: set[str] = set()
    async with store._engine.connect() as connection:
        for table in sealed_tables():
            query = select(table.c.key_id).where(table.c.wrapped_key.is_not(None))
            found |= set((await connection.execute(query)).scalars())
    return found


def test_every_sealed_table_can_be_rotated() -> None:
    assert {"snapshots", "people", "case_events", "reports", "custody_reasons", "kept_keys"} <= {
        table.name for table in sealed_tables()
    }
    for table in schema.metadata.sorted_tables:
        sealed = {"wrapped_key", "ciphertext", "key_id"} & set(table.c.keys())
        if sealed - {"key_id"}:
            assert sealed == {"wrapped_key", "ciphertext", "key_id"}, table.name
            assert "id" in table.c, table.name


async def test_everything_opens_with_the_new_key_alone(database: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with open_store(home=home, url=database) as store:
        kept = await fill(store, 5)
        old = store.rotation.names()
        pseudonym, head = store.custody.pseudonym("principal"), await store.chain_head()
        fingerprint = await store.evidence.signing_key()
        assert await rotate(store) == 5 + 1 + 3  # snapshots, a reason, and the keys for tags, pseudonyms, signatures
        assert await store.rotation.left() == 0
        new = store.rotation.names()
        assert len(new) == 2
        assert new[1:] == old
        assert await key_ids(store) == {new[0]}
        assert await store.rotation.forget() == 1
    assert len(load_master_keys(home)) == 1
    assert oct((home / KEY_FILE).stat().st_mode)[-3:] == "600"
    async with open_store(home=home, url=database) as store:
        assert [(await opened(store, one)).comment.text for one in kept]
        assert store.custody.pseudonym("principal") == pseudonym
        assert await store.evidence.signing_key() == fingerprint
        found, problems = await store.verify_chain([str(head)])
        assert problems == []
        rows = [row async for row in store.custody.rows()]
        assert rows[-1].act == Act.KEY_ROTATED
        assert sorted((await store.custody.reasons(rows)).values()) == ["because", "yearly"]
        assert found.number == head.number + 1


async def test_the_old_key_opens_nothing_any_more_and_the_old_database_needs_it(database: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with open_store(home=home, url=database) as store:
        await fill(store, 2)
        (before,) = load_master_keys(home)
        await rotate(store)
    (home / KEY_FILE).write_text(written(before) + "\n")
    with pytest.raises(KeyFileError, match="put the right key file back"):
        async with open_store(home=home, url=database):
            pytest.fail("opened with the old key")


async def test_it_goes_on_while_the_bot_writes_and_destroys(database: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(rotation, "AT_ONCE", 2)
    home = tmp_path / "home"
    async with open_store(home=home, url=database) as bot, open_store(home=home, url=database) as operator:
        kept = await fill(bot, 12)
        async with bot._engine.connect() as connection:
            cases = list((await connection.execute(select(schema.flags.c.id))).scalars())
        deeds = [Deed(case, "principal", NOON, "in chat", "tidy") for case in cases[:4]]
        rotating = asyncio.create_task(rotate(operator))
        await asyncio.gather(fill(bot, 12, first=100), *map(bot.evidence.destroy, deeds))
        assert await rotating >= 8
        await fill(bot, 3, first=200)
        assert await key_ids(bot) == {bot.rotation.names()[0]} == {operator.rotation.names()[0]}
        gone = 0
        for one in await ids(bot):
            try:
                assert (await opened(bot, one)).comment.text.startswith("bad words")
            except StoreError:
                gone += 1
        assert gone == 4
        assert len(kept) == 12
        assert (await bot.verify_chain())[1] == []


@pytest.mark.parametrize("lines", [1, 2, 4, 7])
async def test_a_rotation_that_is_killed_goes_on_where_it_stopped(database: str, tmp_path: Path, lines: int) -> None:
    home = tmp_path / "home"
    async with open_store(home=home, url=database) as store:
        await fill(store, 30)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.rotation_child", str(home), database),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    for _ in range(lines):
        assert await child.stdout.readline()
        child.stdin.write(b"\n")  # it goes one step on, so that it is killed amid it, and never has more than that done
        await child.stdin.drain()
    child.kill()
    await child.wait()
    async with open_store(home=home, url=database) as store:
        halfway = await store.rotation.left()
        assert halfway > 0
        assert len(store.rotation.names()) == 2
        for one in await ids(store):
            await opened(store, one)
        with pytest.raises(KeyFileError, match="still needed"):
            await store.rotation.forget()
        assert await rotate(store) == halfway
        assert len(store.rotation.names()) == 2, "going on takes no third key"
        assert await store.rotation.left() == 0
        for one in await ids(store):
            await opened(store, one)


async def test_the_old_key_stays_until_the_database_names_the_new_one(database: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with open_store(home=home, url=database) as store:
        kept = await fill(store, 3)
        await store.rotation.begin()
        while await store.rotation.step():
            pass
        assert await store.rotation.left() == 0
        with pytest.raises(KeyFileError, match="still needed"):
            await store.rotation.forget()
        assert len(load_master_keys(home)) == 2
    async with open_store(home=home, url=database) as store:
        await store.rotation.complete("principal", NOON, "yearly")
        assert await store.rotation.forget() == 1
    async with open_store(home=home, url=database) as store:
        assert [(await opened(store, one)).comment.text for one in kept]


async def test_two_rotations_that_begin_together_take_one_key(database: str, tmp_path: Path) -> None:
    """While one process puts its new key into the file, another waits, and then goes on with that key."""
    home = tmp_path / "home"
    async with open_store(home=home, url=database) as store:
        kept = await fill(store, 20)
        with key_file_alone(home):
            standing = load_master_keys(home)
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.store.rotation_child", str(home), database),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
            )
            assert child.stdout is not None
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(child.stdout.readline(), 3.0)
            replace_master_keys(home, (new_key(), *standing))
        assert await child.wait() == 0
        assert len(store.rotation.names()) == 2
        assert await store.rotation.left() == 0
        assert [(await opened(store, one)).comment.text for one in kept]


async def test_the_next_rotation_is_a_new_one(database: str, tmp_path: Path) -> None:
    async with open_store(home=tmp_path / "home", url=database) as store:
        kept = await fill(store, 3)
        await rotate(store)
        await rotate(store)
        assert len(store.rotation.names()) == 3
        assert await store.rotation.forget() == 2
        assert [(await opened(store, one)).comment.text for one in kept]


async def test_a_rotation_without_the_old_key_says_so(database: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with open_store(home=home, url=database) as store:
        await fill(store, 2)
        await store.rotation.begin()
        keys = load_master_keys(home)
    (home / KEY_FILE).write_text(written(keys[0]) + "\n")
    with pytest.raises(KeyFileError, match="right key file back"):
        async with open_store(home=home, url=database):
            pytest.fail("opened without the old key")


async def test_a_key_from_the_setting_is_changed_there(database: str, tmp_path: Path) -> None:
    old, new = written(new_key()), written(new_key())
    async with open_store(home=tmp_path, url=database, key=old) as store:
        kept = await fill(store, 3)
        with pytest.raises(SettingsError, match="CROSSING_GUARD_KEY holds no new key"):
            await store.rotation.begin()
    async with open_store(home=tmp_path, url=database, key=f"{new} {old}") as store:
        await fill(store, 1, first=50)
        assert await rotate(store) >= 3
        with pytest.raises(SettingsError, match="take the old key out"):
            await store.rotation.forget()
    async with open_store(home=tmp_path, url=database, key=new) as store:
        assert [(await opened(store, one)).comment.text for one in kept]
    assert not (tmp_path / KEY_FILE).exists()


async def test_a_row_under_a_foreign_key_is_named(store: Store) -> None:
    await fill(store, 1)
    async with store._engine.begin() as connection:
        await connection.execute(update(schema.snapshots).values(key_id="feedfeedfeedfeed"))
    await store.rotation.begin()
    with pytest.raises(KeyFileError, match="feedfeedfeedfeed"):
        await store.rotation.complete("principal", NOON, "yearly")
