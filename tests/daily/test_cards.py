"""The cards of a day fit where they are drawn, however much there is to tell, in both languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.interface.cards import Card, Fact
from bot.interface.daily import ChannelLine, DayLine, Proof, digest_card, signoff_form, span_text, unsigned_card
from bot.interface.texts import LANGUAGES, say, text

LAST = date(2026, 11, 20)
LINK = "https://discord.com/channels/900000000000000001/900000000000000002/900000000000000003"
FULL = ChannelLine("room-12", 99_999, 99_990, 9, 88, 77, 6, 99_922, ("unscreened", "unseen", "vanished", "unknown"))
MOST_FIELDS, MOST_VALUE, MOST_IN_ALL = 25, 1024, 6000
"""What one Discord embed holds: fields, characters of a value, characters in all."""


def crowded() -> Card:
    days = [DayLine(LAST - timedelta(days=back), 999, 99, 9, on_duty=False, missed=True) for back in range(9, -1, -1)]
    item = Fact(text("category.threat"), text("daily.item_link", channel="room-12", when="2026-11-20 14:59", link=LINK))
    sample = Fact(text("daily.sample"), text("daily.link", channel="room-12", link=LINK))
    proof = Proof(f"12345: {'f' * 64}", "▁" * 14, "█" * 14, span_text(119), span_text(6000))
    return digest_card("Lincoln", days, [FULL] * 50, [item] * 40, sample=[sample] * 40, proof=proof, token="t")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_crowded_digest_fits_one_message(language: str) -> None:
    card = crowded()
    assert len(card.facts) <= MOST_FIELDS
    values = [say(part, language) for fact in card.facts for part in (fact.label, fact.value)]
    assert max(map(len, values)) <= MOST_VALUE
    lines = [say(line, language) for line in (card.title, *card.lines)]
    assert sum(map(len, values + lines)) <= MOST_IN_ALL
    assert "42" in say(next(fact.label for fact in card.facts if fact.label.key == "daily.more_channels"), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_counted_away(language: str) -> None:
    card = digest_card(
        "Lincoln", [DayLine(LAST, 0, 0, 0)], [], [], sample=[], proof=Proof("0: 00", "·", "·"), token=None
    )
    assert card.buttons == ()
    assert "0" in say(card.lines[0], language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_named_day_has_its_weekday(language: str) -> None:
    card = unsigned_card("Lincoln", [DayLine(LAST + timedelta(days=n), 1, 0, 0) for n in range(7)], 3, "t")
    told = "\n".join(say(line, language) for line in card.lines)
    assert all(day in told for day in {"en": ("Mon 2026-11-23", "Sun"), "es": ("lun 2026-11-23", "dom")}[language])
    form = signoff_form("t", 2)
    assert form.told is not None
    assert "2" in say(form.told, language)
    assert len(say(form.title, language)) <= 45
