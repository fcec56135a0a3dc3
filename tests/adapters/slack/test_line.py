"""The line: whatever breaks it is a gap that the core is told of, and it comes back by itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.slack.line import Line
from adapters.slack.platform import SlackPlatform
from adapters.slack.socket import Connection
from bot.errors import PlatformError, SettingsError
from bot.interface.desk import said
from bot.platform.events import Event, Interrupted, Resumed
from bot.platform.protocol import Recipient
from tests.adapters.slack.conftest import School
from tests.adapters.slack.core import Core, at, listening, options
from tests.platforms.slack_server import SlackServer


async def test_it_begins_broken_so_that_history_is_read(each_core: Core) -> None:
    first, second = each_core.heard[:2]
    assert isinstance(first, Interrupted)
    assert isinstance(second, Resumed)
    assert second.since == first.at
    assert each_core.platform.stands


def test_every_end_is_of_the_break_before_it_and_what_is_missed_meanwhile_does_not_mend_a_broken_line() -> None:
    told: list[Event] = []
    line = Line(told.append)
    line.missed()
    assert (line.up, len(told)) == (False, 1), "nothing is heard yet"
    line.back()
    line.missed()
    line.lost()
    line.missed()
    assert not line.up
    line.back()
    assert [type(event) for event in told] == [Interrupted, Resumed] * 3
    assert [event.at for event in told[::2] if isinstance(event, Interrupted)] == [
        event.since for event in told[1::2] if isinstance(event, Resumed)
    ]


async def test_a_torn_connection_is_a_gap(core: Core, school: School, slack: SlackServer) -> None:
    slack.socket.drop()
    school.world.post(school.student, school.room, "lost")
    await core.until(lambda: core.line == "-+-+")
    school.world.post(school.student, school.room, "heard")
    await core.until(lambda: "heard" in [comment.text for comment in core.comments])


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
async def test_a_goodbye_is_a_gap_and_the_line_comes_back(
    core: Core, school: School, slack: SlackServer, reason: str
) -> None:
    await slack.socket.say_goodbye(reason)  # type: ignore[arg-type]
    await core.until(lambda: core.line == "-+-+")
    school.world.post(school.student, school.room, "heard")
    await core.until(lambda: "heard" in [comment.text for comment in core.comments])
    assert len(slack.socket.connections) == 1


async def test_a_disabled_link_stays_broken_until_it_is_enabled(core: Core, slack: SlackServer) -> None:
    await slack.socket.say_goodbye("link_disabled")
    await core.until(lambda: core.line == "-+-")
    await asyncio.sleep(0.7)
    assert core.line == "-+-"
    assert not core.platform.stands
    slack.socket.enabled = True
    await core.until(lambda: core.line == "-+-+")


async def test_an_outage_is_a_gap_over_each_way(each_core: Core, school: School, slack: SlackServer) -> None:
    await slack.go_down()
    await each_core.until(lambda: each_core.line == "-+-")
    with pytest.raises(PlatformError, match="The line to Slack is broken"):
        await each_core.platform.deliver(said("report.thanks"), Recipient(person=school.student), "en")
    with pytest.raises(PlatformError):
        await each_core.platform.inspect(at(school.room))
    await slack.come_back()
    await each_core.until(lambda: each_core.line == "-+-+")
    await each_core.platform.deliver(said("report.thanks"), Recipient(person=school.student), "en")


async def test_acknowledgements_that_get_lost_bring_nothing_twice(
    core: Core, school: School, slack: SlackServer
) -> None:
    slack.patience.acknowledgement, slack.patience.redeliver = 0.1, (0.05, 0.05)
    slack.socket.deaf = True
    school.world.post(school.student, school.room, "once")
    await core.until(lambda: len([one for one in slack.socket.sent if one.retry_attempt]) >= 2)
    slack.socket.deaf = False
    await core.settled()
    assert [comment.text for comment in core.comments] == ["once"]


async def test_slack_that_cannot_be_reached_yet_is_waited_for(slack: SlackServer, school: School) -> None:
    await slack.go_down()
    async with listening(slack) as core:
        assert core.line in ("", "-")
        with pytest.raises(PlatformError):
            await core.platform.inspect(at(school.room))
        await slack.come_back()
        await core.until(lambda: core.line == "-+")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"bot_token": "xoxb-wrong"}, "Slack does not accept SLACK_BOT_TOKEN"),
        ({"app_token": "xapp-wrong"}, "Slack does not accept SLACK_APP_TOKEN"),
    ],
)
async def test_a_wrong_token_is_one_sentence(slack: SlackServer, wrong: dict[str, Any], sentence: str) -> None:
    platform = SlackPlatform(options(slack, **wrong))
    with pytest.raises(SettingsError, match=sentence) as raised:
        await platform.start()
    assert "wrong" not in str(raised.value)
    assert raised.value.exit_code == 2
    await platform.close()


@pytest.mark.parametrize("address", ["ws://10.0.0.5/link", "ws://127.0.0.1.evil.example/link", "http://10.0.0.5/link"])
async def test_a_socket_without_encryption_is_refused(
    slack: SlackServer, school: School, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(slack.socket, "new_address", lambda: address)
    platform = SlackPlatform(options(slack))
    with pytest.raises(SettingsError, match="without encryption"):
        await platform.start()
    assert slack.socket.opened == 0
    await platform.close()


async def test_a_persons_token_is_no_bots(slack: SlackServer, school: School) -> None:
    platform = SlackPlatform(options(slack, bot_token=slack.admin_token(school.principal)))
    with pytest.raises(SettingsError, match="must be a bot token"):
        await platform.start()
    await platform.close()


async def test_closing_leaves_nothing_behind(slack: SlackServer, school: School) -> None:
    before = asyncio.all_tasks()
    async with listening(slack) as core:
        await slack.socket.say_goodbye("warning")
        await core.until(lambda: core.line == "-+-+")
        school.world.post(school.student, school.room, "last words")
    await asyncio.sleep(0.1)
    left = {task.get_name() for task in asyncio.all_tasks() - before if "slack's" not in task.get_name()}
    mine = {name for name in left if "Slack" in name or "event" in name or "line" in name}
    assert mine == set()
    assert slack.socket.connections == []


async def test_work_under_way_is_finished_at_the_end(slack: SlackServer, school: School) -> None:
    async with listening(slack) as core:
        slack.faults.slow("users.info", seconds=0.5)
        school.world.post(school.student, school.room, "last words")
        await core.until(lambda: slack.faults.waiting == [])
        heard = core
    assert [comment.text for comment in heard.comments] == ["last words"]


async def test_a_connection_without_a_hello_is_given_up(
    slack: SlackServer, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.socket.CONNECT", 0.3)
    monkeypatch.setattr(Connection, "_read", _deaf)
    platform = SlackPlatform(options(slack))
    await platform.start()
    assert not platform.stands
    await platform.close()


async def _deaf(self: Connection, message: object) -> None:
    """Hear no hello."""
