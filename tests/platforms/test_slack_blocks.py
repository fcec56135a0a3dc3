"""What Slack would not draw is refused by the local server, too, and says why and where."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack.blocks import problems, view_problems
from tests.platforms.slack.values import Json
from tests.platforms.slack_server import SlackServer


def words(text: str, kind: str = "plain_text") -> Json:
    return {"type": kind, "text": text}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": words(text, "mrkdwn"), **more}


def button(action: str = "cg:open", text: str = "Open", **more: Any) -> Json:
    return {"type": "button", "action_id": action, "text": words(text), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(*values: str, **more: Any) -> Json:
    options = [{"text": words(value), "value": value} for value in values]
    return {"type": "static_select", "action_id": "rule", "options": options, **more}


def question(element: Json, label: str = "Why?") -> Json:
    return {"type": "input", "block_id": "why", "label": words(label), "element": element}


LINE: Json = {"type": "plain_text_input", "action_id": "why"}

GOOD: list[Json] = [
    section("x" * 3000),
    section(fields=[words("x" * 2000, "mrkdwn")] * 10),
    {"type": "divider"},
    {"type": "header", "text": words("x" * 150)},
    {"type": "context", "elements": [words("&lt;b&gt;", "mrkdwn")]},
    actions(*(button(str(number), value="v" * 2000) for number in range(25))),
    actions(button(text="x" * 75, style="danger", accessibility_label="Open")),
    actions(select("a", "b", initial_option={"text": words("a"), "value": "a"})),
    {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": "<!channel>"}]}],
    },
]
BAD: list[tuple[Json, str]] = [
    (section("x" * 3001), "/blocks/0/text/text"),
    (section(""), "/blocks/0/text/text"),
    ({"type": "section"}, "/blocks/0"),
    (section(fields=[words("x")] * 11), "/blocks/0/fields"),
    (section(fields=[words("x" * 2001)]), "/blocks/0/fields/0/text"),
    (section(block_id="x" * 256), "/blocks/0/block_id"),
    (section(colour="red"), "/blocks/0/colour"),
    ({"type": "header", "text": words("x", "mrkdwn")}, "/blocks/0/text"),
    ({"type": "header", "text": words("x" * 151)}, "/blocks/0/text/text"),
    ({"type": "context", "elements": [words("x")] * 11}, "/blocks/0/elements"),
    ({"type": "marquee"}, "/blocks/0"),
    (actions(), "/blocks/0/elements"),
    (actions(*(button(str(number)) for number in range(26))), "/blocks/0/elements"),
    (actions(button("same"), button("same")), "/blocks/0/elements"),
    (actions(button("x" * 256)), "/blocks/0/elements/0/action_id"),
    (actions(button(text="x" * 76)), "/blocks/0/elements/0/text/text"),
    (actions(button(value="x" * 2001)), "/blocks/0/elements/0/value"),
    (actions(button(style="loud")), "/blocks/0/elements/0/style"),
    (actions(button(label="x")), "/blocks/0/elements/0/label"),
    (actions(select()), "/blocks/0/elements/0/options"),
    (actions(select("x" * 76)), "/blocks/0/elements/0/options/0/text/text"),
    (actions(select("a", "a")), "/blocks/0/elements/0/options"),
    (actions(select("a", initial_option={"text": words("b"), "value": "b"})), "/blocks/0/elements/0/initial_option"),
    (actions(select(*map(str, range(101)))), "/blocks/0/elements/0/options"),
    (question(LINE, "x" * 2001), "/blocks/0/label/text"),
    (question(button()), "/blocks/0/element"),
    (question(LINE | {"max_length": 3001}), "/blocks/0/element/max_length"),
    ({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "script"}]}]}, "/0"),
    ({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text"}]}]}, "/text"),
]


@pytest.mark.parametrize("block", GOOD)
def test_what_slack_draws_is_taken(block: Json) -> None:
    assert problems([block], "message") == []


@pytest.mark.parametrize(("block", "where"), BAD)
def test_what_slack_does_not_draw_is_refused_with_its_place(block: Json, where: str) -> None:
    (found,) = problems([block], "message")
    assert found.startswith("[ERROR] ")
    assert f"{where}]" in found


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_there_are_only_so_many_blocks(surface: str, most: int) -> None:
    assert problems([{"type": "divider"}] * most, surface) == []
    assert problems([{"type": "divider"}] * (most + 1), surface)


def test_a_block_id_stands_once() -> None:
    assert problems([section(block_id="a"), section(block_id="a")], "message")


MODAL: Json = {
    "type": "modal",
    "title": words("x" * 24),
    "submit": words("Send"),
    "private_metadata": "x" * 3000,
    "blocks": [question(LINE)],
}


def test_a_modal_has_its_own_limits() -> None:
    assert view_problems(MODAL) == []
    for change in ({"title": words("x" * 25)}, {"submit": words("x" * 25)}, {"close": words("x" * 25)},
                   {"private_metadata": "x" * 3001}, {"callback_id": "x" * 256}, {"blocks": None}):  # fmt: skip
        assert len(view_problems(MODAL | change)) == 1, change
    assert view_problems({key: value for key, value in MODAL.items() if key != "submit"})
    assert view_problems("no view")


async def test_the_client_is_told_what_is_wrong_and_where() -> None:
    async with SlackServer() as slack:
        room = slack.world.add_channel("room-12", [slack.world.add_person("Maya")])
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=room, text="x", blocks=[section("x" * 3001)])
        assert caught.value.response["error"] == "invalid_blocks"
        assert "/blocks/0/text/text" in caught.value.response["response_metadata"]["messages"][0]
        with pytest.raises(SlackApiError) as caught:
            await client.views_open(trigger_id="1.2.3", view=MODAL | {"title": words("x" * 25)})
        assert caught.value.response["error"] == "invalid_arguments"
        assert "/view/title/text" in caught.value.response["response_metadata"]["messages"][0]
        with pytest.raises(SlackApiError, match="msg_too_long"):
            await client.chat_postMessage(channel=room, text="x" * 40_001)
        assert slack.world.bot_messages(room) == []
