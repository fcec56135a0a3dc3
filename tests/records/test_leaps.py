"""A clock that leaps ahead destroys nothing before people had days to notice; ordinary silences delay nothing."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from bot.app.readiness import steady as clocks_way
from bot.daily.watching import Watching
from bot.domain.cases import EventKind
from bot.domain.ledger import GapCause
from bot.records.leaps import Leaps, doubted_until
from bot.records.retention import EVERY, Keeper
from tests.alerts.school import PACK, School
from tests.records.test_retention import happen, sealed


class Steady:
    """Seconds that pass as a test says, whatever the clock on the wall shows."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def steady() -> Steady:
    return Steady()


async def begun(school: School, steady: Steady) -> Keeper:
    """Start the program anew: its keeper, and the heart that beats from now on."""
    leaps = Leaps(school.store, school.clock, steady=steady)
    await leaps.begin()
    watching = Watching(school.store, school.clock, lambda: (), ["discord"])
    await watching.start()
    await watching.look()
    return Keeper(school.store, school.book, PACK, school.clock, leaps=leaps)


async def live(school: School, steady: Steady, keeper: Keeper, *, days: int) -> None:
    """Let days pass as they do, the heart beating; then have the keeper look."""
    school.clock.forward(days=days)
    steady.seconds += days * EVERY
    await school.store.gaps.beat(["discord"], school.clock())
    await keeper.look()


async def a_dismissed_case(school: School) -> None:
    await happen(school, await school.flagged(), EventKind.DISMISSED)


async def test_days_that_pass_delay_nothing(school: School, steady: Steady) -> None:
    keeper = await begun(school, steady)
    await a_dismissed_case(school)
    await live(school, steady, keeper, days=90)
    assert await sealed(school) == 0
    assert (await clocks_way(school.store, school.clock())).well


async def test_a_leap_while_it_runs_destroys_nothing_until_three_days_are_over(
    school: School, steady: Steady, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = await begun(school, steady)
    await a_dismissed_case(school)
    school.clock.forward(days=400)
    with caplog.at_level(logging.WARNING, "bot.records.retention"):
        assert await keeper.look() == EVERY
    assert "clock leapt" in caplog.text
    await live(school, steady, keeper, days=2)
    assert await sealed(school) == 1
    await live(school, steady, keeper, days=1)
    assert await sealed(school) == 0


async def test_a_leap_while_it_was_off_destroys_nothing_whoever_starts_it_how_often(
    school: School, steady: Steady
) -> None:
    await begun(school, steady)
    await a_dismissed_case(school)
    school.clock.forward(days=400)
    keepers = [await begun(school, steady) for _ in range(3)]
    for keeper in keepers:
        assert await keeper.look() == EVERY
        assert await sealed(school) == 1
    assert not (fact := await clocks_way(school.store, school.clock())).well
    assert "Nothing is destroyed by itself before" in fact.sentence
    await live(school, steady, keepers[-1], days=3)
    assert await sealed(school) == 0


async def test_where_no_channel_is_watched_any_more_the_heart_alone_tells(school: School, steady: Steady) -> None:
    await school.store.gaps.beat(["discord", "slack"], school.clock())
    await a_dismissed_case(school)
    school.clock.forward(days=400)
    leaps = Leaps(school.store, school.clock, steady=steady)
    await leaps.begin()
    keeper = Keeper(school.store, school.book, PACK, school.clock, leaps=leaps)
    await live(school, steady, keeper, days=2)
    assert await sealed(school) == 1
    await live(school, steady, keeper, days=1)
    assert await sealed(school) == 0


async def test_a_clock_that_is_set_right_in_time_has_destroyed_nothing_and_is_trusted_again(
    school: School, steady: Steady
) -> None:
    keeper = await begun(school, steady)
    await a_dismissed_case(school)
    right = school.clock()
    school.clock.forward(days=400)
    await keeper.look()
    again = await begun(school, steady)
    await again.look()
    school.clock.now = right
    assert await doubted_until(school.store, school.clock()) is None
    for one in (keeper, again, await begun(school, steady)):
        assert await one.look() == EVERY
    assert await sealed(school) == 1
    await live(school, steady, again, days=90)
    assert await sealed(school) == 0


async def test_a_weekend_switched_off_delays_nothing(school: School, steady: Steady) -> None:
    keeper = await begun(school, steady)
    await a_dismissed_case(school)
    await live(school, steady, keeper, days=88)
    school.clock.forward(days=2.5)
    assert await (await begun(school, steady)).look() == EVERY
    assert await sealed(school) == 0


async def test_by_hand_a_person_decides_at_once(school: School, steady: Steady) -> None:
    await begun(school, steady)
    await a_dismissed_case(school)
    school.clock.forward(days=400)
    keeper = await begun(school, steady)
    await keeper.look()
    assert (await keeper.purge()).evidence > 0


@pytest.mark.parametrize("cause", [GapCause.UNWATCHED, GapCause.LINE, GapCause.HISTORY])
async def test_what_only_a_channel_missed_delays_nothing(school: School, steady: Steady, cause: GapCause) -> None:
    keeper = await begun(school, steady)
    channels = [one.id for one in await school.store.channels.all()]
    await school.store.gaps.open(channels, cause, school.clock())
    await live(school, steady, keeper, days=50)
    await school.store.gaps.end(channels, [cause], school.clock())
    assert await school.store.gaps.within(school.clock() - timedelta(days=3), school.clock())
    assert await doubted_until(school.store, school.clock()) is None
