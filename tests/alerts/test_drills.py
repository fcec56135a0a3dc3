"""Drills: every rung once, in order, answered with the usual button, and never a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from bot.alerts.drills import DrillTeller, rungs_of
from bot.alerts.errands import TRIES, Errands
from bot.domain.roster import LadderStep
from bot.interface.cards import Card, Verb
from bot.platform.events import ButtonPressed, Event
from bot.platform.protocol import Platform
from bot.store import schema
from tests.alerts.school import ROSTER, SITE, School, verbs, words


class Drilled:
    """A school whose bot carries out drills."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.teller = DrillTeller(school.store, {"discord": school.discord}, school.book, school.clock)
        self.errands = Errands(school.store, school.clock, self.teller.carriers)
        self.passed_on: list[Event] = []

    async def begin(self, *, fast: bool = False) -> UUID:
        rungs = rungs_of(SITE, ROSTER, self.school.clock().date())
        return await self.school.store.drills.begin("lincoln", rungs, self.school.clock(), fast=fast)

    async def settle(self, minutes: float = 0) -> None:
        self.school.clock.forward(minutes=minutes)
        await self.errands.carry_out_due(self.school.clock())

    async def press(self, person: str, card: Card) -> None:
        async def on(event: Event, _: Platform) -> None:
            self.passed_on.append(event)

        (button,) = card.buttons
        event = ButtonPressed(self.school.ask(person), str(Verb.ACKNOWLEDGE), button.token)
        await self.teller.over(on)(event, self.school.discord)


@pytest.fixture
def drilled(school: School) -> Drilled:
    return Drilled(school)


async def test_each_rung_is_told_in_its_time_and_marked_in_both_languages(school: School, drilled: Drilled) -> None:
    drill = await drilled.begin()
    await drilled.settle()
    await drilled.settle(29)
    assert school.told() == ["principal"]
    (card,) = school.cards("principal")
    assert "This is a drill" in words(card)
    assert "Esto es un simulacro" in words(card)
    assert verbs(card) == {Verb.ACKNOWLEDGE}
    await drilled.settle(2)
    assert school.told() == ["principal", "assistant"]
    await drilled.settle(600)
    assert school.told() == ["principal", "assistant"]
    assert await school.rows(schema.flags) == await school.rows(schema.case_events) == []
    read = await school.store.drills.read(drill)
    assert read is not None
    assert [rung.acknowledged_at for rung in read.rungs] == [None, None]


async def test_an_answer_is_noted_once_and_brings_the_next_rung_at_once(school: School, drilled: Drilled) -> None:
    drill = await drilled.begin()
    await drilled.settle()
    (card,) = school.cards("principal")
    school.clock.forward(minutes=3)
    await drilled.press("coach", card)
    assert "for somebody else" in school.answer()
    await drilled.press("principal", card)
    first = school.clock()
    await drilled.settle()
    assert school.told() == ["principal", "assistant"]
    assert verbs(school.cards("principal")[0]) == set()
    school.clock.forward(minutes=9)
    await drilled.press("principal", card)
    await drilled.settle(600)
    assert school.told() == ["principal", "assistant"]
    read = await school.store.drills.read(drill)
    assert read is not None
    assert read.rungs[0].acknowledged_at == first
    assert drilled.passed_on == []


async def test_a_fast_drill_tells_everybody_now(school: School, drilled: Drilled) -> None:
    await drilled.begin(fast=True)
    await drilled.settle()
    assert sorted(school.told()) == ["assistant", "principal"]


async def test_whoever_cannot_be_reached_is_said_and_passed_over(school: School, drilled: Drilled) -> None:
    people = {**ROSTER.people, "principal": replace(ROSTER.people["principal"], accounts={})}
    await school.store.registry.replace(replace(ROSTER, people=people))
    school.discord.refuses.add("@assistant")
    drill = await drilled.begin()
    for _ in range(TRIES + 2):
        await drilled.settle(1)
    read = await school.store.drills.read(drill)
    assert read is not None
    assert [rung.told_at for rung in read.rungs] == [None, None]
    assert all(rung.unreached_at for rung in read.rungs)


async def test_every_other_press_is_passed_on(school: School, drilled: Drilled) -> None:
    async def on(event: Event, _: Platform) -> None:
        drilled.passed_on.append(event)

    tokens: Sequence[str] = ("drill-", "drill-zz-1", UUID(int=1).hex)
    for token in tokens:
        await drilled.teller.over(on)(ButtonPressed(school.ask("principal"), "acknowledge", token), school.discord)
    assert len(drilled.passed_on) == len(tokens)


def test_a_ladder_names_each_person_once_and_a_site_without_one_tells_who_signs() -> None:
    twice = replace(SITE, ladder=(*SITE.ladder, LadderStep("principal", timedelta(minutes=5))))
    today = date(2026, 11, 20)
    assert [person for person, _ in rungs_of(twice, ROSTER, today)] == ["principal", "assistant"]
    bare = replace(SITE, ladder=())
    assert [person for person, _ in rungs_of(bare, ROSTER, today)] == ["principal", "local-district"]
