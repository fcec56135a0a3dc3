"""What happens in the local Slack's world, as the app hears of it: subtypes, channels, home pages, answers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.school import School
from tests.platforms.slack.bolt_app import CARD, FORM
from tests.platforms.slack.campus import Campus
from tests.platforms.slack.values import Json
from tests.platforms.slack_server import At, Exchange, NotSentError, SlackServer


class Scene:
    def __init__(self, slack: SlackServer) -> None:
        self.slack = slack
        self.world = slack.world
        self.campus = Campus(slack)
        self.people, self.rooms = self.campus.people, self.campus.rooms
        self.client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)

    def say(self, text: str = "hello", room: str = "class") -> At:
        return self.world.post(self.people["student"], self.rooms[room], text)

    def told(self) -> list[Json]:
        """What the app is told of, oldest first."""
        return [payload["event"] for payload in self.slack.happenings.sent if "event" in payload]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with SlackServer() as slack:
        yield Scene(slack)


# --- messages ---------------------------------------------------------------------------------------------------------


async def test_messages_say_what_they_are(scene: Scene) -> None:
    room, student = scene.rooms["class"], scene.people["student"]
    parent = scene.say()
    scene.world.post(student, room, "here too", thread=parent, broadcast=True)
    scene.world.post(student, room, "", files=["image", "document"])
    scene.world.post(scene.people["robot"], room, "beep")
    scene.world.post_by_webhook(room, "Assembly at <10>")
    plain, shared, picture, robot, hook = scene.told()
    assert "subtype" not in plain
    assert (shared["subtype"], shared["root"]["ts"]) == ("thread_broadcast", parent.ts)
    assert (picture["subtype"], [one["mimetype"] for one in picture["files"]]) == (
        "file_share", ["image/png", "application/pdf"],
    )  # fmt: skip
    assert robot["bot_id"]
    assert (hook["subtype"], hook["text"], hook.get("user")) == ("bot_message", "Assembly at &lt;10&gt;", None)
    assert {event["channel_type"] for event in scene.told()} == {"group"}


async def test_a_preview_changes_a_message_that_nobody_edited(scene: Scene) -> None:
    scene.world.unfurl(scene.say("https://example.org"))
    changed = scene.told()[-1]
    assert changed["subtype"] == "message_changed"
    assert changed["message"]["text"] == changed["previous_message"]["text"]
    assert "edited" not in changed["message"]


async def test_a_parent_that_goes_is_told_as_a_change_and_a_reply_that_goes_as_both(scene: Scene) -> None:
    parent = scene.say()
    reply = scene.world.post(scene.people["friend"], scene.rooms["class"], "yes", thread=parent)
    scene.world.delete(parent)
    assert scene.told()[-1]["message"]["subtype"] == "tombstone"
    scene.world.delete(reply)
    assert [event["subtype"] for event in scene.told()[-2:]] == ["message_deleted", "message_changed"]


async def test_a_ts_is_never_given_twice(scene: Scene) -> None:
    marks = [scene.say().ts for _ in range(500)]
    assert marks == sorted(set(marks))


# --- channels ---------------------------------------------------------------------------------------------------------


async def test_what_becomes_of_a_channel_is_told(scene: Scene) -> None:
    world, room, principal = scene.world, scene.rooms["families"], scene.people["principal"]
    world.rename(room, "families-9", principal)
    world.join(scene.people["friend"], room)
    world.leave(scene.people["friend"], room)
    world.share(room)
    world.archive(room, principal)
    world.archive(room, principal, archived=False)
    world.leave(world.workspace.bot.id, room)
    world.delete_channel(room, principal)
    kinds = [event["type"] for event in scene.told() if event["type"] != "message"]
    assert kinds == [
        "channel_rename", "member_joined_channel", "member_left_channel", "channel_shared", "channel_archive",
        "channel_unarchive", "channel_left", "member_left_channel",
    ]  # fmt: skip
    assert scene.told()[0]["channel"]["name"] == "families-9"
    notes = [event["subtype"] for event in scene.told() if event["type"] == "message"]
    assert notes == ["channel_name", "channel_join", "channel_leave"]


async def test_the_app_hears_what_it_subscribed_to_and_may_hear(scene: Scene) -> None:
    scene.slack.app.events = frozenset({"message.groups", "channel_rename"})
    scene.say("heard", "class")
    scene.say("unheard", "families")
    scene.world.join(scene.people["friend"], scene.rooms["families"])
    assert [event["text"] for event in scene.told()] == ["heard"]
    scene.slack.app.bot_scopes = frozenset()
    other = scene.slack.add_world("T0EAST", "East")
    scene.slack.service.install(other.workspace)
    room = other.add_channel("office", [maya := other.add_person("Maya")], private=True)
    other.post(maya, room, "no scope for this")
    assert len(scene.told()) == 1


async def test_too_many_events_are_told_of(scene: Scene) -> None:
    scene.slack.happenings.rate_limited(scene.world.workspace)
    (payload,) = scene.slack.happenings.sent
    assert (payload["type"], payload["minute_rate_limited"] % 60) == ("app_rate_limited", 0)


# --- people and the app -----------------------------------------------------------------------------------------------


async def test_home_pages_are_drawn_for_one_person(scene: Scene) -> None:
    principal = scene.people["principal"]
    scene.world.open_home(principal)
    assert scene.told()[-1]["type"] == "app_home_opened"
    await scene.client.views_publish(user_id=principal, view={"type": "home", "blocks": CARD})
    shown = scene.world.home(principal)
    assert shown is not None
    assert shown.content["blocks"][0]["text"]["text"] == "*High*"
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await scene.client.views_publish(user_id=principal, view={"type": "home", "blocks": CARD}, hash="old")
    scene.slack.app.has_home = False
    with pytest.raises(SlackApiError, match="not_enabled"):
        await scene.client.views_publish(user_id=principal, view={"type": "home", "blocks": CARD})


async def test_what_only_one_person_sees(scene: Scene) -> None:
    room, student = scene.rooms["class"], scene.people["student"]
    await scene.client.chat_postEphemeral(channel=room, user=student, text="for you")
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        await scene.client.chat_postEphemeral(channel=room, user=scene.people["parent"], text="for you")
    assert [one.message["text"] for one in scene.world.seen_by(student)] == ["for you"]
    assert scene.world.bot_messages(room) == []


def an_exchange(scene: Scene) -> Exchange:
    interactions = scene.slack.service.interactions
    return interactions.begin(scene.world.workspace, scene.people["student"], scene.rooms["class"])


async def test_an_address_takes_five_answers_in_its_time(scene: Scene) -> None:
    done = an_exchange(scene)
    async with aiohttp.ClientSession() as session:

        async def answered(body: Json) -> int:
            async with session.post(done.response_url, json=body) as answer:
                return answer.status

        assert await answered({"text": "x", "blocks": [{"type": "marquee"}]}) == 400
        assert await answered({"text": "to all", "response_type": "in_channel"}) == 200
        assert [await answered({"text": "x"}) for _ in range(5)] == [200, 200, 200, 200, 404]
        scene.slack.patience.response_url = 0.0
        done.uses = 0
        assert await answered({"text": "late"}) == 404
    assert len(scene.world.seen_by(scene.people["student"])) == 4
    assert [one["text"] for one in scene.world.bot_messages(scene.rooms["class"])] == ["to all"]


async def test_forms_are_opened_stacked_and_redrawn(scene: Scene) -> None:
    first, client = an_exchange(scene), scene.client
    opened = (await client.views_open(trigger_id=first.trigger, view=FORM))["view"]
    for _ in range(2):
        await client.views_push(trigger_id=an_exchange(scene).trigger, view=FORM)
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=an_exchange(scene).trigger, view=FORM)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=opened["id"], view=FORM, hash="old")
    changed = FORM | {"title": {"type": "plain_text", "text": "Thank you"}}
    await client.views_update(view_id=opened["id"], view=changed, hash=opened["hash"])
    assert first.view.content["title"]["text"] == "Thank you"
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_open(trigger_id="1.2.3", view=FORM)


async def test_a_form_that_nobody_hears_of_stays_open(scene: Scene) -> None:
    done = an_exchange(scene)
    await scene.client.views_open(trigger_id=done.trigger, view=FORM)
    sent = await scene.world.submit(done.user, done.view, {"what": "x"})
    assert sent.acknowledged is None
    assert done.view.open
    with pytest.raises(NotSentError):
        await scene.world.submit(done.user, done.view, {})
    with pytest.raises(AssertionError, match="no fields"):
        await scene.world.submit(done.user, done.view, {"why": "x"})


# --- the school and the manifest --------------------------------------------------------------------------------------


async def test_the_school_stands_on_slack(scene: Scene) -> None:
    place = scene.campus.place
    file = School().site_file(place)
    assert f'workspace = "{scene.world.workspace.id}"' in file
    assert f'slack = "{place.accounts["principal"]}"' in file
    assert {key for key, room in place.rooms.items() if scene.world.bot_is_in(room)} == {"class", "families", "office"}


async def test_an_app_gets_what_its_manifest_asks_for() -> None:
    manifest: Json = {
        "features": {
            "slash_commands": [{"command": "/guard-report"}],
            "shortcuts": [{"name": "Report", "type": "message", "callback_id": "report_comment"}],
            "app_home": {"home_tab_enabled": True},
        },
        "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
        "settings": {
            "event_subscriptions": {"bot_events": ["message.channels"]},
            "interactivity": {"is_enabled": True},
        },
    }
    async with SlackServer(manifest=manifest) as slack:
        room = slack.world.add_channel("room-12", [maya := slack.world.add_person("Maya")])
        at = slack.world.post(maya, room, "not heard: no scope for history")
        assert slack.happenings.sent == []
        with pytest.raises(AssertionError, match="manifest"):
            await slack.world.command(maya, room, "/guard-queue")
        with pytest.raises(AssertionError, match="manifest"):
            await slack.world.shortcut(maya, at, "another")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        with pytest.raises(SlackApiError, match="missing_scope"):
            await client.users_info(user=maya)
