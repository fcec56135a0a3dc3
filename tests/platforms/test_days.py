"""The day's end: what was seen is put together, and a person signs for it."""

from __future__ import annotations

import pytest

from bot.interface.texts import Text, say, text
from tests.platforms.seen import SeenCard
from tests.platforms.stage import Stage

HIGH = "I could kill you"
REASON = "It threatens a student of this class."


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the ledger soon look again whether a day began or ended."""
    monkeypatch.setattr("bot.daily.watching.TICK", 0.2)
    monkeypatch.setattr("bot.daily.closing.TICK", 0.2)


NO_GAPS = text("daily.gaps", count=0)


def words_of(key: str, **params: str | int | Text) -> str:
    """Return what the cards of a day say, in English."""
    return say(text(key, **params), "en")


async def digest(stage: Stage) -> SeenCard:
    """Let the day end, and return the administrator's newest card."""
    before = len(stage.cards_of("principal"))
    await stage.end_day()
    return (await stage.cards("principal", before + 1))[-1]


async def test_a_days_end_brings_its_numbers_and_a_signature_ends_it(stage: Stage) -> None:
    """A day ends → the administrator gets its numbers, what is open, and signs with one press; the card says so."""
    for number in (1, 2, 3):
        await stage.read(await stage.say("student", "class", f"see you at practice, number {number}"))
    await stage.say("student", "class", HIGH)
    case = await stage.card("principal")
    await stage.decide("principal", "confirm", case, rule="threat", reason=REASON)
    await stage.shows(case, "confirmed it")
    card = await digest(stage)
    assert "Lincoln High School" in card.title
    assert words_of("daily.swept", on_platform=4, screened=4, gaps=NO_GAPS) in card.facts["#room-12"]
    assert "1 flagged or reported, 0 still open" in card.everything
    assert HIGH not in card.everything
    assert card.buttons == ("signoff",)
    assert "Signed: " in (await stage.press("principal", "signoff", card)).words
    signed = await stage.shows(card, "Anita Morales signed")
    assert signed.buttons == ()
    assert words_of("daily.all_signed") in (await stage.command("assistant", "signoff")).words


async def test_whoever_is_barred_signs_without_knowing_of_the_case(stage: Stage) -> None:
    """A day ends on which the administrator is flagged → their digest omits it; the assistant's list counts it."""
    await stage.say("principal", "class", HIGH)
    case = await stage.card("assistant")
    await stage.press("assistant", "acknowledge", case)
    await stage.shows(case, "is on it")
    card = await digest(stage)
    assert words_of("daily.swept", on_platform=1, screened=1, gaps=NO_GAPS) in card.facts["#room-12"]
    assert "nothing flagged" in card.everything
    assert "flagged or reported" not in card.everything
    assert "1 flagged or reported, 1 still open" in (await stage.command("assistant", "signoff")).words


async def test_nobody_else_signs_a_day(stage: Stage) -> None:
    """Somebody who may not sign asks for the days to sign → one kind sentence, and the day stays unsigned."""
    card = await digest(stage)
    refusals = {words_of("daily.not_yours"), words_of("desk.not_for_you")}
    for person in ("teacher", "parent"):
        assert (await stage.command(person, "signoff")).words.strip() in refusals
    await stage.settled()
    assert stage.now(card).buttons == ("signoff",)
