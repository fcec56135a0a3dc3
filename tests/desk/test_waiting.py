"""What waits for whom: no raid and no other school pushes a case off the queue, the status card or a count."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk.waiting import PAGE, Waiting
from bot.domain.cases import EventKind
from bot.domain.categories import Severity
from bot.domain.comments import Author
from bot.domain.roster import LadderStep, Person, Roster, Site
from bot.interface.cards import Verb
from bot.store import open_store
from tests.alerts.school import ROSTER, SITE, THREAT, School, judged
from tests.store.examples import NOON, ROOM, comment, unscored
from tests.store.raid import raid

HERE, THERE = replace(SITE, channels=(ROOM.ref,)), replace(ROOM.ref, channel="roosevelt-1")
NEIGHBOUR = Site("roosevelt", "Roosevelt High School", "rae", supervisor="local-district", ladder=(LadderStep("rae"),))
DISTRICT = Roster(
    ROSTER.district,
    {**ROSTER.people, "rae": Person("rae", "Rae Other", "Principal", accounts={"discord": "@rae"})},
    {"lincoln": HERE, "roosevelt": replace(NEIGHBOUR, channels=(THERE,))},
)
LATER = NOON + timedelta(days=1)


async def two_schools(school: School) -> int:
    """Put a second school beside the first; return its channel."""
    school.roster = DISTRICT
    await school.store.registry.replace(DISTRICT)
    return await school.store.channels.save(replace(ROOM, ref=THERE, name="roosevelt-1", site="roosevelt"))


def listed(school: School) -> list[str]:
    """The codes that the last answer names, in its order."""
    words = school.answer().replace(":", " ").replace(",", " ").replace("(", " ").replace(")", " ").split()
    return [word for word in words if len(word) == 8 and set(word) <= set("0123456789abcdef")]


async def counted(school: School, person: str) -> str:
    """What the status card of the school's channel says of cases to decide."""
    await school.command(person, "status")
    card = school.discord.answers[-1][1]
    return next(str(fact.value.params["value"]) for fact in card.facts if fact.label.key == "status.cases")


async def test_a_raid_pushes_a_critical_case_out_of_nothing(school: School) -> None:
    before = await raid(school.store, school.channel, PAGE + 1, at=NOON - timedelta(days=1))
    critical = await school.flag(THREAT)
    after = await raid(school.store, school.channel, PAGE, at=LATER)
    await school.command("principal", "queue")
    assert listed(school)[0] == critical.hex[:8]
    assert f"{len(before) + len(after) + 1 - 10} more" in school.answer()
    assert await counted(school, "principal") == str(len(before) + len(after) + 1)
    await school.submit("principal", "queue", "queue", show="critical")
    assert listed(school) == [critical.hex[:8]]


async def test_the_most_severe_stand_first_and_of_those_the_oldest(school: School) -> None:
    wanted = []
    for severity in (Severity.LOW, Severity.CRITICAL, Severity.MEDIUM, Severity.HIGH):
        cases = await raid(school.store, school.channel, 2, severity, apart=timedelta(minutes=1))
        wanted += [(-severity, place, case.hex[:8]) for place, case in enumerate(cases)]
    await school.command("principal", "queue")
    assert listed(school) == [code for _, _, code in sorted(wanted)]


async def test_another_schools_raid_is_in_no_list_and_no_count(school: School) -> None:
    there = await two_schools(school)
    theirs = await raid(school.store, there, PAGE + 5, Severity.CRITICAL, at=NOON - timedelta(days=3))
    own = await school.flag(judged(Severity.LOW))
    await school.command("principal", "queue")
    assert listed(school) == [own.hex[:8]]
    assert "more" not in school.answer()
    assert await counted(school, "principal") == "1"
    await school.command("rae", "queue")
    assert own.hex[:8] not in listed(school)
    assert f"{len(theirs) - 10} more" in school.answer()


