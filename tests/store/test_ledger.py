"""The ledger's tables: everything is counted once, days close once, and nobody signs twice or into the past."""

from __future__ import annotations

import asyncio
import random
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Table, delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.domain.cases import CaseEvent, EventKind
from bot.domain.comments import Author, ChannelRef, CommentRef
from bot.domain.ledger import Counts, Entry, GapCause, LedgerDay, Mismatch, Swept, mismatches
from bot.store import Store, schema
from bot.store.cases import NewEvent
from bot.store.daily_schema import ledger_cases, ledger_entries, signed_days, signoffs
from bot.store.ledger import DayCard, DayOpen, Noted
from bot.store.outbox import Due
from bot.store.reports import NewReport, ReportWords
from bot.store.tally import Closing, Reading
from tests.store.examples import NOON, ROOM, SEVERE, VERSIONS, clear, comment, flagged, room, unscored

DAY = timedelta(days=1)
FIRST = date(2026, 11, 21)


def ledger_day(number: int = 0, site: str = "lincoln") -> LedgerDay:
    """A day from noon to noon, the first of them closing on `FIRST`."""
    opens = NOON + number * DAY
    return LedgerDay(uuid4(), site, FIRST + number * DAY, opens, opens + DAY, opens + 1.25 * DAY, True, opens)


async def opened(store: Store, days: int = 1) -> tuple[int, list[LedgerDay]]:
    channel = await store.channels.save(ROOM)
    noted = [ledger_day(number) for number in range(days)]
    await store.ledger.note([Noted(day, (channel,)) for day in noted])
    return channel, noted


def closing(channel: int, day: LedgerDay, *seen: str, at: datetime | None = None, swept: bool = True) -> Closing:
    at = at or day.closes_at + timedelta(minutes=10)
    reading = Reading(at, {name: f"https://chat.example.org/{name}" for name in seen}) if swept else None
    return Closing(channel, day.date, day.opens_at, day.closes_at, at, reading)


async def closed(store: Store, channel: int, day: LedgerDay, *seen: str, swept: bool = True) -> Entry:
    assert await store.ledger.close(closing(channel, day, *seen, swept=swept))
    return await entry_of(store, day)


async def entry_of(store: Store, day: LedgerDay) -> Entry:
    (entry,) = await store.ledger.entries([day.id])
    return entry


async def test_a_day_without_a_word_has_an_entry_of_zeros(store: Store) -> None:
    channel, (day,) = await opened(store)
    assert (await entry_of(store, day)).counts is None
    entry = await closed(store, channel, day)
    assert entry.counts == Counts()
    assert entry.swept == Swept(day.closes_at + timedelta(minutes=10), 0, 0)
    assert mismatches(entry.counts, entry.swept, gap=False) == ()


async def test_everything_that_happened_is_in_the_numbers(store: Store) -> None:
    channel, (day,) = await opened(store)
    await store.record(clear(channel, comment(1)))
    await store.record(flagged(channel, comment(2)))
    await store.record(unscored(channel, comment(3)))
    await store.record(clear(channel, comment(4)))
    await store.record(clear(channel, comment(4, "two", revision="e", edited_at=NOON + timedelta(hours=2))))
    await store.record_deletion(channel, comment(1).ref, NOON + timedelta(hours=3))
    live = await store.ledger.so_far(await entry_of(store, day), day, NOON)
    entry = await closed(store, channel, day, "2", "3", "4")
    expected = Counts(posted=4, screened=3, unscored=1, edited=1, deleted=1, flagged=1, open_at_end=2)
    assert entry.counts == expected
    assert (live.posted, live.deleted, live.flagged, live.edited) == (4, 1, 1, 1)
    assert entry.swept is not None
    assert entry.swept.on_platform == 3
    assert mismatches(expected, entry.swept, gap=False) == ()
    assert set(entry.sample) == {"https://chat.example.org/4"}
    assert len((await store.ledger.cases([day.id]))[day.id]) == 2


