"""The counter where flags are decided: buttons and their forms, checked at the press and again when it counts.

Promise: nobody decides about themselves, nobody is asked for more than a form's first answer can wait for, and every
decision names its rule and reason.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.status import may_ask_removal
from bot.desk.acting import MOST_WORDS, Acting, Plan, Step, rule_choices
from bot.desk.counter import Counter
from bot.desk.pages import Pages
from bot.desk.weighing import weighed
from bot.domain.cases import CaseKind, EventKind
from bot.domain.roster import Person
from bot.errors import EvidenceError
from bot.evidence.permission import may_permit
from bot.evidence.vault import Vault
from bot.interface.cards import Card, Verb
from bot.interface.desk import said
from bot.interface.forms import Form, decision_form, dismiss_form, permit_form, ticked
from bot.interface.texts import text
from bot.platform.capabilities import Capability
from bot.platform.events import ButtonPressed, FormSubmitted
from bot.platform.protocol import Platform
from bot.policy.schema import Pack
from bot.store import ErrandKind, Store

_FORMS = {Verb.CONFIRM: EventKind.CONFIRMED, Verb.DISMISS: EventKind.DISMISSED, Verb.PERMIT: EventKind.PERMITTED}
_READ_IN_PLACE = frozenset({EventKind.ACKNOWLEDGED, EventKind.DISMISSED})
"""What may be done about a comment that no machine could read; for anything more, somebody reports it."""


class Deciding(Counter):
    """Answers the buttons of a case's card, and the forms behind them."""

    verbs = frozenset(
        {Verb.ACKNOWLEDGE, Verb.ESCALATE, Verb.CONFIRM, Verb.DISMISS, Verb.REMOVAL, Verb.PERMIT, Verb.OPEN}
    )
    forms = frozenset({"confirm", "removal", "dismiss", "permit"})

    def __init__(self, store: Store, pack: Pack, clock: Callable[[], datetime], book: CaseBook, pages: Pages) -> None:
        self._acting = Acting(store, book, clock)
        self._pack = pack
        self._clock = clock
        self._book = book
        self._pages = pages
        self._vault = Vault(store, book, clock)

    async def pressed(self, event: ButtonPressed, platform: Platform) -> None:
        """Open the form that a button stands for, from memory; what needs no form is decided at once."""
        ask, verb = event.interaction, event.verb
        if verb in (Verb.ACKNOWLEDGE, Verb.ESCALATE):
            acknowledged = verb == Verb.ACKNOWLEDGE
            plan = self._planned(_ACKNOWLEDGED if acknowledged else _ESCALATED)
            answer = "desk.acknowledged" if acknowledged else "desk.escalated"
            await platform.answer(ask, await self._acting.carry_out(event.token, ask, platform, plan, answer))
            return
        if verb == Verb.OPEN:
            # What reporters wrote may accuse whoever asks, since a moment ago: this is never answered from memory.
            known = await self._acting.read(event.token, ask, platform)
            await platform.answer(ask, known if isinstance(known, Card) else await self._pages.reported(known[0]))
            return
        found = await self._acting.recall(event.token, ask, platform)
        if isinstance(found, Card):
            await platform.answer(ask, found)
            return
        case, person = found
        form = self._form(case, person, verb, ask.language)
        if isinstance(form, Form):
            await platform.open_form(ask, form)
        else:
            await platform.answer(ask, form)

    def _form(self, case: Case, person: Person, verb: str, language: str) -> Form | Card:
        """Return the form that a button opens, or the sentence why it opens none."""
        if verb == Verb.PERMIT and not self._may_permit(case, person):
            return said("desk.administrator_only")
        if case.kind is CaseKind.REVIEW and verb != Verb.DISMISS:
            return said("review.what_to_do")
        fits = may_ask_removal(case.events) if verb == Verb.REMOVAL else case.allows(_FORMS[Verb(verb)])
        if not fits:
            return said("desk.decided")
        if verb == Verb.DISMISS:
            return dismiss_form(case.token)
        if verb == Verb.PERMIT:
            return permit_form(case.token)
        return decision_form(str(verb), case.token, rule_choices(self._pack, case, language))

    async def submitted(self, event: FormSubmitted, platform: Platform) -> None:
        """Record the decision, or say what is missing."""
        ask, values = event.interaction, event.values
        reason, note = (values.get(name, "").strip()[:MOST_WORDS] for name in ("reason", "note"))
        rule = values.get("rule", "")
        if event.form in ("confirm", "removal") and not (
            any(rule == one.id for one in self._pack.reasons()) and reason
        ):
            await platform.answer(ask, said("desk.incomplete"))
            return
        if not reason:
            await platform.answer(ask, said("desk.no_reason"))
            return
        if event.form == "permit" and ticked(values, "refuse"):
            await platform.answer(ask, await self._refused(event, platform, reason))
            return
        answer = "desk.recorded"
        match event.form:
            case "confirm":
                steps: tuple[Step, ...] = (Step(EventKind.CONFIRMED, rule, reason=reason, note=note),)
            case "removal":
                errands = (ErrandKind.REMOVE, ErrandKind.UPDATE)
                steps = (
                    Step(EventKind.CONFIRMED, rule, reason=reason, note=note, errands=()),
                    Step(EventKind.REMOVAL_ASKED, rule, reason=reason, note=note, errands=errands),
                )
                here = Capability.REMOVE_COMMENT in platform.capabilities
                answer = "desk.removing" if here else "desk.by_hand"
            case "dismiss":
                steps = (Step(EventKind.DISMISSED, reason=reason, note=note),)
            case _:
                steps = (Step(EventKind.PERMITTED, reason=reason),)
                answer = "desk.permitted"
        plan = self._planned(*steps)
        await platform.answer(ask, await self._acting.carry_out(event.token, ask, platform, plan, answer))

    async def _refused(self, event: FormSubmitted, platform: Platform, reason: str) -> Card:
        """Refuse to have the evidence kept: what is sealed is destroyed, unless a hold keeps it (R15)."""
        found = await self._acting.read(event.token, event.interaction, platform)
        if isinstance(found, Card):
            return found
        case, person = found
        if not self._may_permit(case, person):
            return said("desk.administrator_only")
        if case.permitted or case.snapshot is None:
            return said("desk.decided")
        try:
            ended = await self._vault.refuse(case.id, person.key, reason)
        except EvidenceError as error:
            return Card(title=text("plain", value=str(error)))
        if ended.answered:
            return said("desk.decided")
        return said("desk.refused_held" if ended.held else "desk.refused")

    def _planned(self, *steps: Step) -> Plan:
        """Return the plan to take these steps, the last of which must be possible and the person's to take."""

        def plan(case: Case, person: Person) -> tuple[Step, ...] | str:
            last = steps[-1].kind
            if last is EventKind.PERMITTED:
                if not self._may_permit(case, person):
                    return "desk.administrator_only"
                if case.permitted:
                    return "desk.decided"
            if case.kind is CaseKind.REVIEW and last not in _READ_IN_PLACE:
                return "desk.decided"
            if last is EventKind.REMOVAL_ASKED and not may_ask_removal(case.events):
                return ()  # of a removal that cannot be asked for any more, no half is taken
            return tuple(weighed(step, case, self._pack) for step in steps)

        return plan

    def _may_permit(self, case: Case, person: Person) -> bool:
        return may_permit(case, self._book.roster, person.key, self._clock())


_ACKNOWLEDGED = Step(EventKind.ACKNOWLEDGED)
_ESCALATED = Step(EventKind.ESCALATED, errands=(ErrandKind.TELL,))
