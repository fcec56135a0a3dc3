"""The bot as a process on the local Discord: `python -m bot run` with the shipped model, through good and bad days."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.interface.texts import say, text
from tests.platforms.discord.child import Child
from tests.platforms.discord.interactions import DEADLINE, OPEN_MODAL
from tests.platforms.discord.seeing import all_words, buttons
from tests.platforms.discord_server import DiscordServer

pytestmark = pytest.mark.timeout(300)

CRUEL = "you are an idiot and everybody hates you"
INNOCENT = "see you at practice tomorrow"
TOLD = "He does this every day and she cries."


@pytest.fixture
async def discord() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


@pytest.fixture
async def child(discord: DiscordServer, tmp_path: Path) -> AsyncIterator[Child]:
    child = Child(discord, tmp_path)
    await child.start()
    yield child
    await child.close()


async def test_a_day_on_discord(child: Child) -> None:
    """Posted → alert; an old message edited → a new revision; deleted → evidence kept; reported → receipt and alert."""
    old = child.say("student", "class", INNOCENT, at=datetime.now(UTC) - timedelta(minutes=3))
    child.say("student", "class", CRUEL)
    card = await child.card("principal")
    assert say(text("category.harassment"), "en") in all_words(card) or CRUEL in all_words(card)
    assert {"acknowledge", "confirm", "dismiss"} <= buttons(card).keys()

    child.world.edit(old, f"{CRUEL}, you know")
    second = await child.card("principal", 2)
    assert "you know" in all_words(second)

    child.world.delete(old)
    await child.read(child.say("leader", "families", "Thank you all"))
    assert "you know" in all_words(second)
    assert child.rows("SELECT count(*) FROM flags WHERE comment = ?", str(old.id)) == [(1,)]

    said = child.say("parent", "families", "the meeting is on Tuesday")
    receipt = await child.report("leader", said, what=TOLD)
    assert re.search(r"R-[0-9A-Z]{6}", all_words(receipt))
    assert receipt.is_ephemeral
    third = await child.card("principal", 3)
    assert say(text("report.alert"), "en") in all_words(third)
    assert await child.stop() == 0, child.said()


async def test_buttons_and_forms_work_after_a_restart(child: Child) -> None:
    """The process ends and another starts → buttons of old cards work, and forms open within the deadline."""
    child.say("student", "class", CRUEL)
    card = await child.card("principal")
    await child.restart()
    await child.press("principal", "acknowledge", card).answered()
    await child.shows(card, "is on it")
    opened = await child.press("principal", "dismiss", card).answered()
    assert opened.kind == OPEN_MODAL
    assert opened.seconds is not None
    assert opened.seconds < DEADLINE
    await child.restart()
    await child.hands.submit(opened, {"reason": "A line from the play that the class reads."}).message()
    await child.shows(card, "dismissed it")
    assert len(child.cards("principal")) == 1


async def test_what_is_said_in_an_outage_is_read_once(child: Child, discord: DiscordServer) -> None:
    """Discord is away while 200 messages are posted → each is read, each once, and the cruel one is told once."""
    discord.gateway.forget()
    await discord.go_down()
    said = [child.say("student", "class", f"{INNOCENT}, number {number}") for number in range(199)]
    said.append(child.say("student", "class", CRUEL))
    await discord.come_back()
    for message in said:
        await child.read(message)
    card = await child.card("principal")
    assert CRUEL in all_words(card)
    read = child.times_read()
    assert {read[str(message.id)] for message in said} == {1}
    assert len(child.cards("principal")) == 1


async def test_a_line_that_drops_loses_nothing(child: Child, discord: DiscordServer) -> None:
    """The line drops and the session is resumed → what was posted meanwhile is read once, without reading history."""
    asked = len(discord.traffic.of("GET", "/messages"))
    for round_ in range(3):
        await discord.gateway.drop()
        said = child.say("student", "class", f"{INNOCENT}, round {round_}")
        await child.read(said)
    assert discord.gateway.resumed == 3
    assert discord.gateway.identified == 1
    assert len(discord.traffic.of("GET", "/messages")) == asked
    discord.gateway.ask_to_reconnect()
    child.say("student", "class", CRUEL)
    await child.card("principal")


async def test_a_storm_of_refusals_is_weathered(child: Child, discord: DiscordServer) -> None:
    """Discord answers 429 to everything for a while, then 500 → every alert still arrives, once."""
    discord.traffic.storm(12, retry_after=0.1)
    for number in range(5):
        child.say("student", "class", f"{CRUEL}, {number}")
    await child.card("principal", 5)
    discord.traffic.storm(3, retry_after=0.2, everywhere=True)
    discord.traffic.fault("/messages", method="POST", status=500, times=2)
    discord.traffic.fault("/messages", method="POST", cut=True, after=True)
    child.say("student", "class", f"{CRUEL}, the last")
    await child.card("principal", 6)
    await child.read(child.say("leader", "families", "Thank you all"))
    assert discord.traffic.refused >= 10
    words = [all_words(card) for card in child.cards("principal")]
    assert len(words) == 6
    assert all(sum(f", {name}" in one for one in words) == 1 for name in (*map(str, range(5)), "the last"))


async def test_people_are_answered_while_history_is_read(child: Child, discord: DiscordServer) -> None:
    """A long history is being read → buttons and forms are still answered within three seconds, and nobody waits."""
    child.say("student", "class", CRUEL)
    card = await child.card("principal")
    await child.stop()
    said = [child.say("student", "class", f"{INNOCENT}, number {number}") for number in range(400)]
    starting = asyncio.create_task(child.start())
    await child.until(lambda: child.times_read().get(str(said[20].id)), "reading to begin")
    used = [child.press("principal", "dismiss", card), child.press("principal", "acknowledge", card)]
    report = child.hands.choose(child.campus.people["friend"], said[3], "Report to school")
    for one in (*used, report):
        await one.answered()
        assert one.seconds is not None
        assert one.seconds < DEADLINE
        assert one.mistakes == []
    await starting
    for message in said:
        await child.read(message)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_within_ten_seconds(child: Child, discord: DiscordServer, how: signal.Signals) -> None:
    """The process is told to end while alerts wait on a slow Discord → it ends well; the next start delivers once."""
    discord.traffic.fault("/messages", method="POST", seconds=4.0, times=4)
    for number in range(4):
        child.say("student", "class", f"{CRUEL}, {number}")
    await child.until(lambda: child.rows("SELECT 1 FROM flags"), "a flag")
    assert await child.stop(how) == 0, child.said()
    await child.start()
    await child.card("principal", 4)
    assert len({all_words(card) for card in child.cards("principal")}) == 4
    assert await child.stop(how) == 0


async def test_nothing_that_people_wrote_is_logged(child: Child, discord: DiscordServer) -> None:
    """Whatever goes wrong → neither words, nor names, nor the token are in the log."""
    child.say("student", "class", f"{CRUEL}, zanzibarica")
    await child.card("principal")
    discord.traffic.fault("/messages", method="POST", status=400)
    child.say("student", "class", f"{CRUEL}, zanzibarica again")
    await discord.gateway.drop(4000)
    await child.read(child.say("leader", "families", "Thank you all"))
    await child.stop()
    log = child.log.read_text(encoding="utf-8")
    assert not [word for word in ("zanzibarica", "Xochitl", "Quetzalli", discord.token) if word in log]


async def test_a_wrong_token_is_one_sentence(discord: DiscordServer, tmp_path: Path) -> None:
    """The token is wrong → it ends with exit code 2 and says in one sentence what to do."""
    child = Child(discord, tmp_path)
    token, discord.world.token = discord.world.token, "another.token.here"
    child.token = token
    assert await child.ends() == 2
    assert child.said().count("\n") == 0
    assert "DISCORD_TOKEN" in child.said()
    assert token not in child.said()


async def test_a_missing_intent_is_one_sentence(discord: DiscordServer, tmp_path: Path) -> None:
    """The intent to read messages was not switched on → it ends with exit code 2 and says where to switch it on."""
    discord.world.application.message_content = False
    child = Child(discord, tmp_path)
    assert await child.ends() == 2
    assert "Message Content Intent" in child.said()
