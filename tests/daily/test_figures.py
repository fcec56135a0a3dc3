"""How a rule did is what stands last."""

from __future__ import annotations

import pytest

from bot.daily.figures import alarms
from bot.domain.cases import CaseEvent, EventKind
from bot.store.cases import NewEvent
from tests.daily.school import DailySchool, local


@pytest.mark.parametrize(
    ("kinds", "counted"),
    [
        ([EventKind.DISMISSED], (0, 1, 0)),
        ([EventKind.DISMISSED, EventKind.CLOSED], (0, 1, 0)),
        ([EventKind.DISMISSED, EventKind.REOPENED], (0, 0, 1)),
        ([EventKind.DISMISSED, EventKind.REOPENED, EventKind.CONFIRMED], (1, 0, 0)),
        ([EventKind.CONFIRMED, EventKind.APPEALED], (0, 0, 1)),
        ([EventKind.CONFIRMED, EventKind.APPEALED, EventKind.REVERSED], (0, 1, 0)),
    ],
)
async def test_a_false_alarm_is_one_for_as_long_as_that_stands(
    school: DailySchool, kinds: list[EventKind], counted: tuple[int, int, int]
) -> None:
    await school.say("12", "bad words")
    await school.look(local(20, 15.25))
    days = await school.store.ledger.days("lincoln", local(20, 0).date(), local(20, 0).date())
    (view,) = await school.teller.views.of(days, None)
    for position, kind in enumerate(kinds):
        event = CaseEvent(kind, school.clock.now, "principal", "threat")
        assert await school.store.cases.append(NewEvent(view.cases[0].id, position, event))
    (view,) = await school.teller.views.of(days, None)
    (rule,) = alarms(view.cases)
    assert (rule.confirmed, rule.dismissed, rule.open) == counted
