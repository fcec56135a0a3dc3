"""The Web API of the local server as slack-sdk calls it: history, threads, permissions, limits, and bad days."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack_server import At, SlackServer


class Room:
    def __init__(self, slack: SlackServer) -> None:
        self.slack = slack
        self.world = slack.world
        self.student = self.world.add_person("Xochitl Quetzalli", locale="es-US")
        self.principal = self.world.add_person("Anita Morales", admin=True)
        self.id = self.world.add_channel("room-12", [self.student, self.principal])
        self.client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)

    def say(self, text: str, **more: Any) -> At:
        return self.world.post(self.student, self.id, text, **more)

    async def texts(self, **asked: Any) -> list[str]:
        given = await self.client.conversations_history(channel=self.id, **asked)
        return [one["text"] for one in given["messages"]]


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


@pytest.fixture
def room(slack: SlackServer) -> Room:
    return Room(slack)


async def refusal(call: Any) -> SlackApiError:
    """Make a call that Slack refuses; return how."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value


def no_retries(room: Room) -> AsyncWebClient:
    return AsyncWebClient(token=room.slack.bot_token, base_url=room.slack.api_url, retry_handlers=[])


# --- history ----------------------------------------------------------------------------------------------------------


async def test_history_goes_backwards_page_by_page(room: Room) -> None:
    for number in range(25):
        room.say(str(number))
    pages = [
        (page["has_more"], [one["text"] for one in page["messages"]])
        async for page in await room.client.conversations_history(channel=room.id, limit=10)
    ]
    assert [(more, len(texts)) for more, texts in pages] == [(True, 10), (True, 10), (False, 5)]
    assert [text for _, texts in pages for text in texts] == [str(24 - number) for number in range(25)]


async def test_pages_stay_whole_while_people_write_and_delete(room: Room) -> None:
    said = [room.say(str(number)) for number in range(20)]
    first = await room.client.conversations_history(channel=room.id, limit=10)
    room.say("meanwhile")
    for at in said[15:]:
        room.world.delete(at)
    rest = await room.texts(limit=10, cursor=first["response_metadata"]["next_cursor"])
    assert rest == [str(number) for number in range(9, -1, -1)]
    error = await refusal(room.client.conversations_history(channel=room.id, cursor="nonsense"))
    assert error.response["error"] == "invalid_cursor"


async def test_history_keeps_to_the_time_asked_for(room: Room) -> None:
    marks = [room.say(str(number)).ts for number in range(5)]
    assert await room.texts(oldest=marks[1], latest=marks[3]) == ["2"]
    assert await room.texts(oldest=marks[1], latest=marks[3], inclusive=True) == ["3", "2", "1"]
    assert await room.texts(oldest=marks[3]) == ["4"]


async def test_what_is_put_into_the_past_is_found_there(room: Room) -> None:
    room.say("now")
    then = datetime.now(UTC) - timedelta(days=3)
    marks = {room.say(f"then {number}", at=then).ts for number in range(3)}
    assert len(marks) == 3
    assert await room.texts(latest=str(then.timestamp() + 1)) == ["then 2", "then 1", "then 0"]


