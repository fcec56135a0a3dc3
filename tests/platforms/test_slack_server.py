"""The local server under the real slack-bolt: both lines, forms, redelivery, goodbyes, and what Slack refuses."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator

import pytest

from tests.platforms.slack.bolt_app import BoltApp, over_http, over_sockets, until
from tests.platforms.slack_server import At, NotSentError, SlackServer


class Room:
    """A room with two people and the app in it."""

    def __init__(self, slack: SlackServer) -> None:
        self.slack = slack
        self.world = slack.world
        self.student = self.world.add_person("Xochitl Quetzalli")
        self.friend = self.world.add_person("Maya")
        self.id = self.world.add_channel("room-12", [self.student, self.friend])

    def say(self, text: str) -> At:
        return self.world.post(self.student, self.id, text)


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """The server, less patient than the real one where a test would wait for it."""
    async with SlackServer() as server:
        server.patience.acknowledgement = 1.0
        server.patience.redeliver = (0.1, 0.1, 0.1)
        server.patience.goodbye = 0.2
        yield server


@pytest.fixture
def room(slack: SlackServer) -> Room:
    return Room(slack)


@pytest.fixture(params=[over_sockets, over_http])
async def bolt(slack: SlackServer, request: pytest.FixtureRequest) -> AsyncIterator[BoltApp]:
    """The app on one line, then on the other."""
    async with request.param(slack) as app:
        yield app


@pytest.fixture
async def on_socket(slack: SlackServer) -> AsyncIterator[BoltApp]:
    async with over_sockets(slack) as app:
        yield app


@pytest.fixture
async def on_http(slack: SlackServer) -> AsyncIterator[BoltApp]:
    async with over_http(slack) as app:
        yield app


# --- on either line ---------------------------------------------------------------------------------------------------


async def test_messages_arrive_as_slack_stores_them(room: Room, bolt: BoltApp) -> None:
    room.say("hi @Maya, 1 < 2 & https://example.org/?a=1&b=2 <!channel> <@U1> @everyone")
    await until(lambda: bolt.texts)
    link = "<https://example.org/?a=1&amp;b=2>"
    assert bolt.texts == [f"hi <@{room.friend}>, 1 &lt; 2 &amp; {link} &lt;!channel&gt; &lt;@U1&gt; <!everyone>"]


async def test_edits_and_deletions_bring_what_was_there_before(room: Room, bolt: BoltApp) -> None:
    at = room.say("see you")
    await until(lambda: bolt.texts)
    room.world.edit(at, "see you, idiot")
    changed = await until(lambda: [one for one in bolt.heard if one.get("subtype") == "message_changed"])
    room.world.delete(at)
    gone = await until(lambda: [one for one in bolt.heard if one.get("subtype") == "message_deleted"])
    assert changed[0]["previous_message"]["text"] == "see you"
    assert changed[0]["message"]["text"] == "see you, idiot"
    assert re.fullmatch(r"\d+\.0{6}", changed[0]["message"]["edited"]["ts"])
    assert (gone[0]["deleted_ts"], gone[0]["previous_message"]["text"]) == (at.ts, "see you, idiot")


async def test_from_shortcut_to_form_to_card_to_answer(room: Room, bolt: BoltApp) -> None:
    done = await room.world.shortcut(room.friend, room.say("you idiot"))
    view = (await until(lambda: done.views))[0]
    again = await room.world.submit(room.friend, view, {"what": "   "})
    assert view.errors == {"what": "Please say what happened."}
    assert view.open
    with pytest.raises(NotSentError):
        await room.world.submit(room.friend, view, {"what": ""})
    with pytest.raises(NotSentError):
        await room.world.submit(room.friend, view, {"what": "x" * 101})
    again = await room.world.submit(room.friend, view, {"what": "he is cruel"})
    assert (again.acknowledged, view.open) == ({}, False)
    (card,) = await until(lambda: room.world.direct_messages(room.friend))
    home = room.world.workspace.direct(room.friend).id
    pressed = await room.world.press(room.friend, At(home, card["ts"]), "cg:acknowledge", "token")
    await until(lambda: pressed.answers)
    assert [one.message["text"] for one in room.world.seen_by(room.friend)] == ["You are on it."]


async def test_a_trigger_works_once_and_for_three_seconds(room: Room, bolt: BoltApp) -> None:
    at = room.say("you idiot")
    done = await room.world.shortcut(room.friend, at)
    await until(lambda: bolt.refused)
    room.slack.patience.trigger = 0.01
    bolt.slowly = 0.05
    late = await room.world.command(room.friend, room.id, "/guard-report")
    await until(lambda: len(bolt.refused) == 2)
    assert bolt.refused == ["exchanged_trigger_id", "expired_trigger_id"]
    assert (len(done.views), late.views) == (1, [])


async def test_only_where_the_app_is_a_member_does_it_hear(room: Room, bolt: BoltApp) -> None:
    elsewhere = room.world.add_channel("boosters", [room.student], with_bot=False)
    room.world.post(room.student, elsewhere, "unheard")
    room.world.leave(room.world.workspace.bot.id, room.id)
    room.say("unheard too")
    room.world.join(room.world.workspace.bot.id, room.id)
    room.say("heard")
    await until(lambda: "heard" in bolt.texts)
    assert not [text for text in bolt.texts if "unheard" in text]


async def test_what_comes_twice_and_backwards_has_the_same_ids(room: Room, bolt: BoltApp) -> None:
    with room.slack.happenings.disturbed(copies=2):
        first, second = room.say("first"), room.say("second")
    await until(lambda: len(bolt.heard) == 4)
    assert sorted(event["ts"] for event in bolt.heard) == [first.ts, first.ts, second.ts, second.ts]
    ids = {payload["event_id"] for payload in room.slack.happenings.sent}
    assert len(ids) == 2


# --- Socket Mode ------------------------------------------------------------------------------------------------------


async def test_what_is_not_acknowledged_comes_again(room: Room, on_socket: BoltApp) -> None:
    room.slack.patience.acknowledgement = 0.1
    room.slack.socket.deaf = True
    room.say("hello")
    await until(lambda: len(on_socket.texts) == 4)
    retries = [(one.retry_attempt, one.retry_reason) for one in room.slack.socket.sent]
    assert retries == [(0, ""), (1, "timeout"), (2, "timeout"), (3, "timeout")]
    assert len({one.payload["event_id"] for one in room.slack.socket.sent}) == 1


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_after_a_goodbye_the_app_comes_back(room: Room, on_socket: BoltApp, reason: str) -> None:
    await room.slack.socket.say_goodbye("warning" if reason == "warning" else "refresh_requested")
    await until(lambda: room.slack.socket.opened == 2 and room.slack.socket.connections)
    room.say("hello again")
    await until(lambda: on_socket.texts == ["hello again"])


async def test_a_disabled_link_gives_out_no_connection(room: Room, on_socket: BoltApp) -> None:
    await room.slack.socket.say_goodbye("link_disabled")
    await until(lambda: [call for call in room.slack.called("apps.connections.open") if call.error])
    assert room.slack.socket.connections == []


async def test_while_the_service_is_down_history_grows(room: Room, on_socket: BoltApp) -> None:
    await room.slack.go_down()
    for number in range(5):
        room.say(f"line {number}")
    assert room.slack.socket.connections == []
    await room.slack.come_back()
    await until(lambda: room.slack.socket.connections)
    given = await on_socket.client.conversations_history(channel=room.id)
    assert [one["text"] for one in given["messages"]] == [f"line {number}" for number in (4, 3, 2, 1, 0)]
    await room.slack.service.redeliver_lost()
    await until(lambda: len(on_socket.texts) == 5)


async def test_several_connections_share_the_events(room: Room, on_socket: BoltApp) -> None:
    async with over_sockets(room.slack) as other:
        await until(lambda: len(room.slack.socket.connections) == 2)
        for number in range(6):
            room.say(str(number))
        await until(lambda: len(on_socket.texts) + len(other.texts) == 6)
        assert len(on_socket.texts) == len(other.texts) == 3


# --- signed HTTP ------------------------------------------------------------------------------------------------------


async def test_only_what_slack_signed_lately_is_taken(room: Room, on_http: BoltApp) -> None:
    assert await room.slack.http.verify_address()
    room.say("hello")
    genuine = await until(lambda: room.slack.http.taken("hello"))
    forged = await room.slack.http.post(genuine.body, secret="another secret")
    stale = await room.slack.http.post(genuine.body, age=301)
    unsigned = await room.slack.http.post(genuine.body, headers={"X-Slack-Signature": ""})
    replayed = await room.slack.http.post(genuine.body, headers=genuine.headers)
    assert [one.status for one in (forged, stale, unsigned, replayed)] == [401, 401, 401, 200]


async def test_what_is_answered_badly_comes_again_with_a_number(room: Room, on_http: BoltApp) -> None:
    room.slack.http.url += "/nowhere"
    room.say("hello")
    await until(lambda: len(room.slack.http.posted) == 4)
    numbers = [one.headers.get("X-Slack-Retry-Num") for one in room.slack.http.posted]
    assert numbers == [None, "1", "2", "3"]
    assert len({json.loads(one.body)["event_id"] for one in room.slack.http.posted}) == 1


# --- an app that is away ----------------------------------------------------------------------------------------------


async def test_nobody_answers_an_app_that_is_not_there(room: Room) -> None:
    done = await room.world.command(room.friend, room.id, "/guard-report")
    assert done.acknowledged is None


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # slack-sdk's own use of aiohttp
async def test_an_installation_and_its_end(room: Room, on_socket: BoltApp) -> None:
    east = room.slack.add_world("T0EAST", "East High School")
    maya = east.add_person("Maya")
    code = room.slack.authorize(east, maya)
    app = room.slack.app
    asked = {"client_id": app.client_id, "client_secret": app.client_secret, "code": code}
    given = await on_socket.client.oauth_v2_access(**asked)
    hall = east.add_channel("hall", [maya])
    east.post(maya, hall, "from the east")
    await until(lambda: on_socket.texts == ["from the east"])
    room.slack.uninstall(east)
    await until(lambda: {"app_uninstalled", "tokens_revoked"} <= {event["type"] for event in on_socket.heard})
    with pytest.raises(Exception, match="token_revoked"):
        await on_socket.client.auth_test(token=given["access_token"])
    with pytest.raises(Exception, match="invalid_code"):
        await on_socket.client.oauth_v2_access(**asked)
    east.post(maya, hall, "unheard")
    room.say("still here")
    await until(lambda: "still here" in on_socket.texts)
    await asyncio.sleep(0)
    assert "unheard" not in on_socket.texts
