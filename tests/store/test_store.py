"""One contract, run on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Row, Table, func, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.categories import Category
from bot.domain.channels import ChannelStatus
from bot.domain.comments import ChannelRef
from bot.domain.outcomes import Outcome
from bot.errors import StoreError
from bot.store import Cause, Snapshot, Store, open_store, schema
from tests.store.examples import NOON, ROOM, SEVERE, clear, comment, flagged, room, unscored
from tests.store.opened import opened


async def rows(store: Store, table: Table) -> list[Row[Any]]:
    async with store._engine.connect() as connection:
        return list(await connection.execute(select(table)))


async def count(store: Store, table: Table) -> int:
    async with store._engine.connect() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def test_a_channel_comes_back_as_it_was_registered(store: Store) -> None:
    first = await store.channels.save(ROOM)
    second = await store.channels.save(room("13"))
    changed = replace(ROOM, name="room 12", status=ChannelStatus.SUSPENDED, grades=None)
    assert await store.channels.save(changed) == first != second
    assert [(channel.id, channel.registered) for channel in await store.channels.all()] == [
        (first, changed),
        (second, room("13")),
    ]


async def test_saving_a_channel_keeps_its_watermark(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    await store.advance(channel, NOON)
    await store.channels.save(replace(ROOM, name="renamed"))
    assert [stored.watermark for stored in await store.channels.all()] == [NOON]


async def test_a_clear_comment_leaves_one_row_without_author_or_score(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    assert await store.record(clear(channel, comment(1)))
    (row,) = await rows(store, schema.screened)
    named = {"channel_id", "comment", "revision", "text_tag", "outcome"}
    assert set(row._mapping) == named | {"screened_at", "posted_at", "edited_at", "ledger_day"}
    assert (row.comment, row.revision, row.outcome) == ("1", "", "clear")
    assert row.screened_at == NOON + timedelta(minutes=1)
    assert row.screened_at.tzinfo is UTC
    for table in (schema.flags, schema.review_items, schema.snapshots, schema.outbox):
        assert await count(store, table) == 0


async def test_a_flag_comes_with_its_snapshot_and_its_errand(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    decision = flagged(channel, comment(1, "I will hurt you"))
    assert await store.record(decision)
    (flag,) = await rows(store, schema.flags)
    assert (flag.severity, flag.category, flag.categories) == (3, "threat", ["threat"])
    assert (flag.rule, flag.clause, flag.consult) == (SEVERE.rule, SEVERE.clause, ["BUL-5798"])
    assert (flag.policy, flag.model) == ("board 2026.1", "embedded 1")
    (finding,) = flag.findings
    assert (finding["start"], finding["end"], finding["category"]) == (0, 3, Category.THREAT)
    (snapshot,) = await rows(store, schema.snapshots)
    assert (snapshot.flag_id, snapshot.review_item_id, snapshot.state) == (flag.id, None, "provisional")
    assert await opened(store, snapshot.id) == decision.snapshot
    (errand,) = await store.outbox.claim(NOON + timedelta(minutes=1))
    assert (errand.kind, errand.payload, errand.attempts) == ("flag", {"flag_id": str(flag.id)}, 1)


async def test_a_comment_for_people_comes_with_its_snapshot_and_its_errand(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    decision = unscored(channel, comment(1))
    assert await store.record(decision)
    (item,) = await rows(store, schema.review_items)
    assert item.cause == Cause.UNSCORED
    (snapshot,) = await rows(store, schema.snapshots)
    assert (snapshot.flag_id, snapshot.review_item_id) == (None, item.id)
    assert (await opened(store, snapshot.id)).unscored == "The model could not read it."
    (errand,) = await store.outbox.claim(NOON + timedelta(minutes=1))
    assert (errand.kind, errand.payload) == ("review", {"review_item_id": str(item.id)})


async def test_a_revision_is_recorded_once_however_many_try(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    same = [store.record(flagged(channel, comment(1))) for _ in range(20)]
    assert sorted(await asyncio.gather(*same)) == [False] * 19 + [True]
    assert not await store.record(flagged(channel, comment(1)))
    assert await store.record(flagged(channel, comment(1, revision="edit-1")))
    for table in (schema.screened, schema.flags, schema.snapshots, schema.outbox):
        assert await count(store, table) == 2


async def test_what_was_screened_is_known_by_channel_comment_and_revision(store: Store) -> None:
    here, there = await store.channels.save(ROOM), await store.channels.save(room("13"))
    await store.record(clear(here, comment(1, revision="a")))
    ref = comment(1).ref
    asked = [(here, ref, "a"), (here, ref, ""), (there, ref, "a"), (here, comment(2).ref, "a")]
    asked += [(here, comment(number).ref, "") for number in range(3, 1500)]
    answers = await asyncio.gather(*(store.was_screened(*question) for question in asked))
    assert answers == [True] + [False] * (len(asked) - 1)


async def test_one_decision_that_no_row_can_hold_leaves_its_neighbours_whole(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    decisions = [flagged(channel, comment(number)) for number in range(30)]
    decisions[17] = flagged(987_654, comment(17))
    results = await asyncio.gather(*(store.record(decision) for decision in decisions), return_exceptions=True)
    assert [index for index, result in enumerate(results) if result is not True] == [17]
    assert isinstance(results[17], IntegrityError)
    for table in (schema.screened, schema.flags, schema.snapshots, schema.outbox):
        assert await count(store, table) == 29


async def test_a_flag_outlives_its_screening_row_and_keeps_its_one_snapshot(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    await store.record(flagged(channel, comment(1)))
    async with store._engine.begin() as connection:
        await connection.execute(schema.screened.delete())
    assert await store.record(flagged(channel, comment(1)))
    for table in (schema.screened, schema.flags, schema.snapshots, schema.outbox):
        assert await count(store, table) == 1


async def test_the_watermark_never_goes_back(store: Store) -> None:
    channel, other = await store.channels.save(ROOM), await store.channels.save(room("13"))
    await store.record(clear(channel, comment(1), watermark=NOON))
    await store.record(clear(channel, comment(2), watermark=NOON - timedelta(hours=1)))
    await store.advance(channel, NOON - timedelta(days=1))
    assert [stored.watermark for stored in await store.channels.all()] == [NOON, None]
    await asyncio.gather(
        *(store.record(clear(channel, comment(3 + n), watermark=NOON + timedelta(seconds=n % 7))) for n in range(20))
    )
    marks = {stored.id: stored.watermark for stored in await store.channels.all()}
    assert marks == {channel: NOON + timedelta(seconds=6), other: None}


async def test_times_of_any_zone_come_back_in_utc_and_naive_ones_are_refused(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    pacific = timezone(timedelta(hours=-8))
    await store.advance(channel, datetime(2026, 11, 20, 4, 0, 0, 1, tzinfo=pacific))
    (stored,) = await store.channels.all()
    assert stored.watermark == NOON + timedelta(microseconds=1)
    with pytest.raises(Exception, match="must know its time zone"):
        await store.advance(channel, datetime(2027, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("identity", ["", "\0", "a\0b", "\ud800", "1'; DROP TABLE flags; --", "é" * 5000, "🏫"])
async def test_no_comment_is_lost_over_a_hostile_id(store: Store, identity: str) -> None:
    hostile = replace(ROOM, ref=ChannelRef("local", identity, identity))
    channel = await store.channels.save(hostile)
    seen = comment(identity, "words \ud800 \0", channel=hostile.ref, revision=identity)
    assert not await store.was_screened(channel, seen.ref, identity)
    assert await store.record(flagged(channel, seen))
    assert await store.was_screened(channel, seen.ref, identity)
    assert not await store.record(flagged(channel, seen))
    (snapshot,) = await rows(store, schema.snapshots)
    assert (await opened(store, snapshot.id)).comment == seen


async def test_deletions_are_noted_once_and_touch_no_evidence(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    await store.record(flagged(channel, comment(1)))
    before = await rows(store, schema.snapshots), await rows(store, schema.flags)
    await store.record_deletion(channel, comment(1).ref, NOON)
    await store.record_deletion(channel, comment(1).ref, NOON + timedelta(hours=1))
    await store.record_deletion(channel, comment(2).ref, NOON)
    assert {(row.comment, row.deleted_at) for row in await rows(store, schema.deletions)} == {("1", NOON), ("2", NOON)}
    assert (await rows(store, schema.snapshots), await rows(store, schema.flags)) == before


async def test_a_swapped_or_destroyed_snapshot_says_so(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    await store.record(flagged(channel, comment(1)))
    await store.record(flagged(channel, comment(2)))
    one, other = await rows(store, schema.snapshots)
    async with store._engine.begin() as connection:
        swapped = {"wrapped_key": other.wrapped_key, "ciphertext": other.ciphertext}
        await connection.execute(update(schema.snapshots).where(schema.snapshots.c.id == one.id).values(**swapped))
        gone = {"wrapped_key": None, "ciphertext": None}
        await connection.execute(update(schema.snapshots).where(schema.snapshots.c.id == other.id).values(**gone))
    with pytest.raises(StoreError, match="damaged or changed"):
        await opened(store, one.id)
    with pytest.raises(StoreError, match="does not exist any more"):
        await opened(store, other.id)
    with pytest.raises(StoreError, match="does not exist any more"):
        await opened(store, uuid4())


async def test_the_outbox_is_woken_by_what_goes_in_and_by_nothing_else(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    await store.record(clear(channel, comment(1)))
    assert not store.outbox.woken.is_set()
    await store.record(flagged(channel, comment(2)))
    assert store.outbox.woken.is_set()


async def test_two_claimers_never_hold_the_same_errand(database: str, tmp_path: Path) -> None:
    home, now = tmp_path / "home", NOON + timedelta(minutes=1)
    async with open_store(home=home, url=database) as one, open_store(home=home, url=database) as other:
        channel = await one.channels.save(ROOM)
        await asyncio.gather(*(one.record(flagged(channel, comment(number))) for number in range(40)))
        claims = await asyncio.gather(*(by.outbox.claim(now, limit=3) for _ in range(12) for by in (one, other)))
        claimed = [errand.id for claim in claims for errand in claim]
        claimed += [errand.id for errand in await one.outbox.claim(now, limit=40)]
        assert len(claimed) == len(set(claimed)) == 40


async def test_a_lease_that_ends_gives_the_errand_to_the_next(store: Store) -> None:
    channel = await store.channels.save(ROOM)
    await store.record(flagged(channel, comment(1)))
    now, lease = NOON + timedelta(minutes=1), timedelta(minutes=2)
    assert await store.outbox.claim(NOON) == []
    (first,) = await store.outbox.claim(now, lease=lease)
    assert await store.outbox.claim(now + lease - timedelta(seconds=1)) == []
    (second,) = await store.outbox.claim(now + lease)
    assert (second.id, second.attempts) == (first.id, 2)
    await store.outbox.postpone(second.id, now + timedelta(hours=1))
    assert await store.outbox.claim(now + timedelta(minutes=59)) == []
    (third,) = await store.outbox.claim(now + timedelta(hours=1))
    await store.outbox.delivered(third.id, now + timedelta(hours=1))
    assert await store.outbox.claim(now + timedelta(days=9)) == []


async def test_everything_is_still_there_after_a_restart(database: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with open_store(home=home, url=database) as store:
        channel = await store.channels.save(ROOM)
        await store.record(flagged(channel, comment(1), watermark=NOON))
        (snapshot,) = await rows(store, schema.snapshots)
    async with open_store(home=home, url=database) as store:
        assert await opened(store, UUID(str(snapshot.id))) == Snapshot(comment(1), {"toxicity": 0.1})
        assert await store.was_screened(channel, comment(1).ref, "")
        assert [stored.watermark for stored in await store.channels.all()] == [NOON]


async def test_doctor_hears_of_late_messages(store: Store) -> None:
    facts = {fact.subject: fact for fact in await store.check()}
    assert facts["database"].well
    assert facts["outbox"].well
    channel = await store.channels.save(ROOM)
    await store.record(flagged(channel, comment(1), at=datetime.now(UTC) - timedelta(hours=1)))
    facts = {fact.subject: fact for fact in await store.check()}
    assert not facts["outbox"].well
    assert "late: 1" in facts["outbox"].sentence
    found = await store.waiting(datetime.now(UTC))
    assert found is not None
    assert (found.late, found.untold) == (1, 0)
    assert Outcome.FLAGGED in {row.outcome for row in await rows(store, schema.screened)}