async def test_replies_are_in_their_thread_alone_unless_sent_to_the_channel(room: Room) -> None:
    parent = room.say("who has goggles?")
    room.say("me", thread=parent)
    shared = room.say("me too, all", thread=parent, broadcast=True)
    room.say("answer to an answer", thread=shared)
    assert await room.texts() == ["me too, all", "who has goggles?"]
    history = await room.client.conversations_history(channel=room.id)
    assert (history["messages"][1]["reply_count"], history["messages"][0]["subtype"]) == (3, "thread_broadcast")
    first = await room.client.conversations_replies(channel=room.id, ts=parent.ts, limit=2)
    rest = await room.client.conversations_replies(
        channel=room.id, ts=parent.ts, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [one["text"] for one in first["messages"]] == ["who has goggles?", "me"]
    assert [one["text"] for one in rest["messages"]] == ["me too, all", "answer to an answer"]
    assert {one["thread_ts"] for one in [*first["messages"], *rest["messages"]]} == {parent.ts}


async def test_a_thread_gives_its_parent_whatever_the_time(room: Room) -> None:
    parent = room.say("old question")
    early, _ = room.say("early", thread=parent), room.say("late", thread=parent)
    given = await room.client.conversations_replies(channel=room.id, ts=parent.ts, oldest=early.ts)
    assert [one["text"] for one in given["messages"]] == ["old question", "late"]


async def test_a_parent_that_goes_leaves_a_tombstone(room: Room) -> None:
    parent = room.say("gone soon")
    room.say("stays", thread=parent)
    room.world.delete(parent)
    (left,) = (await room.client.conversations_history(channel=room.id))["messages"]
    assert (left["subtype"], left["user"]) == ("tombstone", "USLACKBOT")
    assert not room.world.stands(parent)
    assert "gone soon" not in str(left)


# --- who may ----------------------------------------------------------------------------------------------------------


async def test_scopes_are_asked_for_by_name(room: Room) -> None:
    room.slack.app.bot_scopes = frozenset({"channels:read"})
    client = AsyncWebClient(token=room.slack.service.install(room.world.workspace), base_url=room.slack.api_url)
    error = await refusal(client.conversations_history(channel=room.id))
    assert error.response["error"] == "missing_scope"
    assert (error.response["needed"], error.response["provided"]) == ("channels:history", "channels:read")
    assert (await client.auth_test()).headers["X-OAuth-Scopes"] == "channels:read"
    private = room.world.add_channel("office", [room.principal], private=True)
    assert (await refusal(client.conversations_info(channel=private))).response["needed"] == "groups:read"


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("xoxb-unknown", "invalid_auth"), ("app", "not_allowed_token_type")]
)
async def test_tokens_are_looked_at(room: Room, token: str, error: str) -> None:
    client = AsyncWebClient(token=room.slack.app_token if token == "app" else token, base_url=room.slack.api_url)
    assert (await refusal(client.auth_test())).response["error"] == error


async def test_a_bot_removes_its_own_messages_only(room: Room) -> None:
    theirs = room.say("you idiot")
    own = await room.client.chat_postMessage(channel=room.id, text="notice")
    await room.client.chat_delete(channel=room.id, ts=str(own["ts"]))
    error = await refusal(room.client.chat_delete(channel=room.id, ts=theirs.ts))
    assert error.response["error"] == "cant_delete_message"
    error = await refusal(room.client.chat_update(channel=room.id, ts=theirs.ts, text="x"))
    assert error.response["error"] == "cant_update_message"


async def test_who_administers_the_workspace_removes_anybodys_messages(room: Room) -> None:
    theirs, office = room.say("you idiot"), room.world.post(room.principal, room.id, "good morning")
    student = AsyncWebClient(token=room.slack.admin_token(room.student), base_url=room.slack.api_url)
    error = await refusal(student.chat_delete(channel=room.id, ts=office.ts))
    assert error.response["error"] == "cant_delete_message"
    principal = AsyncWebClient(token=room.slack.admin_token(room.principal), base_url=room.slack.api_url)
    await principal.chat_delete(channel=room.id, ts=theirs.ts)
    assert (room.world.stands(theirs), room.world.stands(office)) == (False, True)


async def test_where_the_bot_is_not_it_neither_reads_nor_writes(room: Room) -> None:
    public = room.world.add_channel("boosters", [room.student], with_bot=False)
    private = room.world.add_channel("office", [room.principal], private=True, with_bot=False)
    for channel, error in ((public, "not_in_channel"), (private, "channel_not_found"), ("C0", "channel_not_found")):
        assert (await refusal(room.client.conversations_history(channel=channel))).response["error"] == error
        assert (await refusal(room.client.chat_postMessage(channel=channel, text="x"))).response["error"] == error
    await room.client.conversations_join(channel=public)
    await room.client.chat_postMessage(channel=public, text="here now")
    room.world.archive(public, room.principal)
    assert (await refusal(room.client.chat_postMessage(channel=public, text="x"))).response["error"] == "is_archived"


