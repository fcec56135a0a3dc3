"""Inputs are recognised by what they hold."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from bot.domain.comments import ChannelKind
from bot.errors import InputError, UsageError
from bot.shadow.readers import open_inputs
from bot.shadow.readers.streams import Meter
from bot.shadow.rows import Format, Options, Row
from tests.exports import discord_message, message, slack_files, write_discord, write_zip
from tests.shadow.reading import read


def formats(*paths: str, form: Format | None = None) -> list[Format]:
    return [source.format for source in open_inputs(paths, form, Options(), Meter())]


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ('{"text": "a"}\n{"text": "b"}\n', Format.JSONL),
        ('{"id": 1, "text": broken\n{"text": "b"}\n', Format.JSONL),
        ("id,text\n1,a\n", Format.CSV),
        ('"ID";"Text"\n1;a\n', Format.CSV),
        ("text\nhello\n", Format.CSV),
        ("\ufefftext\tid\nhello\t1\n", Format.CSV),
        ("hello there\nhow are you\n", Format.TEXT),
        ("[10:03] hi\n[10:04] hello\n", Format.TEXT),
        ("{ hi there }\n", Format.TEXT),
        ("", Format.TEXT),
    ],
)
def test_formats_show_in_the_content_whatever_the_file_is_called(tmp_path: Path, content: str, form: Format) -> None:
    path = tmp_path / "export.dat"
    path.write_text(content, encoding="utf-8")
    assert formats(str(path)) == [form]


def test_exports_are_recognised(tmp_path: Path) -> None:
    slack = write_zip(tmp_path / "export", slack_files({"room-12": [message("hi")]}))
    discord = write_discord(tmp_path / "channel.txt", [discord_message("hi")])
    assert formats(str(slack), str(discord)) == [Format.SLACK, Format.DISCORD]


def test_the_chosen_format_overrides_what_it_looks_like(tmp_path: Path) -> None:
    path = tmp_path / "export.dat"
    path.write_text("text\nhello\n", encoding="utf-8")
    rows, _ = read(path, form=Format.TEXT)
    assert [row.comment.text for row in rows if isinstance(row, Row)] == ["text", "hello"]


@pytest.mark.parametrize(
    ("content", "form", "says"),
    [
        (b'[\n {"type": "message"}]', None, "list in JSON"),
        (b"\x00\x01\x02\x03" * 50, None, "in no format that can be screened"),
        (bytes(range(128, 256)) * 2 + bytes(16), None, "in no format that can be screened"),
        (b"hello", Format.SLACK, "is no ZIP"),
        (b"hello", Format.DISCORD, "is no export of DiscordChatExporter"),
        (b"PK\x03\x04 broken", None, "damaged ZIP"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(
    tmp_path: Path, content: bytes, form: Format | None, says: str
) -> None:
    path = tmp_path / "export.dat"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        read(path, form=form)


@pytest.mark.parametrize(
    "content", ["", "\n", '{\n  "guild": {\n    "id": "1', '["you", "text"]', "{\n}", "null", "hello", "id,text\n1,a\n"]
)
def test_a_json_file_of_no_known_kind_is_never_taken_for_text(tmp_path: Path, content: str) -> None:
    path = tmp_path / "room.JSON"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"room\.JSON is no export of DiscordChatExporter and no JSON Lines"):
        read(path)
    path.write_text('\n{"text": "hi"}\n', encoding="utf-8")
    assert formats(str(path)) == [Format.JSONL]


def test_a_missing_file_an_empty_folder_and_a_zip_taken_for_csv(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv cannot be read: No such file"):
        read(tmp_path / "none.csv")
    with pytest.raises(InputError, match="holds no export"):
        read(tmp_path)
    zipped = write_zip(tmp_path / "export.zip", slack_files({"room-12": []}))
    with pytest.raises(InputError, match="is a ZIP and cannot be read as csv"):
        read(zipped, form=Format.CSV)


def test_a_channel_that_nobody_has_is_wrong_use(tmp_path: Path) -> None:
    zipped = write_zip(tmp_path / "export.zip", slack_files({"room-12": []}))
    with pytest.raises(UsageError, match="named “ofice”"):
        read(zipped, options=Options(private=frozenset({"ofice"})))


def test_a_kind_for_a_channel_that_nobody_has_is_wrong_use(tmp_path: Path) -> None:
    families = [{"id": "C1", "name": "room-12"}, {"id": "C2", "name": "Quiet-families"}, {"id": "C3", "name": "chat"}]
    files = slack_files({"room-12": []}, channels=families, dms=[{"id": "D1", "name": "chat"}])
    zipped = write_zip(tmp_path / "export.zip", files)
    channel = write_discord(tmp_path / "c.json", [discord_message("hi")], name="Staff-room")
    for kinds in ("staf-room", "chat"):
        with pytest.raises(UsageError, match=f"named “{kinds}” \\(see --kind\\)"):
            read(zipped, channel, options=Options(kinds={kinds: ChannelKind.STAFF}))
    named = {"staff-room": ChannelKind.STAFF, "room-12": ChannelKind.PARENT, "quiet-families": ChannelKind.PARENT}
    rows, _ = read(zipped, channel, options=Options(kinds=named))
    assert [row.kind for row in rows if isinstance(row, Row)] == [ChannelKind.STAFF]


def test_a_kind_may_name_what_only_the_rows_of_a_table_name(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("channel,text\nstaff-room,hello\n", encoding="utf-8")
    rows, _ = read(path, options=Options(kinds={"staff-room": ChannelKind.STAFF, "other": ChannelKind.PARENT}))
    assert [row.kind for row in rows if isinstance(row, Row)] == [ChannelKind.STAFF]


def test_standard_input_and_pipes_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe_in, pipe_out = os.pipe()
    os.write(pipe_out, b"text\nhello\n")
    os.close(pipe_out)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"text": "hi"}\n')))
    meter = Meter()
    sources = open_inputs(["-", f"/dev/fd/{pipe_in}"], None, Options(), meter)
    assert [source.format for source in sources] == [Format.JSONL, Format.CSV]
    found = [row.comment.text for source in sources for row in source.rows() if isinstance(row, Row)]
    os.close(pipe_in)
    assert found == ["hi", "hello"]
    assert meter.total is None


def test_the_meter_knows_how_much_there_is_and_ends_there(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("hello\n" * 1000, encoding="utf-8")
    zipped = write_zip(tmp_path / "export.zip", slack_files({"room-12": [message("hi")]}))
    channel = write_discord(tmp_path / "c.json", [discord_message("hi")])
    meter = Meter()
    for source in open_inputs([str(text), str(zipped), str(channel)], None, Options(), meter):
        for _ in source.rows():
            pass
    assert meter.total == meter.done > 6000
