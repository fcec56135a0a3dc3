"""The ladder: nobody answers in time, and the next contact is told; each rung once, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from bot.alerts.ladder import CLIMB
from bot.cases.case import Case
from bot.domain.cases import EventKind
from bot.domain.categories import Severity
from bot.domain.comments import Author
from bot.domain.roster import LadderStep
from bot.interface.cards import Verb
from bot.store import Store, schema
from tests.alerts.school import ROSTER, SITE, School, judged
from tests.store.examples import comment

MINUTES = 10
LADDER = tuple(LadderStep(person, timedelta(minutes=MINUTES)) for person in ("principal", "assistant"))
IN_ORDER = ["principal", "assistant", "local-district", "safety-office"]
INSISTS = frozenset({"case.unanswered", "case.uncalled"})
"""What rings after the ladder's end: see `test_insisting`."""


@pytest.fixture
async def school(store: Store) -> School:
    roster = replace(ROSTER, sites={"lincoln": replace(SITE, ladder=LADDER)})
    return await School(store, roster).open()


def told(school: School) -> list[str]:
    """Who was told by the ladder."""
    return [(one.to.person or "").lstrip("@") for one in school.all() if one.card.title.key not in INSISTS]


async def events(school: School) -> list[str]:
    return [row.kind for row in await school.rows(schema.case_events)]


async def test_an_alert_climbs_to_the_next_contact_until_the_ladder_ends(school: School) -> None:
    await school.flagged(judged(Severity.HIGH))
    reached = [told(school)]
    for _ in range(5):
        await school.settle(minutes=31)
        reached.append(told(school))
    assert reached[0] == ["principal"]
    assert reached[-1] == IN_ORDER
    assert all(len(later) - len(earlier) <= 1 for earlier, later in pairwise(reached))
    assert await events(school) == [EventKind.CLIMBED] * 3 + [EventKind.UNANSWERED]
    assert "alert.unanswered" in [line.key for line in school.cards("principal")[0].lines]


async def test_nothing_climbs_before_the_rungs_time_is_up(school: School) -> None:
    await school.flagged(judged(Severity.HIGH))
    await school.settle(minutes=MINUTES - 1)
    assert school.told() == ["principal"]
    await school.settle(minutes=1.5)
    assert school.told() == ["principal", "assistant"]


async def test_an_acknowledgement_stops_the_ladder(school: School) -> None:
    case = await school.flagged(judged(Severity.HIGH))
    await school.press("principal", Verb.ACKNOWLEDGE, case)
    for _ in range(4):
        await school.settle(minutes=60)
    assert school.told() == ["principal"]
    assert EventKind.CLIMBED not in await events(school)


async def test_each_step_is_there_once_however_often_the_case_is_told(school: School) -> None:
    case = await school.flagged(judged(Severity.HIGH))
    for _ in range(3):
        await school.deliverer._ladder.begin(await read(school, case), "principal")
    waiting = [row for row in await school.rows(schema.outbox) if row.kind == CLIMB]
    assert len(waiting) == 1


async def read(school: School, case: UUID) -> Case:
    found = await school.book.read(case)
    assert found is not None
    return found


async def test_who_is_away_is_passed_over_while_someone_else_is_there(store: Store) -> None:
    today = date(2020, 1, 1), date(2099, 1, 1)
    people = {
        key: replace(person, away=(today,)) if key == "principal" else person for key, person in ROSTER.people.items()
    }
    roster = replace(ROSTER, people=people, sites={"lincoln": replace(SITE, ladder=LADDER)})
    school = await School(store, roster).open()
    await school.flagged(judged(Severity.HIGH))
    assert school.told() == ["assistant"]


async def test_when_everybody_is_away_they_are_told_all_the_same(store: Store) -> None:
    always = ((date(2020, 1, 1), date(2099, 1, 1)),)
    people = {key: replace(person, away=always) for key, person in ROSTER.people.items()}
    school = await School(store, replace(ROSTER, people=people)).open()
    await school.flagged(judged(Severity.HIGH))
    assert school.told() == ["principal"]


async def test_no_step_of_the_ladder_reaches_somebody_barred(store: Store) -> None:
    roster = replace(ROSTER, sites={"lincoln": replace(SITE, ladder=LADDER)})
    school = await School(store, roster).open()
    await school.flagged(judged(Severity.HIGH), author=Author("@assistant"))
    for _ in range(5):
        await school.settle(minutes=31)
    assert "assistant" not in school.told()
    assert told(school)[-1] == "safety-office"


def reminded(school: School) -> list[str]:
    shown = [shown for shown in school.all() if shown.card.title.key == "case.waiting"]
    return [(one.to.person or "").lstrip("@") for one in shown]


async def climb(school: School) -> None:
    for _ in range(6):
        await school.settle(minutes=31)


async def test_each_round_begins_anew_and_tells_each_rung_once(school: School) -> None:
    case = await school.flagged(judged(Severity.HIGH))
    await climb(school)
    assert told(school) == IN_ORDER
    for back in range(2):
        before = len(reminded(school))
        await school.submit("assistant", "dismiss", case.hex, reason="an idiom")
        await school.settle(minutes=1)
        await school.submit("assistant", "reopen", case.hex, reason="there is more")
        await school.settle()
        assert reminded(school)[before:] == ["principal"], f"round {back}: the first rung, and nobody else yet"
        await climb(school)
        assert reminded(school)[before:] == ["principal", "local-district", "safety-office"], "not who brought it back"
    assert (await events(school)).count(EventKind.UNANSWERED) == 3


async def test_a_case_handed_up_starts_the_clock_anew_and_the_old_one_stops(school: School) -> None:
    case = await school.flagged(judged(Severity.CRITICAL))
    await school.settle(minutes=MINUTES - 1)
    await school.press("principal", Verb.ESCALATE, case)
    await school.settle(minutes=2)
    assert EventKind.CLIMBED not in await events(school), "the first round's clock has run down; it counts no more"
    await school.settle(minutes=MINUTES)
    assert (await events(school)).count(EventKind.CLIMBED) == 1


async def test_nobody_barred_meanwhile_is_reminded(school: School) -> None:
    case = await school.flagged(judged(Severity.HIGH))
    await climb(school)
    await school.submit("local-district", "dismiss", case.hex, reason="an idiom")
    await school.settle(minutes=1)
    await school.command("reporter", "report", comment(1, "bad words"))
    token = school.discord.forms[-1][1].token
    await school.submit("reporter", "report", token, what="look again", target="@principal")
    await climb(school)
    assert "principal" not in reminded(school)
    assert reminded(school)
