"""Group commit: neighbours, cancellation, closing, locks and a full disk."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, String, Table, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StoreError
from bot.store import group_commit
from bot.store.engine import database_url, for_writing, make_engine
from bot.store.group_commit import GroupCommit

metadata = MetaData()
notes = Table("notes", metadata, Column("id", Integer, primary_key=True), Column("text", String, nullable=False))


async def note(connection: AsyncConnection, rows: Sequence[tuple[int, str | None]]) -> list[int]:
    """Insert notes; `None` breaks the table's rule, an id given twice too, and "raise" fails in Python afterwards."""
    await connection.execute(notes.insert(), [{"id": number, "text": words} for number, words in rows])
    if any(words == "raise" for _, words in rows):
        raise ValueError("this one never passes")
    return [number * 10 for number, _ in rows]


async def shout(connection: AsyncConnection, rows: Sequence[tuple[int, str]]) -> list[str]:
    """Another sort of unit."""
    await connection.execute(notes.insert(), [{"id": number, "text": words.upper()} for number, words in rows])
    return [words.upper() for _, words in rows]


async def kept(engine: AsyncEngine) -> dict[int, str]:
    async with engine.connect() as connection:
        return {row.id: row.text for row in await connection.execute(select(notes))}


@pytest.fixture
async def table(engine: AsyncEngine) -> AsyncEngine:
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    return engine


@asynccontextmanager
async def sqlite_table() -> AsyncIterator[AsyncEngine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(database_url(f"sqlite:///{folder}/test.sqlite3", Path(folder)))
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        yield engine
        await engine.dispose()


def path_of(engine: AsyncEngine) -> str:
    return str(engine.url.database)


async def test_good_units_stand_and_bad_ones_fall_alone(table: AsyncEngine) -> None:
    async with GroupCommit(for_writing(table)) as writer:
        units: list[tuple[int, str | None]] = [(number, "fine") for number in range(20)]
        units[3], units[11], units[12] = (3, None), (11, "raise"), (5, "an id twice")
        results = await asyncio.gather(*(writer.run(note, unit) for unit in units), return_exceptions=True)
        others = await asyncio.gather(*(writer.run(shout, (100 + n, "aloud")) for n in range(3)))
    failed = {index: type(result) for index, result in enumerate(results) if isinstance(result, BaseException)}
    assert failed == {3: IntegrityError, 11: ValueError, 12: IntegrityError}
    assert [result for index, result in enumerate(results) if index not in failed] == [
        number * 10 for number in range(20) if number not in failed
    ]
    assert others == ["ALOUD"] * 3
    assert sorted(await kept(table)) == [*(number for number in range(20) if number not in failed), 100, 101, 102]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.sampled_from(["fine", "good", None, "raise"]), st.integers(0, 3)), max_size=40
    )
)
async def test_whatever_comes_the_database_holds_what_the_waiters_were_told(
    units: list[tuple[int, str | None, int]],
) -> None:
    async with sqlite_table() as engine:

        async def one(number: int, words: str | None, turns: int) -> Any:
            for _ in range(turns):
                await asyncio.sleep(0)
            return await writer.run(note, (number, words))

        async with GroupCommit(for_writing(engine)) as writer:
            told = await asyncio.gather(*(one(*unit) for unit in units), return_exceptions=True)
        stored = await kept(engine)
    succeeded = [
        (number, words) for (number, words, _), answer in zip(units, told, strict=True) if answer == number * 10
    ]
    assert dict(succeeded) == stored
    assert len(succeeded) == len(stored)
    good = {number for number, words, _ in units if words in {"fine", "good"}}
    assert good == set(stored), "a good unit fell with a bad neighbour"


async def test_units_that_come_together_share_one_transaction(table: AsyncEngine) -> None:
    commits = 0

    async def count(connection: AsyncConnection, rows: Sequence[tuple[int, str | None]]) -> list[int]:
        nonlocal commits
        commits += 1
        return await note(connection, rows)

    async with GroupCommit(for_writing(table)) as writer:
        await asyncio.gather(*(writer.run(count, (number, "fine")) for number in range(300)))
    assert commits < 10


async def test_nobody_hears_of_a_unit_before_it_is_on_disk(table: AsyncEngine) -> None:
    async with GroupCommit(for_writing(table)) as writer:
        seen: list[dict[int, str]] = []

        async def write_and_look(number: int) -> None:
            await writer.run(note, (number, "fine"))
            seen.append(await kept(table))
            assert number in seen[-1]

        await asyncio.gather(*(write_and_look(number) for number in range(8)))
    assert len(seen) == 8


