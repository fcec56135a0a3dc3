"""One example of every form that the bot opens."""

from __future__ import annotations

from bot.domain.categories import Category
from bot.interface import forms
from bot.interface.daily import signoff_form
from bot.interface.forms import Choice
from bot.interface.registry import register_form
from bot.interface.texts import text
from tests.adapters.slack.specimens import AGENCIES, TOKEN, plain, specimen

_RULES = tuple(
    Choice(category.value, text(f"category.{category}"))
    for category in (Category.THREAT, Category.BULLYING, Category.HARASSMENT)
)
_PEOPLE = (Choice("okafor", plain("Dr. Okafor")), Choice("chen", plain("Mr Chen")))
_STEPS = (Choice("B", plain("B. Keep the evidence")), Choice("A", text("case.undo", step="A. See that all are safe")))
_AGENCIES = (
    *(Choice(str(number), plain(name)) for number, name in enumerate(AGENCIES["en"], 1)),
    Choice("nobody", text("case.nobody_called")),
)
_CASES = (Choice(TOKEN, text("queue.choice", item=text("category.threat"), code="4be1c07a")),)

ASKED = (
    specimen("Report to school", "From a message's menu, or `/guard-report`.", forms.report_form, TOKEN),
    specimen("Confirm", "Behind “Confirm”.", forms.decision_form, "confirm", TOKEN, _RULES),
    specimen("Ask for removal", "Behind “Ask for removal”.", forms.decision_form, "removal", TOKEN, _RULES),
    specimen("Dismiss", "Behind “Dismiss”.", forms.dismiss_form, TOKEN),
    specimen("Permit evidence", "Behind “Permit evidence”.", forms.permit_form, TOKEN),
    specimen("Whom did you call?", "Behind “I have called”.", forms.called_form, TOKEN, _AGENCIES),
    specimen("Hand over", "Behind “Hand over”.", forms.hand_over_form, TOKEN, _PEOPLE),
    specimen("Tick a step", "Behind “Tick a step”.", forms.check_form, TOKEN, _STEPS),
    specimen("A note", "Behind “Add a note”.", forms.note_form, TOKEN),
    specimen("The incident's number", "Behind “Incident number”.", forms.incident_form, TOKEN),
    specimen("A kind note", "Behind “Kind note to author”.", forms.reason_form, "author_note", TOKEN),
    specimen("Look again", "Behind “Look again later”.", forms.follow_up_form, TOKEN, (3, 7, 14)),
    specimen("Looked again", "Behind “I looked again”.", forms.looked_form, TOKEN),
    specimen("Close", "Behind “Close”.", forms.close_form, TOKEN, asks_number=True),
    specimen("Open again", "Behind “Open again”.", forms.reason_form, "reopen", TOKEN),
    specimen("Note an appeal", "Behind “Note an appeal”.", forms.reason_form, "appeal", TOKEN),
    specimen("Decide the appeal", "Behind “Decide the appeal”.", forms.judge_form, TOKEN, _RULES),
    specimen("Open who reported", "Behind “Who reported?”.", forms.reason_form, "reporter", TOKEN),
    specimen("Open a case", "`/guard-case` without a code.", forms.case_form),
    specimen("Choose from the queue", "Behind “Choose …”.", forms.queue_form, ("all", "mine", "critical"), _CASES),
    specimen("Sign off with critical items open", "Behind “Sign off”, where something critical waits.",
             signoff_form, TOKEN, 1),
    specimen("Register a channel", "`/guard-register` in the channel.", register_form, TOKEN),
)  # fmt: skip

ASKED_ELSEWHERE = (
    specimen("Time-out", "Behind “Time-out”.", forms.time_out_form, TOKEN, _RULES, (1, 24)),
    specimen(
        "Take the author out", "Behind “Take the author out”.", forms.decision_form, "remove_member", TOKEN, _RULES
    ),
)
