"""The counter where cases are decided: buttons and their forms, checked at the press and again when it counts.

Promise: nobody decides about themselves, nobody is asked for more than a form's first answer can wait for, and every
decision names its rule and reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.routing import may_decide
from bot.cases.status import may_follow
from bot.desk.counter import Counter
from bot.desk.pages import Pages
from bot.domain.cases import CaseEvent, CaseKind, EventKind
from bot.domain.people import SiteRole
from bot.domain.roster import Person
from bot.interface.cards import Card, Verb
from bot.interface.desk import said
from bot.interface.forms import Choice, Form, decision_form, dismiss_form, permit_form
from bot.interface.texts import text
from bot.platform.capabilities import Capability
from bot.platform.events import ButtonPressed, FormSubmitted, Interaction
from bot.platform.protocol import Platform
from bot.policy.schema import Pack
from bot.store import ErrandKind, Store
from bot.store.cases import NewEvent

MOST_WORDS = 1000
"""Characters of a reason or a note that are kept; forms do not take more."""

_TRIES = 5
_FORMS = {Verb.CONFIRM: EventKind.CONFIRMED, Verb.DISMISS: EventKind.DISMISSED, Verb.PERMIT: EventKind.PERMITTED}


@dataclass(frozen=True, slots=True)
class _Decision:
    """What a person decided: the events that follow in this order, and what they are told."""

    kinds: tuple[EventKind, ...]
    answer: str
    rule: str | None = None
    reason: str = ""
    note: str = ""
    errands: tuple[ErrandKind, ...] = (ErrandKind.UPDATE,)


class Deciding(Counter):
    """Answers the buttons of a case's card, and the forms behind them."""

    verbs = frozenset(
        {Verb.ACKNOWLEDGE, Verb.ESCALATE, Verb.CONFIRM, Verb.DISMISS, Verb.REMOVAL, Verb.PERMIT, Verb.OPEN}
    )
    forms = frozenset({"confirm", "removal", "dismiss", "permit"})

    def __init__(self, store: Store, pack: Pack, clock: Callable[[], datetime], book: CaseBook, pages: Pages) -> None:
        self._store = store
        self._pack = pack
        self._clock = clock
        self._book = book
        self._pages = pages

    async def pressed(self, event: ButtonPressed, platform: Platform) -> None:
        """Open the form that a button stands for, from memory; what needs no form is decided at once."""
        ask, verb, case_id = event.interaction, event.verb, _case_id(event.token)
        if verb in (Verb.ACKNOWLEDGE, Verb.ESCALATE):
            acknowledged = verb == Verb.ACKNOWLEDGE
            decision = _ACKNOWLEDGED if acknowledged else _ESCALATED
            await platform.answer(ask, await self._decide(case_id, ask, platform, decision))
            return
        roster = await self._book.recall_roster()
        person = roster.person_at(platform.name, ask.by.id)
        case = await self._book.recall(case_id) if case_id else None
        refusal = self._refusal(case, person, permitting=verb == Verb.PERMIT)
        if case is None or refusal is not None:
            await platform.answer(ask, said(refusal or "desk.unknown"))
        elif verb == Verb.OPEN:
            await platform.answer(ask, await self._pages.reported(case))
        else:
            form = self._form(case, verb, ask.language)
            if isinstance(form, Form):
                await platform.open_form(ask, form)
            else:
                await platform.answer(ask, form)

    def _form(self, case: Case, verb: str, language: str) -> Form | Card:
        """Return the form that a button opens, or the sentence why it opens none."""
        if verb == Verb.REMOVAL:
            fits = any(may_follow(case.events, kind) for kind in (EventKind.CONFIRMED, EventKind.REMOVAL_ASKED))
        elif verb in _FORMS:
            fits = may_follow(case.events, _FORMS[Verb(verb)])
        else:
            return said("later.button")
        if case.kind is CaseKind.REVIEW and verb != Verb.DISMISS:
            return said("review.what_to_do")
        if not fits:
            return said("desk.decided")
        if verb == Verb.DISMISS:
            return dismiss_form(case.token)
        if verb == Verb.PERMIT:
            return permit_form(case.token)
        return decision_form(str(verb), case.token, self._rules(case, language))

    async def submitted(self, event: FormSubmitted, platform: Platform) -> None:
        """Record the decision, or say what is missing."""
        ask, values = event.interaction, event.values
        reason, note = (values.get(name, "").strip()[:MOST_WORDS] for name in ("reason", "note"))
        rule = values.get("rule", "")
        known = any(rule == one.id for one in self._pack.reasons())
        match event.form:
            case "confirm" | "removal" if not (known and reason):
                answer = said("desk.incomplete")
            case _ if not reason:
                answer = said("desk.no_reason")
            case "confirm":
                decision = _Decision((EventKind.CONFIRMED,), "desk.recorded", rule, reason, note)
                answer = await self._decide(_case_id(event.token), ask, platform, decision)
            case "removal":
                here = Capability.REMOVE_COMMENT in platform.capabilities
                decision = _Decision(
                    (EventKind.CONFIRMED, EventKind.REMOVAL_ASKED),
                    "desk.removing" if here else "desk.by_hand",
                    rule,
                    reason,
                    note,
                    (ErrandKind.REMOVE, ErrandKind.UPDATE),
                )
                answer = await self._decide(_case_id(event.token), ask, platform, decision)
            case "dismiss":
                decision = _Decision((EventKind.DISMISSED,), "desk.recorded", None, reason, note)
                answer = await self._decide(_case_id(event.token), ask, platform, decision)
            case "permit":
                decision = _Decision((EventKind.PERMITTED,), "desk.permitted", None, reason)
                answer = await self._decide(_case_id(event.token), ask, platform, decision)
            case _:
                answer = said("later.button")
        await platform.answer(ask, answer)

    async def _decide(self, case_id: UUID | None, ask: Interaction, platform: Platform, decision: _Decision) -> Card:
        """Carry a decision out on the case as it is now; of two people at the same moment the second is told so."""
        for attempt in range(_TRIES):
            roster = await self._book.read_roster()
            person = roster.person_at(platform.name, ask.by.id)
            case = await self._book.read(case_id) if case_id else None
            refusal = self._refusal(case, person, permitting=EventKind.PERMITTED in decision.kinds)
            if case is None or person is None or refusal is not None:
                return said(refusal or "desk.unknown")
            if not self._fits(case, decision):
                return said("desk.decided" if attempt == 0 else "desk.faster")
            if await self._append(case, person, decision):
                await self._book.read(case.id)
                return said(decision.answer)
        return said("desk.faster")

    def _fits(self, case: Case, decision: _Decision) -> bool:
        last = decision.kinds[-1]
        if case.kind is CaseKind.REVIEW and last not in (EventKind.ACKNOWLEDGED, EventKind.DISMISSED):
            return False
        if last is EventKind.PERMITTED and case.permitted:
            return False
        return any(may_follow(case.events, kind) for kind in decision.kinds)

    async def _append(self, case: Case, person: Person, decision: _Decision) -> bool:
        """Append the decision's events; what the case has already (a confirmation before a removal) is left out."""
        at, events = self._clock(), case.events
        for kind in decision.kinds:
            if not may_follow(events, kind):
                continue
            event = CaseEvent(kind, at, person.key, decision.rule)
            errands = decision.errands if kind is decision.kinds[-1] else ()
            new = NewEvent(case.id, len(events), event, decision.reason, decision.note, errands)
            if not await self._store.cases.append(new):
                return False
            events = (*events, event)
        return True

    def _refusal(self, case: Case | None, person: Person | None, *, permitting: bool) -> str | None:
        """Return why the person may not, as a text's key: to someone who may not know of a case, it looks like any."""
        if person is None:
            return "desk.not_yours"
        if case is None:
            return "desk.unknown"
        if not may_decide(self._book.roster, case.site, person.key, case.concern):
            return "desk.not_yours"
        if permitting and SiteRole.SITE_ADMINISTRATOR not in self._book.roster.roles(person.key, case.site):
            return "desk.administrator_only"
        return None

    def _rules(self, case: Case, language: str) -> tuple[Choice, ...]:
        """Every reason of the pack, the flag's own first."""
        ordered = sorted(self._pack.reasons(), key=lambda rule: rule.id != case.judgement.rule)
        return tuple(Choice(rule.id, text("plain", value=rule.title.in_(language))) for rule in ordered)


_ACKNOWLEDGED = _Decision((EventKind.ACKNOWLEDGED,), "desk.acknowledged")
_ESCALATED = _Decision((EventKind.ESCALATED,), "desk.escalated", errands=(ErrandKind.TELL,))


def _case_id(token: str) -> UUID | None:
    try:
        return UUID(hex=token)
    except ValueError:
        return None
