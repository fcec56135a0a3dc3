"""Text as a person reads it: exactly what was typed, for any typed text; marks that are none stay as they are."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.slack.people import SlackPerson
from adapters.slack.reading import accounts, permalink, read_message, revision_of, shown, stamp, time_of
from bot.domain.comments import AttachmentKind, Author, ChannelRef
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


@given(HOSTILE)
@example("https://a.example/?x&y#room #room")
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
        ("<!date^1^you idiot {date_num} {time}|hello>", "you idiot hello"),
        ("<!date^1^kill {date}|skill on Tuesday> <!date^1^at {time}|at 6>", "kill skill on Tuesday at 6"),
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


def test_names_are_told_as_they_stand_in_the_text() -> None:
    quoted = {"is_share": True, "text": "<@U0MAYA> said so, <@U0OLD|Ma &amp; Pa> too"}
    message = {"ts": "1.2", "text": "<@U0ANN> <@U0MAYA> <@U0NOBODY>", "attachments": [quoted]}
    comment = read_message(message, ROOM, PEOPLE, address="", key=b"k")
    assert comment.mentions == ("U0ANN", "U0MAYA", "U0NOBODY", "U0OLD")
    assert comment.called == (("U0ANN", "Ann & Co"), ("U0MAYA", "Maya <3"), ("U0OLD", "Ma & Pa"))
    assert all(f"@{name}" in comment.text for _, name in comment.called)
    assert "<@U0NOBODY>" in comment.text


def test_a_shared_message_is_read_and_a_preview_is_not() -> None:
    shared = {"is_share": True, "from_url": "https://x.slack.com/archives/C1/p1", "text": "you &lt;idiot&gt;"}
    preview = {"from_url": "https://example.org", "title": "A page about idiots"}
    message = {"ts": "1795000000.000100", "user": "U0ANN", "text": "look", "attachments": [shared, preview]}
    assert read_message(message, ROOM, PEOPLE, address="", key=b"k").text == "look\nyou <idiot>"


def rich(*elements: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}


def words(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text} | ({"style": style} if style else {})


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def read(**message: Any) -> str:
    return read_message(
        {"ts": "1795000000.000100", "user": "U0ANN", **message}, ROOM, PEOPLE, address="", key=b"k"
    ).text


@given(HOSTILE)
def test_words_in_blocks_alone_are_read_as_they_were_typed(typed: str) -> None:
    assert _said(read(text="", blocks=[rich(words(typed))])) == _said(typed)


def _said(text: str) -> list[str]:
    """Return the lines in which there is more than marks."""
    return [line for line in text.split("\n") if any(map(str.isalnum, line))]


@pytest.mark.parametrize(
    ("text", "blocks", "seen"),
    [
        ("hello", [mrkdwn("you &lt;idiot&gt;")], "hello\nyou <idiot>"),
        ("therapist", [mrkdwn("the rapist")], "therapist\nthe rapist"),
        ("do not kill yourself", [mrkdwn("kill yourself")], "do not kill yourself\nkill yourself"),
        ("yourself\nkill", [mrkdwn("kill\nyourself")], "yourself\nkill\nkill\nyourself"),
        ("you idiot", [mrkdwn("you idiot"), mrkdwn("says Omar")], "you idiot\nsays Omar"),
        ("you", [mrkdwn("dear"), mrkdwn("you"), mrkdwn("idiot")], "you\ndear\nidiot"),
        ("*id*iot", [rich(words("id", bold=True), words("iot"))], "*id*iot\nidiot"),
        ("hi", [rich(words("id", bold=True), words("iot"))], "hi\nidiot"),
        ("hi", [{"type": "header", "text": {"type": "plain_text", "text": "idiot"}}], "hi\nidiot"),
        ("hi", [{"type": "image", "image_url": "https://x.example/y", "alt_text": "idiot"}], "hi\nidiot"),
        ("hi", [{"type": "markdown", "text": "# idiot"}], "hi\n# idiot"),
        (
            "hi",
            [{"type": "section", "fields": [{"type": "mrkdwn", "text": "you"}, {"type": "mrkdwn", "text": "idiot"}]}],
            "hi\nyou\nidiot",
        ),
        (
            "hi",
            [
                {
                    "type": "actions",
                    "elements": [{"type": "button", "value": "v", "text": {"type": "plain_text", "text": "idiot"}}],
                }
            ],
            "hi\nidiot",
        ),
        (
            "hi",
            [{"type": "table", "rows": [[{"type": "raw_text", "text": "<@U0ANN>"}, rich(words("idiot"))]]}],
            "hi\n<@U0ANN>\nidiot",
        ),
        ("ki ll", [mrkdwn("ki\x1cll")], "ki ll\nki\x1cll"),
        ("hi", [rich({"type": "link", "text": "@U0MAYA"}, words(" "), {"type": "user"})], "hi\n@U0MAYA "),
        (
            "hi",
            [rich({"type": "date", "timestamp": 1, "format": "{date} ^you ^idiot", "fallback": "today"})],
            "hi\nyou idiot today",
        ),
    ],
)
def test_blocks_beside_a_text_are_read_once(text: str, blocks: list[dict[str, Any]], seen: str) -> None:
    assert read(text=text, blocks=blocks) == seen


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("<@U0MAYA> look: <https://a.example/?a&amp;b|a.example> :wave::skin-tone-2:", [
            rich(
                {"type": "user", "user_id": "U0MAYA"}, words(" look: "),
                {"type": "link", "url": "https://a.example/?a&b", "text": "a.example"}, words(" "),
                {"type": "emoji", "name": "wave", "skin_tone": 2},
            )
        ]),
        ("*bold*, _and_ ~gone~ `code` &amp; snake_case", [
            rich(
                words("bold", bold=True), words(", "), words("and", italic=True), words(" "),
                words("gone", strike=True), words(" "), words("code", code=True), words(" & snake_case"),
            )
        ]),
        ("to do:\n• one\n• two\n&gt; said\n&gt; twice\n```x\ny```", [
            {"type": "rich_text", "elements": [
                {"type": "rich_text_section", "elements": [words("to do:\n")]},
                {"type": "rich_text_list", "elements": [
                    {"type": "rich_text_section", "elements": [words(one)]} for one in ("one", "two")]},
                {"type": "rich_text_quote", "elements": [words("said\ntwice")]},
                {"type": "rich_text_preformatted", "elements": [words("x\ny")]},
            ]}
        ]),
        ("<!here> <#C1> <!subteam^S1> <!date^0^{date}|today>", [
            rich(
                {"type": "broadcast", "range": "here"}, words(" "), {"type": "channel", "channel_id": "C1"}, words(" "),
                {"type": "usergroup", "usergroup_id": "S1"}, words(" "),
                {"type": "date", "timestamp": 0, "format": "{date}", "fallback": "today"},
            )
        ]),
    ],
)  # fmt: skip
def test_what_a_person_typed_is_not_read_twice(text: str, blocks: list[dict[str, Any]]) -> None:
    assert read(text=text, blocks=blocks) == read(text=text)


def test_everything_that_an_attachment_shows_is_read_once() -> None:
    part = {
        "fallback": "f", "pretext": "p", "author_name": "a", "title": "t", "text": "x &amp; y", "footer": "o",
        "fields": [{"title": "ft", "value": "fv <@U0MAYA>"}, "odd", {"title": "x &amp; y"}],
        "blocks": [mrkdwn("in blocks")], "title_link": "https://x.example", "from_url": "https://y.example",
    }  # fmt: skip
    seen = ["p", "a", "t", "x & y", "ft", "fv @Maya <3", "in blocks", "o", "f"]
    message: dict[str, Any] = {"text": "", "user": None, "bot_id": "B1", "attachments": [part]}
    assert read(**message).split("\n") == seen
    assert accounts(message) == {"U0MAYA"}
    assert "no preview" not in read(**message | {"attachments": [{"fallback": "[no preview available]"}]})


def test_the_last_of_very_many_fields_is_read() -> None:
    part = {"fields": [{"title": str(number)} for number in range(5000)] + [{"value": "you idiot"}]}
    assert read(text="hi", bot_id="B1", attachments=[part]).endswith("\n4999\nyou idiot")


def test_of_a_shared_message_its_words_and_files_are_read_and_not_whose_it_was() -> None:
    share = {
        "is_share": True, "from_url": "https://x.slack.com/archives/C1/p1", "author_name": "Maya",
        "footer": "Posted in #room-12", "fallback": "[today] Maya: you idiot",
        "text": "you *idiot*", "files": [{"mimetype": "image/png", "size": 7}],
        "message_blocks": [{"message": {"blocks": [rich(words("you "), words("idiot", bold=True))]}}],
    }  # fmt: skip
    message = {"ts": "1795000000.000100", "user": "U0ANN", "text": "look", "attachments": [share]}
    comment = read_message(message, ROOM, PEOPLE, address="", key=b"k")
    assert comment.text == "look\nyou *idiot*"
    assert [(file.kind, file.size_bytes) for file in comment.attachments] == [(AttachmentKind.IMAGE, 7)]


def test_a_webhook_is_read_like_a_person_and_a_known_bot_is_none() -> None:
    people = {"U0BOT": SlackPerson("U0BOT", "Bot", is_bot=True)}
    hook = {"ts": "1.0", "subtype": "bot_message", "bot_id": "B1", "text": "hi"}
    for message, author in (
        (hook | {"username": "The Principal"}, Author("B1", "The Principal")),
        (hook | {"bot_profile": {"name": "Hook"}, "app_id": "A1"}, Author("B1", "Hook")),
        (hook | {"user": "U0BOT"}, Author("U0BOT", "Bot", is_bot=True)),
    ):
        assert read_message(message, ROOM, people, address="", key=b"k").author == author


def test_a_changed_block_is_another_revision() -> None:
    def revision(text: str, *, changed: str = "", **more: Any) -> str:
        message = {"ts": "1.0", "user": "U0ANN", "text": "same", "blocks": [mrkdwn(text)], **more}
        return read_message(message, ROOM, PEOPLE, address="", key=b"k", changed=changed).revision

    marked: dict[str, Any] = {"edited": {"ts": "1795000000.000000"}}
    assert revision("kind") == ""
    assert len({revision(one, **marked) for one in ("kind", "cruel")}) == 2
    assert revision("cruel", changed="1795000001.000000") not in ("", revision("kind", changed="1795000001.000000"))


@pytest.mark.parametrize("text", ["a" + "*" * 40_000 + "b", "*_" * 20_000, "\n".join("a" * 20_000), "&gt; " * 10_000])
def test_no_blocks_take_long(text: str) -> None:
    began = time.process_time()
    read(text=text, blocks=[mrkdwn(f"{text}!"), rich(*map(words, text[:10_000]))], attachments=[{"text": text}] * 50)
    assert time.process_time() - began < 3, "a message of the largest size is read in a moment"


KEYS = ("ts", "user", "text", "edited", "files", "attachments", "blocks", "thread_ts", "bot_id", "username", "subtype")
VALUES: st.SearchStrategy[object] = (
    st.none() | st.text(max_size=5) | st.integers() | st.lists(st.text(max_size=3)) | st.just({}) | st.just([{}])
)


INSIDE = (
    "type",
    "text",
    "elements",
    "fields",
    "url",
    "user_id",
    "format",
    "fallback",
    "skin_tone",
    "files",
    "from_url",
)
TYPES = st.sampled_from(["rich_text_section", "text", "link", "date", "emoji", "user", "section", "table"])
BLOCKS: st.SearchStrategy[object] = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | TYPES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(INSIDE), inner, max_size=5),
)


@given(BLOCKS, BLOCKS)
def test_whatever_stands_in_blocks_and_attachments_is_read(blocks: object, attachments: object) -> None:
    read(text="hi", blocks=blocks, attachments=attachments)
    read(text="", bot_id="B1", blocks=[blocks], attachments=[attachments])


@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_whatever_slack_sends_is_read(message: dict[str, object]) -> None:
    read_message(message, ROOM, {}, address="https://x.slack.com", key=b"k")


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
