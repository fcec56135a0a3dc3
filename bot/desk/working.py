"""The counter where cases are worked on: whose a case is, notes, the protocol's steps, calls, follow-ups, appeals.

Promise: what was asked at the press is asked again when it counts; the first decider never decides the appeal; nobody
hands a case to somebody who may not know of it; and nothing is sent to any agency: people call, and confirm it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.contacts import within_reach
from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.closing import wants_call, wants_number
from bot.desk.acting import MOST_WORDS, Acting, Step, rule_choices
from bot.desk.counter import Counter
from bot.desk.weighing import weighed
from bot.domain.cases import NOBODY, CaseKind, EventKind
from bot.domain.roster import Person
from bot.interface import forms
from bot.interface.cards import Card, Verb
from bot.interface.desk import said
from bot.interface.forms import Choice, Form
from bot.interface.texts import text
from bot.platform.events import ButtonPressed, FormSubmitted
from bot.platform.protocol import Platform
from bot.policy.schema import Pack
from bot.store import ErrandKind, Store
from bot.store.outbox import Due
from bot.store.watches import NewWatch, WatchKind

MORNING = time(8)
"""When they are reminded, by the school's clock."""

UNDONE = "-"
"""Stands before a step's letter that is not done after all."""

_NOBODY_ELSE = "case.nobody_else"

_EVENTS: Mapping[Verb, EventKind] = {
    Verb.CLAIM: EventKind.CLAIMED,
    Verb.HAND_OVER: EventKind.HANDED_OVER,
    Verb.NOTE: EventKind.NOTED,
    Verb.CHECK: EventKind.TICKED,
    Verb.CALLED: EventKind.CALLED,
    Verb.INCIDENT: EventKind.INCIDENT,
    Verb.FOLLOW_UP: EventKind.FOLLOW_UP,
    Verb.LOOKED: EventKind.LOOKED_AGAIN,
    Verb.CLOSE: EventKind.CLOSED,
    Verb.REOPEN: EventKind.REOPENED,
    Verb.APPEAL: EventKind.APPEALED,
    Verb.JUDGE: EventKind.UPHELD,
}

Values = Mapping[str, str]


