"""A whole school year in seconds, with outages by chance: nothing is left out, doubled, or escalated twice."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.daily.view import SIGNERS
from bot.domain.comments import Comment
from bot.domain.ledger import LedgerDay, mismatches
from bot.store import open_store, schema
from bot.store.daily_schema import day_cards
from tests.daily.school import DailySchool, local, roster_with
from tests.intake.history import Clock

YEAR = [date(2026, 8, 17) + timedelta(days=number) for number in range(299)]
OFF_DUTY = (5, 6)
CHAIN = 3
"""Who is reminded: the principal, the assistant of the ladder, the supervisor."""


class Year:
    """Plays a year. `dice` decide what is said, what breaks, and whether anybody signs."""

    def __init__(self, school: DailySchool, seed: int) -> None:
        self.school = school
        self.dice = random.Random(seed)  # noqa: S311 (the same year every time)
        self.comments: list[Comment] = []
        self.signed: set[date] = set()
        self.stopped_until = date.min
        self.missed: set[date] = set()

    async def play(self) -> None:
        for on in YEAR:
            await self.play_day(on)
        self.school.campus.down = False
        await self.school.look()

    async def play_day(self, on: date) -> None:
        school, dice = self.school, self.dice
        at = local(on.day, 9, on.month, on.year)
        if not school.running and on >= self.stopped_until:
            school.clock.now = at
            await school.start()
        school.clock.now = at
        if school.running and on.weekday() in (6, 0):
            await school.watching.look()  # on other days the look of the day before took this one up
        await self.talk()
        if school.running and dice.random() < 0.03:
            school.running = False
            self.stopped_until = on + timedelta(days=dice.randrange(1, 4))
        elif school.running and dice.random() < 0.08:
            school.clock.now = at + timedelta(hours=2)
            await school.go_down()
            await self.talk()
            school.clock.now = at + timedelta(hours=dice.choice([3, 5, 7]))
            await school.come_back()
        if not school.running:
            self.missed.add(on)
        elif on.weekday() not in OFF_DUTY:
            await school.look(max(school.clock.now, at + timedelta(hours=6, minutes=15)))
            await self.sign_or_not(on)

    async def talk(self) -> None:
        for _ in range(self.dice.randrange(3)):
            room = self.dice.choice(["12", "12", "13"])
            self.school.clock.forward(seconds=self.dice.randrange(600))
            words = "bad words" if self.dice.random() < 0.05 else "see you at practice"
            self.comments.append(await self.school.say(room, words))
        if self.comments and self.dice.random() < 0.2:
            number = self.dice.randrange(max(0, len(self.comments) - 5), len(self.comments))
            if self.comments[number].ref in self.school.campus.posts:
                self.comments[number] = await self.school.edit(self.comments[number], "see you at four")

    async def sign_or_not(self, on: date) -> None:
        school = self.school
        if self.dice.random() < 0.9:
            for card in school.cards("principal")[-1:]:
                if card.buttons:
                    assert await school.press("principal", card) in ("daily.thanks", "daily.thanks_late")
                    self.signed.add(on)
            return
        for hour in (18.1, 18.7, 19.3):
            await school.look(max(school.clock.now, local(on.day, hour, on.month, on.year)))


async def days_of(school: DailySchool) -> list[LedgerDay]:
    return await school.store.ledger.days("lincoln", YEAR[0], YEAR[-1] + timedelta(days=9))


@pytest.mark.long
@pytest.mark.timeout(400)
async def test_a_school_year(tmp_path: Path) -> None:
    roster = roster_with(duty_days=frozenset(range(5)))
    async with open_store(home=tmp_path) as store:
        school = await DailySchool(store, Clock(local(17, 8, 8)), roster, rooms=("12", "13")).open()
        year = Year(school, seed=5688)
        await year.play()
        await school.look(local(14, 9, 6, 2027))
        days = await days_of(school)
        await every_day_is_there(school, days)
        await everything_is_counted_once(school, days, year)
        await reminders_climb_once(school, days, year)
        assert len(year.signed) > 150
        assert len(year.missed) > 5


async def every_day_is_there(school: DailySchool, days: list[LedgerDay]) -> None:
    assert all(one.closes_at == other.opens_at for one, other in pairwise(days))
    assert all(other.date - one.date == timedelta(days=1) for one, other in pairwise(days))
    assert {day.date for day in days} >= set(YEAR[1:])
    hours = {day.date: (day.closes_at - day.opens_at) / timedelta(hours=1) for day in days}
    assert {on: length for on, length in hours.items() if length != 24} == {
        date(2026, 11, 1): 25,
        date(2027, 3, 14): 23,
    }
    entries = await school.store.ledger.entries([day.id for day in days])
    each = Counter(entry.channel_id for entry in entries)
    assert set(each.values()) == {len(days)}
    ended = [day for day in days if day.closes_at < school.clock.now]
    assert all(day.ready_at is not None and day.ready_at > day.closes_at for day in ended)


async def everything_is_counted_once(school: DailySchool, days: list[LedgerDay], year: Year) -> None:
    entries = [entry for entry in await school.store.ledger.entries([day.id for day in days]) if entry.counts]
    counts = [entry.counts for entry in entries if entry.counts]
    async with school.store._engine.connect() as connection:
        revisions = (await connection.execute(select(func.count()).select_from(schema.screened))).scalar_one()
        edits = select(func.count()).select_from(schema.screened).where(schema.screened.c.edited_at.is_not(None))
        edited = (await connection.execute(edits)).scalar_one()
        flags = (await connection.execute(select(func.count()).select_from(schema.flags))).scalar_one()
    assert revisions >= len(year.comments)
    assert sum(one.posted + one.earlier for one in counts) == len(year.comments)
    assert sum(one.edited for one in counts) == edited > 20
    assert sum(one.flagged for one in counts) == flags > 5
    listed = await school.store.ledger.cases([day.id for day in days])
    assert sum(map(len, listed.values())) == flags
    assert all(mismatches(entry.counts, entry.swept, gap=True) == () for entry in entries if entry.counts)
    assert all(entry.swept is not None for entry in entries)


async def reminders_climb_once(school: DailySchool, days: list[LedgerDay], year: Year) -> None:
    async with school.store._engine.connect() as connection:
        rows = (await connection.execute(select(day_cards.c.day_id, day_cards.c.kind, day_cards.c.recipient))).all()
    cards = Counter((row.day_id, row.kind, row.recipient) for row in rows)
    assert set(cards.values()) == {1}
    signed = await school.store.ledger.signed([day.id for day in days])
    chain = ["principal", "assistant", "local-district"]
    for day in days:
        steps = {kind: person for of_day, kind, person in cards if of_day == day.id and kind != "digest"}
        assert steps == {f"overdue {step}": chain[step] for step in range(len(steps))}, "in order, none left out"
        who = signed.get(day.id)
        assert day.on_duty == (day.date.weekday() not in OFF_DUTY)
        if not day.on_duty:
            assert steps == {}
        elif day.ready_at is None:
            continue
        elif who is None:
            assert len(steps) == CHAIN, day
        else:
            assert who.late == (who.at > day.sign_by)
            assert bool(steps) <= who.late
            assert roles_of(school, who.person)
    missed = [day for day in days if day.missed]
    assert missed
    for day in missed:
        who = signed.get(day.id)
        assert who is None or who.late or not day.on_duty


def roles_of(school: DailySchool, person: str) -> bool:
    return bool(school.roster.roles(person, school.site) & SIGNERS)
