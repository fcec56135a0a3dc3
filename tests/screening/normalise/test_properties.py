"""What holds for every text there is: no error, spans inside the original, a fixed point, linear work."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.screening.normalise import View, normalise

PIECES = st.sampled_from(
    [
        "k",
        "1",
        "l",
        "@",
        "$",
        "*",
        "_",
        "**",
        " ",
        "  ",
        "\n",
        ".",
        "-",
        "<",
        ">",
        "&amp;",
        "&lt;",
        "<@1>",
        "<:a:1>",
        "<http://a|",
        "|",
        "а",
        "е",
        "н",
        "α",
        "é",
        "ñ",
        "\u0301",
        "\u0327",
        "\u200d",
        "\ufe0f",
        "🇺",
        "🇸",
        "🇱",
        "👩",
        "ﬁ",
        "½",
        "´",
        "ﾊ",
        "ﾞ",
        "각",
        "\u1100",
        "\u1161",
        "ﷺ",
        "ᴋ",
        "€",
        "\ud800",
        "İ",
        "ß",
        "ǅ",
        "’",
        "U",
        "C",
        "!",
        "you",
        "die",
        "ass",
        "f",
        "u",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(), max_size=30),
    st.lists(PIECES, max_size=25).map("".join),
)


def spans_hold(view: View, original: str) -> None:
    before = 0
    for position in range(len(view.text)):
        start, end = view.span(position, position + 1)
        assert before <= start < end <= len(original)
        before = start
    whole = view.span(0, len(view.text))
    assert 0 <= whole[0] <= whole[1] <= len(original)
    assert view.span(-5, 10**9) == whole
    for position in range(len(view.text) + 1):
        start, end = view.span(position, position)
        assert start == end <= len(original)


@settings(max_examples=500)
@given(TEXTS)
def test_every_span_lies_in_the_original_and_in_order(text: str) -> None:
    readings = normalise(text)
    assert readings.original == text
    spans_hold(readings.plain, text)
    if readings.unmasked is not None:
        spans_hold(readings.unmasked, text)


@settings(max_examples=500)
@given(TEXTS)
def test_plain_is_a_fixed_point(text: str) -> None:
    plain = normalise(text).plain.text
    assert normalise(plain).plain.text == plain


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyzABC,.?'", min_size=1, max_size=8), min_size=1).map(" ".join))
def test_plain_ascii_prose_is_left_as_it_is(text: str) -> None:
    plain = normalise(text).plain
    assert plain.text == text
    assert plain.span(0, len(text)) == (0, len(text))


HOSTILE = {
    "marks": "\u0301",
    "marked": "e\u0301\u0327\u0322",
    "letters": "a ",
    "digits": "k1",
    "dots": "a.b.",
    "angles": "<",
    "links": "<http://",
    "entities": "&amp;",
    "flags": "🇰",
    "mixed": "аa",
    "stars": "k*",
    "gaps": "a   ",
    "emphasis": "_a_ ",
    "half emphasis": "*a ",
    "marks without words": " *_~",
    "surrogates": "\ud800",
    "tags": "\U000e0041",
    "one word": "x",
    "one run of words": "killyou",
    "no words": "qwxzjk ",
    "mistyped": "mulsims ",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_long_hostile_text_neither_raises_nor_grows(piece: str) -> None:
    text = (piece * 40_000)[:40_000]
    readings = normalise(text)
    assert len(readings.plain.text) <= len(text)
    if readings.unmasked is not None:
        assert len(readings.unmasked.text) <= 2 * len(text)
        assert readings.unmasked.span(0, 10**9) == readings.plain.span(0, 10**9)


def calls_made(text: str) -> int:
    """Count the Python calls that normalising `text` takes."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        normalise(text)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_twice_the_text_is_about_twice_the_work(piece: str) -> None:
    once, twice = (piece * 4_000)[:4_000], (piece * 8_000)[:8_000]
    assert calls_made(twice) <= 2.5 * calls_made(once) + 50


def test_a_view_refuses_nothing_and_knows_what_was_removed() -> None:
    view = View("abcdef").rewritten([(0, 1, ""), (2, 4, "XYZ"), (5, 6, "")])
    assert view.text == "bXYZe"
    assert view.span(0, 1) == (1, 2)
    assert view.span(1, 2) == view.span(1, 4) == (2, 4)
    assert view.span(4, 5) == (4, 5)
    assert view.span(0, 5) == (1, 5)
    assert View("").span(0, 3) == (0, 0)
