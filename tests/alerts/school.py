"""A school with everybody it takes, its platform, deliverer and desk, on a real store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, select

from bot.alerts.contacts import outlets_of
from bot.alerts.delivery import Deliverer
from bot.alerts.errands import Errands
from bot.cases.aftermath import Aftermath
from bot.cases.book import CaseBook
from bot.cases.watching import PeopleWatch
from bot.desk.caseview import CaseView
from bot.desk.consequences import Consequences
from bot.desk.deciding import Deciding
from bot.desk.desk import Desk
from bot.desk.pages import Pages
from bot.desk.reporting import Reporting
from bot.desk.working import Working
from bot.domain.assessments import Finding, Judgement
from bot.domain.categories import Category, Severity
from bot.domain.comments import Author, Comment
from bot.domain.roster import District, EvidencePermission, LadderStep, Person, Roster, Site
from bot.evidence.notices import Notices
from bot.interface.cards import Card, Verb
from bot.interface.texts import Text, say
from bot.platform.capabilities import Capability
from bot.platform.events import ButtonPressed, CommandUsed, FormSubmitted, Interaction
from bot.platform.protocol import Outlet
from bot.policy.loader import load_pack
from bot.store import Store, schema
from tests.intake.history import Clock
from tests.platforms.recorder import Recorder, Shown
from tests.store.examples import ROOM, comment, flagged

PACK = load_pack("lausd")
SITE = Site(
    "lincoln",
    "Lincoln High School",
    "principal",
    designees=("assistant",),
    supervisor="local-district",
    staff=("teacher", "coach"),
    evidence_permission=EvidencePermission.PER_CASE,
    ladder=(LadderStep("principal"), LadderStep("assistant")),
)
PEOPLE = {
    "principal": Person("principal", "Ana Pryce", "Principal"),
    "assistant": Person("assistant", "Benito Soto", "Assistant Principal", language="es"),
    "local-district": Person("local-district", "Dev Director", "Director"),
    "safety-office": Person("safety-office", "Sam Keeper", "Safety"),
    "teacher": Person("teacher", "Carla Teach", "Teacher"),
    "coach": Person("coach", "Farid Run", "Coach"),
}
ROSTER = Roster(
    District("Example", safety_contact="safety-office"),
    {key: replace(person, accounts={"discord": f"@{key}"}) for key, person in PEOPLE.items()},
    {"lincoln": SITE},
)
STUDENT = Author("77", "Pat Example")


def judged(severity: Severity = Severity.HIGH, category: Category = Category.HARASSMENT, **parts: Any) -> Judgement:
    finding = Finding("rules", category, 0, 3, 0.9, "words that announce harm")
    given: dict[str, Any] = {"rule": str(category), "clause": "BUL-5688.1 II.6", "findings": (finding,)}
    return Judgement(severity, (category,), **(given | parts))


THREAT = judged(Severity.CRITICAL, Category.THREAT)


@dataclass
class School:
    """What a test needs of a school; `discord` is its only platform unless a test says otherwise."""

    store: Store
    roster: Roster = ROSTER
    clock: Clock = field(default_factory=Clock)
    mail: Outlet | None = None
    discord: Recorder = field(default_factory=lambda: Recorder("discord", Capability.REMOVE_COMMENT))

    async def open(self) -> School:
        await self.store.registry.replace(self.roster)
        self.channel = await self.store.channels.save(replace(ROOM, site="lincoln"))
        self.book = CaseBook(self.store, self.clock, PACK)
        platforms = {"discord": self.discord}
        self.deliverer = Deliverer(self.store, platforms, PACK, self.clock, book=self.book, mail=self.mail)
        self.watch = PeopleWatch(self.store, PACK, self.clock, platforms)
        aftermath = Aftermath(self.store, platforms, PACK, self.clock, self.book)
        notices = Notices(self.store, platforms, self.book, self.clock)
        carriers = {**self.deliverer.carriers, **aftermath.carriers, **notices.carriers}
        self.errands = Errands(self.store, self.clock, carriers)
        pages = Pages(self.store, PACK, self.book, self.clock)
        deciding = Deciding(self.store, PACK, self.clock, self.book, pages)
        work = (self.store, PACK, self.clock, self.book)
        counters = (pages, Reporting(self.store, PACK, self.clock), deciding)
        working = Working(*work, outlets_of(platforms, self.mail))
        self.desk = Desk((*counters, CaseView(*work), working, Consequences(*work)))
        await self.book.load()
        return self

    async def flag(self, judgement: Judgement | None = None, seen: Comment | None = None, **parts: Any) -> UUID:
        """Commit a flag as intake does; return its case."""
        seen = seen or comment(len(await self.rows(schema.flags)) + 1, parts.pop("text", "bad words"), **parts)
        decision = flagged(self.channel, seen)
        assert await self.store.record(replace(decision, judgement=judgement or judged(), at=self.clock()))
        found: UUID = next(row.id for row in await self.rows(schema.flags) if row.comment == seen.ref.comment)
        return found

    async def settle(self, minutes: float = 0) -> int:
        """Let time pass, and carry out what is due."""
        self.clock.forward(minutes=minutes)
        return await self.errands.carry_out_due(self.clock())

    async def flagged(self, *given: Any, **parts: Any) -> UUID:
        case = await self.flag(*given, **parts)
        await self.settle()
        return case

    def ask(self, person: str, language: str = "en") -> Interaction:
        return Interaction(Author(f"@{person}", person), ROOM.ref, "handle", language)

    async def press(self, person: str, verb: Verb, case: UUID) -> None:
        await self.desk.handle(ButtonPressed(self.ask(person), str(verb), case.hex), self.discord)

    async def submit(self, person: str, form: str, token: str, **values: str) -> None:
        await self.desk.handle(FormSubmitted(self.ask(person), form, token, values), self.discord)

    async def command(
        self, person: str, name: str, about: Comment | None = None, language: str = "en", said: str = ""
    ) -> None:
        options = {"text": said} if said else {}
        await self.desk.handle(CommandUsed(self.ask(person, language), name, options, about), self.discord)

    def cards(self, person: str) -> list[Card]:
        """What stands before a person now."""
        return [shown.card for shown in self.all() if shown.to.person == f"@{person}"]

    def all(self) -> list[Shown]:
        return list(self.discord.shown.values())

    def told(self) -> list[str]:
        return [(shown.to.person or "alert channel").lstrip("@") for shown in self.all()]

    def answer(self, language: str = "en") -> str:
        """The last answer, as words."""
        return words(self.discord.answers[-1][1], language)

    async def rows(self, table: Table) -> list[Row[Any]]:
        async with self.store._engine.connect() as connection:
            return list(await connection.execute(select(table)))

    async def events(self, case: UUID) -> list[str]:
        stored = await self.store.cases.read(case)
        assert stored is not None
        return [str(event.kind) for event in stored.events]


def words(card: Card, language: str = "en") -> str:
    """Everything that a card says."""
    texts: list[Text] = [*card.urgent, card.title, *card.lines]
    texts += [part for fact in card.facts for part in (fact.label, fact.value)]
    said = [say(one, language) for one in texts]
    return "\n".join([*said, card.quote.text if card.quote else "", card.link or ""])


def verbs(card: Card) -> set[Verb]:
    return {button.verb for button in card.buttons}
