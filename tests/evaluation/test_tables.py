"""Labelled files in every form, and what is wrong with some."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bot.errors import UsageError
from bot.evaluation.tables import Target, read_table

ROWS = [
    {"text": "see you at practice", "bad": 0, "kind": "none"},
    {"text": "nobody wants you here", "bad": 1, "kind": "bullying"},
    {"text": "   ", "bad": 1, "kind": "empty"},
]


def written(folder: Path, form: str) -> Path:
    path = folder / f"labelled.{form}"
    if form == "parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif form == "csv":
        path.write_text("text,bad,kind\n" + "".join(f"{row['text']},{row['bad']},{row['kind']}\n" for row in ROWS))
    else:
        path.write_text("\n".join(map(json.dumps, ROWS)))
    return path


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_every_form_gives_the_same_rows_without_the_empty_texts(tmp_path: Path, form: str) -> None:
    bad, kind = Target.parse("bad=toxicity"), Target.parse("kind:bullying=bullying")
    rows = read_table(written(tmp_path, form), "text", [bad, kind])
    assert [str(row["text"]) for row in rows] == ["see you at practice", "nobody wants you here"]
    assert [bad.positive(row) for row in rows] == [False, True]
    assert [kind.positive(row) for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("value", "answer"),
    [(1, True), (0.0, False), (0.5, True), (0.49, False), ("yes", True), ("False", False), ("", None), (None, None),
     (float("nan"), None), (True, True)],
)  # fmt: skip
def test_a_yes_can_be_written_in_many_ways(value: object, answer: bool | None) -> None:
    assert Target.parse("c=toxicity").positive({"c": value}) is answer


def test_words_need_to_be_told_which_one_is_a_yes() -> None:
    with pytest.raises(UsageError, match="--label c:WORD=toxicity"):
        Target.parse("c=toxicity").positive({"c": "hateful"})


@pytest.mark.parametrize("words", ["toxicity", "=toxicity", "bad=", ":x=toxicity", ""])
def test_a_label_says_column_and_label(words: str) -> None:
    with pytest.raises(UsageError, match="COLUMN=LABEL"):
        Target.parse(words)


def test_what_cannot_be_read_is_told_in_one_sentence(tmp_path: Path) -> None:
    target = Target.parse("harm=toxicity")
    for form in ("parquet", "csv", "jsonl"):
        with pytest.raises(UsageError, match="no column harm; it has"):
            read_table(written(tmp_path, form), "text", [target])
        broken = tmp_path / f"broken.{form}"
        broken.write_bytes(b"\xff\x00{")
        with pytest.raises(UsageError):
            read_table(broken, "text", [])
    for odd in ('["a"]', "7", "{broken", "[" * 100_000):
        (tmp_path / "odd.jsonl").write_text(f'{{"text": "a"}}\n\n{odd}\n')
        with pytest.raises(UsageError, match=r"^Line 3 of odd\.jsonl is no JSON object; give one object a line\.$"):
            read_table(tmp_path / "odd.jsonl", "text", [])
    other = tmp_path / "labelled.xls"
    other.write_text("")
    with pytest.raises(UsageError, match="not Parquet, CSV or JSON Lines"):
        read_table(other, "text", [])


@pytest.mark.parametrize("rows", ['"one",0\n"two,1\nthree,0\n', '"one",0\n"two,1\nthree,"0"\n', 'one,0\n"t"wo,1\n'])
def test_an_unclosed_quotation_mark_is_told_with_its_row(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "labelled.csv"
    path.write_text(f"text,bad\n{rows}")
    with pytest.raises(
        UsageError, match=r"^The row on line 3 of labelled\.csv has a quotation mark that is not closed"
    ):
        read_table(path, "text", [Target.parse("bad=toxicity")])
