"""What the desk answers fits every platform, in both languages."""

from __future__ import annotations

import pytest

from bot.domain.channels import Lacking
from bot.interface.cards import EXCERPT, Fact
from bot.interface.desk import lacking_text, queue_card, receipt_card, reported_card, status_card
from bot.interface.texts import LANGUAGES, catalogue, say, text

HEADING = 150
"""Slack's heading blocks are the shortest place where a card's title stands."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_of_one_sentence_fits_a_heading(language: str) -> None:
    rooms = ("desk.", "later.", "report.", "queue.", "review.", "safety.", "moved.", "status.", "netiquette.")
    said = {key: words for key, words in catalogue(language).items() if key.startswith(rooms)}
    assert len(said) > 40
    assert {key: len(words) for key, words in said.items() if len(words) > HEADING} == {}


def test_an_empty_queue_says_so_and_a_long_one_how_many_are_left_out() -> None:
    assert say(queue_card((), 0).title, "es") == "No hay nada que espere por usted."
    card = queue_card([Fact(text("plain", value="a"), text("plain", value="b"))], 3)
    assert say(card.lines[0], "en") == "And 3 more. Decide some of these first."


def test_a_receipt_speaks_of_the_sealed_name_only_where_one_was_asked_for() -> None:
    assert len(receipt_card("R-1", unnamed=True).lines) == len(receipt_card("R-1", unnamed=False).lines) + 1


@pytest.mark.parametrize("count", [0, 1, 2, 7, 60, 500])
def test_what_reporters_wrote_stays_within_the_excerpt(count: int) -> None:
    quote = reported_card(["x" * 900] * count).quote
    assert quote is not None
    assert len(quote.text) <= EXCERPT


def test_a_channels_status_names_what_is_missing() -> None:
    card = status_card("waiting", (Lacking.GRADES, Lacking.PARENTS), 2, None)
    assert say(card.lines[0], "en") == "Still missing: its grade band, such as 9-12; the day parents were notified."
    assert say(card.lines[0], "es") == (
        "Todavía falta: sus grados, por ejemplo 9-12; el día en que se avisó a las familias."
    )


def test_whatever_a_channel_lacks_has_words() -> None:
    for language in LANGUAGES:
        said = {fact: say(lacking_text([fact]), language) for fact in Lacking}
        assert len(set(said.values())) == len(Lacking)
        assert language != "en" or all(words == fact for fact, words in said.items())
