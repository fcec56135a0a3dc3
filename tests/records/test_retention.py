"""Retention: what is past its time goes, evidence with its tombstone, and nothing open or held ever."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, update

from bot.domain.cases import CaseEvent, EventKind
from bot.domain.comments import Author
from bot.domain.custody import Act
from bot.errors import EvidenceError
from bot.evidence.vault import AT_THE_TERMINAL, Vault
from bot.policy.records import Kept, Period, Start
from bot.policy.words import Text
from bot.records.retention import BY_THE_RULE, Keeper, Order, Purged, after
from bot.store import ErrandKind, daily_schema, schema
from bot.store.cases import NewEvent
from bot.store.outbox import Due
from bot.store.register_schema import acknowledgements
from bot.store.retention import AT_ONCE, Leftover, Part
from tests.alerts.school import PACK, School
from tests.desk.test_reporting import report
from tests.evidence.conftest import damage, stand
from tests.store.examples import NOON, clear, comment


@pytest.fixture
def keeper(school: School) -> Keeper:
    return Keeper(school.store, school.book, PACK, school.clock)


async def happen(school: School, case: UUID, *kinds: EventKind) -> None:
    for kind in kinds:
        stored = await school.store.cases.read(case)
        assert stored is not None
        event = CaseEvent(kind, school.clock(), "principal", rule="harassment")
        assert await school.store.cases.append(NewEvent(case, len(stored.events), event, reason="because"))


async def sealed(school: School) -> int:
    return sum(row.wrapped_key is not None for row in await school.rows(schema.snapshots))


async def test_a_dismissed_comment_goes_after_its_days_and_the_log_stays_whole(school: School, keeper: Keeper) -> None:
    case = await school.flagged()
    await happen(school, case, EventKind.DISMISSED)
    school.clock.forward(days=89)
    assert (await keeper.purge()).evidence == 0
    school.clock.forward(days=2)
    counted = await keeper.purge(dry=True)
    assert counted.counts[Part.SNAPSHOTS] == 1
    assert await sealed(school) == 1
    done = await keeper.purge()
    assert (done.counts[Part.SNAPSHOTS], done.counts[Part.AUTHORS], done.counts.get(Part.REASONS)) == (1, 1, None)
    assert await sealed(school) == 0
    *_, last = await school.store.custody.of([case])
    assert (last.act, last.why, last.person) == (Act.DESTROYED, BY_THE_RULE, None)
    assert "retention" in (await school.store.custody.reasons([last]))[last.reason]  # type: ignore[index]
    assert (await school.store.verify_chain())[1] == []
    assert await school.store.cases.read(case)
    again = await keeper.purge()
    assert not any(again.counts.get(part) for part in Part)


async def test_open_reopened_and_appealed_cases_are_never_touched(school: School, keeper: Keeper) -> None:
    await school.flagged()
    reopened, appealed, watched = await school.flagged(), await school.flagged(), await school.flagged()
    await happen(school, reopened, EventKind.DISMISSED, EventKind.REOPENED)
    await happen(school, appealed, EventKind.CONFIRMED, EventKind.APPEALED)
    await happen(school, watched, EventKind.CONFIRMED, EventKind.FOLLOW_UP)
    school.clock.forward(days=3000)
    assert (await keeper.purge()).evidence == 0
    assert await sealed(school) == 4


async def test_a_hold_keeps_everything(school: School, vault: Vault, keeper: Keeper) -> None:
    await stand(school)
    case = await school.flagged()
    await happen(school, case, EventKind.DISMISSED)
    await vault.hold(case, "principal", "lawyers")
    school.clock.forward(days=3000)
    done = await keeper.purge()
    assert (done.held, done.evidence, await sealed(school)) == (1, 0, 1)
    assert all(row.wrapped_key for row in await school.rows(schema.case_events) if row.ciphertext)
    await vault.release(case, "principal", "over")
    assert (await keeper.purge()).counts[Part.SNAPSHOTS] == 1


async def test_a_hold_keeps_what_outlasts_the_snapshots(school: School, vault: Vault, keeper: Keeper) -> None:
    said = comment(1, "bad words")
    case = await school.flagged(seen=said)
    await report(school, said)
    await happen(school, case, EventKind.DISMISSED)
    school.clock.forward(days=100)
    assert (await keeper.purge()).counts[Part.SNAPSHOTS] > 0
    assert await sealed(school) == 0
    await vault.hold(case, "principal", "lawyers")
    school.clock.forward(days=3000)
    assert (await keeper.purge()).held == 1
    assert [row.wrapped_key is not None for row in await school.rows(schema.reports)] == [True]
    await vault.release(case, "principal", "over")
    assert (await keeper.purge()).counts[Part.REPORTS] == 1
    with pytest.raises(EvidenceError):
        await vault.hold(case, "principal", "too late")


async def test_a_case_that_does_not_open_keeps_no_other(school: School, keeper: Keeper) -> None:
    cases = sorted([await school.flagged(seen=comment(number, "bad words")) for number in range(4)])
    for case in cases:
        await happen(school, case, EventKind.DISMISSED)
    await damage(school, cases[0])
    school.clock.forward(days=800)
    done = await keeper.purge()
    assert (done.damaged, done.counts[Part.SNAPSHOTS], await sealed(school)) == (1, 3, 1)


async def test_a_closed_case_keeps_its_shell_and_nothing_that_was_written(school: School, keeper: Keeper) -> None:
    said = comment(1, "bad words")
    case = await school.flagged(seen=said)
    await report(school, said)
    await happen(school, case, EventKind.CONFIRMED, EventKind.CLOSED)
    school.clock.forward(days=364)
    assert (await keeper.purge()).evidence == 0
    school.clock.forward(days=2)
    done = await keeper.purge(Order("principal", "the year is over", AT_THE_TERMINAL))
    assert done.counts[Part.REPORTS] == 1
    assert done.counts[Part.REASONS] == 2
    assert all(row.wrapped_key is None for row in await school.rows(schema.reports))
    assert Part.CARDS not in done.counts
    school.clock.forward(days=7)
    assert (await keeper.purge()).counts[Part.CARDS] > 0
    assert await school.events(case)


async def test_reasons_and_authors_count_as_evidence_and_go_with_a_name_and_a_notice(
    school: School, keeper: Keeper
) -> None:
    case = await school.flagged()
    await happen(school, case, EventKind.DISMISSED)
    school.clock.forward(days=91)
    await keeper.purge()
    school.clock.forward(days=300)
    counted = await keeper.purge(dry=True)
    assert (counted.counts[Part.REASONS], counted.evidence) == (1, 1)
    assert Part.SNAPSHOTS not in counted.counts
    before = len(await school.store.custody.of([case]))
    await keeper.purge(Order("principal", "the year is over", AT_THE_TERMINAL))
    *_, last = rows = await school.store.custody.of([case])
    assert len(rows) == before + 1
    assert (last.act, last.why) == (Act.DESTROYED, AT_THE_TERMINAL)
    assert last.person == school.store.custody.pseudonym("principal")
    notices = [row for row in await school.rows(schema.outbox) if row.kind == ErrandKind.NOTICE]
    assert [row.payload["custody"] for row in notices] == [str(last.number)]
    assert (await school.store.verify_chain())[1] == []


def test_what_was_somebodys_words_or_leads_to_somebody_is_evidence() -> None:
    counts: dict[str, int] = {Part.SNAPSHOTS: 1, Part.REPORTS: 2, Part.REASONS: 3, Part.AUTHORS: 4, Part.CARDS: 50}
    assert Purged(counts | {Leftover.SCREENED: 100}).evidence == 10


async def test_who_is_on_the_roster_stays_barred_from_their_own_case(school: School, keeper: Keeper) -> None:
    case = await school.flagged(seen=comment(1, "bad", author=Author("@coach", "Farid")))
    await happen(school, case, EventKind.DISMISSED)
    school.clock.forward(days=100)
    assert (await keeper.purge()).counts[Part.SNAPSHOTS] == 1
    read = await school.book.read(case)
    assert read is not None
    assert "coach" in read.barred
    again = await keeper.purge(dry=True)
    assert Part.AUTHORS not in again.counts


async def test_marks_go_two_weeks_after_the_sign_off_and_counts_stay(school: School, keeper: Keeper) -> None:
    day, signoff = uuid4(), uuid4()
    many = AT_ONCE + 7
    for number in range(many):
        await school.store.record(clear(school.channel, comment(number)))
    await school.store.record_deletion(school.channel, comment(1).ref, NOON)
    date = NOON.date()
    async with school.store._engine.begin() as connection:
        times = {"opens_at": NOON, "closes_at": NOON, "sign_by": NOON, "noted_at": NOON, "ready_at": NOON}
        await connection.execute(
            insert(daily_schema.ledger_days).values(id=day, site="lincoln", day=date, on_duty=True, **times)
        )
        await connection.execute(
            insert(daily_schema.ledger_entries).values(
                channel_id=school.channel,
                day=date,
                day_id=day,
                noted_at=NOON,
                posted=many,
                sample=["https://x.example"],
            )
        )
        await connection.execute(
            update(schema.screened).where(schema.screened.c.comment != "3").values(ledger_day=date)
        )
        await connection.execute(update(schema.deletions).values(ledger_day=date))
    school.clock.forward(days=30)
    assert not any((await keeper.purge()).counts.values())
    async with school.store._engine.begin() as connection:
        await connection.execute(
            insert(daily_schema.signoffs).values(id=signoff, person="principal", at=school.clock())
        )
        await connection.execute(
            insert(daily_schema.signed_days).values(
                day_id=day, signoff_id=signoff, late=True, open_items=0, open_critical=0
            )
        )
    school.clock.forward(days=13)
    assert not any((await keeper.purge()).counts.values())
    school.clock.forward(days=2)
    done = await keeper.purge()
    assert (done.counts[Leftover.SCREENED], done.counts[Leftover.DELETIONS], done.counts[Leftover.LINKS]) == (
        many - 1,
        1,
        1,
    )
    (left,) = await school.rows(schema.screened)
    assert left.comment == "3"
    (entry,) = await school.rows(daily_schema.ledger_entries)
    assert (entry.posted, entry.sample) == (many, None)


async def test_done_errands_and_old_acknowledgements_go(school: School, keeper: Keeper) -> None:
    outbox, now = school.store.outbox, school.clock()
    for kind, once in (("notice", None), ("climb", "case:0"), ("update", None)):
        await outbox.put(Due(kind, {}, now, once=once))
    first, second = await outbox.claim(now, kinds=("notice", "climb"), limit=2)
    for errand in (first, second):
        await outbox.delivered(errand.id, now)
    async with school.store._engine.begin() as connection:
        for year in (2025, 2026):
            row = {"channel_id": school.channel, "member": b"x", "school_year": year, "at": now}
            await connection.execute(insert(acknowledgements).values(**row))
    school.clock.forward(days=15)
    done = await keeper.purge()
    assert (done.counts[Leftover.ERRANDS], done.counts[Leftover.ACKNOWLEDGEMENTS]) == (1, 1)
    assert {row.kind for row in await school.rows(schema.outbox)} == {"climb", "update"}
    assert not await outbox.put(Due("climb", {}, now, once="case:0")), "what was done once is not done again"


def test_a_year_from_leap_day_and_a_period_that_nobody_set() -> None:
    why = Text(en="x", es="x")
    year = Period(id=Kept.SNAPSHOT, starts=Start.CASE_CLOSED, years=1, why=why)
    leap = NOON.replace(year=2028, month=2, day=29)
    assert after(year, leap) == leap.replace(year=2029, month=3, day=1)
    assert after(Period(id=Kept.CUSTODY, starts=Start.CASE_CLOSED, why=why), NOON) is None
    assert after(Period(id=Kept.NOT_FLAGGED, starts=Start.SIGNED_OFF, days=0, why=why), NOON) == NOON + timedelta(0)
