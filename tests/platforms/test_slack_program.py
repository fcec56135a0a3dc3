"""The bot as a process of its own on Slack, over sockets and over signed HTTP: a school's days, good and bad."""

from __future__ import annotations

import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.platforms.slack.child import Child
from tests.platforms.slack.seeing import all_words, buttons
from tests.platforms.slack.socket_mode import Goodbye
from tests.platforms.slack_server import At, SlackServer

pytestmark = pytest.mark.timeout(300)

CRUEL = "you are an idiot and everybody hates you"
INNOCENT = "see you at practice"
TOLD = "He does this every day. Zanzibar."


@asynccontextmanager
async def running(home: Path, *, over_http: bool) -> AsyncIterator[Child]:
    """The bot on the school's Slack, which sends again sooner than the real one."""
    async with SlackServer() as slack:
        slack.patience.redeliver = (0.2, 0.2, 0.2)
        slack.patience.goodbye = 0.5
        child = Child(slack, home, over_http=over_http)
        try:
            await child.start()
            yield child
        finally:
            await child.close()


@pytest.fixture(params=["sockets", "http"])
async def child(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Child]:
    """The bot on one line, then on the other."""
    async with running(tmp_path, over_http=request.param == "http") as one:
        yield one


@pytest.fixture
async def on_sockets(tmp_path: Path) -> AsyncIterator[Child]:
    async with running(tmp_path, over_http=False) as one:
        yield one


@pytest.fixture
async def on_http(tmp_path: Path) -> AsyncIterator[Child]:
    async with running(tmp_path, over_http=True) as one:
        yield one