async def test_a_closed_entry_stays_as_it_is_and_what_comes_late_counts_once_in_the_next(store: Store) -> None:
    channel, (first, second) = await opened(store, days=2)
    await store.record(clear(channel, comment(1)))
    before = await closed(store, channel, first, "1")
    await store.record(flagged(channel, comment(2), at=first.closes_at + timedelta(hours=1)))
    assert not await store.ledger.close(closing(channel, first, "1", "2"))
    assert await entry_of(store, first) == before
    after = await closed(store, channel, second)
    assert after.counts is not None
    assert (after.counts.posted, after.counts.earlier, after.counts.flagged) == (0, 1, 1)


async def test_an_edit_after_the_close_belongs_to_the_next_day(store: Store) -> None:
    channel, (first, second) = await opened(store, days=2)
    late = first.closes_at + timedelta(minutes=1)
    await store.record(clear(channel, comment(1)))
    await store.record(flagged(channel, comment(1, "worse", revision="e", edited_at=late)))
    entry = await closed(store, channel, first, "1")
    assert entry.counts is not None
    assert (entry.counts.posted, entry.counts.edited, entry.counts.flagged) == (1, 0, 0)
    entry = await closed(store, channel, second)
    assert entry.counts is not None
    assert (entry.counts.posted, entry.counts.earlier, entry.counts.edited, entry.counts.flagged) == (0, 0, 1, 1)


async def test_a_comment_first_seen_with_its_edit_counts_on_the_day_it_was_posted(store: Store) -> None:
    channel, (first, second) = await opened(store, days=2)
    late = first.closes_at + timedelta(minutes=1)
    await store.record(clear(channel, comment(1, "only this", revision="e", edited_at=late)))
    entry = await closed(store, channel, first, "1")
    assert entry.counts is not None
    assert (entry.counts.posted, entry.counts.edited) == (1, 1)
    assert mismatches(entry.counts, entry.swept, gap=False) == ()
    assert (await closed(store, channel, second)).counts == Counts()


async def test_an_edit_of_a_comment_of_long_ago_is_no_comment_first_seen(store: Store) -> None:
    channel, (day,) = await opened(store)
    old = comment(1, revision="e", posted_at=NOON - 60 * DAY, edited_at=NOON + timedelta(hours=1))
    await store.record(clear(channel, old))
    entry = await closed(store, channel, day)
    assert entry.counts == Counts(edited=1)


async def test_deletions_count_with_their_comment_or_on_the_day_they_happened(store: Store) -> None:
    channel, (first, second) = await opened(store, days=2)
    for number in (1, 2):
        await store.record(clear(channel, comment(number)))
    await store.record_deletion(channel, comment(1).ref, first.closes_at + timedelta(minutes=5))
    entry = await closed(store, channel, first, "1", "2")
    assert entry.counts is not None
    assert entry.swept is not None
    assert (entry.counts.deleted, entry.swept.on_platform) == (1, 1)
    await store.record_deletion(channel, comment(2).ref, first.closes_at + timedelta(hours=5))
    entry = await closed(store, channel, second)
    assert entry.counts == Counts(deleted_earlier=1)


async def test_what_does_not_add_up_is_said(store: Store) -> None:
    channel, (day,) = await opened(store)
    for number in (1, 2, 3):
        await store.record(clear(channel, comment(number)))
    async with store._engine.begin() as connection:
        await connection.execute(delete(schema.screened).where(schema.screened.c.comment == "1"))
    entry = await closed(store, channel, day, "1", "2")
    assert entry.counts is not None
    assert entry.counts.unknown == 1
    assert set(mismatches(entry.counts, entry.swept, gap=False)) == {Mismatch.UNSEEN, Mismatch.VANISHED}
    assert mismatches(entry.counts, entry.swept, gap=True) == (Mismatch.UNSEEN,)
    assert mismatches(Counts(posted=2, screened=1), None, gap=False) == (Mismatch.UNSCREENED,)


