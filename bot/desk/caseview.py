"""The counter of the queue and the case view: what waits for a decision, and everything about one case.

Promise: a case that somebody may not know of is on no list, in no count and behind no code or link of theirs (R25).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from bot.alerts.drawing import REPORTED, steps_to_call, withholds
from bot.alerts.story import local, person_name, story
from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.closing import suggested, wants_call, wants_number
from bot.cases.routing import may_decide
from bot.cases.status import UNDECIDED, Status, may_ask_removal
from bot.desk.acting import Acting
from bot.desk.counter import Counter
from bot.desk.waiting import Waiting
from bot.domain.cases import CaseKind, EventKind
from bot.domain.categories import Severity
from bot.domain.people import DECIDERS
from bot.domain.roster import Person
from bot.interface.alerts import reason
from bot.interface.cards import Button, Card, Fact, Tone, Verb
from bot.interface.cases import case_card, notes_card, written_note
from bot.interface.desk import queue_card, said
from bot.interface.forms import Choice, case_form, queue_form
from bot.interface.texts import Text, text
from bot.platform.capabilities import Capability
from bot.platform.events import ButtonPressed, CommandUsed, FormSubmitted
from bot.platform.protocol import Platform
from bot.policy.schema import Pack
from bot.store import Store

SHOWN = 10
"""How many cases the queue lists; a card has room for few."""

LINKED = 20
"""How many earlier cases of the same person are looked at."""

_WORDS = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CODE = re.compile(r"[0-9a-f]{8,32}")
_DOTLESS = re.compile(r"p?(\d{10})(\d{6})")
"""Some links write a comment's id without its dot."""

_WORK: dict[Verb, EventKind] = {
    Verb.ACKNOWLEDGE: EventKind.ACKNOWLEDGED,
    Verb.CLAIM: EventKind.CLAIMED,
    Verb.HAND_OVER: EventKind.HANDED_OVER,
    Verb.CALLED: EventKind.CALLED,
    Verb.CONFIRM: EventKind.CONFIRMED,
    Verb.DISMISS: EventKind.DISMISSED,
    Verb.JUDGE: EventKind.UPHELD,
    Verb.REMOVAL: EventKind.REMOVAL_ASKED,
    Verb.TIME_OUT: EventKind.TIME_OUT_ASKED,
    Verb.REMOVE_MEMBER: EventKind.MEMBER_REMOVAL_ASKED,
    Verb.AUTHOR_NOTE: EventKind.AUTHOR_NOTE_ASKED,
    Verb.CHECK: EventKind.TICKED,
    Verb.NOTE: EventKind.NOTED,
    Verb.INCIDENT: EventKind.INCIDENT,
    Verb.FOLLOW_UP: EventKind.FOLLOW_UP,
    Verb.LOOKED: EventKind.LOOKED_AGAIN,
    Verb.CLOSE: EventKind.CLOSED,
    Verb.REOPEN: EventKind.REOPENED,
    Verb.APPEAL: EventKind.APPEALED,
}
_REVIEW = frozenset({Verb.ACKNOWLEDGE, Verb.CLAIM, Verb.HAND_OVER, Verb.DISMISS, Verb.NOTE})
_ABLE = {Verb.TIME_OUT: Capability.TIME_OUT_MEMBER, Verb.REMOVE_MEMBER: Capability.REMOVE_MEMBER}

Chosen = Callable[[Case, str], bool]
FILTERS: dict[str, Chosen] = {
    "all": lambda case, _: case.status in UNDECIDED,
    "mine": lambda case, who: case.holder == who and case.status is not Status.CLOSED,
    "critical": lambda case, _: case.judgement.severity is Severity.CRITICAL and case.status in UNDECIDED,
    "reported": lambda case, _: bool(case.reports) and case.status in UNDECIDED,
    "unread": lambda case, _: case.kind is CaseKind.REVIEW and case.status in UNDECIDED,
    "appeals": lambda case, _: case.status is Status.APPEALED,
    "follow_up": lambda case, _: case.status is Status.FOLLOW_UP,
}


