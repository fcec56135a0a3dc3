"""The alert card: what an administrator sees of a flag, before and after permission to open the evidence."""

from __future__ import annotations

from bot.domain.assessments import Judgement
from bot.domain.categories import Category, Severity
from bot.interface.cards import Button, Card, Fact, Quote, Tone, Verb, excerpt
from bot.interface.texts import Text, text


def alert_card(
    token: str, judgement: Judgement, *, channel: str, permalink: str | None = None, words: str | None = None
) -> Card:
    """Return the card for a flag.

    `channel` is the channel's registered name. `words` is the comment's text, given only where the site
    administrator's permission stands; the card then shows an excerpt with the marked words. A card about possible
    sexual content carries neither excerpt nor link (R16). Critical cards begin with the emergency sentence (R17).
    """
    withheld = Category.SEXUAL in judgement.categories
    facts = [
        Fact(text("alert.channel"), text("plain", value=channel)),
        Fact(text("alert.reason"), _reason(judgement)),
    ]
    if judgement.clause:
        facts.append(Fact(text("alert.rule"), text("plain", value=judgement.clause)))
    if judgement.consult:
        facts.append(Fact(text("alert.consult"), text("plain", value=", ".join(judgement.consult))))
    critical = judgement.severity is Severity.CRITICAL
    return Card(
        title=text("alert.title", severity=text(f"severity.{judgement.severity}")),
        severity=judgement.severity,
        urgent=(text("alert.emergency"),) if critical else (),
        lines=(text("alert.withheld"),) if withheld else (),
        facts=tuple(facts),
        quote=None if withheld or words is None else _quoted(words, judgement),
        link=None if withheld else permalink,
        buttons=_buttons(token, critical=critical),
    )


def _reason(judgement: Judgement) -> Text:
    names = [text(f"category.{category}") for category in judgement.categories]
    joined = names[0] if names else text("plain", value="–")
    for name in names[1:]:
        joined = text("pair", first=joined, second=name)
    return joined


def _quoted(words: str, judgement: Judgement) -> Quote:
    whole = (0, len(words))
    marks = sorted({(item.start, item.end) for item in judgement.findings if item.end > item.start} - {whole})
    return excerpt(words, tuple(_merged(marks)))


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _buttons(token: str, *, critical: bool) -> tuple[Button, ...]:
    buttons = [
        Button(Verb.ACKNOWLEDGE, token, Tone.PRIMARY),
        Button(Verb.CONFIRM, token),
        Button(Verb.DISMISS, token),
        Button(Verb.REMOVAL, token, Tone.DANGER),
    ]
    if critical:
        buttons.insert(1, Button(Verb.ESCALATE, token, Tone.DANGER))
    return tuple(buttons)
