"""What endangers evidence or an official account reaches the district the same day, and once (R34)."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text

from bot.alerts.errands import Errands
from bot.domain.comments import ChannelRef
from bot.domain.roster import District, Roster
from bot.errors import PlatformError
from bot.interface.cards import Card
from bot.platform.protocol import ChannelFacts, Outlet, Outsiders
from bot.records.security import Security
from bot.registry.announcing import Announcer
from bot.store import Store, schema
from tests.alerts.school import ROSTER, SITE, School
from tests.platforms.recorder import Recorder
from tests.store.examples import ROOM

DAY = 24 * 60.0
OPEN = ChannelFacts("room", (Outsiders.EVERYONE,), frozenset({"@someone"}), ("read history",))
WELL = ChannelFacts("room", (), frozenset({"@principal"}), ())


class Watched(School):
    """A school whose security is looked after, and a way to change its database behind the program's back."""

    async def open(self) -> Watched:
        self.roster = replace(self.roster, sites={"lincoln": replace(SITE, channels=(ROOM.ref,))})
        await super().open()
        outlets: dict[str, Outlet] = {"discord": self.discord} | (
            {} if self.mail is None else {self.mail.name: self.mail}
        )
        self.announcer = Announcer(self.store, {"discord": self.discord}, self.book, self.clock)
        self.security = Security(self.store, outlets, self.book, self.announcer, self.clock)
        self.errands = Errands(self.store, self.clock, {**self.announcer.carriers, **self.security.carriers})
        return self

    async def next_day(self) -> None:
        await self.announcer.begin_days()
        await self.security.verify()
        await self.settle(minutes=DAY)

    async def spoil(self) -> None:
        async with self.store._engine.begin() as connection:
            await connection.execute(text("UPDATE snapshots SET ciphertext = wrapped_key"))

    async def slip_in(self) -> None:
        """Put a copy of a sealed comment among the evidence, of which the log knows nothing."""
        async with self.store._engine.begin() as connection:
            row = (await connection.execute(select(schema.snapshots))).mappings().first()
            assert row is not None
            await connection.execute(insert(schema.snapshots).values({**row, "id": uuid4()}))

    def news(self, person: str, about: str) -> list[Card]:
        return [card for card in self.cards(person) if card.title.key == about]


@pytest.fixture
async def watched(store: Store) -> Watched:
    return await Watched(store).open()


async def test_a_log_that_is_whole_is_told_to_nobody(watched: Watched) -> None:
    await watched.flag()
    for _ in range(2):
        await watched.next_day()
    assert watched.news("safety-office", "security.log") == []


async def test_evidence_changed_behind_the_programs_back_is_told_the_same_day_and_once(watched: Watched) -> None:
    await watched.flag()
    await watched.next_day()
    await watched.spoil()
    for _ in range(3):
        await watched.next_day()
    (card,) = watched.news("safety-office", "security.log")
    assert dict(card.urgent[0].params) == {"count": 1, "number": "1"}
    await watched.flag(text="more bad words")
    await watched.spoil()
    await watched.next_day()
    assert len(watched.news("safety-office", "security.log")) == 2, "what is found anew is told anew"


async def test_evidence_slipped_in_is_told_once_however_the_log_grows(watched: Watched) -> None:
    await watched.flag()
    await watched.slip_in()
    for _ in range(3):
        await watched.next_day()
        await watched.flag(text="more bad words")
    assert len(watched.news("safety-office", "security.log")) == 1


async def test_when_the_safety_contact_cannot_be_reached_an_administrator_of_the_district_is_told(
    store: Store,
) -> None:
    district = District("Example", safety_contact="safety-office", administrators=("local-district",))
    watched = await Watched(store, Roster(district, ROSTER.people, ROSTER.sites)).open()
    watched.discord.refuses = {"@safety-office"}
    await watched.flag()
    await watched.spoil()
    await watched.next_day()
    assert len(watched.news("local-district", "security.log")) == 1


async def test_where_nobody_at_the_district_can_be_reached_it_is_tried_again(watched: Watched) -> None:
    watched.discord.refuses = {"@safety-office"}
    await watched.flag()
    await watched.spoil()
    await watched.next_day()
    watched.discord.refuses = set()
    await watched.settle(minutes=20)
    assert len(watched.news("safety-office", "security.log")) == 1


async def test_lost_access_reaches_the_school_and_the_district_once(watched: Watched) -> None:
    watched.discord.facts = OPEN
    for _ in range(3):
        await watched.next_day()
    (card,) = watched.news("safety-office", "security.access")
    assert [fact.value.key for fact in card.facts] == ["check.open_to", "check.missing", "check.no_administrator"]
    assert len(watched.news("principal", "check.title")) == 1


async def test_what_was_put_right_before_the_district_was_reached_is_not_told(watched: Watched) -> None:
    watched.discord.facts, watched.discord.refuses = OPEN, {"@safety-office"}
    await watched.next_day()
    watched.discord.facts, watched.discord.refuses = WELL, set()
    await watched.settle(minutes=20)
    assert watched.news("safety-office", "security.access") == []


async def test_what_comes_back_is_told_again(watched: Watched) -> None:
    watched.discord.facts = OPEN
    await watched.next_day()
    watched.discord.facts = WELL
    await watched.next_day()
    watched.discord.facts = OPEN
    for _ in range(2):
        await watched.next_day()
    assert len(watched.news("safety-office", "security.access")) == 2
    assert len(watched.news("principal", "check.title")) == 2


async def test_what_was_put_right_unseen_is_told_when_it_comes_back(watched: Watched) -> None:
    watched.discord.facts, watched.discord.refuses = OPEN, {"@safety-office"}
    await watched.next_day()
    watched.discord.facts, watched.discord.refuses = WELL, set()
    await watched.settle(minutes=20)
    watched.discord.facts = OPEN
    await watched.next_day()
    assert len(watched.news("safety-office", "security.access")) == 1


async def test_news_of_a_platform_that_does_not_answer_wait_until_it_does(watched: Watched) -> None:
    watched.discord.facts = OPEN
    await watched.announcer.begin_days()
    await watched.errands.carry_out_due(watched.clock())
    assert len(watched.news("safety-office", "security.access")) == 1
    watched.discord.facts = replace(OPEN, open_to=())
    await watched.announcer.begin_days()
    watched.clock.forward(days=1)
    await watched.announcer.begin_days()
    inspect, watched.discord.refuses = watched.discord.inspect, {"@safety-office", "@principal", "@assistant"}
    await watched.errands.carry_out_due(watched.clock())
    watched.discord.inspect = unanswered  # type: ignore[method-assign]
    for _ in range(10):
        await watched.settle(minutes=16)
    watched.discord.inspect, watched.discord.refuses = inspect, set()  # type: ignore[method-assign]
    await watched.settle(minutes=16)
    assert len(watched.news("safety-office", "security.access")) == 2


async def unanswered(channel: ChannelRef) -> ChannelFacts:
    raise PlatformError("The platform did not answer.")


async def test_the_district_is_told_by_mail_where_that_is_the_only_way(store: Store) -> None:
    keeper = replace(ROSTER.people["safety-office"], accounts={}, email="sam@example.org")
    watched = Watched(store, replace(ROSTER, people={**ROSTER.people, "safety-office": keeper}))
    watched.mail = mail = Recorder("mail")
    await watched.open()
    watched.discord.facts = OPEN
    await watched.next_day()
    assert [shown.card.title.key for shown in mail.shown.values()] == ["security.access"]