async def test_a_waiter_that_leaves_takes_nothing_with_it(table: AsyncEngine) -> None:
    woken = asyncio.Event()
    async with GroupCommit(for_writing(table)) as writer:
        tasks = [asyncio.create_task(writer.run(note, (number, "fine"), woken.set)) for number in range(6)]
        await asyncio.sleep(0)
        tasks[2].cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await writer.run(note, (6, "fine"))
    assert [isinstance(result, asyncio.CancelledError) for result in results] == [n == 2 for n in range(6)]
    assert sorted(await kept(table)) == list(range(7)), "what was queued is written, wanted or not"
    assert woken.is_set()


async def test_the_hook_is_called_after_the_commit_and_only_for_what_stands(table: AsyncEngine) -> None:
    calls: list[str] = []
    async with GroupCommit(for_writing(table)) as writer:
        await asyncio.gather(
            writer.run(note, (1, "fine"), lambda: calls.append("good")),
            writer.run(note, (2, None), lambda: calls.append("bad")),
            return_exceptions=True,
        )
    assert calls == ["good"]


async def test_closing_writes_what_waits_and_refuses_what_comes_later(table: AsyncEngine) -> None:
    async with GroupCommit(for_writing(table)) as writer:
        tasks = [asyncio.create_task(writer.run(note, (number, "fine"))) for number in range(50)]
        await asyncio.sleep(0)
        await writer.close()
        assert await asyncio.gather(*tasks) == [number * 10 for number in range(50)]
        with pytest.raises(StoreError, match="being closed"):
            await writer.run(note, (99, "too late"))
    assert len(await kept(table)) == 50


async def test_more_than_the_bound_wait_outside_and_get_their_turn(
    table: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "MAX_WAITING", 4)
    monkeypatch.setattr(group_commit, "MAX_UNITS", 3)
    async with GroupCommit(for_writing(table)) as writer:
        tasks = [asyncio.create_task(writer.run(note, (number, "fine"))) for number in range(30)]
        await asyncio.sleep(0)
        assert len(writer._queue) <= 4
        await asyncio.gather(*tasks)
    assert len(await kept(table)) == 30


async def test_stopping_the_writer_by_force_leaves_no_waiter_hanging() -> None:
    async with sqlite_table() as engine:
        writer = await GroupCommit(for_writing(engine)).__aenter__()
        tasks = [asyncio.create_task(writer.run(note, (number, "fine"))) for number in range(5)]
        await asyncio.sleep(0)
        assert writer._task is not None
        writer._task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(result, (int, StoreError)) for result in results)
        with contextlib.suppress(asyncio.CancelledError):
            await writer.close()


async def test_a_lock_that_goes_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.engine.BUSY_TIMEOUT_S", 0.01)
    async with sqlite_table() as engine:
        other = sqlite3.connect(path_of(engine), isolation_level=None, check_same_thread=False)
        async with GroupCommit(for_writing(engine)) as writer:
            other.execute("BEGIN IMMEDIATE")
            waiting = asyncio.create_task(writer.run(note, (1, "fine")))
            await asyncio.sleep(0.1)
            assert not waiting.done()
            other.execute("COMMIT")
            assert await waiting == 10
        other.close()


async def test_a_lock_that_stays_is_one_clear_sentence_and_nothing_is_half_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.store.engine.BUSY_TIMEOUT_S", 0.05)
    async with sqlite_table() as engine:
        other = sqlite3.connect(path_of(engine), isolation_level=None)
        async with GroupCommit(for_writing(engine), patience=0.2) as writer:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="stays locked by another program"):
                await writer.run(note, (1, "fine"))
            other.execute("ROLLBACK")
            assert await writer.run(note, (2, "fine")) == 20
        assert await kept(engine) == {2: "fine"}
        other.close()


async def test_a_full_disk_fails_the_whole_group_and_says_so() -> None:
    async with sqlite_table() as engine:
        async with engine.connect() as connection:
            pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
            await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        async with GroupCommit(for_writing(engine)) as writer:
            units = [(1, "small"), (2, "x" * 100_000), (3, "small")]
            results = await asyncio.gather(*(writer.run(note, unit) for unit in units), return_exceptions=True)
        assert [str(result).split(";")[0].split("sqlite3 ")[-1] for result in results] == ["is full"] * 3
        assert all(isinstance(result, StoreError) for result in results)
        assert await kept(engine) == {}
