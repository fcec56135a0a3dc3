"""Cards as Block Kit. What a card says stands in rich and plain text alone, so no word of it does anything."""

from __future__ import annotations

from adapters.slack.inert import Json, bullets, link, own_words, plain, quote, rich, said, section
from adapters.slack.limits import ACTIONS, BUTTON, HEADER, MESSAGE_TEXT, cut, sendable
from adapters.slack.texts import word
from bot.domain.categories import Severity
from bot.interface.cards import Button, Card, Quote, Tone
from bot.interface.texts import say

_SIGNS = {Severity.LOW: "🔵", Severity.MEDIUM: "🟡", Severity.HIGH: "🟠", Severity.CRITICAL: "🔴"}
"""What draws the eye beside the word for the severity, which stands in the title; never alone."""
_STYLES = {Tone.PRIMARY: "primary", Tone.DANGER: "danger"}


def draw_card(card: Card, language: str) -> list[Json]:
    """Return a card as blocks: at most seven, whatever it holds."""
    blocks: list[Json] = []
    here = word("link", language)
    if card.urgent:
        blocks.append(rich(section(said("\n".join(say(line, language) for line in card.urgent), bold=True))))
    sign = _SIGNS.get(card.severity)
    title = say(card.title, language)
    blocks.append({"type": "header", "text": plain(f"{sign} {title}" if sign else title, HEADER)})
    if card.lines:
        blocks.append(rich(section(own_words("\n".join(say(line, language) for line in card.lines), here))))
    if card.facts:
        facts = [(say(fact.label, language), say(fact.value, language)) for fact in card.facts]
        blocks.append(
            rich(
                bullets([section(said(label, bold=True), said(": "), own_words(value, here)) for label, value in facts])
            )
        )
    if card.quote is not None and card.quote.text:
        blocks.append(rich(quote(*_pieces(card.quote))))
    if leads := link(card.link, here):
        blocks.append(rich(section(leads)))
    if card.buttons:
        blocks.append({"type": "actions", "elements": _buttons(card.buttons[:ACTIONS], language)})
    return blocks


def notification(card: Card, language: str) -> str:
    """Return what a notification says of a card: its urgent lines and title, Slack's three special letters escaped."""
    text = "\n".join(say(line, language) for line in (*card.urgent, card.title))
    text = cut(sendable(text), MESSAGE_TEXT // 5)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _pieces(quoted: Quote) -> list[list[Json]]:
    """Cut a quote at its marks: pieces in order that give the whole text again, the marked ones bold."""
    pieces: list[list[Json]] = []
    at = 0
    for start, end in sorted(quoted.marks):
        start, end = max(start, at), min(end, len(quoted.text))  # noqa: PLW2901
        if start < end:
            pieces += [said(quoted.text[at:start]), said(quoted.text[start:end], bold=True)]
            at = end
    return [*pieces, said(quoted.text[at:])]


def _buttons(buttons: tuple[Button, ...], language: str) -> list[Json]:
    """Return buttons whose action ids differ: `cg:<verb>` with the token as value, the whole id where verbs repeat."""
    verbs = [button.verb for button in buttons]
    drawn = []
    for button in {button.id: button for button in buttons}.values():
        one = {
            "type": "button",
            "action_id": f"cg:{button.verb}" if verbs.count(button.verb) == 1 else button.id,
            "value": button.token,
            "text": plain(say(button.label, language), BUTTON),
        }
        style = _STYLES.get(button.tone)
        drawn.append(one | ({"style": style} if style else {}))
    return drawn