async def test_whoever_decides_at_both_schools_sees_both_by_severity_and_counts_each(school: School) -> None:
    there = await two_schools(school)
    await raid(school.store, there, 20, Severity.HIGH, at=NOON - timedelta(days=3))
    critical = await school.flag(THREAT)
    await school.command("local-district", "queue")
    assert listed(school)[0] == critical.hex[:8]
    assert "11 more" in school.answer()
    assert await counted(school, "local-district") == "1", "the card is that of one school's channel"
    await school.store.channels.save(replace(ROOM, site="lincoln", ref=replace(ROOM.ref, channel="13")))
    waiting = Waiting(school.store, school.book)
    found = await waiting.of(DISTRICT.people["local-district"])
    assert Counter(case.site.key for case in found) == {"roosevelt": 20, "lincoln": 1}


async def test_whoever_is_barred_counts_nothing_of_it_however_severe(school: School) -> None:
    await raid(school.store, school.channel, 3)
    about = await school.flag(THREAT, author=Author("@principal"))
    await school.command("principal", "queue")
    assert about.hex[:8] not in listed(school)
    assert len(listed(school)) == 3
    assert await counted(school, "principal") == "3"
    await school.command("assistant", "queue")
    assert listed(school)[0] == about.hex[:8]
    assert await counted(school, "assistant") == "4"


async def test_who_decides_nowhere_is_shown_nothing(school: School) -> None:
    await school.flag(THREAT)
    waiting = Waiting(school.store, school.book)
    for person in ("teacher", "coach"):
        assert await waiting.of(ROSTER.people[person]) == []
        assert await waiting.of(ROSTER.people[person], followed=True, taken=True) == []


@pytest.mark.parametrize("chosen", ["mine", "follow_up"])
async def test_what_somebody_looks_at_again_is_not_pushed_out_either(school: School, chosen: str) -> None:
    case = await school.flag(judged(Severity.LOW))
    await school.press("principal", Verb.CLAIM, case)
    await school.submit("principal", "confirm", case.hex, rule="threat", reason="because")
    await school.submit("principal", "follow_up", case.hex, days="7")
    stored = await school.store.cases.read(case)
    assert stored is not None
    assert EventKind.FOLLOW_UP in {event.kind for event in stored.events}
    await raid(school.store, school.channel, 300, Severity.HIGH, at=LATER)
    await school.submit("principal", "queue", "queue", show=chosen)
    assert listed(school) == [case.hex[:8]]


@pytest.mark.parametrize("decision", ["confirm", "dismiss"])
async def test_what_somebody_has_decided_and_not_closed_stays_among_their_cases(school: School, decision: str) -> None:
    case, _ = await school.flag(THREAT), await school.flag(THREAT)
    await school.press("principal", Verb.CLAIM, case)
    await school.submit("principal", "called", case.hex, agency="laspd", when="now", spoke="Officer Vega")
    await school.submit("principal", decision, case.hex, rule="threat", reason="because")
    await raid(school.store, school.channel, 300, Severity.HIGH, at=LATER)
    for person, theirs in (("principal", [case.hex[:8]]), ("assistant", [])):
        await school.submit(person, "queue", "queue", show="mine")
        assert listed(school) == theirs
    await school.submit("principal", "queue", "queue", show="follow_up")
    assert listed(school) == []
    await school.submit("principal", "close", case.hex, reason="done", number="I-7")
    await school.submit("principal", "queue", "queue", show="mine")
    assert listed(school) == []


async def test_what_nobody_could_read_is_not_pushed_out_by_milder_ones(school: School) -> None:
    await raid(school.store, school.channel, 300, at=NOON - timedelta(days=2))
    assert await school.store.record(replace(unscored(school.channel, comment("x")), at=LATER))
    await school.command("principal", "queue")
    assert school.answer().index("Could not be read") < school.answer().index("Low")


async def test_after_a_raid_the_most_severe_cases_are_the_ones_in_memory(tmp_path: Path) -> None:
    async with open_store(home=tmp_path) as store:
        school = await School(store).open()
        critical = await school.flag(THREAT)
        await raid(store, school.channel, 2500, at=NOON - timedelta(days=1))
        await school.book.load()
        await school.command("principal", "queue")
        assert critical in school.book._cases
