"""One example of every alert: what people see of a comment that was flagged or reported."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.assessments import Finding, Judgement
from bot.domain.categories import Category, Severity
from bot.interface import alerts
from bot.interface.cards import Verb
from bot.interface.desk import reported_card
from bot.interface.texts import text
from tests.adapters.slack.specimens import TOKEN, Specimen, line, link, specimen, steps

WORDS = "nobody likes you, you are such a loser, do not even come to lunch tomorrow"
_INSULT = Finding("toxicity", Category.BULLYING, 18, 38, 0.97, "insulting a person", "insult")
BULLYING = Judgement(
    Severity.HIGH, (Category.BULLYING, Category.HARASSMENT), "bullying", "BUL-5688.1 II.6", ("BUL-5212.1",), (_INSULT,)
)
THREAT = Judgement(Severity.CRITICAL, (Category.THREAT,), "threat", "BUL-5688.1 II.7", ("BUL-6399.0", "BUL-5799.0"))
SEXUAL = Judgement(Severity.HIGH, (Category.SEXUAL,), "sexual", "BUL-5688.1 II.2")
_DECIDE = (Verb.ACKNOWLEDGE, Verb.CONFIRM, Verb.DISMISS, Verb.REMOVAL)
_CALL_FIRST = (Verb.ACKNOWLEDGE, Verb.CALLED, Verb.ESCALATE, *_DECIDE[1:], Verb.CASE)


def _critical(name: str, when: str, language: str) -> Specimen:
    threat = specimen(
        name, when, alerts.alert_card, TOKEN, THREAT, channel="room-12", permalink=link(34), route=steps(language),
        buttons=_CALL_FIRST,
    )  # fmt: skip
    return replace(threat, language=language)


ALERTS = (
    _critical("A possible threat", "Critical: the emergency sentence first, and whom to call in which order.", "en"),
    _critical("The same in Spanish", "Each card is drawn in its reader's language.", "es"),
    specimen(
        "A flag with an excerpt", "Where the site administrator permits it, with the words that the model marked.",
        alerts.alert_card, TOKEN, BULLYING, channel="room-12", permalink=link(35), words=WORDS,
        lines=(text("alert.reported", count=2), line("alert.permitted", "10:21", "Dr. Okafor")),
        buttons=(*_DECIDE, Verb.OPEN, Verb.CASE),
    ),
    specimen(
        "A flag before permission", "No words; the site administrator is asked to permit them for this case.",
        alerts.alert_card, TOKEN, BULLYING, channel="room-12", permalink=link(35),
        buttons=(*_DECIDE, Verb.PERMIT, Verb.CASE),
    ),
    specimen(
        "Possible sexual content", "Neither words nor link, whoever permits what.",
        alerts.alert_card, TOKEN, SEXUAL, channel="room-7", permalink=link(36), words="…",
    ),
    specimen(
        "A flag that is dealt with", "The same card, once people have decided.",
        alerts.alert_card, TOKEN, BULLYING, channel="room-12", permalink=link(35), buttons=(Verb.CASE,),
        lines=(
            line("alert.on_it", "10:19"),
            line("alert.confirmed", "10:24", rule="Bullying"),
            line("alert.by_hand", "10:25"),
        ),
    ),
    specimen(
        "A report", "Someone used “Report to school” on a comment that no machine flagged.",
        alerts.report_card, TOKEN, Severity.MEDIUM, channel="band-boosters", permalink=link(37), words=None,
        withheld=False, lines=(text("alert.removal_wanted"),), buttons=(*_DECIDE, Verb.OPEN, Verb.CASE),
    ),
    specimen(
        "What was reported", "Behind “Open” on a case that people reported: what they wrote, never who they are.",
        reported_card, ("He writes this to my friend every day.", "Please look at this one"),
    ),
    specimen(
        "To be read in place", "A comment that the machine could not read.",
        alerts.review_card, TOKEN, "unscored", channel="room-12", permalink=link(38), lines=(),
        buttons=(Verb.ACKNOWLEDGE, Verb.DISMISS, Verb.CASE),
    ),
    specimen(
        "To the person a threat is aimed at", "No words, no link, nothing to decide.",
        alerts.safety_card, Severity.CRITICAL, channel="room-12",
    ),
    specimen(
        "May the evidence be opened?", "To one person after another, until somebody permits or refuses it.",
        alerts.permission_card, TOKEN, "23300eee", channel="room-12", silent=("Dr. Okafor",),
    ),
    specimen("A card that moved on", "Its reader may not see the case any more.", alerts.moved_card),
)  # fmt: skip
