"""Signed HTTP: only Slack gets in, what is forged is counted, and whatever comes again counts once."""

from __future__ import annotations

import io
import json

import aiohttp
import pytest

from tests.adapters.slack.conftest import School
from tests.adapters.slack.core import Core
from tests.platforms.slack_server import SlackServer

EVENT = {
    "type": "event_callback",
    "team_id": "T0LINCOLN",
    "event_id": "Ev1",
    "event": {"type": "message", "channel_type": "channel", "user": "U1", "text": "forged", "ts": "1795000000.000100"},
}


async def test_the_address_is_verified(http_core: Core, slack: SlackServer) -> None:
    assert await slack.http.verify_address()


async def test_an_event_is_acknowledged_before_it_is_looked_at(
    http_core: Core, school: School, slack: SlackServer
) -> None:
    slack.faults.slow("users.info", seconds=1.0)
    school.world.post(school.student, school.room, "hello")
    (posted,) = await http_core.until(lambda: slack.http.posted)
    assert posted.status == 200
    assert http_core.comments == []
    await http_core.until(lambda: http_core.comments)


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "another-secret"},
        {"age": 60 * 6},
        {"age": -60 * 6},
        {"headers": {"X-Slack-Signature": ""}},
        {"headers": {"X-Slack-Signature": "v0=" + "0" * 64}},
        {"headers": {"X-Slack-Request-Timestamp": ""}},
        {"headers": {"X-Slack-Request-Timestamp": "soon"}},
    ],
)
async def test_what_is_forged_or_stale_is_refused_and_counted(
    http_core: Core, slack: SlackServer, forged: dict[str, object]
) -> None:
    refused = await slack.http.post(json.dumps(EVENT), **forged)  # type: ignore[arg-type]
    assert refused.status == 401
    assert (http_core.platform.counts.requests, http_core.platform.counts.forged) == (1, 1)
    await http_core.settled()
    assert http_core.comments == []


async def test_another_body_under_a_good_signature_is_refused(
    http_core: Core, school: School, slack: SlackServer
) -> None:
    school.world.post(school.student, school.room, "hello")
    (good,) = await http_core.until(lambda: slack.http.posted)
    assert (await slack.http.post(json.dumps(EVENT), headers=good.headers)).status == 401


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', "payload=", "payload=%7B", "{}", '{"type": 1}', "\x00"])
async def test_nonsense_that_is_signed_breaks_nothing(
    http_core: Core, school: School, slack: SlackServer, body: str
) -> None:
    assert (await slack.http.post(body)).status < 500
    school.world.post(school.student, school.room, "still here")
    await http_core.until(lambda: http_core.comments)


async def test_bytes_that_are_no_text_and_bodies_that_are_too_large_are_refused(
    http_core: Core, slack: SlackServer
) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.post(slack.http.url, data=b"\xff\xfe\xfd") as answer:
            assert answer.status == 401
        async with session.post(slack.http.url, data=io.BytesIO(b"x" * 3_000_000)) as answer:
            assert answer.status == 413
        async with session.get(slack.http.url) as answer:
            assert answer.status == 405


async def test_redeliveries_count_once(http_core: Core, school: School, slack: SlackServer) -> None:
    school.world.post(school.student, school.room, "once")
    (first,) = await http_core.until(lambda: slack.http.posted)
    for number in (1, 2, 3):
        again = await slack.http.post(first.body, retry=(number, "http_timeout"))
        assert again.status == 200
    await http_core.settled()
    assert [comment.text for comment in http_core.comments] == ["once"]


async def test_another_workspaces_event_is_not_let_in(http_core: Core, slack: SlackServer) -> None:
    await slack.http.post(json.dumps(EVENT | {"team_id": "T0STRANGER", "event_id": "Ev2"}))
    await http_core.settled()
    assert http_core.comments == []
