"""Posting the guidelines in a channel: who is offered it, who may, and that one press posts once (R32)."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.desk.desk import Desk
from bot.desk.welcoming import Welcoming
from bot.domain.comments import Author, ChannelRef
from bot.interface.cards import Card, Verb
from bot.platform.capabilities import Capability
from bot.platform.events import ButtonPressed, CommandUsed, Interaction
from bot.registry.announcing import Announcer
from bot.store import Store
from tests.alerts.school import PACK, ROSTER, SITE, School
from tests.platforms.recorder import Recorder
from tests.store.examples import ROOM


class Hall(School):
    """A school with one watched channel, and the desk that shows its guidelines."""

    async def open(self) -> Hall:
        self.roster = replace(ROSTER, sites={"lincoln": replace(SITE, channels=(ROOM.ref,))})
        await super().open()
        self.row = await self.store.channels.save(replace(ROOM, site="lincoln"))
        self.connect(Recorder("discord", Capability.PIN))
        return self

    def connect(self, platform: Recorder) -> None:
        self.discord = platform
        announcer = Announcer(self.store, {"discord": platform}, self.book, self.clock)
        self.desk = Desk((Welcoming(self.store, PACK, self.clock, self.book, announcer),))

    def at(self, person: str, where: ChannelRef = ROOM.ref) -> Interaction:
        return Interaction(Author(f"@{person}"), where, "handle")

    async def shown(self, person: str, where: ChannelRef = ROOM.ref) -> Card:
        await self.desk.handle(CommandUsed(self.at(person, where), "netiquette", {}), self.discord)
        return self.discord.answers[-1][1]

    async def post(self, person: str, token: str | None = None) -> str:
        press = ButtonPressed(self.at(person), Verb.POST_NETIQUETTE, str(self.row) if token is None else token)
        await self.desk.handle(press, self.discord)
        return self.discord.answers[-1][1].title.key

    def posted(self) -> list[str]:
        """The languages of what stands in the channel."""
        return [shown.language for shown in self.discord.shown.values() if shown.to.channel == ROOM.ref]


@pytest.fixture
async def hall(store: Store) -> Hall:
    return await Hall(store).open()


def verbs(card: Card) -> list[Verb]:
    return [button.verb for button in card.buttons]


@pytest.mark.parametrize("person", ["teacher", "assistant", "principal"])
async def test_who_works_here_is_offered_to_post_it(hall: Hall, person: str) -> None:
    assert verbs(await hall.shown(person)) == [Verb.NETIQUETTE, Verb.POST_NETIQUETTE]


async def test_nobody_else_is_offered_it_nor_anybody_in_another_channel(hall: Hall) -> None:
    assert verbs(await hall.shown("a student")) == [Verb.NETIQUETTE]
    assert verbs(await hall.shown("teacher", replace(ROOM.ref, channel="777"))) == []


async def test_a_press_posts_it_in_the_districts_languages_and_pins_it(hall: Hall) -> None:
    assert await hall.post("teacher") == "netiquette.pinned"
    assert hall.posted() == [one for one in ("en", "es") if one in ROSTER.district.languages]
    assert len(hall.discord.pinned) == len(hall.posted())
    for shown in hall.discord.shown.values():
        assert verbs(shown.card) == [Verb.NETIQUETTE], "everybody may say there that they have read it"


async def test_a_press_is_checked_again(hall: Hall) -> None:
    assert await hall.post("a student") == "desk.not_for_you"
    away = replace(SITE, staff=(), channels=(ROOM.ref,))
    await hall.store.registry.replace(replace(hall.roster, sites={"lincoln": away}))
    assert await hall.post("teacher") == "desk.not_for_you"
    assert hall.posted() == []


async def test_two_presses_at_once_post_once_and_a_later_one_again(hall: Hall) -> None:
    await asyncio.gather(hall.post("teacher"), hall.post("principal"), hall.post("teacher"))
    once = len(hall.posted())
    assert once == len(ROSTER.district.languages)
    hall.clock.forward(minutes=0.9)
    assert await hall.post("principal") == "netiquette.just_posted"
    assert len(hall.posted()) == once
    hall.clock.forward(minutes=0.2)
    assert await hall.post("principal") == "netiquette.pinned"
    assert len(hall.posted()) == 2 * once


async def test_what_could_not_be_posted_may_be_pressed_again_at_once(hall: Hall) -> None:
    hall.discord.failures = 1
    assert await hall.post("teacher") != "netiquette.pinned"
    assert hall.posted() == []
    assert await hall.post("teacher") == "netiquette.pinned"


async def test_where_nothing_can_be_pinned_it_is_posted(hall: Hall) -> None:
    hall.connect(Recorder("discord"))
    assert await hall.post("teacher") == "netiquette.posted"
    assert hall.posted()
    assert hall.discord.pinned == []


async def test_a_channel_that_is_not_watched_any_more_gets_nothing(hall: Hall) -> None:
    await hall.store.channels.save(replace(ROOM, site="lincoln", notice_posted_on=None))
    assert await hall.post("teacher") == "desk.unknown"
    assert hall.posted() == []


@pytest.mark.parametrize("token", ["0", "999999", "-1", "x", "9" * 60])
async def test_a_button_of_no_channel_posts_nothing(hall: Hall, token: str) -> None:
    assert await hall.post("teacher", token) == "desk.unknown"
    assert hall.posted() == []