class CaseView(Counter):
    """Answers `queue` and `case`, the buttons that lead there, and their forms."""

    commands = frozenset({"queue", "case"})
    verbs = frozenset({Verb.CASE, Verb.NOTES, Verb.CHOOSE})
    forms = frozenset({"case", "queue"})

    def __init__(self, store: Store, pack: Pack, clock: Callable[[], datetime], book: CaseBook) -> None:
        self._store = store
        self._pack = pack
        self._book = book
        self._acting = Acting(store, book, clock)
        self._waiting = Waiting(store, book)
        self._listed: dict[str, tuple[UUID, ...]] = {}

    async def used(self, event: CommandUsed, platform: Platform) -> None:
        """Show the queue, or a case by what was typed; without it a form asks which."""
        ask, typed = event.interaction, event.options.get("text", "").strip()
        roster = await self._book.recall_roster()
        person = roster.person_at(platform.name, ask.by.id)
        if person is None or not self._decides(person):
            await platform.answer(ask, said("desk.not_for_you"))
        elif event.command == "case" and not typed:
            await platform.open_form(ask, case_form())
        elif event.command == "case":
            await platform.answer(ask, await self._found(typed, person, platform, ask.language))
        else:
            await platform.answer(ask, await self.queue(person, typed if typed in FILTERS else "all"))

    async def pressed(self, event: ButtonPressed, platform: Platform) -> None:
        """Show a case or its notes, or open the queue's form."""
        ask = event.interaction
        if event.verb == Verb.CHOOSE:
            await self._choose(event, platform)
            return
        found = await self._acting.read(event.token, ask, platform)
        if isinstance(found, Card):
            await platform.answer(ask, found)
        elif event.verb == Verb.NOTES:
            await platform.answer(ask, await self._notes(found[0]))
        else:
            await platform.answer(ask, await self.view(*found, platform, ask.language))

    async def submitted(self, event: FormSubmitted, platform: Platform) -> None:
        """Show what a form asks for."""
        ask, values = event.interaction, event.values
        roster = await self._book.read_roster()
        person = roster.person_at(platform.name, ask.by.id)
        if person is None or not self._decides(person):
            card = said("desk.not_for_you")
        elif event.form == "case" or values.get("which"):
            card = await self._found(values.get("code") or values.get("which", ""), person, platform, ask.language)
        else:
            chosen = values.get("show") or "all"
            card = await self.queue(person, chosen if chosen in FILTERS else "all")
        await platform.answer(ask, card)

    async def theirs(self, person: Person, chosen: str = "all") -> list[Case]:
        """Return the cases that the person may decide on and that a filter lets through, the most severe first."""
        found = await self._waiting.of(person, followed=chosen == "follow_up", taken=chosen == "mine")
        return [case for case in found if FILTERS[chosen](case, person.key)]

    async def queue(self, person: Person, chosen: str = "all") -> Card:
        """Return the person's list; what is on it can be opened from its form."""
        return self.listed(person, await self.theirs(person, chosen))

    def listed(self, person: Person, theirs: list[Case]) -> Card:
        """Return these cases as the person's list: the first ones, and how many more there are."""
        self._listed[person.key] = tuple(case.id for case in theirs[:SHOWN])
        card = queue_card([self._item(case) for case in theirs[:SHOWN]], max(0, len(theirs) - SHOWN))
        return Card(card.title, lines=card.lines, facts=card.facts, buttons=(Button(Verb.CHOOSE, "queue", Tone.PLAIN),))

    async def _choose(self, event: ButtonPressed, platform: Platform) -> None:
        roster = await self._book.recall_roster()
        person = roster.person_at(platform.name, event.interaction.by.id)
        if person is None or not self._decides(person):
            await platform.answer(event.interaction, said("desk.not_for_you"))
            return
        cases = [await self._book.read(case) for case in self._listed.get(person.key, ())]
        choices = [
            Choice(case.token, text("queue.choice", item=self._label(case), code=case.code))
            for case in cases
            if case is not None and case.may_be_decided_by(person.key, roster)
        ]
        await platform.open_form(event.interaction, queue_form(tuple(FILTERS), tuple(choices)))

    def _decides(self, person: Person) -> bool:
        roster = self._book.roster
        return any(roster.roles(person.key, site) & DECIDERS for site in roster.sites.values())

    def _label(self, case: Case) -> Text:
        what: Text = reason(case.judgement)
        if case.kind is CaseKind.REVIEW:
            what = text("queue.review")
        elif case.judgement.rule == REPORTED:
            what = text("report.alert")
        return text("queue.item", severity=text(f"severity.{case.judgement.severity}"), reason=what)

    def _item(self, case: Case) -> Fact:
        label = text("queue.choice", item=self._label(case), code=case.code)
        place = {"channel": case.channel.name, "when": local(case.opened_at, self._book.roster)}
        if case.permalink is None or withholds(case, self._pack):
            return Fact(label, text("queue.place", **place))
        return Fact(label, text("queue.link", link=case.permalink, **place))

    # --- one case -----------------------------------------------------------------------------------------------------

    async def _found(self, named: str, person: Person, platform: Platform, language: str) -> Card:
        """Return the view of the one case that is named so and that the person may decide on."""
        fits: list[Case] = []
        for case_id in await self._candidates(named.strip()):
            case = await self._book.read(case_id)
            if case is not None and case.id not in {one.id for one in fits} and self._may_see(case, person):
                fits.append(case)
        by_link = [case for case in fits if case.permalink == named.strip()]
        fits = by_link or fits
        if len(fits) == 1:
            return await self.view(fits[0], person, platform, language)
        if fits:
            items = [self._item(case) for case in fits[:SHOWN]]
            return queue_card(items, max(0, len(fits) - SHOWN))
        return said("desk.unknown")

    async def _candidates(self, named: str) -> list[UUID]:
        """Return the cases that a code, a receipt's code or a comment's link may mean."""
        code = named.lower().replace("-", "")
        if _CODE.fullmatch(code):
            return await self._store.evidence.cases_with(code)
        if "/" not in named:
            return await self._store.evidence.cases_with(named.upper())
        parts = _WORDS.findall(named[:600])
        dotted = [f"{match[1]}.{match[2]}" for match in map(_DOTLESS.fullmatch, parts) if match]
        fragments = [part.removeprefix("c-") for part in parts if part.startswith("c-")]
        return await self._store.cases.of_comments([*parts, *dotted, *fragments])

    def _may_see(self, case: Case, person: Person) -> bool:
        return may_decide(self._book.roster, case.site, person.key, case.concern)

    async def view(self, case: Case, person: Person, platform: Platform, language: str) -> Card:
        """Return everything about a case that helps to decide what to do next."""
        roster, pack = self._book.roster, self._pack
        others = await self._others(case, person)
        return case_card(
            case.token,
            case.code,
            case.judgement.severity,
            urgent=(text("alert.emergency"),) if case.judgement.severity is Severity.CRITICAL else (),
            story=tuple(story(case, roster, pack, language)),
            facts=[*self._facts(case, language), *await self._kin(case, person, others, language)],
            link=None if withholds(case, pack) else case.permalink,
            buttons=tuple(self._buttons(case, person, platform)),
        )

    def _facts(self, case: Case, language: str) -> Iterator[Fact]:
        roster, pack = self._book.roster, self._pack
        yield Fact(text("case.fact.status"), text(f"case.status.{case.status}"))
        yield _fact("alert.channel", case.channel.name)
        yield Fact(text("alert.reason"), self._label(case))
        if case.holder:
            yield _fact("case.fact.holder", person_name(case.holder, roster))
        if case.look_again_on:
            yield _fact("case.fact.look_again", case.look_again_on)
        if wants_call(case):
            yield Fact(text("case.fact.missing"), text("case.call_first"))
            yield from steps_to_call(case, pack, language)
        if wants_number(case, pack):
            yield Fact(text("case.fact.number"), text("case.number_missing"))
        steps = pack.checklist.steps
        done = ", ".join(step.id for step in steps if step.id in case.ticked)
        todo = "; ".join(f"{step.id}. {step.title.in_(language)}" for step in steps if step.id not in case.ticked)
        yield _fact("case.fact.done", done or "–")
        yield _fact("case.fact.todo", todo or "–")

    async def _others(self, case: Case, person: Person) -> list[Case]:
        """Return the other cases of the same person that the reader may know of (R22): the rest are not counted."""
        found = [await self._book.read(other) for other in await self._store.cases.of_author(case.id, LINKED)]
        return [other for other in found if other is not None and self._may_see(other, person)]

    async def _kin(self, case: Case, person: Person, others: list[Case], language: str) -> list[Fact]:
        facts: list[Fact] = []
        if others and case.author_account:
            codes = ", ".join(other.code for other in others[:5])
            facts.append(Fact(text("case.fact.same"), text("case.same", count=len(others), codes=codes)))
        parent = await self._book.read(case.belongs_to) if case.belongs_to else None
        if parent is not None and self._may_see(parent, person):
            facts.append(_fact("case.fact.belongs_to", parent.code))
        before = sum(other.standing.decision is EventKind.CONFIRMED for other in others)
        level = suggested(case, self._pack, before)
        if level is not None and level.steps:
            words = "; ".join(step.in_(language) for step in level.steps)
            facts.append(
                Fact(text("case.fact.suggested"), text("case.suggested", level=level.title.in_(language), steps=words))
            )
        elif level is not None:
            facts.append(Fact(text("case.fact.suggested"), text("case.no_steps", level=level.title.in_(language))))
        return facts

    def _buttons(self, case: Case, person: Person, platform: Platform) -> Iterator[Verb]:
        roster = self._book.roster
        for verb, kind in _WORK.items():
            fits = may_ask_removal(case.events) if verb is Verb.REMOVAL else case.allows(kind)
            if verb in _ABLE:
                fits = fits and _ABLE[verb] in platform.capabilities and bool(case.author_account)
            if verb in (Verb.JUDGE, Verb.CLAIM):
                fits = fits and case.may_be_decided_by(person.key, roster)
            if verb is Verb.CLAIM:
                fits = fits and case.holder != person.key
            if verb is Verb.CALLED:
                fits = fits and case.judgement.severity >= Severity.HIGH
            if fits and (case.kind is CaseKind.FLAG or verb in _REVIEW):
                yield verb
        yield Verb.NOTES
        if case.reports:
            yield from (Verb.OPEN, Verb.REPORTER)

    async def _notes(self, case: Case) -> Card:
        """Return what people wrote beside what they did."""
        roster = self._book.roster
        notes = [
            written_note(event.at, person_name(event.person or "–", roster), words)
            for event, why, note in await self._store.cases.reasons(case.id)
            for words in (why, note)
            if words
        ]
        return notes_card(notes)


def _fact(label: str, value: str) -> Fact:
    return Fact(text(label), text("plain", value=value))
