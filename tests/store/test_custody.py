"""The custody log: one chain, whoever appends, and no way of tampering with it that is not found and named."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.custody import Act, CustodyRow, body_of, chained, plain, standing_of
from bot.evidence import verifier
from bot.store import Store, open_store, schema
from bot.store.chain_check import Problem
from tests.store.examples import NOON, ROOM, comment, flagged

custody, head_row = schema.custody, schema.custody_head
ACTS = (Act.PERMITTED, Act.OPENED, Act.EXPORTED, Act.HELD)


async def grow(store: Store, number: int) -> None:
    """Append `number` rows of several kinds."""
    for index in range(number):
        case = uuid4() if index % 3 else None
        await store.custody.append(ACTS[index % 4], NOON, why="in chat", case=case, person="principal", reason="why")


async def unguarded(connection: AsyncConnection) -> None:
    """Take the triggers away, as whoever holds the database file can."""
    if connection.dialect.name == "sqlite":
        await connection.execute(text("DROP TRIGGER IF EXISTS custody_update"))
        await connection.execute(text("DROP TRIGGER IF EXISTS custody_delete"))
    else:
        await connection.execute(text("ALTER TABLE custody DISABLE TRIGGER USER"))


async def rows(store: Store) -> list[Any]:
    async with store._engine.connect() as connection:
        return list(await connection.execute(select(custody).order_by(custody.c.number)))


async def problems(store: Store, *heads: str) -> list[Problem]:
    return (await store.verify_chain(heads))[1]


async def test_an_untouched_log_is_whole_and_its_head_is_its_last_row(store: Store) -> None:
    assert await problems(store) == []
    before = await store.chain_head()
    await grow(store, 7)
    head = await store.chain_head()
    assert (before.number, head.number, head.hash) == (0, 7, (await rows(store))[-1].hash)
    assert await store.verify_chain([str(head), (await rows(store))[2].hash.hex().upper()]) == (head, [])


@pytest.mark.parametrize("statement", ["UPDATE custody SET why = 'x'", "DELETE FROM custody"])
async def test_the_database_itself_refuses_changes(store: Store, statement: str) -> None:
    await grow(store, 2)
    with pytest.raises(DBAPIError, match="append-only"):
        async with store._engine.begin() as connection:
            await connection.execute(text(statement))
    assert await problems(store) == []


async def test_truncate_is_refused_too(store: Store) -> None:
    if store._engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DBAPIError, match="append-only"):
        async with store._engine.begin() as connection:
            await connection.execute(text("TRUNCATE custody"))


async def test_many_processes_make_one_chain(database: str, tmp_path: Path) -> None:
    async with open_store(home=tmp_path / "home", url=database):
        pass
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_append_some, args=(database, tmp_path / "home")) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        await asyncio.to_thread(worker.join, 60)
        assert worker.exitcode == 0
    async with open_store(home=tmp_path / "home", url=database) as store:
        assert (await store.chain_head()).number == 3 * 20
        assert await problems(store) == []


def _append_some(database: str, home: Path) -> None:
    async def append() -> None:
        async with open_store(home=home, url=database) as store:
            await asyncio.gather(*(grow(store, 5) for _ in range(4)))

    asyncio.run(append())


async def test_a_failed_unit_leaves_no_gap(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    good = [flagged(channel, comment(number, "bad")) for number in range(8)]
    bad = flagged(channel, comment(99, "bad"), at="no time")
    results = await asyncio.gather(*map(store.record, [*good, bad]), return_exceptions=True)
    assert results[:8] == [True] * 8
    assert isinstance(results[8], Exception)
    assert (await store.chain_head()).number == 8
    assert await problems(store) == []


Tamper = Callable[[AsyncConnection, list[Any], int], Any]


async def changed(connection: AsyncConnection, found: list[Any], place: int) -> None:
    await connection.execute(update(custody).where(custody.c.number == found[place].number).values(why="at night"))


async def changed_person(connection: AsyncConnection, found: list[Any], place: int) -> None:
    await connection.execute(update(custody).where(custody.c.number == found[place].number).values(person=b"x" * 16))


async def rehashed(connection: AsyncConnection, found: list[Any], place: int) -> None:
    """Change a row and give it the hash that belongs to it now."""
    row = found[place]
    forged = CustodyRow(
        row.number, row.at, "opened", None, None, None, "at night", None, None, bytes(row.previous), b""
    )
    values: dict[str, Any] = {"act": "opened", "case_id": None, "snapshot_id": None, "person": None, "why": "at night"}
    values |= {"reason_id": None, "digest": None, "hash": chained(forged)}
    await connection.execute(update(custody).where(custody.c.number == row.number).values(**values))


async def left_out(connection: AsyncConnection, found: list[Any], place: int) -> None:
    await connection.execute(delete(custody).where(custody.c.number == found[place].number))


async def left_out_and_closed_up(connection: AsyncConnection, found: list[Any], place: int) -> None:
    await left_out(connection, found, place)
    for row in found[place + 1 :]:
        await connection.execute(update(custody).where(custody.c.number == row.number).values(number=row.number - 1))
    await connection.execute(update(head_row).values(number=len(found) - 1))


async def swapped(connection: AsyncConnection, found: list[Any], place: int) -> None:
    one, other = found[place], found[(place + 1) % len(found)]
    for number, source in ((one.number, other), (other.number, one)):
        values = {name: value for name, value in source._mapping.items() if name != "number"}
        await connection.execute(update(custody).where(custody.c.number == number).values(**values))


async def put_in(connection: AsyncConnection, found: list[Any], place: int) -> None:
    for row in reversed(found[place:]):
        await connection.execute(update(custody).where(custody.c.number == row.number).values(number=row.number + 1))
    new = dict(found[place]._mapping) | {"why": "at night"}
    await connection.execute(insert(custody).values(**new))
    await connection.execute(update(head_row).values(number=len(found) + 1))


async def cut_off(connection: AsyncConnection, found: list[Any], place: int) -> None:
    await connection.execute(delete(custody).where(custody.c.number >= found[place].number))


async def added(connection: AsyncConnection, found: list[Any], place: int) -> None:
    last = found[-1]
    row = CustodyRow(
        last.number + 1, last.at, "opened", None, None, None, "at night", None, None, bytes(last.hash), b""
    )
    values = {"number": row.number, "at": row.at, "act": "opened", "why": "at night"}
    await connection.execute(insert(custody).values(**values, previous=row.previous, hash=chained(row)))


async def behind_the_beginning(connection: AsyncConnection, found: list[Any], place: int) -> None:
    await connection.execute(insert(custody).values(**(dict(found[place]._mapping) | {"number": 0})))


TAMPERINGS: list[Tamper] = [
    changed,
    changed_person,
    rehashed,
    left_out,
    left_out_and_closed_up,
    swapped,
    put_in,
    cut_off,
    behind_the_beginning,
]


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
async def test_every_kind_of_tampering_is_found_and_named_at_every_place(
    store: Store, tamper: Tamper, request: pytest.FixtureRequest
) -> None:
    await grow(store, 6)
    original = await rows(store)
    for place in range(len(original)):
        async with store._engine.connect() as connection, connection.begin() as transaction:
            await unguarded(connection)
            await tamper(connection, original, place)
            await transaction.commit()
        found = await problems(store)
        assert found, (tamper.__name__, place)
        number = 0 if tamper is behind_the_beginning else place + 1
        # A row that was rehashed, or left out with the gap closed, shows at the one behind it; the last at the head.
        assert {problem.number for problem in found} & {number - (place == 5), number, number + 1}, (place, found)
        assert all(str(problem.number) in problem.sentence for problem in found)
        await restore(store, original)
        assert await problems(store) == []


async def restore(store: Store, original: list[Any]) -> None:
    async with store._engine.begin() as connection:
        await unguarded(connection)
        await connection.execute(delete(custody))
        await connection.execute(insert(custody), [dict(row._mapping) for row in original])
        await connection.execute(update(head_row).values(number=len(original), hash=original[-1].hash))


@pytest.mark.parametrize("kept", ["ciphertext", "wrapped_key"])
async def test_evidence_whose_words_or_key_were_taken_away_is_named(store: Store, kept: str) -> None:
    channel = await store.channels.save(ROOM)
    await store.record(flagged(channel, comment(1, "bad")))
    gone = {"ciphertext": None, "wrapped_key": None} | {kept: b"still here"}
    async with store._engine.begin() as connection:
        await connection.execute(update(schema.snapshots).values({name: gone[name] for name in gone if name != kept}))
    (problem,) = await problems(store)
    assert "destroyed unlogged" in problem.sentence


async def test_evidence_that_was_exchanged_between_cases_is_named(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    for number in range(2):
        await store.record(flagged(channel, comment(number, "bad")))
    snapshots = schema.snapshots
    async with store._engine.begin() as connection:
        one, other = list(await connection.execute(select(snapshots.c.id, snapshots.c.flag_id)))
        for row, case in ((one, None), (other, one.flag_id), (one, other.flag_id)):
            await connection.execute(update(snapshots).where(snapshots.c.id == row.id).values(flag_id=case))
    found = await problems(store)
    assert ["stands in another case" in problem.sentence for problem in found] == [True, True]


async def test_a_row_added_behind_the_head_is_named(store: Store) -> None:
    await grow(store, 3)
    async with store._engine.begin() as connection:
        await unguarded(connection)
        await added(connection, await rows(store), 0)
    assert [problem.number for problem in await problems(store)] == [4]


async def test_an_end_cut_off_with_its_head_shows_against_a_head_from_outside(store: Store) -> None:
    await grow(store, 5)
    known = str(await store.chain_head())
    found = await rows(store)
    async with store._engine.begin() as connection:
        await unguarded(connection)
        await cut_off(connection, found, 3)
        await connection.execute(update(head_row).values(number=3, hash=found[2].hash))
    assert await problems(store) == []
    (problem,) = await problems(store, known)
    assert known in problem.sentence


async def test_a_whole_log_rewritten_shows_against_a_head_from_outside(store: Store) -> None:
    await grow(store, 3)
    known = str(await store.chain_head())
    async with store._engine.begin() as connection:
        await unguarded(connection)
        await connection.execute(delete(custody))
        await connection.execute(update(head_row).values(number=0, hash=bytes(32)))
    await grow(store, 5)
    assert await problems(store) == []
    assert await problems(store, known) != []


async def test_sealed_documents_are_compared_with_the_log(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    for number in range(4):
        await store.record(flagged(channel, comment(number, "bad")))
    one, two, three, four = (row.snapshot_id for row in await rows(store))
    snapshots = schema.snapshots
    async with store._engine.begin() as connection:
        await connection.execute(update(snapshots).where(snapshots.c.id == one).values(ciphertext=b"other"))
        await connection.execute(
            update(snapshots).where(snapshots.c.id == two).values(ciphertext=None, wrapped_key=None)
        )
        await connection.execute(delete(snapshots).where(snapshots.c.id == three))
        await connection.execute(update(snapshots).where(snapshots.c.id == four).values(id=uuid4()))
    assert [problem.number for problem in await problems(store)] == [1, 2, 3, 4, 4]


rows_of_any_kind = st.builds(
    CustodyRow,
    number=st.integers(1, 1 << 31),
    at=st.datetimes(timezones=st.just(NOON.tzinfo)),
    act=st.sampled_from(Act) | st.text(max_size=5),
    case=st.none() | st.uuids(),
    snapshot=st.none() | st.uuids(),
    person=st.none() | st.binary(min_size=16, max_size=16),
    why=st.text(max_size=10),
    reason=st.none() | st.uuids(),
    digest=st.none() | st.binary(min_size=32, max_size=32),
    previous=st.binary(min_size=32, max_size=32),
    hash=st.just(b""),
)


@given(row=rows_of_any_kind)
def test_the_packets_verifier_hashes_rows_as_the_store_does(row: CustodyRow) -> None:
    body = verifier._digest_of_body(plain(row))
    assert body == body_of(row).hex()
    assert verifier.row_hash(row.number, row.previous.hex(), body) == chained(row).hex()


@given(one=rows_of_any_kind, other=rows_of_any_kind)
def test_rows_that_differ_anywhere_have_other_hashes(one: CustodyRow, other: CustodyRow) -> None:
    assert (one == other) == (chained(one) == chained(other)) or plain(one) == plain(other)


@given(acts=st.lists(st.sampled_from([Act.PERMITTED, Act.REFUSED, Act.HELD, Act.RELEASED, Act.DESTROYED, Act.OPENED])))
def test_where_evidence_stands_follows_from_the_last_word(acts: list[Act]) -> None:
    case = UUID(int=1)
    row = CustodyRow(1, NOON, "", case, None, None, "", None, None, b"", b"")
    stands = standing_of([replace(row, act=act) for act in acts])
    answers = [act for act in acts if act in (Act.PERMITTED, Act.REFUSED)]
    holds = [act for act in acts if act in (Act.HELD, Act.RELEASED)]
    assert stands.answered == (answers[-1] is Act.PERMITTED if answers else None)
    assert stands.held == (bool(holds) and holds[-1] is Act.HELD)
    assert stands.destroyed == (Act.DESTROYED in acts)
    assert stands.may_open(standing=True) == (not answers or answers[-1] is Act.PERMITTED)


@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_random_chains_with_random_tampering_are_found(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    length = data.draw(st.integers(2, 9))
    tamper = data.draw(st.sampled_from(TAMPERINGS))
    place = data.draw(st.integers(0, length - 1))

    async def attempt() -> list[Problem]:
        async with open_store(home=tmp_path_factory.mktemp("chain")) as store:
            await grow(store, length)
            found = await rows(store)
            async with store._engine.begin() as connection:
                await unguarded(connection)
                await tamper(connection, found, place)
            return await problems(store)

    assert asyncio.run(attempt())
