"""Hostile text becomes printable, and nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evidence.glyphs import LONG_WORD, MOST_MARKS, covered, initials, is_right_to_left, pieces

BREAK = "\u200b"


def shown(text: str) -> str:
    return "".join(f"<{piece}>" if code else piece for piece, code in pieces(text))


def _character(code: str) -> str:
    return bytes.fromhex(code.removeprefix("U+").zfill(8)).decode("utf-32-be", "surrogatepass")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain words, ¡claro!", "plain words, ¡claro!"),
        ("a\u202eb\u2066c", "a<U+202E>b<U+2066>c"),
        ("a\u200bb\u00adc\ufeff", "a<U+200B>b<U+00AD>c<U+FEFF>"),
        ("\x00\x1b[31m\x7f", "<U+0000><U+001B>[31m<U+007F>"),
        ("\ud800x", "<U+D800>x"),
        ("one\r\ntwo\tthree", "one\ntwo    three"),
        ("👩\u200d👩\u200d👧 ❤\ufe0f 🇲🇽", "👩\u200d👩\u200d👧 ❤\ufe0f 🇲🇽"),
        ("a\u200db", "a<U+200D>b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\U00013000", "<U+13000>"),
        ("𓀀\ue000", "<U+13000><U+E000>"),
    ],
)
def test_what_cannot_be_seen_becomes_a_code(text: str, printed: str) -> None:
    assert shown(text) == printed


def test_piled_accents_are_told_and_not_drawn() -> None:
    text = "e" + "\u0301" * 30
    parts = list(pieces(text))
    assert parts[0] == ("e" + "\u0301" * MOST_MARKS, False)
    assert [code for _, code in parts[1:]] == [True] * 26


@given(st.text(alphabet=st.characters(), max_size=200))
def test_no_text_loses_anything_or_brings_anything_unseen(text: str) -> None:
    back = "".join(_character(piece) if code else piece.replace(BREAK, "") for piece, code in pieces(text))
    assert back == text.replace("\r\n", "\n").replace("\t", "    ")
    for piece, code in pieces(text):
        assert code or all(ord(one) in covered() or one in "\n" + BREAK for one in piece.replace("\u200d", ""))


@given(st.integers(1, 2000))
def test_a_long_word_can_be_broken_everywhere_near(length: int) -> None:
    (piece, code) = next(pieces("x" * length))
    assert not code
    assert max(map(len, piece.split(BREAK))) <= LONG_WORD


def test_scripts_of_los_angeles_are_covered() -> None:
    for text in (
        "English",
        "español",
        "한국어",
        "中文繁體",
        "日本語",
        "Հայերեն",
        "فارسی",
        "עברית",
        "ไทย",
        "Tiếng Việt",
        "ខ្មែរ",
        "русский",
        "हिन्दी",
    ):
        assert {ord(letter) for letter in text} <= covered(), text


def test_directions_and_initials() -> None:
    assert [is_right_to_left(text) for text in ("123 שלום", "hi שלום", "مرحبا x", "", "!?")] == [
        True,
        False,
        True,
        False,
        False,
    ]
    assert [initials(name) for name in ("Ana Pryce", "李小龍", "", "🙂", "\u202ex y")] == ["AP", "李", "?", "?", "XY"]
