"""The cards about channels: what an administrator approves or confirms, and what should be put right."""

from __future__ import annotations

import pytest

from bot.interface.registry import MOST_NAMED, Entered, approval_card, concerns_card
from bot.interface.texts import say, text
from tests.alerts.school import words
from tests.store.examples import ROOM


@pytest.mark.parametrize(
    ("rest", "language", "said"),
    [
        (1, "en", "1 more channel needs something put right. It is named once these are in order."),
        (2, "en", "2 more channels need something put right. They are named once these are in order."),
        (1, "es", "En 1 canal más hay algo que corregir. Se nombra cuando estos estén en orden."),
        (2, "es", "En 2 canales más hay algo que corregir. Se nombran cuando estos estén en orden."),
    ],
)
def test_channels_that_a_card_has_no_room_for_are_counted(rest: int, language: str, said: str) -> None:
    wrong = text("check.missing", what="read history")
    found = [(f"room-{number}", (wrong, wrong)) for number in range(MOST_NAMED + rest)]
    card = concerns_card(found, ())
    assert [say(line, language) for line in card.lines] == [said]
    assert len(card.facts) == 2 * MOST_NAMED
    assert concerns_card(found[:MOST_NAMED], ()).lines == ()


@pytest.mark.parametrize(
    ("approver", "language", "said"),
    [
        (None, "en", "says that you approved this channel"),
        (None, "es", "dice que usted aprobó este canal"),
        ("Ana Pryce", "en", "says that Ana Pryce approved this channel"),
        ("Ana Pryce", "es", "dice que Ana Pryce aprobó este canal"),
    ],
)
def test_an_attested_approval_is_said_of_whom_the_file_names(approver: str | None, language: str, said: str) -> None:
    card = approval_card("1", Entered(ROOM, "Carla Teach"), attested=True, approver=approver)
    assert card.title.key == "register.confirm"
    assert said in words(card, language)
