"""Who is asked and told about a site's channels: whom the approval belongs to, who is here, whatever is silent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.alerts.errands import TRIES, Errands
from bot.domain.channels import ChannelStatus, RegisteredChannel
from bot.domain.comments import ChannelRef
from bot.interface.cards import Card
from bot.platform.protocol import ChannelFacts, Outsiders, SeenChannel
from bot.registry.announcing import ACCESS, Announcer
from bot.store import open_store
from bot.store.schema import outbox
from tests.alerts.school import ROSTER, SITE, School
from tests.platforms.recorder import Recorder
from tests.store.examples import ROOM, room

DAY = 24 * 60
ROUNDS = 2 * TRIES + 1
ON_SLACK = ChannelRef("slack", "T1", "C1")
OPEN = ChannelFacts("room", (Outsiders.EVERYONE,), frozenset({"@principal"}), ())
LEAVE = ((date(2026, 1, 1), date(2027, 1, 1)),)


class Told(School):
    """A school on two platforms whose people are told of its channels; `boss` is the district's administrator."""

    async def open(self) -> Told:
        people = {
            key: replace(one, accounts={**one.accounts, "slack": f"@{key}"}) for key, one in ROSTER.people.items()
        }
        people["boss"] = replace(people["coach"], key="boss", name="Bo Boss", accounts={"discord": "@boss"})
        sites = {"lincoln": replace(SITE, channels=(ROOM.ref, ON_SLACK))}
        district = replace(ROSTER.district, administrators=("boss",))
        self.roster = replace(ROSTER, district=district, people=people, sites=sites)
        self.slack = Recorder("slack")
        await super().open()
        platforms = {"discord": self.discord, "slack": self.slack}
        self.announcer = Announcer(self.store, platforms, self.book, self.clock)
        self.errands = Errands(self.store, self.clock, self.announcer.carriers)
        return self

    async def away(self, *people: str) -> None:
        found = {key: replace(one, away=LEAVE if key in people else ()) for key, one in self.roster.people.items()}
        await self.store.registry.replace(replace(self.roster, people=found))

    async def put(self, channel: RegisteredChannel, **parts: Any) -> int:
        return await self.store.channels.save(replace(channel, site="lincoln", **parts))

    async def next_day(self) -> None:
        """Let a day pass, long enough for the look and then for what it found to be tried to the end."""
        await self.announcer.begin_days()
        for _ in range(ROUNDS):
            await self.settle(minutes=DAY / ROUNDS)

    def asked(self) -> list[tuple[str, str, Card]]:
        """Whom an approval was asked of, by which title."""
        return [
            ((shown.to.person or "").lstrip("@"), shown.card.title.key, shown.card)
            for shown in self.all()
            if shown.card.buttons
        ]

    def concerned(self, person: str) -> list[Card]:
        return [card for card in self.cards(person) if card.title.key == "check.title"]


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Told]:
    async with open_store(home=tmp_path) as store:
        school = await Told(store).open()
        await school.put(ROOM, approval_confirmed_on=ROOM.approved_on)
        # On the register and not watched: Slack is asked only which channels there are.
        slack = replace(ROOM, ref=ON_SLACK, status=ChannelStatus.PENDING)
        await school.put(slack, approval_confirmed_on=ROOM.approved_on)
        yield school


async def test_whoever_is_on_leave_is_asked_and_told_after_everybody_else(told: Told) -> None:
    await told.away("principal")
    told.discord.facts = OPEN
    await told.put(room("13"), approved_by="principal", approval_confirmed_on=None)
    await told.next_day()
    assert [person for person, *_ in told.asked()] == ["assistant"]
    assert len(told.concerned("assistant")) == 1
    assert told.concerned("principal") == []


async def test_when_everybody_is_on_leave_the_administrator_is_told_all_the_same(told: Told) -> None:
    await told.away("principal", "assistant", "local-district", "boss")
    told.discord.facts = OPEN
    await told.next_day()
    assert len(told.concerned("principal")) == 1


async def test_nobody_is_asked_for_an_approval_who_may_not_give_it(told: Told) -> None:
    told.discord.refuses = {"@principal", "@assistant"}
    told.discord.facts = OPEN
    await told.put(room("13"), approved_by="local-district", approval_confirmed_on=None)
    await told.next_day()
    assert [person for person, *_ in told.asked()] == ["boss"]
    assert len(told.concerned("local-district")) == 1, "concerns are for the supervisor, too"


