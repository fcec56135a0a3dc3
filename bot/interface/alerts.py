"""The cards of a case: what an administrator sees of it, and what the person sees whom a threat is aimed at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.assessments import Judgement
from bot.domain.categories import Category, Severity
from bot.interface.cards import Button, Card, Fact, Quote, Tone, Verb, excerpt
from bot.interface.texts import Text, text

_TONES = {Verb.ACKNOWLEDGE: Tone.PRIMARY, Verb.ESCALATE: Tone.DANGER, Verb.REMOVAL: Tone.DANGER}
_DECIDE = (Verb.ACKNOWLEDGE, Verb.CONFIRM, Verb.DISMISS, Verb.REMOVAL)


def alert_card(
    token: str,
    judgement: Judgement,
    *,
    channel: str,
    permalink: str | None = None,
    words: str | None = None,
    withheld: bool = False,
    lines: Sequence[Text] = (),
    route: Sequence[Fact] = (),
    buttons: Iterable[Verb] | None = None,
) -> Card:
    """Return the card for a flag.

    `channel` is the channel's registered name. `words` is the comment's text, given only where the site
    administrator's permission stands; the card then shows an excerpt with the marked words. A card about possible
    sexual content, or one that is `withheld`, carries neither excerpt nor link (R16). Critical cards begin with the
    emergency sentence (R17). `lines` say how the case stands, `route` whom to call; without `buttons` a card has
    those of a case that nobody has touched.
    """
    withheld = withheld or Category.SEXUAL in judgement.categories
    facts = [
        Fact(text("alert.channel"), text("plain", value=channel)),
        Fact(text("alert.reason"), reason(judgement)),
    ]
    if judgement.clause:
        facts.append(Fact(text("alert.rule"), cited(judgement.clause)))
    if judgement.consult:
        facts.append(Fact(text("alert.consult"), text("plain", value=", ".join(judgement.consult))))
    critical = judgement.severity is Severity.CRITICAL
    if buttons is None:
        buttons = (_DECIDE[0], Verb.ESCALATE, *_DECIDE[1:]) if critical else _DECIDE
    return Card(
        title=text("alert.title", severity=text(f"severity.{judgement.severity}")),
        severity=judgement.severity,
        urgent=(text("alert.emergency"),) if critical else (),
        lines=(*((text("alert.withheld"),) if withheld else ()), *lines),
        facts=(*facts, *route),
        quote=None if withheld or words is None else _quoted(words, judgement),
        link=None if withheld else permalink,
        buttons=_buttons(token, buttons),
    )


def report_card(
    token: str,
    severity: Severity,
    *,
    channel: str,
    permalink: str | None,
    words: str | None,
    withheld: bool,
    lines: Sequence[Text],
    buttons: Iterable[Verb],
) -> Card:
    """Return the card for a comment that no machine flagged and a person reported."""
    return Card(
        title=text("report.alert"),
        severity=severity,
        urgent=(text("alert.emergency"),) if severity is Severity.CRITICAL else (),
        lines=(*((text("alert.withheld"),) if withheld else ()), *lines),
        facts=(Fact(text("alert.channel"), text("plain", value=channel)),),
        quote=None if withheld or not words else excerpt(words, ()),
        link=None if withheld else permalink,
        buttons=_buttons(token, buttons),
    )


def review_card(
    token: str,
    cause: str,
    *,
    channel: str,
    permalink: str | None,
    lines: Sequence[Text],
    buttons: Iterable[Verb],
) -> Card:
    """Return the card for a comment that a person must read in place, because no machine could; `cause` says why."""
    return Card(
        title=text("review.title"),
        severity=Severity.MEDIUM,
        lines=(text(f"review.{cause}"), text("review.what_to_do"), *lines),
        facts=(Fact(text("alert.channel"), text("plain", value=channel)),),
        link=permalink,
        buttons=_buttons(token, buttons),
    )


def safety_card(severity: Severity, *, channel: str) -> Card:
    """Return what the person is told at whom a threat may be aimed: no words, no link, no right to decide (R25)."""
    return Card(
        title=text("safety.title"),
        severity=severity,
        urgent=(text("alert.emergency"),),
        lines=(text("safety.told"), text("safety.what_to_do")),
        facts=(Fact(text("alert.channel"), text("plain", value=channel)),),
    )


def permission_card(token: str, code: str, *, channel: str, silent: Sequence[str] = ()) -> Card:
    """Return what asks for permission to open a case's evidence (R15); `silent` are the names of who did not answer."""
    waited = tuple(text("evidence.ask.silent", who=name) for name in silent)
    return Card(
        title=text("evidence.ask.title"),
        lines=(*waited, text("evidence.ask.what"), text("evidence.ask.refuse")),
        facts=(
            Fact(text("case.fact.code"), text("plain", value=code)),
            Fact(text("alert.channel"), text("plain", value=channel)),
        ),
        buttons=(Button(Verb.PERMIT, token, Tone.PRIMARY), Button(Verb.CASE, token)),
    )


def moved_card() -> Card:
    """Return what is left of a card whose reader may not see the case any more."""
    return Card(title=text("moved.title"))


def reason(judgement: Judgement) -> Text:
    """Return the categories as words, the most severe first."""
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


def _buttons(token: str, verbs: Iterable[Verb]) -> tuple[Button, ...]:
    return tuple(Button(verb, token, _TONES.get(verb, Tone.PLAIN)) for verb in verbs)


def cited(clause: str) -> Text:
    """Return a citation in the reader's language: clauses as their district names them, netiquette points as norms."""
    number = clause.removeprefix("Netiquette ")
    return text("plain", value=clause) if number == clause else text("alert.netiquette", number=number)
