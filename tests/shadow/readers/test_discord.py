"""DiscordChatExporter's files: server channels are read, direct messages never."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.comments import AttachmentKind, AuthorRole
from bot.errors import InputError
from bot.shadow.rows import BadRow, Format, Options, Row
from tests.exports import discord_message, write_discord
from tests.shadow.reading import good, read, texts


def test_a_message_becomes_a_comment_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    sent = discord_message(
        "hi @Omar K.",
        timestampEdited="2026-11-02T12:01:00-08:00",
        attachments=[{"fileName": "a.PNG", "fileSizeBytes": 5}, {"fileName": "b"}, {}],
        stickers=[{"name": "wave"}],
        mentions=[{"id": "300000000000000002", "name": "omar", "nickname": "Omar K."}],
        reference={"messageId": "399"},
    )
    (row,) = good(write_discord(tmp_path / "room.json", [sent]))
    comment = row.comment
    assert (row.number, row.where, row.channel) == (1, "room.json", "room-12")
    assert comment.ref.channel.platform == "export"
    assert (comment.author.id, comment.author.name) == ("300000000000000001", "Maya R.")
    assert comment.posted_at is not None
    assert comment.posted_at.utcoffset() == timedelta(hours=-8)
    assert comment.edited_at is not None
    assert (comment.reply_to, comment.mentions) == ("399", ("300000000000000002",))
    kinds = [AttachmentKind.IMAGE, AttachmentKind.OTHER, AttachmentKind.OTHER, AttachmentKind.STICKER]
    assert [file.kind for file in comment.attachments] == kinds
    assert row.addressed == (("Omar K.", "300000000000000002"), ("omar", "300000000000000002"))
    assert comment.permalink == "https://discord.com/channels/100000000000000001/200000000000000002/400000000000000001"


@pytest.mark.parametrize(
    "kind", ["DirectTextChat", "DirectGroupTextChat", "GuildDM", "DM", "Group", "1", "3", "", "New"]
)
def test_direct_and_unknown_kinds_of_channel_are_never_read(tmp_path: Path, kind: str) -> None:
    path = write_discord(tmp_path / "dm.json", [discord_message("secret")], kind=kind)
    rows, left_out = read(path)
    assert (rows, left_out.direct) == ([], 1)


def test_a_server_of_direct_messages_is_never_read_whatever_the_channel_calls_itself(tmp_path: Path) -> None:
    rows, left_out = read(write_discord(tmp_path / "dm.json", [discord_message("secret")], guild="0"))
    assert (rows, left_out.direct) == ([], 1)


@pytest.mark.parametrize("kind", ["GuildTextChat", "GuildPublicThread", "GuildForum", "guildNews", "0", "11"])
def test_channels_of_a_server_are_read(tmp_path: Path, kind: str) -> None:
    assert texts(good(write_discord(tmp_path / "room.json", [discord_message("hi")], kind=kind))) == ["hi"]


def test_a_private_thread_is_skipped_unless_named(tmp_path: Path) -> None:
    path = write_discord(tmp_path / "t.json", [discord_message("hi")], kind="GuildPrivateThread", name="Plans")
    assert read(path)[1].private == ["Plans"]
    assert texts(good(path, options=Options(private=frozenset({"plans"})))) == ["hi"]


def test_bots_and_notices_are_left_out_and_counted(tmp_path: Path) -> None:
    bot = discord_message("beep") | {"author": {"id": "1", "name": "bot", "isBot": True}}
    messages = [bot, discord_message("joined", type="GuildMemberJoin"), discord_message("kept", type="Reply")]
    rows, left_out = read(write_discord(tmp_path / "room.json", messages))
    assert [row.number for row in rows] == [1]
    assert left_out.automatic == 2


def test_forwarded_words_and_link_previews_follow_the_comments_own(tmp_path: Path) -> None:
    sent = discord_message(
        "look",
        embeds=[{"title": "News", "description": "of the day"}, {"title": ""}],
        forwardedMessage={"content": "what he wrote", "attachments": [{"fileName": "x.mp4"}]},
    )
    (row,) = good(write_discord(tmp_path / "room.json", [sent]))
    assert row.comment.text == "look\nwhat he wrote\nNews\nof the day"
    assert [file.kind for file in row.comment.attachments] == [AttachmentKind.VIDEO]


def test_the_servers_own_roles_tell_who_is_what(tmp_path: Path) -> None:
    author = discord_message("")["author"] | {"roles": [{"name": "Lions"}, {"name": "Parent Leader"}]}
    (row,) = good(write_discord(tmp_path / "room.json", [discord_message("hi", author=author)]))
    assert row.comment.author.role is AuthorRole.PARENT_LEADER


def test_what_breaks_off_yields_what_came_before(tmp_path: Path) -> None:
    path = write_discord(tmp_path / "room.json", [discord_message("one"), discord_message("two", 2)])
    path.write_text(path.read_text(encoding="utf-8").split('"two"')[0], encoding="utf-8")
    rows, _ = read(path)
    assert [type(row) for row in rows] == [Row, BadRow]
    assert rows[1].number == 2


@pytest.mark.parametrize("odd", ["words", None, discord_message(None), discord_message("x") | {"content": 5}])
def test_an_entry_without_text_is_a_bad_row(tmp_path: Path, odd: object) -> None:
    rows, _ = read(write_discord(tmp_path / "room.json", [odd, discord_message("b")]))
    assert [type(row) for row in rows] == [BadRow, Row]


def test_a_folder_of_channels_is_read_in_order_and_other_files_are_passed_over(tmp_path: Path) -> None:
    write_discord(tmp_path / "b.json", [discord_message("b")])
    write_discord(tmp_path / "a.json", [discord_message("a")])
    write_discord(tmp_path / "dm.json", [discord_message("c")], kind="DirectTextChat")
    for name in ("notes.txt", "._a.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    rows, left_out = read(tmp_path)
    assert texts(good(tmp_path)) == ["a", "b"]
    assert [row.where for row in rows] == ["a.json", "b.json"]
    assert left_out.direct == 1


def test_a_folders_json_that_is_no_export_is_a_bad_row_never_silent(tmp_path: Path) -> None:
    whole = write_discord(tmp_path / "a.json", [discord_message("a")]).read_bytes()
    (tmp_path / "b.json").write_bytes(b"")
    (tmp_path / "c.JSON").write_bytes(whole[:60])
    (tmp_path / "d.json").write_bytes(b"{}")
    rows, _ = read(tmp_path)
    reason = "the file is no export of DiscordChatExporter, or it is damaged"
    assert texts([row for row in rows if isinstance(row, Row)]) == ["a"]
    assert rows[1:] == [BadRow(1, name, reason) for name in ("b.json", "c.JSON", "d.json")]
    (tmp_path / "a.json").unlink()
    with pytest.raises(InputError, match="holds no export"):
        read(tmp_path)


def test_folders_in_a_folder_are_read_as_well_and_attached_files_never(tmp_path: Path) -> None:
    for folder in ("lincoln/texts", "lincoln/texts/a.json_Files", "__MACOSX"):
        (tmp_path / folder).mkdir(parents=True)
        write_discord(tmp_path / folder / "a.json", [discord_message(folder)])
    (tmp_path / "lincoln" / "b.json").write_bytes(b"")
    rows, _ = read(tmp_path)
    assert [row.where for row in rows] == ["lincoln/b.json", "lincoln/texts/a.json"]
    assert [type(row) for row in rows] == [BadRow, Row]


def test_messages_that_come_before_the_channel_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "room.json"
    path.write_text(json.dumps({"messages": [], "channel": {"id": "1", "type": "GuildTextChat"}}), encoding="utf-8")
    with pytest.raises(InputError, match="is no export of DiscordChatExporter"):
        read(path, form=Format.DISCORD)
