"""Text as a person reads it: exactly what was typed, for any typed text; marks that are none stay as they are."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.people import SlackPerson
from adapters.slack.reading import permalink, read_message, revision_of, shown, stamp, time_of
from bot.domain.comments import ChannelRef
from tests.platforms.slack.wording import stored

PEOPLE = {"U0MAYA": SlackPerson("U0MAYA", "Maya <3"), "U0ANN": SlackPerson("U0ANN", "Ann & Co")}
NAMES = {person.name: person.id for person in PEOPLE.values()}
ROOM = ChannelRef("slack", "T1", "C1")
HOSTILE = st.lists(
    st.sampled_from(
        ["<!channel>", "&lt;", "&amp;", "<@U0MAYA>", "@here", "<https://a.example|b>", "https://a.example/?x&y", "\n",
         "@Maya <3", "#room", "<", ">", "|", "&", " ", "idiot", "*b*", "`", "mailto:a@b.example", "\u202e", "\0"]
    )
    | st.text(max_size=12),
    max_size=12,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(HOSTILE)
def test_what_is_read_is_what_was_typed(typed: str) -> None:
    assert shown(stored(typed, NAMES, {"room": "C1"}), PEOPLE) == typed


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("<@U0MAYA> hi", "@Maya <3 hi"),
        ("<@U0NOBODY> hi", "<@U0NOBODY> hi"),
        ("<@U0NOBODY|maya> hi", "@maya hi"),
        ("<#C1|room-12> and <#C2>", "#room-12 and #C2"),
        ("<!here> <!subteam^S1|@staff> <!subteam^S1> <!date^1^{date}|Tuesday>", "@here @staff @subteam Tuesday"),
        ("<http://example.org|example.org>", "example.org"),
        ("<https://example.org/>", "https://example.org/"),
        ("<https://evil.example/x|homework>", "homework (https://evil.example/x)"),
        ("<mailto:a@b.example|a@b.example> <tel:5551234|555-1234>", "a@b.example 555-1234 (tel:5551234)"),
        ("&amp;lt;b&amp;gt; is typed, &lt;b&gt; too", "&lt;b&gt; is typed, <b> too"),
        ("&amp;amp;", "&amp;"),
        ("<unknown mark> < >", "<unknown mark> < >"),
    ],
)
def test_marks_are_read_as_they_are_shown(text: str, seen: str) -> None:
    assert shown(text, PEOPLE) == seen


@pytest.mark.parametrize(
    "text", ["<" * 40_000, "<@U" + "A" * 40_000, "<!" + "|" * 40_000, "&amp;" * 8_000, "<a:" * 9000]
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    shown(text, PEOPLE)
    assert time.process_time() - began < 2, "a text of the largest size is read in a moment"


def test_a_shared_message_is_read_and_a_preview_is_not() -> None:
    shared = {"is_share": True, "from_url": "https://x.slack.com/archives/C1/p1", "text": "you &lt;idiot&gt;"}
    preview = {"from_url": "https://example.org", "title": "A page about idiots"}
    message = {"ts": "1795000000.000100", "user": "U0ANN", "text": "look", "attachments": [shared, preview]}
    assert read_message(message, ROOM, PEOPLE, address="", key=b"k").text == "look\nyou <idiot>"


KEYS = ("ts", "user", "text", "edited", "files", "attachments", "blocks", "thread_ts", "bot_id", "username", "subtype")
VALUES: st.SearchStrategy[object] = (
    st.none() | st.text(max_size=5) | st.integers() | st.lists(st.text(max_size=3)) | st.just({}) | st.just([{}])
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_whatever_slack_sends_is_read(message: dict[str, object]) -> None:
    read_message(message, ROOM, {}, address="https://x.slack.com", key=b"k")


@settings(deadline=None)
@given(HOSTILE, HOSTILE)
def test_a_revision_mark_tells_texts_apart_and_nothing_about_them(one: str, two: str) -> None:
    first, second = revision_of("1795000000.000000", one, b"key"), revision_of("1795000000.000000", two, b"key")
    assert (first == second) == (one == two)
    assert first != revision_of("1795000000.000000", one, b"another key")
    assert revision_of("", one, b"key") == ""


def test_times_are_exact() -> None:
    moment = time_of("1795330020.506134")
    assert moment is not None
    assert stamp(moment) == "1795330020.506134"
    assert time_of("0.1") is not None
    for wrong in ("", "1795330020", "x.y", "1e9.0", "99999999999999.000000", "-1.000000", "١.٢"):
        assert time_of(wrong) is None


def test_a_permalink_is_computed_as_slack_does() -> None:
    address = "https://lincoln.slack.com"
    assert permalink(address, "C1", "1795330020.506134") == f"{address}/archives/C1/p1795330020506134"
    threaded = permalink(address, "C1", "1795330020.506134", "1795330019.000001")
    assert threaded == f"{address}/archives/C1/p1795330020506134?thread_ts=1795330019.000001&cid=C1"
    assert permalink("", "C1", "1.0") is None
