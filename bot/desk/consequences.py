"""The counter for what happens to a member at a person's word: a time-out, leaving, a kind note, who reported.

Promise: nothing of it without a rule and a reason, and nothing that the platform cannot do is said to be done (R27).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.desk.acting import MOST_WORDS, Acting, Step, rule_choices
from bot.desk.counter import Counter
from bot.domain.cases import CaseKind, EventKind
from bot.domain.roster import Person
from bot.errors import EvidenceError
from bot.evidence.vault import Vault
from bot.interface.cards import Card, Verb
from bot.interface.cases import reporters_card
from bot.interface.desk import said
from bot.interface.forms import Form, decision_form, reason_form, time_out_form
from bot.interface.texts import text
from bot.platform.capabilities import Capability
from bot.platform.events import ButtonPressed, FormSubmitted
from bot.platform.protocol import Platform
from bot.policy.schema import Pack
from bot.store import ErrandKind, Store

HOURS = (1, 24, 72, 168)
"""For how long a member may be kept from writing; Discord's longest is 28 days."""

_EVENTS: Mapping[Verb, EventKind] = {
    Verb.TIME_OUT: EventKind.TIME_OUT_ASKED,
    Verb.REMOVE_MEMBER: EventKind.MEMBER_REMOVAL_ASKED,
    Verb.AUTHOR_NOTE: EventKind.AUTHOR_NOTE_ASKED,
}
_NEEDS = {Verb.TIME_OUT: Capability.TIME_OUT_MEMBER, Verb.REMOVE_MEMBER: Capability.REMOVE_MEMBER}


class Consequences(Counter):
    """Answers the buttons that concern a member, and the forms behind them."""

    verbs = frozenset({*_EVENTS, Verb.REPORTER})
    forms = frozenset(str(verb) for verb in (*_EVENTS, Verb.REPORTER))

    def __init__(
        self, store: Store, pack: Pack, clock: Callable[[], datetime], book: CaseBook, vault: Vault | None = None
    ) -> None:
        self._acting = Acting(store, book, clock)
        self._pack = pack
        self._vault = vault or Vault(store, book, clock)

    async def pressed(self, event: ButtonPressed, platform: Platform) -> None:
        """Open the form that a button stands for, from memory."""
        ask, verb = event.interaction, Verb(event.verb)
        found = await self._acting.recall(event.token, ask, platform)
        form = found if isinstance(found, Card) else self._form(verb, found[0], ask.language)
        if isinstance(form, Form):
            await platform.open_form(ask, form)
        else:
            await platform.answer(ask, form)

    def _form(self, verb: Verb, case: Case, language: str) -> Form | Card:
        if verb is Verb.REPORTER:
            return reason_form("reporter", case.token) if case.reports else said("case.no_reporter")
        if case.kind is CaseKind.REVIEW:
            return said("review.what_to_do")
        if not case.allows(_EVENTS[verb]):
            return said("case.confirm_first" if case.allows(EventKind.CONFIRMED) else "desk.decided")
        if verb is Verb.AUTHOR_NOTE:
            return reason_form("author_note", case.token)
        rules = rule_choices(self._pack, case, language)
        if verb is Verb.TIME_OUT:
            return time_out_form(case.token, rules, HOURS)
        return decision_form(str(verb), case.token, rules)

    async def submitted(self, event: FormSubmitted, platform: Platform) -> None:
        """Record what is to happen; the platform does it, or the card says that a person must."""
        verb = Verb(event.form)
        values = {name: value.strip()[:MOST_WORDS] for name, value in event.values.items()}
        if not values.get("reason"):
            answer = said("desk.no_reason")
        elif verb is Verb.REPORTER:
            answer = await self._reporters(event, platform, values["reason"])
        else:
            answer = await self._asked(verb, event, platform, values)
        await platform.answer(event.interaction, answer)

    async def _asked(self, verb: Verb, event: FormSubmitted, platform: Platform, values: Mapping[str, str]) -> Card:
        rule, hours = values.get("rule", ""), values.get("hours", "")
        if verb is not Verb.AUTHOR_NOTE and not any(rule == one.id for one in self._pack.reasons()):
            return said("desk.incomplete")
        if verb is Verb.TIME_OUT and hours not in map(str, HOURS):
            return said("case.empty")
        note = verb is Verb.AUTHOR_NOTE
        step = Step(
            _EVENTS[verb],
            None if note else rule,
            hours if verb is Verb.TIME_OUT else None,
            values["reason"],
            values.get("note", ""),
            (ErrandKind.AUTHOR_NOTE if note else ErrandKind.MEMBER, ErrandKind.UPDATE),
        )

        def plan(case: Case, person: Person) -> tuple[Step, ...] | str:  # noqa: ARG001
            return "desk.decided" if case.kind is CaseKind.REVIEW else (step,)

        able = verb not in _NEEDS or _NEEDS[verb] in platform.capabilities
        done = f"case.done.{verb}" if able else "case.member_by_hand"
        return await self._acting.carry_out(event.token, event.interaction, platform, plan, done)

    async def _reporters(self, event: FormSubmitted, platform: Platform, reason: str) -> Card:
        """Open who reported: an act with person and reason in the custody log, told to the administrator (R26)."""
        found = await self._acting.read(event.token, event.interaction, platform)
        if isinstance(found, Card):
            return found
        case, person = found
        try:
            reporters = await self._vault.reporters(case.id, person.key, reason)
        except EvidenceError as error:
            return Card(title=text("plain", value=str(error)))
        return reporters_card([(one.code, one.name or one.id) for one in reporters])
