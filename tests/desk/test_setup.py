"""The page that shows how a site is set up: complete, within one card, honest about what is wrong, for deciders."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.alerts.contacts import MAIL
from bot.desk.desk import Desk
from bot.desk.setup import Setup
from bot.domain.categories import Severity
from bot.domain.channels import ChannelStatus
from bot.domain.comments import ChannelRef
from bot.domain.roster import EvidencePermission, LadderStep, Person, Roster, Site
from bot.interface.cards import Card
from bot.interface.texts import LANGUAGES
from bot.store import open_store
from tests.alerts.school import ROSTER, SITE, School, words
from tests.store.examples import ROOM, room

SHORT = timedelta(minutes=30)


class Office(School):
    """A school whose desk shows how it is set up."""

    async def page(
        self, person: str = "principal", outlets: tuple[str, ...] = ("discord",), language: str = "en"
    ) -> Card:
        self.desk = Desk((Setup(self.store, self.clock, self.book, outlets),))
        await self.command(person, "setup", language=language)
        return self.discord.answers[-1][1]

    async def shown(
        self, person: str = "principal", outlets: tuple[str, ...] = ("discord",), language: str = "en"
    ) -> str:
        return words(await self.page(person, outlets, language), language)

    async def change(self, site: Site | None = None, **people: Person) -> None:
        roster = Roster(ROSTER.district, {**ROSTER.people, **people}, {"lincoln": site or SITE})
        await self.store.registry.replace(roster)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_store(home=tmp_path) as store:
        opened = await Office(store).open()
        assert isinstance(opened, Office)
        await store.channels.save(replace(ROOM, site="lincoln", approval_confirmed_on=date(2026, 8, 17)))
        yield opened


async def test_it_shows_people_ladder_hours_and_channels(office: Office) -> None:
    rungs = (LadderStep("principal", SHORT), LadderStep("assistant", 4 * SHORT, frozenset({Severity.CRITICAL})))
    site = replace(SITE, ladder=rungs, day_closes_at=time(14, 45), duty_days=frozenset({0, 4}))
    await office.change(replace(site, evidence_permission=EvidencePermission.STANDING))
    told = await office.shown()
    assert "Ana Pryce, site administrator\nDiscord" in told
    assert "Sam Keeper, safety contact" in told
    assert "Ana Pryce (has 30 minutes), then Benito Soto (has 2 hours; only Critical)" in told
    assert "closes at 14:45, to be signed off by 18:00 (America/Los_Angeles)" in told
    assert "Monday, Friday" in told
    assert "the operator's site file says that the site administrator has permitted opening it" in told
    assert "#room-12\nwatched" in told
    assert "Nothing is missing." in told


@pytest.mark.parametrize("person", ["teacher", "coach", "nobody"])
async def test_it_is_for_those_who_decide(office: Office, person: str) -> None:
    assert (await office.page(person)).title.key == "desk.not_for_you"


async def test_no_address_and_no_account_is_shown(office: Office) -> None:
    mailed = replace(ROSTER.people["principal"], email="ana@example.org")
    await office.change(principal=mailed)
    told = await office.shown(outlets=("discord", MAIL))
    assert "Discord, e-mail" in told
    assert "ana@" not in told
    assert "@principal" not in told


async def test_who_can_only_be_reached_elsewhere_cannot_be_reached_here(office: Office) -> None:
    mailed = Person("assistant", "Benito Soto", email="b@example.org")
    await office.change(assistant=mailed)
    assert "The bot cannot reach Benito Soto" in await office.shown()
    assert "The bot cannot reach" not in await office.shown(outlets=("discord", MAIL))


@pytest.mark.parametrize(
    ("site", "wrong"),
    [
        (replace(SITE, ladder=()), "There is no ladder"),
        (replace(SITE, ladder=(LadderStep("principal"),)), "Only one person is on the ladder"),
        (replace(SITE, ladder=(LadderStep("principal"), LadderStep("principal"))), "Only one person is on the ladder"),
        (replace(SITE, ladder=(LadderStep("ghost"), LadderStep("wraith"))), "Nobody on the ladder can be reached"),
    ],
)
async def test_a_ladder_that_would_fail_is_named(office: Office, site: Site, wrong: str) -> None:
    await office.change(site)
    card = await office.page()
    assert wrong in words(card)
    assert card.severity is Severity.MEDIUM
    assert "Nothing is missing" not in words(card)


async def test_everybody_away_is_named_with_their_days(office: Office) -> None:
    today = office.clock().date()
    span = (today - timedelta(days=1), today + timedelta(days=3))
    long_ago = (today - timedelta(days=40), today - timedelta(days=30))
    away = {key: replace(ROSTER.people[key], away=(long_ago, span)) for key in ("principal", "assistant")}
    await office.change(None, **away)
    told = await office.shown()
    assert "Everybody on the ladder who can be reached is away today." in told
    assert f"away from {span[0]} to {span[1]}" in told
    assert str(long_ago[0]) not in told


async def test_channels_say_what_they_wait_for(office: Office) -> None:
    for one in (
        replace(room("13"), name="room-13", site="lincoln", parents_notified_on=None),
        replace(room("14"), name="room-14", site="lincoln", status=ChannelStatus.SUSPENDED),
        replace(room("15"), name="room-15", site="lincoln", approved_on=date(2025, 8, 1)),
        replace(room("16"), name="room-16", site="lincoln"),
        replace(room("17"), name="room-17", site="elsewhere"),
        replace(room("18"), name="room-18", site="lincoln", status=ChannelStatus.CLOSED),
    ):
        await office.store.channels.save(one)
    told = await office.shown()
    assert "#room-13\nnot read yet, still missing: the day parents were notified" in told
    assert "#room-14\nsuspended" in told
    assert "#room-15\nwatched, but not renewed for 2026-27" in told
    assert "Not renewed for the school year 2026-27: room-15 (1)." in told
    assert "#room-16\nwatched; its approval is still to be confirmed" in told
    assert "room-17" not in told
    assert "room-18" not in told


async def test_nothing_watched_is_said(office: Office) -> None:
    await office.store.channels.save(replace(ROOM, site="lincoln", status=ChannelStatus.PENDING))
    assert "No channel is watched yet." in await office.shown()


async def test_the_shared_channel_is_named(office: Office) -> None:
    await office.change(replace(SITE, alert_channel=ChannelRef("discord", "900", "77")))
    assert "Alerts go to\n#77" in await office.shown()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_large_school_still_fits_every_platform(office: Office, language: str) -> None:
    staff = {f"t{number}": Person(f"t{number}", f"Teacher {number}") for number in range(60)}
    rungs = tuple(LadderStep(key) for key in list(staff)[:15])
    await office.change(replace(SITE, staff=tuple(staff), ladder=rungs), **staff)
    for number in range(40):
        await office.store.channels.save(replace(room(f"c{number}"), name=f"class-{number}", site="lincoln"))
    card = await office.page(language=language)
    assert len(card.facts) <= 25
    assert len(words(card, language)) < 6000
    assert len(card.lines) <= 10


async def test_other_schools_are_named_and_the_channels_own_comes_first(office: Office) -> None:
    other = replace(SITE, key="adams", name="Adams Middle School", channels=())
    here = replace(SITE, channels=(ROOM.ref,))
    await office.store.registry.replace(Roster(ROSTER.district, ROSTER.people, {"adams": other, "lincoln": here}))
    told = await office.shown()
    assert told.startswith("Lincoln High School: how it is set up")
    assert "Your other schools: Adams Middle School." in told
