"""After the ladder: two people are reminded in turn until somebody answers; nothing is dropped, nobody is flooded."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.delivery import Deliverer
from bot.alerts.errands import Errands
from bot.alerts.insisting import MORNING, PACES, STILL_WAITING, TURN, next_turn, rings_from, span_of
from bot.daily.days import Quiet
from bot.domain.cases import EventKind
from bot.domain.categories import Severity
from bot.domain.comments import Author
from bot.domain.roster import LadderStep, Roster
from bot.interface.cards import Verb
from bot.store import open_store, schema
from tests.alerts.school import PACK, ROSTER, SITE, THREAT, School, judged, words
from tests.store.examples import NOON

ZONE = ZoneInfo("America/Los_Angeles")
WEEKDAYS = frozenset(range(5))
NIGHT = Quiet()
MINUTE = timedelta(minutes=1)

Ring = tuple[datetime, str]


def roster_with(**parts: object) -> Roster:
    return replace(ROSTER, sites={"lincoln": replace(SITE, **parts)})  # type: ignore[arg-type]


def reminded(school: School) -> list[str]:
    """Who has been reminded so far, in order."""
    titles = {"case.unanswered", "case.uncalled"}
    return [(one.to.person or "").lstrip("@") for one in school.all() if one.card.title.key in titles]


def gaps(rings: list[Ring]) -> list[timedelta]:
    return [later - earlier for (earlier, _), (later, _) in pairwise(rings)]


async def next_due(school: School) -> datetime:
    waiting = [row.due_at for row in await school.rows(schema.outbox) if row.done_at is None]
    return min(waiting, default=datetime.max.replace(tzinfo=UTC))


async def live(school: School, hours: float) -> list[Ring]:
    """Live from one thing that is due to the next, for some hours; return who was reminded when."""
    rings: list[Ring] = []
    end = school.clock() + timedelta(hours=hours)
    while (due := await next_due(school)) <= end:
        before = len(reminded(school))
        school.clock.now = max(due, school.clock())
        await school.settle()
        rings += [(school.clock(), person) for person in reminded(school)[before:]]
    school.clock.now = end
    return rings


async def ended(school: School) -> None:
    """Let the ladder come to its end."""
    while EventKind.UNANSWERED not in [row.kind for row in await school.rows(schema.case_events)]:
        school.clock.now = max(await next_due(school), school.clock())
        await school.settle()


async def test_a_critical_case_rings_for_two_people_in_turn_until_a_call_is_confirmed(school: School) -> None:
    case = await school.flagged(THREAT)
    await ended(school)
    at_once = [(school.clock(), person) for person in reminded(school)]
    rings = at_once + await live(school, 12)
    assert [person for _, person in rings] == ["assistant", "principal"] * (len(rings) // 2) + ["assistant"] * (
        len(rings) % 2
    )
    apart = gaps(rings)
    assert apart[:3] == [10 * MINUTE, 20 * MINUTE, 30 * MINUTE], "further and further apart"
    assert set(apart[3:]) == {30 * MINUTE}, "by day and by night"
    await school.press("principal", Verb.ACKNOWLEDGE, case)
    assert await live(school, 1), "somebody is on it, and nobody has confirmed a call"
    await school.submit("principal", "called", case.hex, agency="laspd", when="now", spoke="An officer took it down.")
    assert await live(school, 12) == []


async def test_a_high_case_leaves_the_night_alone(school: School) -> None:
    await school.flagged(judged(Severity.HIGH))
    await ended(school)
    rings = await live(school, 30)
    at_night = [at for at, _ in rings if NIGHT.until(at, ZONE)]
    assert at_night == []
    by_day = [gap for gap in gaps(rings) if gap < timedelta(hours=6)]
    assert max(by_day) == timedelta(hours=2)
    assert len(rings) > 10


@pytest.mark.parametrize("severity", [Severity.LOW, Severity.MEDIUM])
async def test_a_mild_case_rings_once_each_duty_day(school: School, severity: Severity) -> None:
    school = await School(school.store, roster_with(duty_days=WEEKDAYS)).open()  # it is a Friday
    case = await school.flagged(judged(severity))
    await ended(school)
    rings = await live(school, 24 * 6)
    local = [at.astimezone(ZONE) for at, _ in rings]
    assert [one.weekday() for one in local] == [4, 0, 1, 2]
    assert {one.time() for one in local} == {MORNING}
    assert len({person for _, person in rings}) == 2
    await school.submit("principal", "dismiss", case.hex, reason="an idiom")
    assert await live(school, 48) == []


async def test_what_was_slept_through_does_not_ring_all_at_once(school: School) -> None:
    await school.flagged(THREAT)
    await ended(school)
    before = len(reminded(school))
    await school.settle(minutes=60 * 24 * 3)
    assert len(reminded(school)) - before == 1


async def test_a_raid_does_not_flood_those_who_stand_in_turn(school: School) -> None:
    for number in range(8):
        await school.flag(THREAT, text=f"bad {number}")
        await school.settle(minutes=4)
    await live(school, 3)
    rings = await live(school, 2)
    assert max(gaps(rings)) <= 30 * MINUTE
    for person in ("principal", "assistant"):
        mine = [ring for ring in rings if ring[1] == person]
        assert max(gaps(mine)) <= 60 * MINUTE, "every other turn is theirs"
        spans = Counter(span_of(Severity.CRITICAL, at, ZONE) for at, _ in mine)
        assert max(spans.values()) == 1
    assert "“queue”" in words(next(one.card for one in school.all() if one.card.title.key == "case.uncalled"))


async def test_a_turn_that_is_taken_again_after_a_crash_rings_nobody_twice(school: School) -> None:
    await school.flagged(THREAT)
    await ended(school)
    await school.settle(minutes=11)
    before = reminded(school)
    school.clock.forward(minutes=20)
    for _ in range(3):  # taken, and never marked as done: the lease of a killed process runs out
        (errand,) = await school.store.outbox.claim(school.clock(), kinds=(TURN,))
        assert await school.errands._carried_out(errand) is None
        school.clock.forward(minutes=3)
    await school.settle()
    assert reminded(school) == [*before, "assistant"]
    turns = [row for row in await school.rows(schema.outbox) if row.kind == TURN]
    assert len(turns) == 4
    assert len([row for row in await school.rows(schema.outbox) if row.kind == STILL_WAITING]) == 3


async def test_the_end_of_the_ladder_and_the_first_turn_are_one(school: School) -> None:
    await school.flagged(THREAT)
    await ended(school)
    kinds = [row.kind for row in await school.rows(schema.outbox)]
    assert kinds.count(TURN) == 2, "the first, and the one that it put in"


async def test_two_processes_share_the_turns(tmp_path: Path) -> None:
    async with open_store(home=tmp_path) as store, open_store(home=tmp_path) as other:
        school = await School(store).open()
        await school.flagged(THREAT)
        await ended(school)
        deliverer = Deliverer(other, {"discord": school.discord}, PACK, school.clock)
        second = Errands(other, school.clock, deliverer.carriers)
        before = len(reminded(school))
        for _ in range(10):
            school.clock.forward(minutes=30)
            now = school.clock()
            await asyncio.gather(school.errands.carry_out_due(now), second.carry_out_due(now))
        assert len(reminded(school)) - before == 10


async def test_nobody_barred_is_reminded_and_the_last_told_stands_in(school: School) -> None:
    await school.flagged(THREAT, author=Author("@principal"))
    await ended(school)
    people = [person for _, person in await live(school, 6)]
    assert set(people) == {"assistant", "safety-office"}


async def test_one_person_on_the_ladder_is_not_left_alone(school: School) -> None:
    roster = roster_with(ladder=(LadderStep("principal"),), designees=())
    school = await School(school.store, roster).open()
    await school.flagged(THREAT)
    await ended(school)
    assert {person for _, person in await live(school, 6)} == {"principal", "safety-office"}


async def test_who_handed_it_up_is_left_in_peace(school: School) -> None:
    case = await school.flagged(THREAT)
    await school.press("principal", Verb.ESCALATE, case)
    await ended(school)
    people = {person for _, person in await live(school, 6)}
    assert "principal" not in people
    assert len(people) == 2


async def test_who_cannot_be_reached_breaks_no_turn(school: School) -> None:
    await school.flagged(THREAT)
    await ended(school)
    school.discord.refuses.add("@principal")
    people = [person for _, person in await live(school, 6)]
    assert set(people) == {"assistant"}
    assert len(people) >= 5
    school.discord.refuses.clear()
    assert "principal" in [person for _, person in await live(school, 2)]


async def test_an_earlier_rounds_turns_stop(school: School) -> None:
    case = await school.flagged(judged(Severity.HIGH))
    await ended(school)
    await school.submit("local-district", "dismiss", case.hex, reason="an idiom")
    await school.submit("local-district", "reopen", case.hex, reason="there is more")
    before = len(reminded(school))
    await school.settle(minutes=20)
    assert len(reminded(school)) == before, "the ladder has begun anew, and has not come to its end"
    for _ in range(6):
        await school.settle(minutes=31)
    assert len(reminded(school)) > before


@pytest.mark.parametrize("after_the_end", [False, True])
async def test_what_turns_out_worse_after_it_was_answered_rings_again(school: School, *, after_the_end: bool) -> None:
    case = await school.flagged(judged(Severity.MEDIUM))
    if after_the_end:
        await ended(school)
    await school.press("principal", Verb.ACKNOWLEDGE, case)
    assert await live(school, 24 * 3) == []
    await school.submit("principal", "confirm", case.hex, rule="threat", reason="It announces harm.")
    rings = await live(school, 8)
    assert max(gaps(rings)) == 30 * MINUTE
    assert len(rings) > 8, "nobody has confirmed a call"
    assert "principal" not in {person for _, person in rings}, "they found it out, and told the others"
    await school.submit("assistant", "called", case.hex, agency="laspd", when="now", spoke="An officer took it down.")
    assert await live(school, 24) == []


async def test_a_reminder_says_what_to_do_and_no_word_of_the_case(school: School) -> None:
    await school.flagged(THREAT, text="canary words")
    await ended(school)
    await live(school, 2)
    for shown in school.all():
        if shown.card.title.key == "case.uncalled":
            assert "911" in words(shown.card)
            assert "canary" not in words(shown.card)
            assert [button.verb for button in shown.card.buttons] == [Verb.CASE]


moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: NOON + minutes * MINUTE)
severities = st.sampled_from([one for one in Severity if one is not Severity.NONE])
nights = st.sampled_from([NIGHT, Quiet(time(0), time(5)), Quiet(time(20), time(9)), Quiet(time(0), time(0))])
weeks = st.frozensets(st.integers(0, 6))


@given(severities, st.integers(0, 5000), moments, weeks)
def test_no_turn_is_further_off_than_the_severity_allows(
    severity: Severity, turns: int, now: datetime, week: frozenset[int]
) -> None:
    due = next_turn(severity, replace(SITE, duty_days=week), turns, now, ZONE)
    if severity in PACES:
        assert due - now <= PACES[severity].longest
        assert due - now <= next_turn(severity, SITE, turns + 1, now, ZONE) - now
        assert turns == 0 or span_of(severity, due, ZONE) != span_of(severity, now, ZONE)
    else:
        assert now < due <= now + timedelta(days=8)
        assert not week or due.astimezone(ZONE).weekday() in week
        assert due.astimezone(ZONE).time() == MORNING


@given(severities, moments, nights, weeks)
def test_nobody_is_reminded_out_of_hours_and_the_wait_ends(
    severity: Severity, now: datetime, quiet: Quiet, week: frozenset[int]
) -> None:
    site = replace(SITE, duty_days=week)
    waits = 0
    while (begins := rings_from(severity, site, now, quiet, ZONE)) > now:
        now, waits = begins, waits + 1
        assert waits < 20
    assert begins == now
    if severity is Severity.CRITICAL:
        assert waits == 0
    else:
        assert quiet.until(now, ZONE) is None
        assert severity is Severity.HIGH or not week or now.astimezone(ZONE).weekday() in week


def test_the_clocks_change_and_the_morning_stays_at_eight() -> None:
    for on in (date(2026, 3, 8), date(2026, 11, 1)):
        before = datetime.combine(on, time(0, 30), ZONE)
        due = next_turn(Severity.LOW, SITE, 1, before.astimezone(UTC), ZONE)
        assert due.astimezone(ZONE) == datetime.combine(on, MORNING, ZONE)
