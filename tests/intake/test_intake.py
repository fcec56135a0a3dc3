"""One contract, run on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, Table, select

from bot.domain.channels import ChannelStatus, RegisteredChannel
from bot.domain.comments import Author, ChannelRef, Comment, CommentRef
from bot.domain.outcomes import Outcome
from bot.errors import StoreError
from bot.intake import Intake
from bot.store import Cause, Store, schema
from tests.intake.history import Clock, MemoryHistory
from tests.intake.screener import WordScreener
from tests.store.examples import NOON, ROOM, VERSIONS, comment, room
from tests.store.opened import opened

LAG = timedelta(minutes=5)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def screener() -> WordScreener:
    return WordScreener()


@pytest.fixture
async def intake(store: Store, screener: WordScreener, clock: Clock) -> Intake:
    """An intake that watches `ROOM` and is not live yet."""
    await store.channels.save(ROOM)
    return await Intake(store, screener, clock, versions=VERSIONS, lag=LAG).start()


async def rows(store: Store, table: Table) -> list[Row[Any]]:
    async with store._engine.connect() as connection:
        return list(await connection.execute(select(table)))


async def watermark(store: Store) -> Any:
    return (await store.channels.all())[0].watermark


@pytest.mark.parametrize(
    ("words", "outcome", "brings"),
    [
        ("hello", Outcome.CLEAR, (0, 0)),
        ("bad words", Outcome.FLAGGED, (1, 0)),
        ("unreadable", Outcome.UNSCORED, (0, 1)),
        ("bad and unreadable", Outcome.FLAGGED, (1, 1)),
        ("crash", Outcome.UNSCORED, (0, 1)),
        ("odd", Outcome.UNSCORED, (0, 1)),
        ("", Outcome.CLEAR, (0, 0)),
        ("\ud800 \0 " + "x" * 40_000, Outcome.CLEAR, (0, 0)),
        ("bad \ud800 \0 " + "x" * 40_000, Outcome.FLAGGED, (1, 0)),
    ],
)
async def test_every_comment_gets_its_outcome_and_everything_that_goes_with_it(
    intake: Intake, store: Store, words: str, outcome: Outcome, brings: tuple[int, int]
) -> None:
    seen, (flags, items) = comment(1, words), brings
    assert await intake.receive(seen) is outcome
    (screening,) = await rows(store, schema.screened)
    assert screening.outcome == outcome
    assert len(await rows(store, schema.flags)) == flags
    assert len(await rows(store, schema.review_items)) == items
    assert len(await rows(store, schema.outbox)) == flags + items
    snapshots = await rows(store, schema.snapshots)
    assert len(snapshots) == min(1, flags + items)
    for snapshot in snapshots:
        assert (await opened(store, snapshot.id)).comment == seen


async def test_what_cannot_be_screened_says_why_without_its_words(
    intake: Intake, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await intake.receive(comment(1, "crash of a canary"))
    await intake.receive(comment(2, "odd canary"))
    assert {item.cause for item in await rows(store, schema.review_items)} == {Cause.SCREENING_FAILED}
    assert "ValueError" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.parametrize(
    "registered",
    [
        replace(ROOM, status=ChannelStatus.PENDING),
        replace(ROOM, status=ChannelStatus.SUSPENDED),
        replace(ROOM, grades=None),
        replace(ROOM, grades="6-8"),
        replace(ROOM, notice_posted_on=None),
        replace(ROOM, parents_notified_on=None),
        replace(ROOM, approved_by=None),
        room("another"),
    ],
    ids=["pending", "suspended", "no grades", "too young", "no notice", "parents", "not approved", "other"],
)
async def test_a_channel_that_may_not_be_read_leaves_no_trace(
    store: Store, screener: WordScreener, clock: Clock, registered: RegisteredChannel
) -> None:
    await store.channels.save(registered)
    intake = await Intake(store, screener, clock, versions=VERSIONS).start()
    history = MemoryHistory(comment(1, "bad"))
    assert await intake.receive(comment(1, "bad")) is Outcome.NOT_WATCHED
    assert not await intake.catch_up(ROOM.ref, history)
    await intake.deleted(comment(1).ref, NOON)
    assert not history.asked
    assert not screener.seen
    for table in (schema.screened, schema.flags, schema.snapshots, schema.outbox, schema.deletions):
        assert await rows(store, table) == []


async def test_what_bots_write_is_left_out(intake: Intake, screener: WordScreener) -> None:
    robot = comment(1, "bad", author=Author("1", "Robot", is_bot=True))
    assert await intake.receive(robot) is Outcome.NOT_WATCHED
    assert not screener.seen


async def test_the_register_is_seen_when_it_changes_here_at_once_and_elsewhere_soon(
    intake: Intake, store: Store, clock: Clock
) -> None:
    assert await intake.receive(comment(1)) is Outcome.CLEAR
    await store.channels.save(replace(ROOM, status=ChannelStatus.SUSPENDED))
    assert await intake.receive(comment(2)) is Outcome.NOT_WATCHED
    async with store._engine.begin() as elsewhere:
        await elsewhere.execute(schema.channels.update().values(status="approved"))
    assert await intake.receive(comment(2)) is Outcome.NOT_WATCHED
    clock.forward(seconds=5)
    assert await intake.receive(comment(2)) is Outcome.CLEAR


async def test_a_channel_that_was_away_from_the_register_must_catch_up_again(intake: Intake, store: Store) -> None:
    assert await intake.catch_up(ROOM.ref, MemoryHistory())
    assert intake.behind() == []
    await store.channels.save(replace(ROOM, status=ChannelStatus.SUSPENDED))
    assert await intake.receive(comment(1)) is Outcome.NOT_WATCHED
    await store.channels.save(ROOM)
    assert await intake.receive(comment(2)) is Outcome.CLEAR
    assert intake.behind() == [ROOM.ref]


async def test_a_duplicate_is_not_screened_again(intake: Intake, screener: WordScreener) -> None:
    assert await intake.receive(comment(1, "bad")) is Outcome.FLAGGED
    assert await intake.receive(comment(1, "bad")) is Outcome.DUPLICATE
    assert screener.seen == {("1", ""): 1}


async def test_the_same_revision_from_two_sides_at_once_is_screened_once(
    intake: Intake, store: Store, screener: WordScreener
) -> None:
    gate = screener.hold("1")
    tasks = [asyncio.create_task(intake.receive(comment(1, "bad"))) for _ in range(10)]
    await screener.reached("1")
    gate.set()
    outcomes = await asyncio.gather(*tasks)
    assert sorted(outcomes) == sorted([Outcome.FLAGGED] + [Outcome.DUPLICATE] * 9)
    assert screener.seen == {("1", ""): 1}
    assert len(await rows(store, schema.flags)) == 1


async def test_if_the_first_of_two_is_cancelled_the_second_does_the_work(
    intake: Intake, screener: WordScreener
) -> None:
    gate = screener.hold("1")
    first = asyncio.create_task(intake.receive(comment(1, "bad")))
    await screener.reached("1")
    second = asyncio.create_task(intake.receive(comment(1, "bad")))
    await asyncio.sleep(0)
    first.cancel()
    gate.set()
    assert await second is Outcome.FLAGGED
    assert first.cancelled()


async def test_edits_are_revisions_and_a_late_older_one_is_still_screened(
    intake: Intake, store: Store, screener: WordScreener
) -> None:
    later, earlier = comment(1, "fine now", revision="2"), comment(1, "bad", revision="1")
    assert await intake.receive(later) is Outcome.CLEAR
    assert await intake.receive(earlier) is Outcome.FLAGGED
    assert await intake.receive(comment(1, "hello")) is Outcome.CLEAR
    assert {row.revision for row in await rows(store, schema.screened)} == {"", "1", "2"}


async def test_two_intakes_on_one_database_flag_a_comment_once(
    intake: Intake, store: Store, screener: WordScreener, clock: Clock
) -> None:
    other = await Intake(store, screener, clock, versions=VERSIONS).start()
    gate = screener.hold("1")
    tasks = [asyncio.create_task(door.receive(comment(1, "bad"))) for door in (intake, other)]
    await screener.reached("1", times=2)
    gate.set()
    assert sorted(await asyncio.gather(*tasks)) == [Outcome.DUPLICATE, Outcome.FLAGGED]
    for table in (schema.flags, schema.snapshots, schema.outbox):
        assert len(await rows(store, table)) == 1


async def test_history_comes_through_the_same_door_and_the_channel_goes_live(
    intake: Intake, store: Store, screener: WordScreener, clock: Clock
) -> None:
    assert intake.behind() == [ROOM.ref]
    history = MemoryHistory(*(comment(n, "bad" if n % 10 == 0 else "hello") for n in range(600)))
    assert await intake.receive(comment(599)) is Outcome.CLEAR
    assert await watermark(store) is None, "a live event says nothing of what came before it"
    assert await intake.catch_up(ROOM.ref, history)
    assert intake.behind() == []
    assert await watermark(store) == clock.now - LAG
    assert len(await rows(store, schema.flags)) == 60
    assert set(screener.seen.values()) == {1}
    assert len(screener.seen) == 600
    clock.forward(hours=1)
    await intake.advance()
    assert await watermark(store) == clock.now - LAG
    assert await intake.catch_up(ROOM.ref, history)
    assert history.asked[1] <= clock.now - LAG


async def test_a_reading_that_breaks_off_goes_on_from_where_it_was(intake: Intake, store: Store) -> None:
    history = MemoryHistory(*(comment(n) for n in range(1000)))

    def break_off(seen: Comment) -> None:
        if seen.ref.comment == "900":
            raise ConnectionError("the platform went away")

    history.during = break_off
    with pytest.raises(ConnectionError):
        await intake.catch_up(ROOM.ref, history)
    mark = await watermark(store)
    assert NOON < mark < NOON + timedelta(seconds=900)
    assert intake.behind() == [ROOM.ref]
    history.during = lambda _: None
    assert await intake.catch_up(ROOM.ref, history)
    assert mark - timedelta(seconds=2) < history.asked[1] < mark
    assert len(await rows(store, schema.screened)) == 1000


async def test_an_interruption_while_reading_means_reading_again(intake: Intake, store: Store) -> None:
    history = MemoryHistory(*(comment(n) for n in range(300)))
    history.during = lambda seen: intake.interrupted("discord") if seen.ref.comment == "299" else None
    assert not await intake.catch_up(ROOM.ref, history)
    assert intake.behind() == [ROOM.ref]
    history.during = lambda _: None
    assert await intake.catch_up(ROOM.ref, history)
    intake.interrupted("slack")
    intake.missed_in(replace(ROOM.ref, channel="another"))
    assert intake.behind() == []
    intake.missed_in(ROOM.ref)
    assert intake.behind() == [ROOM.ref]


async def test_a_live_gap_stops_the_watermark_until_it_was_read(intake: Intake, store: Store, clock: Clock) -> None:
    await intake.catch_up(ROOM.ref, MemoryHistory())
    before = await watermark(store)
    intake.interrupted("discord")
    clock.forward(hours=1)
    assert await intake.receive(comment(9, posted_at=clock.now)) is Outcome.CLEAR
    await intake.advance()
    assert await watermark(store) == before
    assert await intake.catch_up(ROOM.ref, MemoryHistory(comment(8, posted_at=clock.now - timedelta(minutes=30))))
    assert await watermark(store) == clock.now - LAG


async def test_the_watermark_waits_for_the_comment_under_way(
    intake: Intake, store: Store, screener: WordScreener, clock: Clock
) -> None:
    await intake.catch_up(ROOM.ref, MemoryHistory())
    posted = clock.now
    gate = screener.hold("slow")
    slow = asyncio.create_task(intake.receive(comment("slow", posted_at=posted)))
    await screener.reached("slow")
    clock.forward(hours=2)
    assert await intake.receive(comment("quick", posted_at=clock.now)) is Outcome.CLEAR
    await intake.advance()
    assert await watermark(store) == posted
    gate.set()
    await slow
    assert await watermark(store) == clock.now - LAG, "it moves in the transaction that commits the comment"


async def test_a_comment_that_was_not_committed_is_read_again(
    intake: Intake, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await intake.catch_up(ROOM.ref, MemoryHistory())

    async def fail(*_: object) -> bool:
        raise StoreError("The disk is full; free some space.")

    lost = comment("lost", "bad", posted_at=clock.now)
    with monkeypatch.context() as patch:
        patch.setattr(store, "record", fail)
        with pytest.raises(StoreError):
            await intake.receive(lost)
        with pytest.raises(StoreError):
            await intake.catch_up(ROOM.ref, MemoryHistory(lost))
    assert intake.behind() == [ROOM.ref]
    clock.forward(days=1)
    await intake.receive(comment("next", posted_at=clock.now))
    await intake.advance()
    assert await watermark(store) <= lost.posted_at
    assert await intake.catch_up(ROOM.ref, MemoryHistory(lost))
    assert [flag.comment for flag in await rows(store, schema.flags)] == ["lost"]
    assert await watermark(store) == clock.now - LAG


async def test_a_database_that_cannot_be_asked_puts_the_channel_behind(
    intake: Intake, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await intake.catch_up(ROOM.ref, MemoryHistory())

    async def fail(*_: object) -> Any:
        raise StoreError("The database cannot be reached.")

    clock.forward(minutes=1)
    with monkeypatch.context() as patch:
        patch.setattr(store, "was_screened", fail)
        patch.setattr(store.channels, "all", fail)
        with pytest.raises(StoreError):
            await intake.receive(comment(1))
    assert intake.behind() == [ROOM.ref]
    assert "register of channels could not be read" in caplog.text


async def test_a_deletion_is_noted_and_evidence_stays(intake: Intake, store: Store) -> None:
    await intake.receive(comment(1, "bad"))
    evidence = await rows(store, schema.snapshots)
    await intake.deleted(comment(1).ref, NOON)
    await intake.deleted(CommentRef(ChannelRef("discord", "900", "unknown"), "1"), NOON)
    assert [(gone.comment, gone.deleted_at) for gone in await rows(store, schema.deletions)] == [("1", NOON)]
    assert await rows(store, schema.snapshots) == evidence
    assert (await opened(store, evidence[0].id)).comment.text == "bad"
