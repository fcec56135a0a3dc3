"""The cards of a case's life stay within what every platform takes, in both languages."""

from __future__ import annotations

import pytest

from bot.domain.categories import Severity
from bot.interface.cards import Fact, Verb
from bot.interface.cases import LINES, NOTES, case_card, notes_card, reporters_card, told_card
from bot.interface.texts import LANGUAGES, say, text

BUTTONS = 25
"""Discord's and Slack's most."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_story_shows_its_end_and_how_much_is_left_out(language: str) -> None:
    story = [text("plain", value=f"line {number} {'x' * 150}") for number in range(100)]
    facts = [Fact(text("case.fact.todo"), text("plain", value="y" * 600))] * 14
    card = case_card(
        "t", "3f2a9c1e", Severity.HIGH, urgent=(), story=story, facts=facts, link=None, buttons=list(Verb)[:BUTTONS]
    )
    assert len(card.lines) == LINES + 1
    assert "90" in say(card.lines[0], language)
    assert say(card.lines[-1], language).startswith("line 99")
    assert len(card.buttons) <= BUTTONS
    assert sum(len(say(line, language)) for line in card.lines) < 2400


def test_the_latest_notes_are_shown_and_a_huge_one_is_cut() -> None:
    assert notes_card([]).quote is None
    card = notes_card(["old " * 300, "new", "z" * 5000])
    assert card.quote is not None
    assert len(card.quote.text) <= NOTES
    assert notes_card(["first", "second"]).quote.text == "first\nsecond"  # type: ignore[union-attr]


def test_reporters_names_are_drawn_as_peoples_own_words() -> None:
    card = reporters_card([("R-AAAAAA", "<b>@everyone</b>")])
    assert card.quote is not None
    assert "@everyone" in card.quote.text
    assert all("everyone" not in say(line, "en") for line in (card.title, *card.lines))


@pytest.mark.parametrize("stage", ["received", "reviewed", "removed", "closed"])
def test_what_a_reporter_hears_is_the_same_whatever_was_decided(stage: str) -> None:
    said = " ".join(
        say(line, "en") for line in (told_card("R-AAAAAA", stage).title, *told_card("R-AAAAAA", stage).lines)
    )
    for word in ("dismiss", "confirm", "time-out", "suspend", "punish"):
        assert word not in said.casefold()
