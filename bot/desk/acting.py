"""How a person's act on a case is carried out: on the case as it is at that moment, by somebody who may, or not at all.

Promise: whoever may not know of a case learns nothing from trying; of two people at the same moment the second is told
so; and what they did is either wholly in the case's events or not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.routing import may_decide
from bot.cases.status import may_follow
from bot.domain.cases import CaseEvent, EventKind
from bot.domain.roster import Person
from bot.interface.cards import Card
from bot.interface.desk import said
from bot.interface.forms import Choice
from bot.interface.texts import text
from bot.platform.events import Interaction
from bot.platform.protocol import Platform
from bot.policy.schema import Pack
from bot.store import ErrandKind, Store
from bot.store.cases import NewEvent
from bot.store.outbox import Due
from bot.store.watches import NewWatch

MOST_WORDS = 1000
"""Characters of a reason or a note that are kept; forms do not take more."""

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a person does to a case, and what follows from it."""

    kind: EventKind
    rule: str | None = None
    about: str | None = None
    reason: str = ""
    note: str = ""
    errands: tuple[ErrandKind, ...] = (ErrandKind.UPDATE,)
    later: tuple[Due, ...] = ()
    watch: NewWatch | None = None


Plan = Callable[[Case, Person], "Sequence[Step] | str"]
"""What a person wants with the case as it is now: steps, or the key of the sentence why not."""


class Acting:
    """Carries out what people want with cases."""

    def __init__(self, store: Store, book: CaseBook, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._book = book
        self._clock = clock

    async def recall(self, token: str, ask: Interaction, platform: Platform) -> tuple[Case, Person] | Card:
        """Return the case from memory, for a form that must open at once, and who asks; or why they may not."""
        roster = await self._book.recall_roster()
        case_id = case_of_token(token)
        case = await self._book.recall(case_id) if case_id else None
        return self._allowed(case, roster.person_at(platform.name, ask.by.id))

    async def read(self, token: str, ask: Interaction, platform: Platform) -> tuple[Case, Person] | Card:
        """Return the case as it is now, and who asks; or why they may not."""
        roster = await self._book.read_roster()
        case_id = case_of_token(token)
        case = await self._book.read(case_id) if case_id else None
        return self._allowed(case, roster.person_at(platform.name, ask.by.id))

    async def carry_out(self, token: str, ask: Interaction, platform: Platform, plan: Plan, answer: str) -> Card:
        """Have a plan carried out; return `answer`, or why it was not."""
        for attempt in range(_TRIES):
            found = await self.read(token, ask, platform)
            if isinstance(found, Card):
                return found
            case, person = found
            steps = plan(case, person)
            if isinstance(steps, str):
                return said(steps)
            if not any(case.allows(step.kind) for step in steps):
                return said("desk.decided" if attempt == 0 else "desk.faster")
            if await self._append(case, person, steps):
                await self._book.read(case.id)
                return said(answer)
        return said("desk.faster")

    async def _append(self, case: Case, person: Person, steps: Sequence[Step]) -> bool:
        """Append the steps together; what the case has already (a confirmation before a removal) is left out."""
        at, events, new = self._clock(), case.events, list[NewEvent]()
        for step in steps:
            if not may_follow(events, step.kind):
                continue
            event = CaseEvent(step.kind, at, person.key, step.rule, step.about)
            position, follows = len(events), (step.errands, step.later, step.watch)
            new.append(NewEvent(case.id, position, event, step.reason, step.note, *follows))
            events = (*events, event)
        return not new or await self._store.cases.append(*new)

    def _allowed(self, case: Case | None, person: Person | None) -> tuple[Case, Person] | Card:
        """To someone who may not know of a case, it looks like any."""
        if person is None:
            return said("desk.not_yours")
        if case is None:
            return said("desk.unknown")
        if not may_decide(self._book.roster, case.site, person.key, case.concern):
            return said("desk.not_yours")
        return case, person


def rule_choices(pack: Pack, case: Case, language: str) -> tuple[Choice, ...]:
    """Return every reason of the pack, the flag's own first."""
    ordered = sorted(pack.reasons(), key=lambda rule: rule.id != case.judgement.rule)
    return tuple(Choice(rule.id, text("plain", value=rule.title.in_(language))) for rule in ordered)


def case_of_token(token: str) -> UUID | None:
    """Return the case that a token names, if it names any."""
    try:
        return UUID(hex=token)
    except ValueError:
        return None