async def test_people_channels_and_direct_messages(room: Room) -> None:
    user = (await room.client.users_info(user=room.student, include_locale=True))["user"]
    assert (user["real_name"], user["locale"], user["is_admin"]) == ("Xochitl Quetzalli", "es-US", False)
    channels = (await room.client.users_conversations(types="public_channel,private_channel"))["channels"]
    assert [(one["id"], one["is_member"]) for one in channels] == [(room.id, True)]
    members = [
        member async for page in await room.client.conversations_members(channel=room.id, limit=1)
        for member in page["members"]
    ]  # fmt: skip
    assert set(members) == {room.student, room.principal, room.world.workspace.bot.id}
    opened = await room.client.conversations_open(users=room.student)
    sent = await room.client.chat_postMessage(channel=room.student, text="hello")
    assert sent["channel"] == opened["channel"]["id"]
    assert [one["text"] for one in room.world.direct_messages(room.student)] == ["hello"]
    assert room.world.direct_messages(room.principal) == []
    link = await room.client.chat_getPermalink(channel=room.id, message_ts=room.say("x").ts)
    assert link["permalink"].startswith(f"https://lincoln-high-school.slack.com/archives/{room.id}/p")


# --- limits and bad days ----------------------------------------------------------------------------------------------


async def test_a_storm_passes(room: Room) -> None:
    room.say("hello")
    room.slack.faults.storm("conversations.history", times=2, retry_after=0)
    room.client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=3))
    assert await room.texts() == ["hello"]
    log = [(call.status, call.error) for call in room.slack.called("conversations.history")]
    assert log == [(429, "ratelimited"), (429, "ratelimited"), (200, None)]


async def test_the_tiers_count_by_minute(room: Room) -> None:
    room.slack.limits.enforced = True
    for _ in range(50):
        await room.client.conversations_history(channel=room.id)
    error = await refusal(room.client.conversations_history(channel=room.id))
    assert (error.response.status_code, error.response["error"]) == (429, "ratelimited")
    assert 1 <= int(error.response.headers["Retry-After"]) <= 60


async def test_an_unlisted_app_reads_little_and_seldom(room: Room) -> None:
    room.slack.limits.unlisted = True
    for number in range(20):
        room.say(str(number))
    assert len(await room.texts(limit=200)) == 15
    assert (await refusal(room.client.conversations_history(channel=room.id))).response.status_code == 429


async def test_bad_days(room: Room) -> None:
    client = no_retries(room)
    room.slack.faults.fail("auth.test", status=503)
    assert (await refusal(client.auth_test())).response.status_code == 503
    room.slack.faults.reset("auth.test")
    with pytest.raises(aiohttp.ClientError):
        await client.auth_test()
    room.slack.faults.refuse("auth.test", "internal_error")
    assert (await refusal(client.auth_test())).response["error"] == "internal_error"
    room.slack.faults.slow("auth.test", seconds=1.2)
    hasty = AsyncWebClient(token=room.slack.bot_token, base_url=room.slack.api_url, timeout=1, retry_handlers=[])
    with pytest.raises(TimeoutError):
        await hasty.auth_test()
    assert (await client.auth_test())["ok"]


async def test_the_log_holds_no_token(room: Room) -> None:
    await room.client.chat_postMessage(channel=room.id, text="hello", unfurl_links=False)
    async with aiohttp.ClientSession() as session:
        form = {"token": room.slack.bot_token, "channel": room.id, "text": "by form", "blocks": "[]"}
        async with session.post(f"{room.slack.api_url}chat.postMessage", data=form) as answer:
            assert (await answer.json())["ok"]
    assert room.slack.bot_token not in str(room.slack.calls)
    assert [call.arguments["text"] for call in room.slack.called("chat.postMessage")] == ["hello", "by form"]