def a_busy_afternoon(child: Child) -> list[At]:
    """Have 200 comments posted, a third of them replies in seven threads, two of them cruel."""
    said: list[At] = []
    for number in range(200):
        text = CRUEL if number in (40, 119) else f"{INNOCENT}, number {number}"
        thread = said[number // 30 * 30] if number % 3 == 2 else None
        said.append(child.say("student", "class", text, thread=thread))
    return said


async def each_was_read_once(child: Child, said: list[At]) -> None:
    for at in said:
        await child.read(at)
    await child.settled()
    times = child.times_read()
    assert {at.ts: times[at.ts] for at in said} == {at.ts: 1 for at in said}


# --- good days --------------------------------------------------------------------------------------------------------


async def test_a_day_on_slack(child: Child) -> None:
    """Posted → card; edited → a new revision; deleted → evidence kept; reply → card; reported → receipt and card."""
    at = child.say("student", "class", CRUEL)
    card = await child.card("principal")
    assert {"acknowledge", "confirm", "dismiss", "removal"} <= buttons(card["blocks"]).keys()
    child.world.edit(at, f"{CRUEL}, really")
    await child.card("principal", 2)
    child.world.delete(at)
    await child.until(lambda: child.rows("SELECT 1 FROM deletions WHERE comment = ?", at.ts), "the deletion")
    assert child.rows("SELECT count(*) FROM flags WHERE comment = ?", at.ts) == [(2,)]
    assert child.rows("SELECT count(*) FROM snapshots")[0][0] >= 2

    parent = child.say("student", "class", "do we need goggles?")
    child.say("friend", "class", CRUEL, thread=parent)
    await child.card("principal", 3)

    said = child.say("parent", "families", INNOCENT)
    done = await child.report("leader", said, TOLD)
    await child.until(lambda: re.search(r"R-[0-9A-Z]{6}", all_words(done.view.content)), "the receipt")
    reported = await child.card("principal", 4)
    assert INNOCENT in all_words(reported["blocks"])
    assert "open" in buttons(reported["blocks"])
    assert "Zanzibar" not in all_words(reported["blocks"])

    await child.restart()
    await child.press("principal", "acknowledge", card)
    await child.shows("principal", card, "Anita Morales")
    await child.settled()
    assert len(child.cards("principal")) == 4
    assert await child.stop() == 0, child.said()


async def test_its_log_holds_neither_words_nor_tokens_and_it_ends_in_the_middle_of_work(child: Child) -> None:
    for number in range(20):
        child.say("student", "class", f"{CRUEL} zanzibar {number}")
    assert await child.stop(signal.SIGTERM) == 0, child.said()
    await child.start()
    await child.card("principal", 20)
    await child.settled()
    assert len(child.cards("principal")) == 20
    assert await child.stop(signal.SIGINT) == 0, child.said()
    log = child.log.read_text(encoding="utf-8")
    for secret in ("zanzibar", "Xochitl", child.slack.bot_token, child.slack.app_token, child.slack.signing_secret):
        assert secret not in log


# --- gaps -------------------------------------------------------------------------------------------------------------


async def test_what_is_said_while_the_program_is_stopped_is_read_once(child: Child) -> None:
    earlier = child.say("student", "class", "who has goggles?")
    await child.read(earlier)
    assert await child.stop() == 0, child.said()
    said = [*a_busy_afternoon(child), child.say("friend", "class", "I do", thread=earlier)]
    child.world.edit(earlier, CRUEL)
    await child.start()
    await child.card("principal", 3)
    await each_was_read_once(child, said)
    assert (child.times_read()[earlier.ts], len(child.cards("principal"))) == (2, 3)


async def test_what_is_said_while_slack_is_unreachable_is_read_once(on_sockets: Child) -> None:
    child = on_sockets
    await child.slack.go_down()
    said = a_busy_afternoon(child)
    await child.slack.come_back()
    await child.until(lambda: child.slack.socket.connections, "the line to come back")
    await child.slack.service.redeliver_lost()
    await child.card("principal", 2)
    await each_was_read_once(child, said)
    assert len(child.cards("principal")) == 2


# --- bad days ---------------------------------------------------------------------------------------------------------


async def test_repeats_storms_and_broken_answers_pass(child: Child) -> None:
    with child.slack.happenings.disturbed(copies=3):
        at = child.say("student", "class", "see you at three")
        child.world.edit(at, CRUEL)
        other = child.say("friend", "class", INNOCENT)
    await child.card("principal")
    await child.settled()
    assert (child.times_read()[other.ts], len(child.cards("principal"))) == (1, 1)

    child.slack.faults.storm(times=12, retry_after=1)
    await child.read(child.say("student", "class", CRUEL))
    await child.card("principal", 2)
    assert [call for call in child.slack.calls if call.status == 429]
    child.slack.faults.clear()

    child.slack.faults.fail("chat.postMessage", status=503, times=2)
    child.slack.faults.reset("chat.postMessage", times=2)
    child.slack.faults.fail("conversations.history", status=500, times=2)
    child.say("student", "class", CRUEL)
    await child.card("principal", 3)
    child.slack.faults.clear()
    await child.settled()
    assert len(child.cards("principal")) == 3


async def test_after_each_goodbye_it_comes_back_and_what_comes_again_is_told_once(on_sockets: Child) -> None:
    child, socket = on_sockets, on_sockets.slack.socket
    goodbyes: tuple[Goodbye, ...] = ("warning", "refresh_requested", "link_disabled")
    for number, reason in enumerate(goodbyes, start=1):
        await socket.say_goodbye(reason)
        child.say("student", "class", f"{CRUEL}, {reason}")
        socket.enabled = True
        await child.card("principal", number)
        await child.until(lambda: socket.connections, "the line to come back")

    child.slack.patience.acknowledgement = 0.2
    socket.deaf = True
    at = child.say("student", "class", CRUEL)
    await child.until(lambda: len(_sent(child, at)) == 4, "three redeliveries")
    assert len(set(_sent(child, at))) == 1
    socket.deaf = False
    child.slack.patience.acknowledgement = 3.0
    await child.settled()
    assert (child.times_read()[at.ts], len(child.cards("principal"))) == (1, 4)


def _sent(child: Child, at: At) -> list[str]:
    """Return the ids of the events in which a comment was sent."""
    sent = child.slack.socket.sent
    return [one.payload["event_id"] for one in sent if one.payload.get("event", {}).get("ts") == at.ts]


async def test_only_what_slack_signed_lately_is_heard(on_http: Child) -> None:
    child, http = on_http, on_http.slack.http
    assert await http.verify_address()
    at = child.say("student", "class", INNOCENT)
    await child.read(at)
    genuine = await child.until(lambda: http.taken(INNOCENT), "the acknowledgement")
    refused = [
        await http.post(genuine.body, secret="another secret"),
        await http.post(genuine.body, age=301),
        await http.post(genuine.body, headers={"X-Slack-Signature": ""}),
        await http.post(genuine.body.replace(INNOCENT, CRUEL), headers=genuine.headers),
        await http.post("{ not even JSON", secret="another secret"),
    ]
    assert [one.status for one in refused] == [401] * len(refused)
    assert (await http.post(genuine.body, headers=genuine.headers)).status == 200
    figures = (await child.page("/metrics"))[1]
    assert f'crossing_guard_forged_requests_total{{platform="slack"}} {len(refused)}' in figures
    assert child.log.read_text(encoding="utf-8").count("no valid signature") == len(refused)
    await child.settled()
    assert child.times_read()[at.ts] == 1
    assert child.cards("principal") == []
