"""A person's page of the bot: cards from top to bottom on the App Home."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack.blocks import draw_card
from adapters.slack.inert import Json, rich, said, section
from adapters.slack.limits import VIEW_BLOCKS
from adapters.slack.texts import word
from bot.interface.cards import Card


def draw_home(cards: Sequence[Card], language: str) -> Json:
    """Return the home page; cards beyond what it holds are left out, and it says so."""
    blocks: list[Json] = []
    for number, card in enumerate(cards):
        drawn = [*([{"type": "divider"}] if number else []), *draw_card(card, language)]
        if len(blocks) + len(drawn) >= VIEW_BLOCKS:
            blocks.append(rich(section(said(word("more", language)))))
            break
        blocks += drawn
    return {"type": "home", "blocks": blocks}
