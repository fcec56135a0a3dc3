"""Digests and reminders: who gets them, when, once; and what happens when somebody is out of reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, time, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from bot.daily.budget import Load, allowance, planned
from bot.daily.closing import OVERDUE
from bot.daily.figures import BLOCKS, spark
from bot.daily.planning import sweep_facts
from bot.daily.token import MOST_DAYS_BACK, offer, offered
from bot.domain.cases import CaseEvent, EventKind
from bot.domain.categories import Category, Severity
from bot.domain.ledger import LedgerDay
from bot.domain.roster import Person
from bot.interface.cards import Button, Verb
from bot.store import open_store, schema
from bot.store.cases import NewEvent
from tests.alerts.school import ROSTER, judged
from tests.daily.school import DailySchool, local, roster_with
from tests.intake.history import Clock
from tests.store.examples import flagged


def told(school: DailySchool) -> list[tuple[str, str]]:
    """Who was told, and of what, in order."""
    return [(str(shown.to.person).lstrip("@"), shown.card.title.key) for shown in school.campus.shown.values()]


async def test_an_unsigned_day_climbs_the_ladder_once_and_no_further(school: DailySchool) -> None:
    await school.look(local(20, 15.25))
    assert told(school) == [("principal", "daily.title")]
    await school.look(local(20, 17.9))
    assert len(told(school)) == 1
    for hour in (18.01, 18.2, 18.55, 18.8, 19.1, 19.5, 20.0, 20.5):
        await school.look(local(20, hour))
    steps = [("principal", "daily.overdue"), ("assistant", "daily.overdue"), ("local-district", "daily.overdue")]
    assert told(school) == [("principal", "daily.title"), *steps]
    by = {shown.to.person: shown.card for shown in school.campus.shown.values()}
    assert by["@assistant"].buttons
    assert not by["@local-district"].buttons, "the supervisor sees to it, and does not sign"
    assert "Ana Pryce, Benito Soto" in repr(by["@local-district"])


async def test_signing_stops_the_climb_and_redraws_every_card(school: DailySchool) -> None:
    for hour in (15.25, 18.01, 18.55):
        await school.look(local(20, hour))
    assert await school.press("assistant", school.cards("assistant")[-1]) == "daily.thanks_late"
    for hour in (18.6, 19.1, 20):
        await school.look(local(20, hour))
    assert [key for _, key in told(school)] == ["daily.signed"] * 3
    assert all(not shown.card.buttons for shown in school.campus.shown.values())


async def test_a_restart_between_two_steps_repeats_none(school: DailySchool) -> None:
    for hour in (15.25, 18.01):
        await school.look(local(20, hour))
    await school.start()
    for hour in (18.2, 18.55):
        await school.look(local(20, hour))
        await school.start()
    assert [person for person, key in told(school) if key == "daily.overdue"] == ["principal", "assistant"]


def overdue(school: DailySchool) -> list[str]:
    """Who was reminded of an unsigned day, in order."""
    return [person for person, key in told(school) if key == "daily.overdue"]


async def change(school: DailySchool, **people: Person | None) -> None:
    """Have the roster say something else of people from now on; nobody of them with `None`."""
    roster = await school.book.read_roster()
    changed = {key: person for key, person in {**roster.people, **people}.items() if person is not None}
    await school.store.registry.replace(replace(roster, people=changed))


@pytest.mark.parametrize("gone", [False, True])
async def test_whoever_is_away_from_one_step_to_the_next_moves_nobody_else_off_the_ladder(
    tmp_path: Path, gone: bool
) -> None:
    async with open_store(home=tmp_path) as store:
        school = await DailySchool(store, Clock(local(20, 9)), roster_with(sign_off_by=time(20))).open()
        for hour in (15.25, 20.01, 20.52, 21.1):
            await school.look(local(20, hour))
        assert overdue(school) == ["principal", "assistant"], "the supervisor's turn is at night"
        away = replace(ROSTER.people["principal"], away=((date(2026, 11, 21), date(2026, 11, 21)),))
        await change(school, principal=None if gone else away)
        for hour in (6.6, 7.2, 8, 9):
            await school.look(local(21, hour))
        assert overdue(school)[2:] == ["local-district"]


async def test_whoever_comes_back_has_their_turn_and_nobody_has_two(tmp_path: Path) -> None:
    async with open_store(home=tmp_path) as store:
        friday = replace(ROSTER.people["principal"], away=((date(2026, 11, 20), date(2026, 11, 20)),))
        roster = roster_with(sign_off_by=time(20, 45))
        roster = replace(roster, people={**ROSTER.people, "principal": friday})
        school = await DailySchool(store, Clock(local(20, 9)), roster).open()
        for hour in (15.25, 20.76, 22):
            await school.look(local(20, hour))
        for hour in (6.6, 7.2, 8, 9, 10):
            await school.look(local(21, hour))
        assert overdue(school) == ["assistant", "principal", "local-district"]


async def test_whoever_is_out_of_reach_has_one_turn_and_is_not_named_as_reminded(tmp_path: Path) -> None:
    async with open_store(home=tmp_path) as store:
        roster = roster_with()
        people = {**ROSTER.people, "assistant": replace(ROSTER.people["assistant"], accounts={})}
        school = await DailySchool(store, Clock(local(20, 9)), replace(roster, people=people)).open()
        for hour in (15.25, 18.01, 18.55, 18.6, 19.2, 20):
            await school.look(local(20, hour))
        assert overdue(school) == ["principal", "local-district"]
        assert "Benito Soto" not in repr(school.cards("local-district")[-1]), "they had no reminder"


async def test_a_step_cut_off_after_its_card_reminds_nobody_else(school: DailySchool) -> None:
    for hour in (15.25, 18.01):
        await school.look(local(20, hour))
    async with school.store._engine.begin() as connection:
        steps = schema.outbox.c.kind == OVERDUE, schema.outbox.c.dedup_key.endswith(":1")
        await connection.execute(delete(schema.outbox).where(*steps))
        await connection.execute(update(schema.outbox).where(steps[0]).values(done_at=None, leased_until=None))
    await school.look(local(20, 18.02))
    assert overdue(school) == ["principal"]
    await school.look(local(20, 18.6))
    assert overdue(school) == ["principal", "assistant"]


async def test_a_step_that_an_older_version_left_goes_on_where_it_stood(school: DailySchool) -> None:
    for hour in (15.25, 18.01):
        await school.look(local(20, hour))
    async with school.store._engine.begin() as connection:
        waiting = schema.outbox.c.kind == OVERDUE, schema.outbox.c.done_at.is_(None)
        row = (await connection.execute(select(schema.outbox).where(*waiting))).one()
        old = {"day_id": row.payload["day_id"], "step": row.payload["step"]}
        await connection.execute(update(schema.outbox).where(schema.outbox.c.id == row.id).values(payload=old))
    for hour in (18.55, 19.1, 20):
        await school.look(local(20, hour))
    assert overdue(school) == ["principal", "assistant", "local-district"]


async def test_nights_are_quiet_unless_something_critical_is_open(tmp_path: Path) -> None:
    for critical in (False, True):
        async with open_store(home=tmp_path / str(critical)) as store:
            roster = roster_with(sign_off_by=local(20, 22).time())
            school = await DailySchool(store, Clock(local(20, 9)), roster).open()
            if critical:
                seen = replace(await school.say("12"), revision="2", edited_at=school.clock.now)
                judgement = judged(Severity.CRITICAL)
                await store.record(replace(flagged(school.ids["12"], seen), judgement=judgement, at=school.clock.now))
            for hour in (15.25, 22.1, 23, 27):
                await school.look(local(20, hour))
            at_night = [key for _, key in told(school)]
            assert ("daily.overdue" in at_night) == critical
            await school.look(local(21, 6.6))
            assert "daily.overdue" in [key for _, key in told(school)]


async def test_the_night_of_whom_a_critical_case_is_about_stays_quiet(tmp_path: Path) -> None:
    for about in ("somebody else", "Ana Pryce"):
        async with open_store(home=tmp_path / about) as store:
            roster = roster_with(sign_off_by=local(20, 22).time())
            school = await DailySchool(store, Clock(local(20, 9)), roster).open()
            seen = await school.say("12", f"{about} hits us")
            seen = replace(seen, revision="2", edited_at=school.clock.now)
            judgement = judged(Severity.CRITICAL, Category.ABUSE_DISCLOSURE)
            await store.record(replace(flagged(school.ids["12"], seen), judgement=judgement, at=school.clock.now))
            for hour in (15.25, 22.1, 23):
                await school.look(local(20, hour))
            assert overdue(school) == ([] if about == "Ana Pryce" else ["principal", "assistant"]), "it would tell"
            await school.look(local(21, 6.6))
            assert overdue(school)[0] == "principal"


async def test_a_day_signed_with_open_items_says_so_until_they_are_decided(school: DailySchool) -> None:
    await school.say("12", "bad words")
    await school.look(local(20, 15.25))
    await school.press("principal", school.cards("principal")[-1])
    await school.look()
    (card,) = school.cards("principal")
    assert card.title.key == "daily.signed"
    assert "daily.still_open" in repr(card)
    (day,) = await school.store.ledger.days("lincoln", date(2026, 11, 20), date(2026, 11, 20))
    (view,) = await school.teller.views.of([day], None)
    for position, (kind, says) in enumerate([(EventKind.DISMISSED, False), (EventKind.REOPENED, True)]):
        event = CaseEvent(kind, school.clock.now, "principal")
        assert await school.store.cases.append(NewEvent(view.cases[0].id, position, event))
        await school.look(local(20, 16 + position))
        assert ("daily.still_open" in repr(school.cards("principal")[0])) == says


async def test_an_old_digest_is_redrawn_although_days_off_duty_came_since(tmp_path: Path) -> None:
    async with open_store(home=tmp_path) as store:
        roster = roster_with(duty_days=frozenset(range(5)))
        school = await DailySchool(store, Clock(local(19, 9)), roster).open()
        for day in (19, 20, 21):
            await school.look(local(day, 15.25))
        thursday, friday = [card for card in school.cards("principal") if card.title.key == "daily.title"]
        assert "2026-11-19" in repr(friday)
        await school.press("principal", thursday)
        await school.look()
        (left,) = [card for card in school.cards("principal") if card.title.key == "daily.title"]
        assert "2026-11-19" not in repr(left)


async def test_the_last_who_is_away_has_their_turn_on_the_morning_they_are_back(tmp_path: Path) -> None:
    async with open_store(home=tmp_path) as store:
        away = replace(ROSTER.people["principal"], away=((date(2026, 11, 20), date(2026, 11, 21)),))
        roster = replace(roster_with(), people={**ROSTER.people, "principal": away})
        school = await DailySchool(store, Clock(local(20, 9)), roster).open()
        for hour in (15.25, 18.01, 18.55, 19.1, 20, 24 + 6.6, 24 + 12, 48 + 6.4):
            await school.look(local(20, hour))
        (friday,) = await store.ledger.days("lincoln", date(2026, 11, 20), date(2026, 11, 20))

        async def had() -> list[str]:
            return [card.recipient for card in await store.ledger.cards(friday.id) if card.kind.startswith(OVERDUE)]

        assert await had() == ["assistant", "local-district"]
        for hour in (6.6, 9, 24 + 9):
            await school.look(local(22, hour))
        assert await had() == ["assistant", "local-district", "principal"]


async def test_the_next_signer_gets_the_digest_when_the_first_is_out_of_reach(tmp_path: Path) -> None:
    async with open_store(home=tmp_path) as store:
        people = {**ROSTER.people, "principal": replace(ROSTER.people["principal"], accounts={})}
        school = await DailySchool(store, Clock(local(20, 9)), replace(ROSTER, people=people)).open()
        await school.look(local(20, 15.25))
        assert told(school) == [("assistant", "daily.title")]
        await school.look(local(20, 18.01))
        assert told(school)[1:] == [("assistant", "daily.overdue")], "at once, for somebody out of reach"


async def test_who_is_away_is_passed_over_while_someone_else_is_there(tmp_path: Path) -> None:
    today = date(2026, 11, 20)
    for away, first in (({"principal"}, "assistant"), ({"principal", "assistant", "local-district"}, "safety-office")):
        async with open_store(home=tmp_path / first) as store:
            people = {
                key: replace(person, away=((today, today),)) if key in away else person
                for key, person in ROSTER.people.items()
            }
            school = await DailySchool(store, Clock(local(20, 9)), replace(ROSTER, people=people)).open()
            await school.look(local(20, 15.25))
            await school.look(local(20, 18.01))
            reminded = "principal" if len(away) == 3 else first
            assert told(school) == [(first, "daily.title"), (reminded, "daily.overdue")]


async def test_a_platform_that_refuses_is_tried_again_and_then_the_next_person(school: DailySchool) -> None:
    school.campus.refuses.add("@principal")
    for minutes in range(9):
        await school.look(local(20, 15.25) + timedelta(minutes=minutes))
    assert told(school) == [("assistant", "daily.title")]


async def test_an_old_digest_that_named_a_signed_day_names_it_no_more(school: DailySchool) -> None:
    await school.look(local(20, 15.25))
    friday = school.cards("principal")[-1]
    await school.look(local(21, 15.25))
    saturday = school.cards("principal")[-1]
    assert "2026-11-20" in repr(saturday)
    assert await school.press("principal", friday) == "daily.thanks_late"
    await school.look()
    assert "2026-11-20" not in repr(school.cards("principal")[-1])
    assert await school.press("principal", saturday) == "daily.thanks", "the old token still signs what is left"


async def test_doctor_hears_how_long_the_sweeps_take(tmp_path: Path) -> None:
    async with open_store(home=tmp_path) as store:
        school = await DailySchool(store, Clock(local(20, 9)), roster_with(sign_off_by=local(20, 15.2).time())).open()
        (fact,) = await sweep_facts(store, school.roster, school.clock.now)
        assert not fact.well, "two minutes for the sweep are not enough"
        school.roster = roster_with()
        (fact,) = await sweep_facts(store, school.roster, school.clock.now)
        assert fact.well
        assert "3 channels of discord 900" in fact.sentence


def day(on: date) -> LedgerDay:
    at = local(1, 15).astimezone(UTC)
    return LedgerDay(uuid4(), "lincoln", on, at, at, at, True, at)


@given(st.sets(st.integers(0, MOST_DAYS_BACK), min_size=1))
def test_a_token_names_exactly_its_days_and_fits_a_button(back: set[int]) -> None:
    last = date(2026, 11, 20)
    days = [day(last - timedelta(days=number)) for number in back]
    token = offer(days)
    assert Button(Verb.SIGNOFF, token).id
    read = offered(token)
    assert read is not None
    newest = max(days, key=lambda one: one.date)
    assert read.newest == newest.id
    assert read.dates(newest) == {one.date for one in days}


@given(st.text(max_size=64))
def test_any_other_token_is_nothing_or_harmless(token: str) -> None:
    read = offered(token)
    assert read is None or all(0 <= back <= MOST_DAYS_BACK for back in read.before)


def test_days_too_far_apart_are_not_one_signature() -> None:
    with pytest.raises(ValueError, match="too far apart"):
        offer([day(date(2026, 1, 1)), day(date(2026, 11, 20))])


@given(st.lists(st.integers(0, 10**6), max_size=40))
def test_a_row_of_blocks_has_one_for_each_number_and_the_most_is_full(numbers: list[int]) -> None:
    drawn = spark(numbers)
    assert len(drawn) == len(numbers)
    assert all((mark == "·") == (number == 0) for mark, number in zip(drawn, numbers, strict=True))
    if any(numbers):
        assert drawn[numbers.index(max(numbers))] == BLOCKS[-1]


def test_a_plan_that_cannot_fit_fails() -> None:
    window = timedelta(hours=3)
    small = planned(Load("slack", "T1", [214] * 20, window))
    assert small.fits
    assert "about" in small.sentence
    large = planned(Load("slack", "T1", [2000] * 200, window))
    assert not large.fits
    assert "sign_off_by later" in large.sentence
    assert planned(Load("local", "school", [2000] * 200, window)).fits
    assert allowance("slack").takes(50) == timedelta(minutes=2), "a sweep leaves half to live reading"
