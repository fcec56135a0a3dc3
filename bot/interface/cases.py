"""The cards of a case's life: its view, notes, reminders, what reporters and authors are told. They fit everywhere.

A view stays within what the narrowest platform takes: the latest lines of its story, one fact for each thing to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.categories import Severity
from bot.interface.cards import Button, Card, Fact, Quote, Tone, Verb
from bot.interface.texts import Text, text

LINES = 10
"""How many lines of a case's story its view shows, the latest ones."""

NOTES = 1000
"""Characters of notes that are shown at once, the latest ones."""

_NAMES = 1000
_DANGER = frozenset({Verb.REMOVAL, Verb.TIME_OUT, Verb.REMOVE_MEMBER, Verb.REPORTER, Verb.ESCALATE})
_FIRST = frozenset({Verb.ACKNOWLEDGE, Verb.CLAIM, Verb.CALLED})


def case_card(
    token: str,
    code: str,
    severity: Severity,
    *,
    urgent: Sequence[Text],
    story: Sequence[Text],
    facts: Sequence[Fact],
    link: str | None,
    buttons: Iterable[Verb],
) -> Card:
    """Return the view of a case for somebody who may decide on it: how it stands, its story, what to do next."""
    earlier = len(story) - LINES
    more = (text("case.earlier", count=earlier),) if earlier > 0 else ()
    return Card(
        title=text("case.title", code=code),
        severity=severity,
        urgent=tuple(urgent),
        lines=(*more, *story[-LINES:]),
        facts=tuple(facts),
        link=link,
        buttons=tuple(Button(verb, token, _tone(verb)) for verb in buttons),
    )


def notes_card(notes: Sequence[str]) -> Card:
    """Return what people wrote beside what they did, the latest last; hostile text, since reviewers quote."""
    if not notes:
        return Card(title=text("case.no_notes"))
    return Card(title=text("case.notes"), quote=Quote(_latest(notes, NOTES)))


def reporters_card(reporters: Sequence[tuple[str, str]]) -> Card:
    """Return who reported, by receipt code: names are people's own, so they are drawn inert."""
    lines = [f"{code}: {name}" for code, name in reporters]
    return Card(
        title=text("case.reporters"),
        lines=(text("case.reporters_sealed"),),
        quote=Quote(_latest(lines, _NAMES)),
    )


def reminder_card(token: str, code: str, *, channel: str) -> Card:
    """Return what is sent on the day on which somebody is to look again (R22)."""
    return Card(
        title=text("case.look_again"),
        lines=(text("case.look_again_how"),),
        facts=(_fact("case.fact.code", code), _fact("alert.channel", channel)),
        buttons=(Button(Verb.LOOKED, token, Tone.PRIMARY), Button(Verb.CASE, token)),
    )


def waiting_card(token: str, code: str, *, channel: str, why: str = "waiting") -> Card:
    """Return what rings again because nobody has answered a case, or because it is somebody else's now.

    `why` is `waiting` for one that came back or was handed up, `unanswered` where the ladder has ended, and `uncalled`
    where it has ended and somebody must confirm whom they called; `handed` for who has it now.
    """
    return Card(
        title=text(f"case.{why}"),
        urgent=(text("alert.emergency"),) if why == "uncalled" else (),
        lines=(text(f"case.{why}_how"),),
        facts=(_fact("case.fact.code", code), _fact("alert.channel", channel)),
        buttons=(Button(Verb.CASE, token, Tone.PRIMARY),),
    )


def author_card(rule: Text, point: Text, *, channel: str) -> Card:
    """Return the private, kind note to an author (R32): fixed words, the rule, no reporter and no reviewer."""
    return Card(
        title=text("case.author.title", channel=channel),
        lines=(text("case.author.what", rule=rule), point, text("case.author.next")),
    )


def told_card(code: str, stage: str) -> Card:
    """Return what a reporter hears: `reviewed`, `removed` or `closed`; never what became of anybody (R21)."""
    return Card(
        title=text(f"report.stage.{stage}"),
        lines=(text("report.thanks_again"), text("report.danger")),
        facts=(_fact("report.code", code),),
    )


def mine(code: str, when: str, stage: str) -> Fact:
    """Return one of a reporter's own reports, with how far it is."""
    return Fact(text("report.mine", code=code, when=when), text(f"report.stage.{stage}"))


def _tone(verb: Verb) -> Tone:
    return Tone.DANGER if verb in _DANGER else Tone.PRIMARY if verb in _FIRST else Tone.PLAIN


def _fact(label: str, value: str) -> Fact:
    return Fact(text(label), text("plain", value=value))


def _latest(parts: Sequence[str], most: int) -> str:
    """Return as many of the latest parts as fit, a line each; a part too long for itself is cut."""
    kept: list[str] = []
    room = most
    for part in reversed(parts):
        cut = part if len(part) <= most else f"{part[: most - 1]}…"
        room -= len(cut) + 1
        if room < -1:
            break
        kept.append(cut)
    return "\n".join(reversed(kept))


def written_note(at: datetime, who: str, words: str) -> str:
    """Return one note with its writer and day."""
    return f"{at:%Y-%m-%d}, {who}: {words}"
