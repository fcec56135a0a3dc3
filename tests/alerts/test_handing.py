"""Handing over: the new holder hears of it, with or without a card; nobody else is added; nobody is told twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from bot.alerts.errands import NOBODY_WAIT
from bot.alerts.mail import Mail
from bot.domain.cases import EventKind
from bot.domain.categories import Severity
from bot.domain.roster import LadderStep
from bot.interface.cards import Verb
from bot.interface.texts import say
from bot.store import Store
from tests.alerts.school import ROSTER, SITE, THREAT, School, judged
from tests.alerts.test_mail import Letterbox, letterbox, opened

__all__ = ["letterbox"]

LADDER = tuple(LadderStep(person, timedelta(minutes=30)) for person in ("principal", "assistant"))


@pytest.fixture
async def school(store: Store) -> School:
    roster = replace(ROSTER, sites={"lincoln": replace(SITE, ladder=LADDER)})
    return await School(store, roster).open()


def handed(school: School) -> list[str]:
    """Who was told that a case is theirs now."""
    shown = [one for one in school.all() if one.card.title.key == "case.handed"]
    return [(one.to.person or "").lstrip("@") for one in shown]


async def give(school: School, case: UUID, giver: str, to: str) -> None:
    """Hand a case over a minute later, and let what follows happen."""
    school.clock.forward(minutes=1)
    await school.submit(giver, "hand_over", case.hex, to=to, note="Please take it.")
    assert "They are being told" in school.answer()
    await school.settle()


async def give_to_nobody_there(school: School) -> None:
    """Hand a case to the assistant, who has its card and does not answer while it is tried again and again."""
    case = await school.flagged(judged(Severity.HIGH))
    await school.settle(minutes=31)
    school.discord.refuses.add("@assistant")
    await give(school, case, "principal", "assistant")
    for _ in range(8):
        await school.settle(minutes=1)


async def offered(school: School, case: UUID) -> set[str]:
    """Whom the principal can hand the case to."""
    await school.press("principal", Verb.HAND_OVER, case)
    form = school.discord.forms[-1][1]
    return {choice.value for field in form.fields for choice in field.choices}


async def test_who_has_the_card_already_is_told_and_nobody_is_added(school: School) -> None:
    case = await school.flagged(judged(Severity.HIGH))
    await school.settle(minutes=31)
    assert school.told() == ["principal", "assistant"]
    await school.press("principal", Verb.CLAIM, case)
    await give(school, case, "principal", "assistant")
    assert school.told() == ["principal", "assistant", "assistant"]
    assert handed(school) == ["assistant"]
    assert "Ahora es suyo" in say(school.cards("assistant")[-1].lines[0], "es")
    for _ in range(3):
        await school.settle(minutes=60)
    assert len(school.told()) == 3, "once, and not again"


async def test_each_handing_over_is_told_also_back_and_forth(school: School) -> None:
    case = await school.flagged(judged(Severity.HIGH))
    await give(school, case, "principal", "assistant")
    assert handed(school) == [], "the card itself was new, and rang"
    await give(school, case, "assistant", "principal")
    await give(school, case, "principal", "assistant")
    assert handed(school) == ["principal", "assistant"]
    assert set(school.told()) == {"principal", "assistant"}


async def test_a_case_that_was_handed_up_and_then_over_adds_nobody_above(school: School) -> None:
    case = await school.flagged(judged(Severity.HIGH))
    await school.press("principal", Verb.ESCALATE, case)
    await school.settle()
    await give(school, case, "principal", "local-district")
    assert handed(school) == ["local-district"]
    assert "safety-office" not in school.told()


async def test_a_critical_case_still_climbs_beyond_whoever_it_was_handed_to(school: School) -> None:
    case = await school.flagged(THREAT, mentions=("@coach",))
    before = set(school.told())
    await give(school, case, "principal", "assistant")
    await school.settle(minutes=31)
    assert (await school.events(case)).count(EventKind.CLIMBED) == 1
    assert set(school.told()) - before == {"assistant", "safety-office"}


async def test_in_a_new_round_whoever_it_is_handed_to_hears_of_that_alone(school: School) -> None:
    case = await school.flagged(judged(Severity.HIGH))
    await school.settle(minutes=31)
    await school.submit("principal", "dismiss", case.hex, reason="an idiom")
    await school.settle(minutes=1)
    await school.submit("principal", "reopen", case.hex, reason="there is more")
    await school.settle()
    before = len(school.cards("assistant"))
    await give(school, case, "principal", "assistant")
    assert [card.title.key for card in school.cards("assistant")[before:]] == ["case.handed"]


async def test_a_case_that_is_taken_or_at_rest_meanwhile_tells_nobody(school: School) -> None:
    case = await school.flagged(judged(Severity.HIGH))
    await school.settle(minutes=31)
    for verb in ("claim", "dismiss"):
        school.discord.refuses.add("@assistant")
        await give(school, case, "principal", "assistant")
        if verb == "claim":
            await school.press("principal", Verb.CLAIM, case)
        else:
            await school.submit("principal", "dismiss", case.hex, reason="an idiom")
        school.discord.refuses.clear()
        await school.settle(minutes=5)
        assert handed(school) == [], verb


async def test_whoever_does_not_answer_at_first_is_told_later(school: School) -> None:
    await give_to_nobody_there(school)
    assert handed(school) == []
    school.discord.refuses.clear()
    await school.settle(minutes=NOBODY_WAIT.total_seconds() / 60)
    assert handed(school) == ["assistant"]


async def test_closed_direct_messages_fall_through_to_mail(store: Store, letterbox: tuple[Letterbox, Mail]) -> None:
    box, mail = letterbox
    school = await opened(store, mail)
    await give_to_nobody_there(school)
    assert [letter["To"] for letter in box.mails] == ["assistant@school.example"]


async def test_nobody_who_is_away_or_out_of_reach_is_offered(store: Store) -> None:
    always = ((date(2020, 1, 1), date(2099, 1, 1)),)
    people = {
        **ROSTER.people,
        "assistant": replace(ROSTER.people["assistant"], away=always),
        "safety-office": replace(ROSTER.people["safety-office"], accounts={"slack": "U1"}),
    }
    school = await School(store, replace(ROSTER, people=people)).open()
    case = await school.flagged(judged(Severity.HIGH))
    assert await offered(school, case) == {"local-district"}
    for absent in ("assistant", "safety-office"):
        await school.submit("principal", "hand_over", case.hex, to=absent)
        assert "cannot be reached now" in school.answer()
    assert await school.events(case) == []
