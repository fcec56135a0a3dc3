"""Slack exports: what is read, what is never opened, what nobody wrote."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pytest

from bot.domain.comments import AttachmentKind, AuthorRole, ChannelKind
from bot.errors import InputError, UsageError
from bot.shadow.rows import BadRow, Options, Row
from tests.exports import DAY, NOON, message, slack_files, write_zip
from tests.shadow.reading import good, read, texts


def test_a_message_becomes_a_comment_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    sent = message(
        "hi <@U0OMAR0001>",
        edited={"user": "U0MAYA0001", "ts": f"{NOON + 60}.000000"},
        thread_ts=f"{NOON - 5}.000100",
        files=[{"mimetype": "image/png", "size": 12}, {"mimetype": 7, "size": "x"}, "odd"],
    )
    (row,) = good(write_zip(tmp_path / "export.zip", slack_files({"room-12": [sent]})))
    comment = row.comment
    assert (row.number, row.where, row.channel, row.kind) == (1, "export.zip", "room-12", ChannelKind.CLASS)
    assert (comment.ref.channel.platform, comment.ref.channel.channel) == ("export", "room-12")
    assert comment.ref.comment == f"{NOON}.000100"
    assert (comment.author.id, comment.author.name) == ("U0MAYA0001", "Maya")
    assert comment.posted_at == datetime(2026, 11, 2, 20, 0, 0, 100, tzinfo=UTC)
    assert comment.edited_at == datetime(2026, 11, 2, 20, 1, tzinfo=UTC)
    assert comment.revision == f"{NOON + 60}.000000"
    assert comment.reply_to == comment.thread == f"{NOON - 5}.000100"
    assert comment.mentions == ("U0OMAR0001",)
    assert [file.kind for file in comment.attachments] == [AttachmentKind.IMAGE, AttachmentKind.OTHER]
    assert [file.size_bytes for file in comment.attachments] == [12, None]


def test_apps_and_notices_are_left_out_and_counted_while_unknown_subtypes_are_read(tmp_path: Path) -> None:
    messages = [
        message("b", subtype="channel_join"),
        message("d", user="U0BOT00001", bot_id="B1", subtype="bot_message"),
        message("e", user="USLACKBOT"),
        message("f", type="event"),
        message("kept: me", subtype="me_message"),
        message("kept: topic", subtype="channel_topic"),
        message("kept: new", subtype="something_new"),
        message("kept: set up a reminder “you idiot”", subtype="reminder_add"),
        message("g", subtype="reminder_delete"),
    ]
    rows, left_out = read(write_zip(tmp_path / "export.zip", slack_files({"room-12": messages})))
    assert [row.comment.text for row in rows if isinstance(row, Row)] == [
        "kept: me",
        "kept: topic",
        "kept: new",
        "kept: set up a reminder “you idiot”",
    ]
    assert left_out.automatic == 5


def test_webhooks_and_apps_in_a_persons_name_are_read_like_people(tmp_path: Path) -> None:
    hook = {"type": "message", "subtype": "bot_message", "bot_id": "B1", "ts": f"{NOON}.000100"}
    messages = [
        hook | {"text": "hello", "username": "The Principal"},
        hook | {"attachments": [{"fallback": "you idiot", "from_url": "https://x.example"}]},
        message("through an app", bot_id="B2"),
    ]
    rows = good(write_zip(tmp_path / "export.zip", slack_files({"room-12": messages})))
    assert texts(rows) == ["hello", "you idiot", "through an app"]
    assert [(row.comment.author.id, row.comment.author.name) for row in rows] == [
        ("B1", "The Principal"),
        ("B1", "B1"),
        ("U0MAYA0001", "Maya"),
    ]


def test_a_reply_that_was_also_sent_to_the_channel_is_read_once(tmp_path: Path) -> None:
    reply = message("me too", second=9, thread_ts=f"{NOON}.000100")
    messages = [message("who comes?"), reply, {**reply, "subtype": "thread_broadcast"}, message("x", second=20)]
    rows = good(write_zip(tmp_path / "export.zip", slack_files({"room-12": messages})))
    assert texts(rows) == ["who comes?", "me too", "x"]
    assert [row.number for row in rows] == [1, 2, 3]


def test_an_edit_that_the_export_keeps_is_read_in_its_new_words(tmp_path: Path) -> None:
    inner = message("new words", edited={"ts": f"{NOON + 9}.000000"})
    log = [message("old words"), message(None, subtype="message_changed", message=inner)]
    rows = good(write_zip(tmp_path / "export.zip", slack_files({"room-12": log})))
    assert texts(rows) == ["old words", "new words"]
    assert [row.comment.revision for row in rows] == ["", f"{NOON + 9}.000000"]


SECRET = [message("nobody may open this")]


@pytest.mark.parametrize(
    ("folder", "lists"),
    [
        ("D024BE91L", {"public": []}),
        ("D024BE91L", {"channels": None, "users": []}),
        ("D024BE91L", {}),  # the list of channels lies
        ("mpdm-maya--omar-1", {}),
        ("MPDM-maya--omar-1", {"channels": [{"id": "C1", "name": "mpdm-maya--omar-1"}]}),
        ("chat", {"channels": [{"id": "C1", "name": "chat", "is_im": True}]}),
        ("chat", {"channels": [{"id": "C1", "name": "chat", "is_mpim": True}]}),
        ("chat", {"channels": [{"id": "D024BE91L", "name": "chat"}]}),
        ("chat", {"dms": [{"id": "chat"}]}),
        ("chat", {"mpims": [{"id": "G1", "name": "Chat"}]}),
    ],
)
def test_direct_and_group_messages_are_never_opened_whatever_the_lists_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, lists: dict[str, Any]
) -> None:
    path = write_zip(tmp_path / "export.zip", slack_files({folder: SECRET}, **lists))
    opened: list[str] = []
    real = zipfile.ZipFile.open

    def spy(self: zipfile.ZipFile, name: str, *more: Any, **options: Any) -> IO[bytes]:
        opened.append(name)
        return real(self, name, *more, **options)

    monkeypatch.setattr(zipfile.ZipFile, "open", spy)
    rows, left_out = read(path)
    assert (rows, left_out.direct, left_out.private) == ([], 1, [])
    assert f"{folder}/{DAY}.json" not in opened
    with pytest.raises(UsageError, match="No input has a channel"):
        read(path, options=Options(private=frozenset({folder.casefold()})))


@pytest.mark.parametrize(
    "lists",
    [
        {"public": [], "groups": [{"id": "C9", "name": "office"}]},
        {"groups": [{"id": "C9", "name": "office"}]},  # in both lists
        {"channels": [{"id": "C9", "name": "office", "is_private": True}]},
        {"channels": [{"id": "G9", "name": "office"}]},
        {"public": []},  # in no list
        {"channels": None},  # no list
    ],
)
def test_private_channels_are_skipped_unless_named(tmp_path: Path, lists: dict[str, Any]) -> None:
    path = write_zip(tmp_path / "export.zip", slack_files({"office": [message("hi")]}, **lists))
    rows, left_out = read(path)
    assert (rows, left_out.private, left_out.direct) == ([], ["office"], 0)
    assert texts(good(path, options=Options(private=frozenset({"office"})))) == ["hi"]


def test_a_damaged_list_makes_nothing_public(tmp_path: Path) -> None:
    files = slack_files({"office": [message("hi")]})
    files["channels.json"] = files["channels.json"][:-10]
    rows, left_out = read(write_zip(tmp_path / "export.zip", files))
    assert (rows, left_out.private) == ([], ["office"])


def test_a_damaged_day_is_one_bad_row_and_the_next_day_goes_on(tmp_path: Path) -> None:
    files = slack_files({"room-12": [message("first"), message("second")], "room-13": [message("later")]})
    files[f"room-12/{DAY}.json"] = files[f"room-12/{DAY}.json"].replace("second", "sec\n")[:-9]
    rows, _ = read(write_zip(tmp_path / "export.zip", files))
    assert [row.comment.text if isinstance(row, Row) else "bad" for row in rows] == ["first", "bad", "later"]


@pytest.mark.parametrize(
    "odd", ["words", None, 7, [1], message(None), message(None) | {"text": [1]}, message(None) | {"text": None}]
)
def test_an_entry_without_text_is_a_bad_row_that_does_not_repeat_it(tmp_path: Path, odd: object) -> None:
    rows, _ = read(write_zip(tmp_path / "export.zip", slack_files({"room-12": [message("a"), odd, message("b")]})))
    bad = rows[1]
    assert isinstance(bad, BadRow)
    assert bad.number == 2
    assert "words" not in bad.reason
    assert [type(row) for row in rows] == [Row, BadRow, Row]


def test_wrong_types_around_the_text_cost_nothing_but_themselves(tmp_path: Path) -> None:
    odd = message("kept", ts=5, thread_ts=[], edited="x", files={}, team=1, user_profile=[]) | {"user": None}
    (row,) = good(write_zip(tmp_path / "export.zip", slack_files({"room-12": [odd]}, users=[{"id": 1}, 3])))
    assert (row.comment.ref.comment, row.comment.author.id, row.comment.posted_at) == ("1", "", None)


def test_kinds_and_roles_are_those_that_were_given(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "export.zip", slack_files({"families": [message("a"), message("b", user="U9")]}))
    options = Options(kinds={"families": ChannelKind.PARENT}, roles={"maya": AuthorRole.PARENT})
    rows = good(path, options=options)
    assert [row.kind for row in rows] == [ChannelKind.PARENT] * 2
    assert [row.comment.author.role for row in rows] == [AuthorRole.PARENT, AuthorRole.MEMBER]


@pytest.mark.parametrize("given", ["u0ortiz001", "ms. o", "dana ortiz", "d. ortiz", "dortiz"])
def test_a_role_is_given_by_id_or_by_any_name_of_a_person(tmp_path: Path, given: str) -> None:
    profile = {"display_name": "Ms. O", "real_name": "D. Ortiz"}
    ortiz = {"id": "U0ORTIZ001", "name": "dortiz", "real_name": "Dana Ortiz", "profile": profile}
    files = slack_files({"room-12": [message("a", user="U0ORTIZ001"), message("b")]}, users=[ortiz])
    rows = good(write_zip(tmp_path / "export.zip", files), options=Options(roles={given: AuthorRole.TEACHER}))
    assert [row.comment.author.role for row in rows] == [AuthorRole.TEACHER, AuthorRole.MEMBER]
    assert rows[0].comment.author.name == "Ms. O"


def test_a_stranger_goes_by_any_name_in_the_message_a_known_person_never(tmp_path: Path) -> None:
    posing = {"display_name": "Coach", "real_name": "Dana Ortiz"}
    messages = [message("a", user="U9", user_profile=posing), message("b", user_profile=posing)]
    path = write_zip(tmp_path / "export.zip", slack_files({"room-12": messages}))
    rows = good(path, options=Options(roles={"dana ortiz": AuthorRole.TEACHER}))
    assert [row.comment.author.role for row in rows] == [AuthorRole.TEACHER, AuthorRole.MEMBER]


def test_a_folder_and_a_zip_with_one_folder_around_everything_read_alike(tmp_path: Path) -> None:
    files = slack_files({"room-12": [message("a"), message("b")]})
    folder = tmp_path / "unpacked"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    packed = {f"Lincoln Slack export/{name}": content for name, content in files.items()}
    packed["__MACOSX/._users.json"] = "junk"
    again = write_zip(tmp_path / "again.zip", packed)
    assert texts(good(folder)) == texts(good(again)) == ["a", "b"]


def test_channels_come_by_name_and_days_in_order(tmp_path: Path) -> None:
    files = slack_files({"b": [message("b2")], "a": [message("a1")]})
    files["b/2026-11-01.json"] = json.dumps([message("b1", second=-86400)])
    assert texts(good(write_zip(tmp_path / "export.zip", files))) == ["a1", "b1", "b2"]


def test_what_is_no_slack_export_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"other\.zip is no Slack export"):
        read(write_zip(tmp_path / "other.zip", {"readme.txt": "hello", "deep/deeper/users.json": "[]"}))


def test_shared_messages_previews_and_blocks_are_read_once(tmp_path: Path) -> None:
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": "in blocks"}]}
    blocks = [{"type": "rich_text", "elements": [words]}, {"type": "section", "text": {"type": "mrkdwn", "text": "b"}}]
    preview = {"from_url": "https://x.example", "title": "a page", "fallback": "Site: a page", "footer": "Site"}
    messages = [
        message("look", attachments=[{"is_share": True, "text": "shared", "title": "who", "blocks": blocks}, "odd"]),
        message("beside", second=1, blocks=blocks),
        message("*in* blocks\nb", second=2, blocks=blocks),
        message("", second=3, blocks=blocks),
        message("", second=4, attachments=[{"message_blocks": [{"message": {"blocks": blocks}}]}]),
        message("https://x.example", second=5, attachments=[preview]),
        message("", second=6, blocks=[[{"elements": [{"elements": 7}]}]], attachments={"text": "no list"}),
    ]
    deep: object = "too deep"
    for _ in range(100):
        deep = {"elements": [deep]}
    messages.append(message("", second=7, blocks=[deep]))
    rows = good(write_zip(tmp_path / "export.zip", slack_files({"room-12": messages})))
    assert [row.comment.text for row in rows] == [
        "look\nwho\nshared\nin blocks\nb",
        "beside\nin blocks\nb",
        "*in* blocks\nb",
        "in blocks\nb",
        "in blocks\nb",
        "https://x.example\na page",
        "",
        "",
    ]


def test_words_in_blocks_are_written_as_the_text_is_and_mentions_in_them_count(tmp_path: Path) -> None:
    elements = [{"type": "user", "user_id": "U0OMAR0001"}, {"type": "text", "text": " <@U0MAYA0001> & you"}]
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}
    (row,) = good(write_zip(tmp_path / "export.zip", slack_files({"room-12": [message("hi", blocks=[block])]})))
    assert row.comment.text == "hi\n<@U0OMAR0001> &lt;@U0MAYA0001&gt; &amp; you"
    assert row.comment.mentions == ("U0OMAR0001",)