async def test_an_unswept_day_says_so(store: Store) -> None:
    channel, (day,) = await opened(store)
    await store.record(clear(channel, comment(1)))
    entry = await closed(store, channel, day, swept=False)
    assert entry.swept is None
    assert entry.counts == Counts(posted=1, screened=1)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_comes_in_whatever_order_is_counted_exactly_once(store: Store, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 (a test's dice, the same every time)
    channel, days = await opened(store, days=5)
    comments = edits = flags = gone = 0
    for day in days:
        for _ in range(dice.randrange(12)):
            comments += 1
            posted = NOON + dice.uniform(0, (day.closes_at - NOON) / DAY + 0.01) * DAY
            said = comment(f"c{comments}", posted_at=posted)
            unseen_first = dice.random() < 0.2
            if not unseen_first:
                kind = dice.choice([clear, clear, flagged])
                flags += kind is flagged
                await store.record(kind(channel, said, at=day.closes_at))
            for revision in range(dice.randrange(3) or int(unseen_first)):
                edits += 1
                edited = comment(
                    f"c{comments}", revision=f"e{revision}", posted_at=posted, edited_at=posted + dice.random() * DAY
                )
                await store.record(clear(channel, edited, at=day.closes_at))
            if dice.random() < 0.3:
                gone += 1
                await store.record_deletion(channel, said.ref, posted + dice.random() * DAY)
        await closed(store, channel, day)
    last = ledger_day(5)
    far = ledger_day(6)
    await store.ledger.note([Noted(last, (channel,)), Noted(far, (channel,))])
    for day in (last, far):
        await closed(store, channel, day)
    entries = await store.ledger.entries([day.id for day in [*days, last, far]])
    counts = [entry.counts for entry in entries if entry.counts is not None]
    assert sum(one.posted + one.earlier for one in counts) == comments
    assert sum(one.edited for one in counts) == edits
    assert sum(one.flagged for one in counts) == flags
    assert sum(one.deleted + one.deleted_earlier for one in counts) == gone
    async with store._engine.connect() as connection:
        listed = (await connection.execute(select(func.count()).select_from(ledger_cases))).scalar_one()
    assert listed == flags


async def test_writing_while_a_day_is_closed_loses_and_doubles_nothing(store: Store) -> None:
    channel, (first, second) = await opened(store, days=2)
    writing = [store.record(clear(channel, comment(number))) for number in range(200)]
    seen = [str(number) for number in range(200)]
    await asyncio.gather(*writing[:100], store.ledger.close(closing(channel, first, *seen)), *writing[100:])
    await store.ledger.close(closing(channel, second))
    one, other = await entry_of(store, first), await entry_of(store, second)
    assert one.counts is not None
    assert other.counts is not None
    assert one.counts.posted + other.counts.earlier == 200


async def test_another_channels_comments_are_not_counted(store: Store) -> None:
    channel, (day,) = await opened(store)
    elsewhere = ChannelRef("discord", "900", "13")
    other = await store.channels.save(room("13"))
    await store.record(clear(other, comment(1, channel=elsewhere)))
    await store.record_deletion(other, CommentRef(elsewhere, "1"), NOON)
    assert (await closed(store, channel, day)).counts == Counts()


async def test_days_are_noted_once_and_ready_once(store: Store) -> None:
    channel, (day,) = await opened(store)
    again = ledger_day()
    await store.ledger.note([Noted(again, (channel,))])
    assert [found.id for found in await store.ledger.days("lincoln", FIRST, FIRST)] == [day.id]
    assert await store.ledger.unfinished(day.closes_at - timedelta(seconds=1)) == []
    assert await store.ledger.unfinished(day.closes_at) == [day]
    errand = Due("digest", {"day_id": str(day.id)}, day.closes_at, once=str(day.id))
    assert not await store.ledger.ready(day.id, day.closes_at, [errand]), "an entry is open"
    await closed(store, channel, day)
    assert await store.ledger.ready(day.id, day.closes_at, [errand])
    assert not await store.ledger.ready(day.id, day.closes_at, [errand])
    assert len(await store.outbox.claim(day.closes_at, kinds=("digest",), limit=9)) == 1
    assert await store.ledger.unfinished(day.closes_at) == []
    assert (await store.ledger.latest())["lincoln"].id == day.id
    assert await store.ledger.latest_entries() == {channel: day.date}


async def test_a_day_is_signed_once_when_it_is_ready(store: Store) -> None:
    channel, (day, later) = await opened(store, days=2)
    at = day.closes_at + timedelta(hours=1)
    opened_days = [DayOpen(day.id, False, 2, 1), DayOpen(later.id, False, 0, 0)]
    assert await store.ledger.sign("principal", at, opened_days, "", []) == frozenset()
    await closed(store, channel, day)
    await store.ledger.ready(day.id, at, [])
    assert [found.id for found in await store.ledger.unsigned("lincoln")] == [day.id]
    first, second = await asyncio.gather(
        *(store.ledger.sign(name, at, opened_days, f"{name} says", []) for name in ("principal", "assistant"))
    )
    assert {first, second} == {frozenset({day.id}), frozenset()}
    signed = (await store.ledger.signed([day.id, later.id]))[day.id]
    assert (signed.open_items, signed.open_critical, signed.late, signed.at) == (2, 1, False, at)
    assert await store.ledger.note_of(day.id) == f"{signed.person} says"
    assert await store.ledger.unsigned("lincoln") == []


async def test_a_day_past_its_time_counts_as_unsigned_until_somebody_signs(store: Store) -> None:
    async def unsigned(at: datetime) -> int:
        found = await store.waiting(at)
        assert found is not None
        return found.unsigned

    channel, (day, _) = await opened(store, days=2)
    late = day.sign_by + timedelta(minutes=1)
    assert await unsigned(late) == 0, "it is not ready"
    await closed(store, channel, day)
    await store.ledger.ready(day.id, day.closes_at, [])
    assert (await unsigned(day.sign_by), await unsigned(late)) == (0, 1)
    await store.ledger.sign("principal", late, [DayOpen(day.id, True, 0, 0)], "", [])
    assert await unsigned(late) == 0


@pytest.mark.parametrize("table", [signoffs, signed_days], ids=lambda table: str(table.name))
async def test_a_signature_cannot_be_changed_or_taken_away(store: Store, table: Table) -> None:
    channel, (day,) = await opened(store)
    await closed(store, channel, day)
    await store.ledger.ready(day.id, day.closes_at, [])
    await store.ledger.sign("principal", day.closes_at, [DayOpen(day.id, True, 0, 0)], "", [])
    changed = {"at": NOON} if table is signoffs else {"late": False}
    for change in (delete(table), update(table).values(changed)):
        with pytest.raises(DBAPIError, match="append-only"):
            async with store._engine.begin() as connection:
                await connection.execute(change)


async def test_the_note_is_sealed(store: Store) -> None:
    channel, (day,) = await opened(store)
    await closed(store, channel, day)
    await store.ledger.ready(day.id, day.closes_at, [])
    await store.ledger.sign("principal", day.closes_at, [DayOpen(day.id, False, 1, 1)], "they wrote: canary", [])
    async with store._engine.connect() as connection:
        rows = (await connection.execute(text("SELECT * FROM signoff_notes"))).all()
    assert "canary" not in repr(rows)
    assert await store.ledger.note_of(day.id) == "they wrote: canary"


async def test_cards_of_a_day_are_found_again(store: Store) -> None:
    _, (day,) = await opened(store)
    card = DayCard(day.id, "digest", "principal", "discord", "direct", "7", "en")
    await store.ledger.keep_card(card, NOON)
    await store.ledger.keep_card(card, NOON)
    assert await store.ledger.cards(day.id) == [card]


async def test_a_gap_begins_once_ends_once_and_is_closed_once(store: Store) -> None:
    channel, _ = await opened(store)
    for minutes in (0, 5):
        await store.gaps.open([channel], GapCause.LINE, NOON + timedelta(minutes=minutes))
    (gap,) = await store.gaps.open_ones()
    assert gap.began_at == NOON
    assert gap.touches(NOON + DAY, NOON + 2 * DAY), "one that has no end goes on"
    await store.gaps.end([channel], [GapCause.LINE], NOON + timedelta(minutes=9))
    await store.gaps.close([channel], [GapCause.HISTORY], NOON)
    await store.gaps.close([channel], [GapCause.LINE], NOON + timedelta(minutes=12))
    assert await store.gaps.open_ones() == []
    (gap,) = await store.gaps.within(NOON, NOON + DAY)
    assert (gap.ended_at, gap.closed_at) == (NOON + timedelta(minutes=9), NOON + timedelta(minutes=12))
    assert await store.gaps.within(NOON + timedelta(minutes=9), NOON + DAY) == []
    await store.gaps.open([channel], GapCause.LINE, NOON + DAY)
    assert len(await store.gaps.open_ones()) == 1


async def test_the_heartbeat_is_the_last_one(store: Store) -> None:
    await store.gaps.beat(["discord", "slack"], NOON)
    await store.gaps.beat(["discord"], NOON + DAY)
    await store.gaps.beat([], NOON)
    assert await store.gaps.last_beats() == {"discord": NOON + DAY, "slack": NOON}


async def report(store: Store, channel: int, number: int) -> None:
    words, span = ReportWords("this hurts me"), timedelta(days=1)
    new = NewReport(channel, comment(number), Author("88", "R"), words, NOON, SEVERE, VERSIONS, most=9, span=span)
    assert await store.reports.file(new)


async def test_no_link_of_a_sample_leads_to_a_comment_that_has_a_case_however_late(store: Store) -> None:
    channel, (day,) = await opened(store)
    for number in (1, 2, 3):
        await store.record(clear(channel, comment(number)))
    await report(store, channel, 1)
    entry = await closed(store, channel, day, "1", "2", "3")
    assert set(entry.sample) == {"https://chat.example.org/2", "https://chat.example.org/3"}
    await report(store, channel, 2)
    assert (await entry_of(store, day)).sample == ("https://chat.example.org/3",), "its card alone decides about links"
    async with store._engine.begin() as connection:
        await connection.execute(update(ledger_entries).values(sample=["https://chat.example.org/1"]))
    assert (await entry_of(store, day)).sample == (), "of an older version, and nobody can tell which comment it is"


@pytest.mark.parametrize(
    ("kinds", "waiting"),
    [
        ([EventKind.DISMISSED], 0),
        ([EventKind.DISMISSED, EventKind.REOPENED], 1),
        ([EventKind.CONFIRMED, EventKind.APPEALED], 1),
        ([EventKind.CONFIRMED, EventKind.APPEALED, EventKind.UPHELD], 0),
        ([EventKind.CONFIRMED, EventKind.REPORTED], 0),
    ],
)
async def test_a_case_that_came_back_is_open_at_the_end(store: Store, kinds: list[EventKind], waiting: int) -> None:
    channel, (first, second) = await opened(store, days=2)
    await store.record(flagged(channel, comment(1)))
    await closed(store, channel, first, "1")
    ((case,),) = (await store.ledger.cases([first.id])).values()
    for position, kind in enumerate(kinds):
        assert await store.cases.append(NewEvent(case, position, CaseEvent(kind, NOON, "principal")))
    entry = await closed(store, channel, second)
    assert entry.counts is not None
    assert entry.counts.open_at_end == waiting
