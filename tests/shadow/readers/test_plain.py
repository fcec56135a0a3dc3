"""JSON Lines and plain text: line by line, bad ones skipped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.shadow.rows import BadRow, Format, Row
from tests.shadow.reading import good, read, texts


def test_lines_are_rows_and_bad_ones_are_told_by_number(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    lines = [
        '{"text": "a", "id": 5, "author": "x", "mentions": ["b", "c"]}',
        "",
        '{"text": "secret words',
        "[1]",
        '{"text": 7}',
        '{"id": "1"}',
        '{"text": null}',
        '{"text": "z", "author": {"name": "n"}}',
        '{"text": "z", "mentions": [1]}',
        "[" * 100_000,
        '{"text": "n", "id": ' + "9" * 5000 + "}",
        '{"text": "", "id": "e"}',
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows, _ = read(path)
    assert [row.number for row in rows] == [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert [row.number for row in rows if isinstance(row, Row)] == [1, 12]
    assert isinstance(rows[0], Row)
    assert (rows[0].comment.ref.comment, rows[0].comment.mentions) == ("5", ("b", "c"))
    assert not any("secret" in row.reason for row in rows if isinstance(row, BadRow))


def test_hostile_text_arrives_as_it_is(tmp_path: Path) -> None:
    hostile = ["\ud800 lone", "a\0b", "x" * 40_000, "\u202egnirts", "\u2028", "<script>", "🏳️‍🌈"]
    path = tmp_path / "c.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in hostile), encoding="ascii")
    assert texts(good(path)) == hostile


def test_plain_text_has_a_comment_on_every_line_and_ids_are_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_bytes("\ufeffhola\r\n\r\n  two\u2028parts \nlast".encode())
    rows = good(path)
    assert texts(rows) == ["hola", "", "  two\u2028parts ", "last"]
    assert [row.comment.ref.comment for row in rows] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("form", [Format.TEXT, Format.JSONL])
def test_a_line_that_never_ends_is_one_bad_row(tmp_path: Path, form: Format) -> None:
    path = tmp_path / "chat.txt"
    fine = '{"text": "fine"}'
    path.write_bytes(b"a" * 9_000_000 + b"\n" + fine.encode() + b"\n" + b"b" * 5_000_000)
    rows, _ = read(path, form=form)
    assert [type(row) for row in rows] == [BadRow, Row, BadRow]
    assert [row.number for row in rows] == [1, 2, 3]
