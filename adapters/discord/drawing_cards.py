"""Draws a card as a message: urgent lines as its text, the rest as an embed, buttons below.

=============  ====================================================================================================
card           Discord
=============  ====================================================================================================
urgent lines   the message's text, above everything
severity       the embed's colour, and above the title as sign and word: colour alone tells nobody anything
title, link    the embed's title, which leads to the comment
lines, quote   the description; a person's own words come last, behind a spoiler, marked words bold and underlined
facts          fields
buttons        rows of five, with ids that outlive the program
=============  ====================================================================================================

Everything is made inert, whoever wrote it, and fits Discord's limits by construction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import discord

from adapters.discord import limits
from adapters.discord.inert import inert, spoiler
from adapters.discord.limits import length, shortened
from bot.domain.categories import Severity
from bot.interface.cards import Button, Card, Fact, Tone
from bot.interface.texts import Text, say, text

COLOURS = {
    Severity.NONE: 0x5B6B7B,
    Severity.LOW: 0x3B7DD8,
    Severity.MEDIUM: 0xD9A400,
    Severity.HIGH: 0xE0701A,
    Severity.CRITICAL: 0xC22F2F,
}
SIGNS = {Severity.LOW: "🔵", Severity.MEDIUM: "🟡", Severity.HIGH: "🟠", Severity.CRITICAL: "🔴"}
_STYLES = {
    Tone.PRIMARY: discord.ButtonStyle.primary,
    Tone.PLAIN: discord.ButtonStyle.secondary,
    Tone.DANGER: discord.ButtonStyle.danger,
}
_BY = "Crossing Guard"
_NOTHING = "–"
_PERMALINK = re.compile(r"https://discord\.com/channels/(?:\d{1,20}|@me)/\d{1,20}/\d{1,20}")
_LINES = 2400
"""What lines may take of a description, which holds 4096; the rest is for the quote. Facts come after both."""
_QUOTE = 1200
_BESIDE = 60
"""Facts up to this length stand side by side."""


@dataclass(frozen=True)
class Drawn:
    """A message of the bot. `view` holds the buttons, if there are any; discord.py keeps no memory of it."""

    content: str | None
    embed: discord.Embed
    view: discord.ui.View | None


def draw_card(card: Card, language: str) -> Drawn:
    """Return `card` as it is sent, in `language`. Call it inside the event loop."""
    urgent = _together((say(line, language) for line in card.urgent), limits.CONTENT)
    embed = discord.Embed(
        title=own(say(card.title, language), limits.TITLE),
        description=_description(card, language) or None,
        colour=COLOURS[card.severity],
        url=card.link if card.link and _PERMALINK.fullmatch(card.link) else None,
    )
    embed.set_footer(text=_BY)
    if card.severity in SIGNS:
        word = say(text(f"severity.{card.severity}"), language)
        embed.set_author(name=f"{SIGNS[card.severity]} {shortened(word, 60)}")
    _add_facts(embed, card.facts, language)
    return Drawn(urgent or None, embed, _buttons(card.buttons, language))


def own(words: str, most: int) -> str:
    """Return words of the bot's own, made inert all the same; only addresses of comments stay links."""
    made, at = "", 0
    for found in _PERMALINK.finditer(words):
        made += inert(words[at : found.start()], most - length(made)) if length(made) < most else ""
        if length(made) + length(found[0]) <= most:
            made += found[0]
        at = found.end()
    return made + (inert(words[at:], most - length(made)) if length(made) < most and at < len(words) else "")


def _together(lines: Iterable[str], most: int) -> str:
    """Return lines below each other, as many as fit; the last of them may be cut."""
    made = ""
    for line in lines:
        room = most - length(made) - 1
        if room < 2:
            break
        made += ("\n" if made else "") + own(line, room)
    return made


def _description(card: Card, language: str) -> str:
    lines = _together((say(line, language) for line in card.lines), _LINES)
    if card.quote is None:
        return lines
    quote = spoiler(card.quote.text, card.quote.marks, _QUOTE)
    return f"{lines}\n\n{quote}" if lines else quote


def _add_facts(embed: discord.Embed, facts: Sequence[Fact], language: str) -> None:
    """Add as many facts as an embed may hold; the last that fits may be cut."""
    for fact in facts[: limits.FIELDS]:
        room = limits.EMBED - _size(embed)
        label = own(say(fact.label, language), min(limits.FIELD_NAME, room // 2)).strip() or _NOTHING
        value = own(say(fact.value, language), min(limits.FIELD_VALUE, room - length(label))).strip() or _NOTHING
        if room < _BESIDE:
            return
        embed.add_field(name=label, value=value, inline=length(value) <= _BESIDE)


def _size(embed: discord.Embed) -> int:
    parts = [embed.title, embed.description, embed.author.name, embed.footer.text]
    parts += [part for field in embed.fields for part in (field.name, field.value)]
    return sum(length(part or "") for part in parts)


def _buttons(buttons: Sequence[Button], language: str) -> discord.ui.View | None:
    if not buttons:
        return None
    view = discord.ui.View(timeout=None)
    for place, button in enumerate(buttons[: limits.BUTTONS]):
        label = _label(button.label, language)
        row = place // limits.IN_A_ROW
        view.add_item(discord.ui.Button(style=_STYLES[button.tone], label=label, custom_id=button.id, row=row))
    # A press comes back by its id, read anew each time: it must work after a restart, so nothing is to be remembered.
    view.stop()
    return view


def _label(words: Text, language: str) -> str:
    return shortened(say(words, language), limits.BUTTON_LABEL)
