"""A person's own page: everything that waits for them and nothing that they may not know of, drawn anew each time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.desk.caseview import CaseView
from bot.desk.desk import Desk
from bot.desk.home import Home
from bot.desk.reporting import Reporting
from bot.desk.signing import Signing
from bot.domain.categories import Severity
from bot.domain.channels import ChannelStatus
from bot.domain.comments import Author
from bot.interface.cards import Button, Card, Verb
from bot.interface.texts import LANGUAGES
from bot.platform.capabilities import Capability
from bot.platform.events import ButtonPressed, CommandUsed, FormSubmitted, HomeOpened
from bot.store import open_store
from tests.alerts.school import judged, words
from tests.daily.school import PACK, DailySchool, local, ref, roster_with
from tests.intake.history import Clock
from tests.store.examples import ROOM, flagged
from tests.store.raid import raid


class Campus(DailySchool):
    """A school on a platform where everybody has a page."""

    async def start(self) -> None:
        self.campus.capabilities = frozenset({Capability.HOME_PAGE})
        await super().start()
        cases = CaseView(self.store, PACK, self.clock, self.book)
        home = Home(self.store, PACK, self.clock, self.book, views=self.teller.views, cases=cases)
        signing = Signing(self.store, self.clock, self.book, self.teller.views)
        self.desk = Desk((Reporting(self.store, PACK, self.clock), cases, signing, home))

    async def opened(self, person: str, language: str = "en") -> tuple[Card, ...]:
        self.campus.homes.clear()
        await self.desk.handle(HomeOpened(Author(f"@{person}", person), language), self.campus)
        return self.campus.homes[f"@{person}"]

    async def page(self, person: str, language: str = "en") -> str:
        return "\n\n".join(words(card, language) for card in await self.opened(person, language))

    async def flag(self, room: str = "12", author: str = "77", severity: Severity = Severity.HIGH) -> None:
        seen = await self.say(room, "hello")
        worse = replace(seen, author=Author(author), revision="2", edited_at=self.clock.now)
        decision = flagged(self.ids[room], worse)
        assert await self.store.record(replace(decision, judgement=judged(severity), at=self.clock.now))


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[Campus]:
    """A school on Friday morning with two watched channels."""
    async with open_store(home=tmp_path) as store:
        school = Campus(store, Clock(local(20, 9)), roster_with(), rooms=("12", "13"))
        await school.open()
        yield school


def keys(cards: tuple[Card, ...]) -> list[str]:
    return [card.title.key for card in cards]


async def test_an_administrator_sees_cases_channels_and_what_everybody_sees(school: Campus) -> None:
    await school.say("13")
    await school.flag()
    cards = await school.opened("principal")
    assert keys(cards) == ["queue.title", "home.today", "home.report", "netiquette.title"]
    told = await school.page("principal")
    assert "Lincoln High School: Fri 2026-11-20, so far" in told
    assert "#room-12\n1 comment, 1 read, 1 to decide" in told
    assert "#room-13\n1 comment, 1 read\n" in told


async def test_a_raid_pushes_a_critical_case_off_no_page_and_out_of_no_count(school: Campus) -> None:
    await school.flag(severity=Severity.CRITICAL)
    await raid(school.store, school.ids["12"], 300, at=school.clock.now + timedelta(hours=1))
    await raid(school.store, school.ids["13"], 250, at=school.clock.now - timedelta(days=1))
    (queue, *_) = await school.opened("principal")
    told = words(queue, "en")
    assert told.index("Critical") < told.index("Low")
    assert "541 more" in told
    told = await school.page("principal")
    assert "#room-12\n1 comment, 1 read, 301 to decide" in told
    assert "#room-13\n0 comments, 0 read, 250 to decide" in told


async def test_the_page_is_drawn_anew_each_time(school: Campus) -> None:
    assert "#room-12\n0 comments, 0 read" in await school.page("principal")
    await school.say("12")
    assert "#room-12\n1 comment, 1 read" in await school.page("principal")


async def test_unsigned_days_can_be_signed_from_it_by_those_who_may(school: Campus) -> None:
    await school.look(local(20, 15.25))
    unsigned = next(card for card in await school.opened("principal") if card.title.key == "daily.unsigned")
    assert [button.verb for button in unsigned.buttons] == [Verb.SIGNOFF]
    for person in ("local-district", "safety-office", "teacher"):
        assert "daily.unsigned" not in keys(await school.opened(person))
    assert await school.press("principal", unsigned) == "daily.thanks"
    assert "daily.unsigned" not in keys(await school.opened("assistant"))


@pytest.mark.parametrize("person", ["principal", "assistant"])
async def test_whoever_is_barred_neither_sees_nor_counts_the_case(school: Campus, person: str) -> None:
    await school.flag(author=f"@{person}", severity=Severity.CRITICAL)
    await school.look(local(20, 15.25))
    told = await school.page(person)
    assert "Nothing waits for you" in told
    assert "nothing flagged" in told
    for word in ("Critical", "to decide", "https://"):
        assert word not in told
    other = "assistant" if person == "principal" else "principal"
    assert "Critical" in await school.page(other)


async def test_a_teacher_sees_their_own_channels_and_no_case(school: Campus) -> None:
    await school.flag()
    waiting = replace(ROOM, ref=ref("14"), name="room-14", site="lincoln", status=ChannelStatus.PENDING, grades=None)
    await school.store.channels.save(waiting)
    closed = replace(waiting, ref=ref("15"), name="room-15", status=ChannelStatus.CLOSED)
    await school.store.channels.save(closed)
    cards = await school.opened("teacher")
    assert keys(cards) == ["home.yours", "home.report", "netiquette.title"]
    told = await school.page("teacher")
    assert "#room-14\nnot read yet, still missing: its grade band" in told
    assert told.index("#room-14") < told.index("#room-12"), "what needs a person stands first"
    assert "room-15" not in told
    assert "flagged" not in told
    assert "None yet." in await school.page("coach")


async def test_anybody_learns_how_to_report_and_how_far_their_own_reports_are(school: Campus) -> None:
    assert keys(await school.opened("77")) == ["home.report", "netiquette.title"]
    seen = await school.say("12")
    await school.desk.handle(CommandUsed(school.ask("77"), "report", {}, seen), school.campus)
    _, form = school.campus.forms.pop()
    filled = FormSubmitted(school.ask("77"), "report", form.token, {"what": "it hurts"})
    await school.desk.handle(filled, school.campus)
    told = await school.page("77")
    assert "Received: a person will look at it" in told
    assert "it hurts" not in told
    assert keys(await school.opened("78")) == ["home.report", "netiquette.title"], "nobody else's"


async def test_cases_can_be_opened_from_it(school: Campus) -> None:
    await school.flag()
    (queue, *_) = await school.opened("principal")
    (button,) = queue.buttons
    assert button == Button(Verb.CHOOSE, "queue")
    await school.desk.handle(ButtonPressed(school.ask("principal"), str(button.verb), button.token), school.campus)
    assert school.campus.forms[-1][1].name == "queue"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_speaks_the_persons_language(school: Campus, language: str) -> None:
    told = await school.page("teacher", language)
    assert {"en": "Channels that you look after", "es": "Canales a su cuidado"}[language] in told


async def test_before_the_first_day_there_are_states_and_no_numbers(tmp_path: Path) -> None:
    async with open_store(home=tmp_path) as store:
        school = Campus(store, Clock(datetime(2026, 11, 20, 9, tzinfo=UTC)), roster_with(), rooms=())
        await school.open()
        await store.channels.save(replace(ROOM, site="lincoln"))
        told = await school.page("principal")
    assert "Lincoln High School: channels" in told
    assert "#room-12\nwatched" in told


async def test_a_platform_without_pages_is_left_alone(school: Campus) -> None:
    school.campus.capabilities = frozenset()
    await school.desk.handle(HomeOpened(Author("@principal")), school.campus)
    assert school.campus.homes == {}
