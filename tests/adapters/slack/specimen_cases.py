"""One example of every card of a case's life, at each of its turns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.categories import Category, Severity
from bot.interface import cases
from bot.interface.cards import Button, Card, Fact, Verb
from bot.interface.desk import queue_card
from bot.interface.texts import Text, text
from tests.adapters.slack.specimens import TOKEN, Specimen, line, link, plain, specimen, steps


def _queue() -> Card:
    """Return the queue as the desk completes it: with the button that opens its form."""
    waits: Mapping[str, tuple[Severity, Category, int]] = {
        "10:12": (Severity.CRITICAL, Category.THREAT, 34),
        "09:58": (Severity.HIGH, Category.BULLYING, 35),
    }
    facts = [
        Fact(
            text("queue.item", severity=text(f"severity.{severity}"), reason=text(f"category.{category}")),
            text("queue.link", channel="room-12", when=f"2026-11-16 {when}", link=link(number)),
        )
        for when, (severity, category, number) in waits.items()
    ]
    return replace(queue_card(facts, 3), buttons=(Button(Verb.CHOOSE, "queue"),))


def _facts(status: str, holder: str, done: str, todo: str, *more: Fact) -> tuple[Fact, ...]:
    return (
        Fact(text("case.fact.status"), text(f"case.status.{status}")),
        Fact(text("alert.channel"), plain("room-12")),
        Fact(text("case.fact.holder"), plain(holder)),
        *more,
        Fact(text("case.fact.done"), plain(done)),
        Fact(text("case.fact.todo"), plain(todo)),
    )


_WORK = (Verb.CHECK, Verb.NOTE, Verb.INCIDENT)
_KEPT = (Verb.NOTES, Verb.OPEN, Verb.REPORTER)
_STORY = (line("case.line.reported", "10:12"), line("alert.on_it", "10:14"), line("case.line.claimed", "10:15"))
_CONFIRMED = line("alert.confirmed", "10:31", rule="Threat")


def _case(story: tuple[Text, ...], facts: tuple[Fact, ...], buttons: tuple[Verb, ...]) -> Card:
    return cases.case_card(
        TOKEN, "4be1c07a", Severity.CRITICAL, urgent=(text("alert.emergency"),), story=story, facts=facts,
        link=link(34), buttons=buttons,
    )  # fmt: skip


_MISSING = (Fact(text("case.fact.missing"), text("case.call_first")), *steps())
_OPEN = _facts("investigating", "Ms Rivera", "A", "B. Keep the evidence; C. Speak with both families", *_MISSING)
_SAME = Fact(text("case.fact.same"), text("case.same", count=1, codes="90d2f1aa"))
_DECIDED = _facts("action_taken", "Ms Rivera", "A, B, C", "K. Enter the incident", _SAME)

CASES = (
    Specimen("What waits", "The queue of a person who decides; behind “Choose …” is its form.", _queue(), queue_card),
    Specimen(
        "A case that is being looked into", "Everything about it, and what to do next.",
        _case(_STORY, _OPEN, (Verb.HAND_OVER, Verb.CALLED, Verb.CONFIRM, Verb.DISMISS, Verb.REMOVAL, *_WORK, *_KEPT)),
        cases.case_card,
    ),
    Specimen(
        "A case that is confirmed", "What follows: a kind note, another look, the end of it.",
        _case((*_STORY, _CONFIRMED), _DECIDED,
            (Verb.HAND_OVER, Verb.REMOVAL, Verb.AUTHOR_NOTE, *_WORK, Verb.FOLLOW_UP, Verb.CLOSE, Verb.APPEAL, *_KEPT),
        ),
        cases.case_card,
    ),
    Specimen(
        "An appeal, before a second person", "Whoever decided before cannot take it.",
        _case((*_STORY, _CONFIRMED, line("case.line.appealed", "12:02")),
            _facts("appealed", "–", "A, B, C, K", "–"), (Verb.CLAIM, Verb.JUDGE, Verb.NOTE, *_KEPT),
        ),
        cases.case_card,
    ),
    Specimen(
        "A case that is closed", "It can be opened again.",
        _case((*_STORY, _CONFIRMED, line("case.line.closed", "14:40")),
            _facts("closed", "Ms Rivera", "A, B, C, K", "–"), (Verb.NOTE, Verb.REOPEN, Verb.APPEAL, *_KEPT),
        ),
        cases.case_card,
    ),
    specimen("Notes", "Behind “Read notes”.", cases.notes_card, ("2026-11-16, Ms Rivera: Spoke with both families.",)),
    specimen(
        "Who reported", "Behind “Who reported?”, after a recorded reason.",
        cases.reporters_card, (("R-7K2M9", "Sam T."),),
    ),
    specimen(
        "A case that waits again", "It came back or was handed up, and nobody has it.",
        cases.waiting_card, TOKEN, "4be1c07a", channel="room-12",
    ),
    specimen("A reminder to look again", "On the day.", cases.reminder_card, TOKEN, "4be1c07a", channel="room-12"),
    specimen(
        "The kind note to an author", "Fixed words: no reporter, no reviewer.",
        cases.author_card, plain("Bullying"), text("case.author.guidelines"), channel="room-12",
    ),
    specimen("What a reporter hears", "Never what became of anybody.", cases.told_card, "R-7K2M9", "reviewed"),
)  # fmt: skip

ELSEWHERE = (
    Specimen(
        "Where the platform can do more", "Slack has no time-outs, and the bot asks for no right to take members out "
        "of channels: there, the bot offers neither. They would look like this.",
        _case((*_STORY, _CONFIRMED), _DECIDED, (Verb.TIME_OUT, Verb.REMOVE_MEMBER, *_KEPT)),
        cases.case_card,
    ),
)  # fmt: skip