class Working(Counter):
    """Answers the buttons of the case view, and the forms behind them. `outlets` are the ways to reach people."""

    verbs = frozenset(_EVENTS)
    forms = frozenset(str(verb) for verb in _EVENTS if verb is not Verb.CLAIM)

    def __init__(
        self, store: Store, pack: Pack, clock: Callable[[], datetime], book: CaseBook, outlets: Collection[str]
    ) -> None:
        self._acting = Acting(store, book, clock)
        self._pack = pack
        self._in_days = pack.identity.time_limits.follow_up_days
        self._clock = clock
        self._book = book
        self._outlets = frozenset(outlets)

    async def pressed(self, event: ButtonPressed, platform: Platform) -> None:
        """Take the case, or open the form that a button stands for, from memory."""
        ask, verb = event.interaction, Verb(event.verb)
        if verb is Verb.CLAIM:
            card = await self._acting.carry_out(event.token, ask, platform, self._claim, "case.claimed")
            await platform.answer(ask, card)
            return
        found = await self._acting.recall(event.token, ask, platform)
        form = found if isinstance(found, Card) else self._form(verb, *found, ask.language)
        if isinstance(form, Form):
            await platform.open_form(ask, form)
        else:
            await platform.answer(ask, form)

    def _form(self, verb: Verb, case: Case, person: Person, language: str) -> Form | Card:
        token, people = case.token, self._eligible(case, person)
        why_not = self._why_not(verb, case, person) or (_NOBODY_ELSE if verb is Verb.HAND_OVER and not people else None)
        if why_not is not None:
            return said(why_not)
        rules = rule_choices(self._pack, case, language) if case.standing.decision is EventKind.DISMISSED else ()
        opened: dict[Verb, Callable[[], Form]] = {
            Verb.HAND_OVER: lambda: forms.hand_over_form(token, people),
            Verb.NOTE: lambda: forms.note_form(token),
            Verb.CHECK: lambda: forms.check_form(token, self._steps(case, language)),
            Verb.CALLED: lambda: forms.called_form(token, self._agencies(language)),
            Verb.INCIDENT: lambda: forms.incident_form(token),
            Verb.FOLLOW_UP: lambda: forms.follow_up_form(token, self._in_days),
            Verb.LOOKED: lambda: forms.looked_form(token),
            Verb.CLOSE: lambda: forms.close_form(token, asks_number=wants_number(case, self._pack)),
            Verb.REOPEN: lambda: forms.reason_form("reopen", token),
            Verb.APPEAL: lambda: forms.reason_form("appeal", token),
            Verb.JUDGE: lambda: forms.judge_form(token, rules),
        }
        return opened[verb]()

    def _why_not(self, verb: Verb, case: Case, person: Person) -> str | None:
        """Return why the person may not do this with the case as it is, as a text's key."""
        if case.kind is CaseKind.REVIEW and verb in (Verb.CALLED, Verb.INCIDENT, Verb.FOLLOW_UP, Verb.APPEAL):
            return "review.what_to_do"
        if not case.allows(_EVENTS[verb]):
            return "desk.decided"
        if verb in (Verb.JUDGE, Verb.CLAIM) and person.key in case.spent:
            return "case.second_person"
        if verb is Verb.CLOSE and wants_call(case):
            return "case.call_first"
        return None

    async def submitted(self, event: FormSubmitted, platform: Platform) -> None:
        """Carry out what a form asks for, on the case as it is now."""
        ask, verb = event.interaction, Verb(event.form)
        values = {name: value.strip()[:MOST_WORDS] for name, value in event.values.items()}

        def plan(case: Case, person: Person) -> tuple[Step, ...] | str:
            return self._why_not(verb, case, person) or self._steps_of(verb, values, case, person)

        card = await self._acting.carry_out(event.token, ask, platform, plan, f"case.done.{verb}")
        await platform.answer(ask, card)

    def _steps_of(self, verb: Verb, values: Values, case: Case, person: Person) -> tuple[Step, ...] | str:
        """Return what a form's values mean, or the key of the sentence what is missing."""
        asked: dict[Verb, Callable[[], tuple[Step, ...] | str]] = {
            Verb.HAND_OVER: lambda: self._handed_over(values, case, person),
            Verb.NOTE: lambda: _noted(values),
            Verb.CHECK: lambda: self._checked(values, case),
            Verb.CALLED: lambda: self._called(values),
            Verb.INCIDENT: lambda: _incident(values),
            Verb.FOLLOW_UP: lambda: self._followed(values, case),
            Verb.LOOKED: lambda: _looked(values),
            Verb.CLOSE: lambda: self._closed(values, case),
            Verb.JUDGE: lambda: self._judged(values, case),
            Verb.REOPEN: lambda: _brought_back(EventKind.REOPENED, values),
            Verb.APPEAL: lambda: _brought_back(EventKind.APPEALED, values),
        }
        return asked[verb]()

    def _handed_over(self, values: Values, case: Case, person: Person) -> tuple[Step, ...] | str:
        to = values.get("to", "")
        if to not in {choice.value for choice in self._eligible(case, person)}:
            return "case.not_to_them"
        return (Step(EventKind.HANDED_OVER, about=to, note=values.get("note", ""), errands=(ErrandKind.TELL,)),)

    def _closed(self, values: Values, case: Case) -> tuple[Step, ...] | str:
        reason = values.get("reason", "")
        numbered = _incident(values) if wants_number(case, self._pack) else ()
        if not reason or isinstance(numbered, str):
            return numbered if isinstance(numbered, str) else "desk.no_reason"
        return (*numbered, Step(EventKind.CLOSED, reason=reason))

    def _claim(self, case: Case, person: Person) -> tuple[Step, ...] | str:
        if case.holder == person.key:
            return "case.yours"
        return self._why_not(Verb.CLAIM, case, person) or (Step(EventKind.CLAIMED),)

    def _eligible(self, case: Case, person: Person) -> tuple[Choice, ...]:
        """Return who may take the case over: whoever may decide on it now, is here and can be told, by name."""
        roster = self._book.roster
        today = self._clock().astimezone(ZoneInfo(roster.district.time_zone)).date()
        reachable = within_reach(case, roster, self._outlets, today)
        people = sorted((roster.people[key] for key in reachable), key=lambda one: one.name)
        return tuple(
            Choice(one.key, text("plain", value=one.name))
            for one in people
            if one.key != person.key and one.key not in case.barred and case.may_be_decided_by(one.key, roster)
        )

    def _steps(self, case: Case, language: str) -> tuple[Choice, ...]:
        """Return the protocol's steps: those still to do, then those done, to be taken back."""
        steps = self._pack.checklist.steps
        named = {step.id: text("plain", value=f"{step.id}. {step.title.in_(language)}") for step in steps}
        todo = [Choice(letter, label) for letter, label in named.items() if letter not in case.ticked]
        done = [
            Choice(UNDONE + letter, text("case.undo", step=label))
            for letter, label in named.items()
            if letter in case.ticked
        ]
        return (*todo, *done)

    def _checked(self, values: Values, case: Case) -> tuple[Step, ...] | str:
        chosen, note = values.get("step", ""), values.get("note", "")
        letter = chosen.removeprefix(UNDONE)
        if letter not in {step.id for step in self._pack.checklist.steps}:
            return "case.empty"
        undo = chosen != letter
        if undo is (letter not in case.ticked):
            return "desk.decided"
        return (Step(EventKind.UNTICKED if undo else EventKind.TICKED, about=letter, note=note),)

    def _agencies(self, language: str) -> tuple[Choice, ...]:
        known = [Choice(one.id, text("plain", value=one.name.in_(language))) for one in self._pack.routes.agencies]
        return (*known, Choice(NOBODY, text("case.nobody_called")))

    def _called(self, values: Values) -> tuple[Step, ...] | str:
        agency, when, spoke = (values.get(name, "") for name in ("agency", "when", "spoke"))
        if agency not in {NOBODY, *(one.id for one in self._pack.routes.agencies)} or not when:
            return "case.empty"
        if agency == NOBODY and not spoke:
            return "case.why_nobody"
        return (Step(EventKind.CALLED, about=agency, reason=when, note=spoke),)

    def _followed(self, values: Values, case: Case) -> tuple[Step, ...] | str:
        """Have somebody look again, and new comments by the same person toward the same people attached until then."""
        chosen, note = values.get("days", ""), values.get("note", "")
        if chosen not in map(str, self._in_days):
            return "case.empty"
        zone = ZoneInfo(self._book.roster.district.time_zone)
        day = (self._clock().astimezone(zone) + timedelta(days=int(chosen))).date()
        due = datetime.combine(day, MORNING, tzinfo=zone)
        payload = {"case_id": str(case.id), "day": day.isoformat()}
        errand = Due(ErrandKind.LOOK_AGAIN, payload, due, once=f"{case.id}:{day.isoformat()}")
        watch = NewWatch(WatchKind.FOLLOW_UP, case.channel.ref, (case.author_account,), case.toward, due, case.id)
        return (Step(EventKind.FOLLOW_UP, about=day.isoformat(), note=note, later=(errand,), watch=watch),)

    def _judged(self, values: Values, case: Case) -> tuple[Step, ...] | str:
        outcome, rule, reason, note = (values.get(name, "") for name in ("outcome", "rule", "reason", "note"))
        if outcome not in ("upheld", "reversed"):
            return "case.empty"
        if not reason:
            return "desk.no_reason"
        harmful = outcome == "reversed" and case.standing.decision is EventKind.DISMISSED
        if harmful and not any(rule == one.id for one in self._pack.reasons()):
            return "desk.incomplete"
        kind = EventKind.UPHELD if outcome == "upheld" else EventKind.REVERSED
        return (weighed(Step(kind, rule if harmful else None, reason=reason, note=note), case, self._pack),)


def _noted(values: Values) -> tuple[Step, ...] | str:
    note = values.get("note", "")
    return (Step(EventKind.NOTED, note=note),) if note else "case.empty"


def _looked(values: Values) -> tuple[Step, ...] | str:
    seen = values.get("seen", "")
    if seen not in ("stopped", "goes_on"):
        return "case.empty"
    return (Step(EventKind.LOOKED_AGAIN, about=seen, note=values.get("note", "")),)


def _brought_back(kind: EventKind, values: Values) -> tuple[Step, ...] | str:
    """A case that comes back is told to whoever should have it now."""
    reason = values.get("reason", "")
    return (Step(kind, reason=reason, errands=(ErrandKind.TELL,)),) if reason else "desk.no_reason"


def _incident(values: Values) -> tuple[Step, ...] | str:
    number, without = values.get("number", ""), values.get("without", "")
    if number:
        return (Step(EventKind.INCIDENT, reason=number, note=without),)
    return (Step(EventKind.NO_INCIDENT, reason=without),) if without else "case.number_or_why"
