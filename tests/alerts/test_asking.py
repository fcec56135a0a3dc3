"""Who is asked to permit evidence when nobody answers: each once, one higher each day, and nobody it may be about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from bot.domain.categories import Severity
from bot.domain.comments import Author
from bot.domain.roster import EvidencePermission, LadderStep
from bot.evidence.vault import Vault
from bot.interface.cards import Card, Verb
from bot.store import Store
from bot.store.evidence import Evidence
from tests.alerts.school import ROSTER, SITE, School, judged, verbs, words

DAY = 60 * 24
SECRET = "bad zanzibarica words"


def asks(card: Card) -> bool:
    return card.title.key == "evidence.ask.title"


def asked(school: School) -> list[str]:
    """Who was asked by a card of its own, in order."""
    return [(shown.to.person or "").lstrip("@") for shown in school.all() if asks(shown.card)]


async def wait(school: School, days: int) -> None:
    for _ in range(days):
        await school.settle(minutes=DAY)


async def test_silence_climbs_one_person_a_day_and_asks_each_once(school: School) -> None:
    case = await school.flagged(text=SECRET)
    await school.settle(minutes=DAY - 1)
    assert asked(school) == [], "the administrator has a day, and a card with the button"
    assert Verb.PERMIT in verbs(school.cards("principal")[0])
    await school.settle(minutes=1)
    assert asked(school) == ["local-district"]
    card = next(filter(asks, school.cards("local-district")))
    assert verbs(card) == {Verb.PERMIT, Verb.CASE}
    assert "Ana Pryce was asked before you" in words(card)
    assert case.hex[:8] in words(card)
    assert "zanzibarica" not in words(card)
    await wait(school, 30)
    assert asked(school) == ["local-district", "safety-office"]


async def test_whoever_is_asked_may_permit_though_the_administrator_stays_silent(school: School) -> None:
    case = await school.flagged(text=SECRET)
    await school.submit("local-district", "permit", case.hex, reason="too early")
    assert "Only the site administrator" in school.answer()
    await wait(school, 1)
    await school.press("local-district", Verb.PERMIT, case)
    await school.submit("local-district", "permit", case.hex, reason="nobody answered")
    assert "permitted" in await school.events(case)
    await wait(school, 5)
    assert asked(school) == ["local-district"]


async def permit(school: School, case: UUID) -> None:
    await school.submit("principal", "permit", case.hex, reason="to look into it")


async def refuse(school: School, case: UUID) -> None:
    await Vault(school.store, school.book, school.clock).refuse(case, "principal", "an idiom")


async def hold_and_refuse(school: School, case: UUID) -> None:
    vault = Vault(school.store, school.book, school.clock)
    await permit(school, case)
    await vault.hold(case, "assistant", "lawyers")
    await vault.refuse(case, "principal", "an idiom")


async def dismiss(school: School, case: UUID) -> None:
    await school.submit("assistant", "dismiss", case.hex, reason="an idiom")


@pytest.mark.parametrize("answer", [permit, refuse, hold_and_refuse, dismiss])
async def test_an_answer_ends_the_question(school: School, answer: Callable[[School, UUID], object]) -> None:
    case = await school.flagged(text=SECRET)
    await answer(school, case)  # type: ignore[misc]
    await wait(school, 4)
    assert asked(school) == []


async def test_a_standing_permission_asks_nobody(store: Store) -> None:
    site = replace(SITE, evidence_permission=EvidencePermission.STANDING)
    school = await School(store, replace(ROSTER, sites={"lincoln": site})).open()
    await school.flagged(text=SECRET)
    await wait(school, 4)
    assert asked(school) == []


@pytest.mark.parametrize(
    ("author", "order"),
    [
        ("principal", ["safety-office"]),
        ("local-district", ["safety-office"]),
        ("safety-office", ["local-district"]),
    ],
)
async def test_nobody_whom_the_case_may_be_about_is_asked_or_named(
    school: School, author: str, order: list[str]
) -> None:
    await school.flagged(judged(Severity.HIGH), text=SECRET, author=Author(f"@{author}", "An adult"))
    await wait(school, 10)
    assert asked(school) == order
    name = ROSTER.people[author].name
    assert not [shown for shown in school.all() if asks(shown.card) and name in words(shown.card)]
    assert author not in school.told()


async def test_an_administrator_whom_the_ladder_passes_over_is_asked_within_the_hour(store: Store) -> None:
    site = replace(SITE, ladder=(LadderStep("assistant"),))
    school = await School(store, replace(ROSTER, sites={"lincoln": site})).open()
    await school.flagged(text=SECRET)
    await school.settle(minutes=60)
    assert asked(school) == ["principal"]
    assert "asked before you" not in words(school.cards("principal")[0])
    await wait(school, 2)
    assert asked(school) == ["principal", "local-district", "safety-office"]


async def test_who_cannot_be_reached_holds_nobody_up(school: School) -> None:
    await school.flagged(text=SECRET)
    school.discord.refuses.add("@local-district")
    for _ in range(60):
        await school.settle(minutes=60)
    assert asked(school) == ["safety-office"]


async def test_a_crash_between_card_and_next_turn_loses_nobody(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    await school.flagged(text=SECRET)
    standing = Evidence.standing
    failures = iter((True, False, True))

    async def crashing(self: Evidence, case: UUID) -> object:
        if next(failures, False):
            raise RuntimeError("killed")
        return await standing(self, case)

    monkeypatch.setattr(Evidence, "standing", crashing)
    for _ in range(60):
        await school.settle(minutes=60)
    assert asked(school) == ["local-district", "safety-office"]