@pytest.mark.parametrize(
    ("named", "refuses", "person", "line"),
    [
        ("principal", set(), "principal", "register.attested"),
        ("assistant", set(), "assistant", "register.attested"),
        ("boss", set(), "boss", "register.attested"),
        ("assistant", {"@assistant"}, "principal", "register.attested_by"),
        ("local-district", set(), "principal", "register.attested_by"),
        ("nobody-here", set(), "principal", "register.attested_by"),
    ],
)
async def test_an_attested_approval_is_confirmed_by_whom_it_names_and_else_by_whoever_is_told_the_name(
    told: Told, named: str, refuses: set[str], person: str, line: str
) -> None:
    told.discord.refuses = refuses
    await told.put(room("13"), approved_by=named, approval_confirmed_on=None)
    await told.next_day()
    ((asked, title, card),) = told.asked()
    assert (asked, title, card.lines[0].key) == (person, "register.confirm", line)
    if line == "register.attested_by":
        name = told.roster.people[named].name if named in told.roster.people else named
        assert card.lines[0].params["who"] == name


async def test_one_silent_platform_holds_back_nothing_that_another_says(told: Told) -> None:
    told.discord.facts = OPEN
    told.discord.seen = (SeenChannel(room("14").ref, "secret-fan-club"),)
    told.slack.failures = 10_000
    await told.next_day()
    (card,) = told.concerned("principal")
    assert [fact.value.key for fact in card.facts] == ["check.open_to"]
    assert [line.params["channels"] for line in card.lines] == ["secret-fan-club"]
    assert len([row for row in await told.rows(outbox) if row.kind == ACCESS]) == 1


async def test_what_was_told_before_a_platform_fell_silent_is_told_once(told: Told) -> None:
    told.slack.seen = (SeenChannel(replace(ON_SLACK, channel="C2"), "chess-club"),)
    counts = []
    for failures in (0, 10_000, 0, 0):
        told.slack.failures = failures
        await told.next_day()
        counts.append(len(told.concerned("principal")))
    assert counts == [1, 1, 1, 1], "what a silent platform keeps from us stands, and is not told again"


async def test_concerns_wait_for_a_platform_that_fell_silent_before_they_were_told(told: Told) -> None:
    told.slack.seen = (SeenChannel(replace(ON_SLACK, channel="C2"), "chess-club"),)
    told.discord.refuses = {f"@{person}" for person in told.roster.people}
    told.slack.refuses = told.discord.refuses
    await told.next_day()
    told.discord.refuses = told.slack.refuses = set()
    told.slack.failures = 10_000
    await told.settle(minutes=60)
    assert told.concerned("principal") == []
    told.slack.failures = 0
    await told.settle(minutes=60)
    assert len(told.concerned("principal")) == 1


async def test_channels_beyond_a_cards_room_are_counted_and_their_changes_are_told(told: Told) -> None:
    told.discord.facts = OPEN
    last = date(2026, 8, 17)
    for number in range(20, 31):
        await told.put(room(str(number)), name=f"room-{number}", approval_confirmed_on=last)
    await told.next_day()
    (card,) = told.concerned("principal")
    assert (len(card.facts), card.lines[0].key, card.lines[0].params["count"]) == (10, "check.more", 2)
    await told.put(room("31"), name="room-31", approval_confirmed_on=last, parents_notified_on=date(2025, 1, 1))
    for _ in range(2):
        await told.next_day()
    counts = [card.lines[0].params["count"] for card in told.concerned("principal")]
    assert counts == [2, 3]


async def test_another_sentence_about_a_channel_that_is_only_counted_is_told(told: Told) -> None:
    told.discord.facts = OPEN
    for number in range(20, 31):
        await told.put(room(str(number)), name=f"room-{number}", approval_confirmed_on=date(2026, 8, 17))
    await told.next_day()
    late = {"approval_confirmed_on": date(2026, 8, 17), "parents_notified_on": date(2025, 1, 1)}
    await told.put(room("30"), name="room-30", **late)
    await told.next_day()
    assert [card.lines[0].params["count"] for card in told.concerned("principal")] == [2, 2]
