"""ZIPs made to do harm are refused before a byte of them is unpacked."""

from __future__ import annotations

import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from bot.errors import InputError
from bot.shadow.readers import archive
from bot.shadow.readers.archive import ZipArchive
from bot.shadow.rows import Options, Row
from tests.exports import message, slack_files, write_zip
from tests.shadow.reading import read


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "bomb.zip", {"users.json": "[]", "room-12/2026-11-02.json": " " * 3_000_000})
    with pytest.raises(InputError, match=r"bomb\.zip would unpack to far more"):
        read(path)


def test_ordinary_chat_is_no_bomb(tmp_path: Path) -> None:
    chat = [message(f"see you at {number} o'clock", second=number) for number in range(20_000)]
    rows, _ = read(write_zip(tmp_path / "export.zip", slack_files({"room-12": chat})))
    assert len(rows) == 20_000


def test_many_harmless_entries_can_be_too_much_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_zip(tmp_path / "export.zip", slack_files({f"room-{number}": [message("hi")] for number in range(9)}))
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1000)
    with pytest.raises(InputError, match="would unpack to far more"):
        ZipArchive(path)


def test_too_many_entries_are_refused_before_they_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_zip(tmp_path / "export.zip", {f"{number}.json": "" for number in range(100)})
    monkeypatch.setattr(archive, "MAX_DIRECTORY", 1000)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(InputError, match="lists too many files"):
        ZipArchive(path)


def test_the_size_of_the_list_is_also_found_in_a_large_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_zip(tmp_path / "export.zip", {"users.json": "[]"})
    content = path.read_bytes()
    at = content.rindex(b"PK\x05\x06")
    size, offset = struct.unpack_from("<2L", content, at + 12)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path.write_bytes(content[:at] + record + locator + end)
    assert list(ZipArchive(path).files) == ["users.json"]
    monkeypatch.setattr(archive, "MAX_DIRECTORY", 10)
    with pytest.raises(InputError, match="lists too many files"):
        ZipArchive(path)


@pytest.mark.parametrize(
    "name",
    [
        "../users.json",
        "/users.json",
        "a/../../b.json",
        "a\\..\\b.json",
        "C:/users.json",
        "c:users.json",
        "a//b.json",
        "./users.json",
    ],
)
def test_paths_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "export.zip", {"users.json": "[]", name: "[]"})
    with pytest.raises(InputError, match="leads outside"):
        ZipArchive(path)


def test_a_folder_with_colons_leads_nowhere_and_is_left_out_like_any_that_no_list_names(tmp_path: Path) -> None:
    folder = "FC:F0CANVAS1:Room rules"  # comments on a canvas, as Slack's exports have them
    files = slack_files({"room-12": [message("hi")], folder: [message("on the canvas")]}, public=["room-12"])
    path = write_zip(tmp_path / "export.zip", files)
    rows, left_out = read(path)
    assert [row.comment.text for row in rows if isinstance(row, Row)] == ["hi"]
    assert (left_out.private, left_out.direct) == ([folder], 0)
    rows, left_out = read(path, options=Options(private=frozenset({folder.casefold()})))
    assert len(rows) == 2


def test_links_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("users.json")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as made:
        made.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match="leads outside"):
        ZipArchive(tmp_path / "export.zip")


@pytest.mark.parametrize("second", ["users.json", "Users.JSON"])
def test_two_files_of_one_name_are_refused(tmp_path: Path, second: str) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(tmp_path / "export.zip", "w") as made:
        warnings.simplefilter("ignore")
        made.writestr("users.json", "[]")
        made.writestr(second, "[1]")
    with pytest.raises(InputError, match="two files of the same name"):
        ZipArchive(tmp_path / "export.zip")


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.json", "x" * 5000)
        made.writestr("b.json", "y" * 5000)
        made.filelist[1].header_offset = made.filelist[0].header_offset
    with pytest.raises(InputError, match="zip bomb"):
        ZipArchive(path)


def test_encrypted_entries_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "export.zip", {"users.json": "[]"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="is encrypted"):
        ZipArchive(path)


def test_unusual_packing_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_LZMA) as made:
        made.writestr("users.json", "[]")
    with pytest.raises(InputError, match="unusual way"):
        ZipArchive(tmp_path / "export.zip")


@pytest.mark.parametrize("keep", [4, 30, 200, -1, -20])
def test_a_zip_that_breaks_off_is_damaged(tmp_path: Path, keep: int) -> None:
    path = write_zip(tmp_path / "export.zip", slack_files({"room-12": [message("hi")]}))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match="damaged ZIP"):
        read(path)


def test_a_flipped_byte_in_a_day_is_a_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as made:  # stored, so that the byte is easy to find
        for name, content in slack_files({"room-12": [message("hello there")], "room-13": [message("fine")]}).items():
            made.writestr(name, content)
    path.write_bytes(path.read_bytes().replace(b"hello there", b"jello there"))
    rows, _ = read(path)
    assert [type(row).__name__ for row in rows] == ["BadRow", "Row"]
