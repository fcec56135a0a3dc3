"""CSV in the dialects and encodings that spreadsheets write, and rows that are none."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.comments import AuthorRole, ChannelKind
from bot.errors import InputError
from bot.shadow.readers import open_inputs
from bot.shadow.readers.streams import Meter, Stream
from bot.shadow.readers.table import CsvSource
from bot.shadow.rows import BadRow, Format, Options, Row
from tests.shadow.reading import good, read, texts


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_every_field_arrives(tmp_path: Path) -> None:
    path = write(
        tmp_path / "c.csv",
        "id,channel,author,text,posted_at,channel_kind,author_role,reply_to,mentions\r\n"
        '7,room-12,ana,"Hi, ""you""\r\nthere",2026-11-02T10:00:00Z,Parent,STUDENT,6,"bea; @cy"\r\n',
    )
    (row,) = good(path)
    comment = row.comment
    assert (row.number, row.channel, row.kind) == (1, "room-12", ChannelKind.PARENT)
    assert (comment.ref.comment, comment.text, comment.reply_to) == ("7", 'Hi, "you"\r\nthere', "6")
    assert (comment.author.id, comment.author.role) == ("ana", AuthorRole.STUDENT)
    assert comment.posted_at == datetime(2026, 11, 2, 10, tzinfo=UTC)
    assert comment.mentions == ("bea", "@cy")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_dialects_and_encodings(tmp_path: Path, delimiter: str, encoding: str, end: str) -> None:
    content = end.join([f"author{delimiter}text", f"ana{delimiter}¿qué — pasó?", f"bea{delimiter}ok", ""])
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    path = write(tmp_path / "c.csv", (mark + content).encode(encoding))
    assert texts(good(path)) == ["¿qué — pasó?", "ok"]


def test_one_line_in_another_encoding_spoils_no_other(tmp_path: Path) -> None:
    assert texts(good(write(tmp_path / "c.csv", "text\ncafé\n".encode() + b"caf\xe9\n\x81\n"))) == ["café", "café", "�"]


def test_ids_that_are_missing_are_row_numbers(tmp_path: Path) -> None:
    rows = good(write(tmp_path / "c.csv", "id,text\n,a\n\n9,b\n"))
    assert [row.comment.ref.comment for row in rows] == ["1", "9"]
    assert [row.number for row in rows] == [1, 2]


def test_an_empty_cell_and_a_missing_one_are_rows_without_text(tmp_path: Path) -> None:
    rows, _ = read(write(tmp_path / "c.csv", "id,text\n1,\n2\n3,ok\n"))
    assert [type(row) for row in rows] == [BadRow, BadRow, Row]
    assert rows[:2] == [BadRow(1, "c.csv", "it has no text"), BadRow(2, "c.csv", "it has no text")]


def test_a_row_with_too_many_fields_is_bad_since_its_text_may_be_cut(tmp_path: Path) -> None:
    rows, _ = read(write(tmp_path / "c.csv", "id,text\n1,you, idiot\n2,fine\n"))
    assert rows[0] == BadRow(1, "c.csv", "it has 3 fields where the header names 2")
    assert isinstance(rows[1], Row)


def test_odd_values_do_not_cost_the_comment_its_screening(tmp_path: Path) -> None:
    content = "text,channel_kind,author_role,posted_at\na,,wizard,yesterday\nb,office,,\nc,class,,9999-99-99\n"
    rows, left_out = read(write(tmp_path / "c.csv", content))
    assert [type(row) for row in rows] == [Row, BadRow, Row]
    assert isinstance(rows[0], Row)
    assert rows[0].comment.author.role is AuthorRole.MEMBER
    assert rows[0].comment.posted_at is None
    assert dict(left_out.notes) == {"unknown_role": 1, "unreadable_time": 2}


@pytest.mark.parametrize(
    ("word", "time"),
    [
        ("2026-11-02 10:00", datetime(2026, 11, 2, 18, tzinfo=UTC)),
        ("2026-11-02", datetime(2026, 11, 2, 8, tzinfo=UTC)),
        ("1793649600", datetime(2026, 11, 2, 20, tzinfo=UTC)),
        ("1793649600000", datetime(2026, 11, 2, 20, tzinfo=UTC)),
        ("99999999999999999", None),
        ("0001-01-01T00:00:00+10:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("-62135596800", None),
        ("9999-12-31", None),
        ("253402300799000", None),
        ("0002-01-01T00:00:00Z", datetime(2, 1, 1, tzinfo=UTC)),
        ("9998-12-31T23:59:59Z", datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_times_in_many_shapes(tmp_path: Path, word: str, time: datetime | None) -> None:
    path = write(tmp_path / "c.csv", f"text,posted_at\na,{word}\n")
    (row,) = good(path, options=Options(zone=timezone(timedelta(hours=-8))))
    assert row.comment.posted_at == time


def test_fields_of_any_sane_size_pass_and_others_are_bad_rows(tmp_path: Path) -> None:
    content = f"text\n{'a' * 300_000}\n{'b' * 1_000_001}\n{'c' * 5_000_000}\nfine\n"
    rows, _ = read(write(tmp_path / "c.csv", content))
    assert [row.reason if isinstance(row, BadRow) else len(row.comment.text) for row in rows] == [
        300_000,
        "its text is longer than 1,000,000 characters",
        "it holds a line of more than 4 MiB",
        4,
    ]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (
            'author,text\nana,fine\nbea,"open\ncy,hello\ndan,bye\n',
            ["fine", "a quotation mark in it is not closed, so nothing from this row on was read"],
        ),
        (
            'author,text\nana,"open\nbea,hello\ncy,"hi, you"\ndan,fine\n',
            ["its quotation marks do not match, so 3 lines from this row on were not read", "fine"],
        ),
        (
            'author,text\nana,"hi" she said\ndan,fine\n',
            ["its quotation marks do not match", "fine"],
        ),
        (
            f'text\n"open\n{"c" * 5_000_000}\n"hi" you\nfine\n',
            ["its quotation marks do not match, so 3 lines from this row on were not read", "fine"],
        ),
    ],
    ids=["never closed", "closed by a later row", "not doubled", "around a line that is too long"],
)
def test_an_unclosed_quotation_mark_makes_no_comment_of_other_peoples_rows(
    tmp_path: Path, content: str, found: list[str]
) -> None:
    rows, _ = read(write(tmp_path / "c.csv", content))
    assert [row.reason if isinstance(row, BadRow) else row.comment.text for row in rows] == found


def test_nul_characters_are_text(tmp_path: Path) -> None:
    assert texts(good(write(tmp_path / "c.csv", "text\na\0b\n"), form=Format.CSV)) == ["a\0b"]


@pytest.mark.parametrize("content", ["", "id,message\n1,hello\n", "\n\n"])
def test_a_header_without_text_says_what_to_do_and_repeats_nothing(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match=r"The first line of c\.csv must name the columns") as error:
        open_inputs([str(write(tmp_path / "c.csv", content))], None, Options(), Meter())
    assert "message" not in str(error.value)


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60), max_size=8),
    st.sampled_from(",;\t"),
)
def test_what_a_spreadsheet_wrote_comes_back_letter_by_letter(written: list[str], delimiter: str) -> None:
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([["text", "id"], *([text, f"id{number}"] for number, text in enumerate(written))])
    raw = io.BytesIO(made.getvalue().encode())
    rows = list(CsvSource("c.csv", lambda: Stream(raw, Meter()), Options(), raw.getvalue()).rows())
    assert [row.comment.text for row in rows if isinstance(row, Row)] == written
