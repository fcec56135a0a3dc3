"""Signing days off: who may, what is asked, and that exactly the days shown are signed, once, at that time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk.pages import Pages
from bot.domain.categories import Severity
from bot.domain.roster import Roster
from bot.interface.cards import Button, Card, Verb
from bot.interface.texts import LANGUAGES, say, text
from bot.platform.events import CommandUsed
from bot.store import open_store
from tests.alerts.school import ROSTER, SITE, judged
from tests.daily.school import PACK, DailySchool, local
from tests.intake.history import Clock
from tests.store.examples import flagged

CRITICAL = judged(Severity.CRITICAL)


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[DailySchool]:
    """A school on Friday morning; what was said is not screened for severity here, a test flags it."""
    async with open_store(home=tmp_path) as store:
        yield await DailySchool(store, Clock(local(20, 9)), rooms=("12",)).open()


async def critical(school: DailySchool) -> None:
    """Something critical is flagged in the morning."""
    seen = await school.say("12", "hello")
    worse = replace(seen, revision="2", edited_at=school.clock.now)
    decision = replace(flagged(school.ids["12"], worse), judgement=CRITICAL, at=school.clock.now)
    await school.store.record(decision)


async def closed(school: DailySchool) -> Card:
    """The digest of Friday."""
    await school.look(local(20, 15.25))
    return school.cards("principal")[-1]


def words(card: Card, language: str = "en") -> str:
    texts = [card.title, *card.lines, *(part for fact in card.facts for part in (fact.label, fact.value))]
    return "\n".join(say(one, language) for one in texts)


async def test_a_quiet_day_is_one_press(school: DailySchool) -> None:
    card = await closed(school)
    assert await school.press("principal", card) == "daily.thanks"
    await school.look()
    (day,) = await school.store.ledger.days("lincoln", local(20, 0).date(), local(20, 0).date())
    signed = (await school.store.ledger.signed([day.id]))[day.id]
    assert (signed.person, signed.late, signed.at) == ("principal", False, school.clock.now)
    (now,) = school.cards("principal")
    assert now.title.key == "daily.signed"
    assert now.buttons == ()


async def test_a_designee_may_sign_and_nobody_else(school: DailySchool) -> None:
    card = await closed(school)
    for person in ("teacher", "local-district", "safety-office", "nobody"):
        assert await school.press(person, card) == "daily.not_yours"
        assert (await school.command(person)).title.key in ("daily.not_yours", "desk.not_for_you")
    assert await school.press("assistant", card) == "daily.thanks"
    assert await school.press("principal", card) == "daily.gone"


async def test_open_critical_items_ask_why(school: DailySchool) -> None:
    await critical(school)
    card = await closed(school)
    assert await school.press("principal", card) == "form signoff"
    assert await school.submit("principal", "  ") == "desk.no_reason"
    assert await school.submit("teacher", "because") == "daily.not_yours"
    assert await school.submit("principal", "The family was called; police come tomorrow.") == "daily.thanks"
    (day,) = await school.store.ledger.days("lincoln", local(20, 0).date(), local(20, 0).date())
    signed = (await school.store.ledger.signed([day.id]))[day.id]
    assert (signed.open_items, signed.open_critical) == (1, 1)
    assert await school.store.ledger.note_of(day.id) == "The family was called; police come tomorrow."
    await school.look()
    assert "1 item of this day still waits" in words(school.cards("principal")[-1])


async def test_nobody_is_asked_why_for_a_day_that_is_signed_already(school: DailySchool) -> None:
    await critical(school)
    card = await closed(school)
    assert await school.press("principal", card) == "form signoff"
    assert await school.submit("principal", "The family was called.") == "daily.thanks"
    assert await school.press("assistant", card) == "daily.gone"
    await school.start()
    assert await school.press("assistant", card) == "daily.gone", "another process knows it, too"


async def test_only_the_critical_items_of_unsigned_days_ask_why(school: DailySchool) -> None:
    await critical(school)
    friday = await closed(school)
    await school.look(local(21, 15.25))
    both = await school.command("assistant")
    assert await school.press("assistant", both) == "form signoff"
    await school.press("principal", friday)
    assert await school.submit("principal", "The family was called.") == "daily.thanks_late"
    assert await school.press("assistant", both) == "daily.thanks", "Saturday alone is left, and it is quiet"


async def test_days_of_a_site_that_left_the_roster_are_listed_for_who_may_sign_them(school: DailySchool) -> None:
    await closed(school)
    elsewhere = replace(SITE, key="adams", name="Adams Middle School", site_administrator="coach", designees=())
    await school.store.registry.replace(Roster(ROSTER.district, ROSTER.people, {"adams": elsewhere}))
    assert (await school.command("principal")).title.key == "daily.not_yours"
    assert (await school.command("coach")).title.key == "daily.all_signed", "another site's days are not theirs"
    card = await school.command("safety-office")
    assert (card.title.key, card.title.params["site"]) == ("daily.unsigned", "Example")
    assert await school.press("safety-office", card) == "daily.thanks"
    assert (await school.command("safety-office")).title.key == "daily.all_signed"


async def test_the_form_opens_from_memory_while_the_database_is_busy(school: DailySchool) -> None:
    await critical(school)
    card = await closed(school)
    assert await school.press("principal", card) == "form signoff"

    async def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the database was asked")

    school.store.ledger._reader = school.store.cases._reader = type("Busy", (), {"run": refuse})()
    assert await school.press("principal", card) == "form signoff"


async def test_several_days_are_signed_together_and_each_is_named(school: DailySchool) -> None:
    await closed(school)
    for day in (21, 22, 23):
        await school.look(local(day, 15.25))
    card = await school.command("principal")
    assert card.title.key == "daily.unsigned"
    told = words(card)
    for name in ("Fri 2026-11-20", "Sat 2026-11-21", "Sun 2026-11-22", "Mon 2026-11-23"):
        assert name in told
    await school.look(local(24, 15.25))
    assert await school.press("principal", card) == "daily.thanks_late"
    days = await school.store.ledger.days("lincoln", local(20, 0).date(), local(24, 0).date())
    signed = await school.store.ledger.signed([day.id for day in days])
    assert set(signed) == {day.id for day in days[:4]}, "a day that came afterwards is not signed unseen"
    assert [signed[day.id].late for day in days[:4]] == [True, True, True, True]
    assert (await school.command("principal")).title.key == "daily.unsigned"


async def test_everything_signed_says_so(school: DailySchool) -> None:
    assert (await school.command("assistant")).title.key == "daily.all_signed"


@pytest.mark.parametrize("token", ["x", "00", "00000000000000000000000000000000-1", "zz-zz", "a" * 64, "-", "-1"])
async def test_a_token_that_means_nothing_signs_nothing(school: DailySchool, token: str) -> None:
    await closed(school)
    card = Card(text("daily.all_signed"), buttons=(Button(Verb.SIGNOFF, token),))
    assert await school.press("principal", card) == "daily.gone"


async def test_the_day_in_progress_cannot_be_signed(school: DailySchool) -> None:
    (day,) = await school.store.ledger.days("lincoln", local(20, 0).date(), local(20, 0).date())
    card = Card(text("daily.all_signed"), buttons=(Button(Verb.SIGNOFF, f"{day.id.hex}-1"),))
    assert await school.press("principal", card) == "daily.gone"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_digest_says_what_r11_asks(school: DailySchool, language: str) -> None:
    for number in range(4):
        await school.say("12", f"hello {number}")
    await critical(school)
    card = await closed(school)
    told = words(card, language)
    assert "https://chat.example.org/12/" in told, "a sample to read in place"
    assert "hello" not in told, "no words"
    chain = await school.store.custody.chain_head()
    assert str(chain) in told
    assert {"en": "5 on the platform, 5 screened, 0 gaps", "es": "5 en la plataforma, 5 revisados"}[language] in told
    if language == "en":
        assert "I reviewed the listed items, and was given links and a random sample to read in place" in told


async def test_whoever_is_barred_neither_sees_nor_counts_the_case(school: DailySchool) -> None:
    seen = await school.say("12", "hello")
    own = replace(seen, author=replace(seen.author, id="@principal"), revision="2", edited_at=school.clock.now)
    decision = replace(flagged(school.ids["12"], own), judgement=CRITICAL, at=school.clock.now)
    await school.store.record(decision)
    card = await closed(school)
    assert "nothing flagged" in words(card)
    assert "Critical" not in words(card)
    assert await school.press("principal", card) == "daily.thanks", "nothing that they know of is open"
    listed = await school.command("assistant")
    assert listed.title.key == "daily.all_signed"


async def test_signing_late_is_recorded_as_late(school: DailySchool) -> None:
    card = await closed(school)
    school.clock.now = local(20, 18) + timedelta(seconds=1)
    assert await school.press("principal", card) == "daily.thanks_late"


async def test_the_status_counts_the_weeks_days_for_who_decides(school: DailySchool) -> None:
    pages = Pages(school.store, PACK, school.book, school.clock)

    async def week(person: str) -> list[str]:
        card = await pages.page(CommandUsed(school.ask(person), "status", {}), school.campus)
        return [say(fact.value, "en") for fact in card.facts if fact.label.key == "status.week"]

    assert await week("principal") == ["Days: 0 signed, 0 to sign, 0 not on duty"], "the day in progress is not counted"
    card = await closed(school)
    await school.look(local(21, 15.25))
    assert await week("assistant") == ["Days: 0 signed, 2 to sign, 0 not on duty"]
    await school.press("principal", card)
    assert await week("principal") == ["Days: 1 signed, 1 to sign, 0 not on duty"]
    assert await week("teacher") == await week("nobody") == []
    await school.look(local(23, 15.25))
    assert await week("principal") == ["Days: 0 signed, 1 to sign, 0 not on duty"], "a new week began"
