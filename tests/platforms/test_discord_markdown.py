"""Discord's Markdown as the tests read it: what people see of a text, and what in it is alive."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.platforms.discord.markdown import seen

SIGNS = string.punctuation


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("hello", "hello"),
        ("**bold** _it_ ~~no~~ ||spoiler|| __u__", "bold it no spoiler u"),
        (r"\*\*not bold\*\* \_it\_", "**not bold** _it_"),
        ("`a **b**` and ```py\ncode *c*\n```", "a **b** and code *c*"),
        ("# head\n> quote\n- entry\n-# small", "head\nquote\nentry\nsmall"),
        (r"\# head", "# head"),
        ("in # the middle > of it", "in # the middle > of it"),
        ("[words](https://evil.example)", "words"),
        (r"\[words](https\://evil.example)", "[words](https://evil.example)"),
        ("snake_case_word", "snake_case_word"),
        ("***both***", "both"),
        ("a * b * c", "a * b * c"),
        ("unclosed **bold", "unclosed **bold"),
    ],
)
def test_what_people_read(source: str, plain: str) -> None:
    assert seen(source).plain == plain


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("@everyone <@1> <@!2> <@&3>", ["mention"] * 4),
        ("<#1> </report:1> <t:1700000000:R> <a:blob:1>", ["channel", "command", "timestamp", "emoji"]),
        ("https://evil.example <https://evil.example> [a](https://evil.example)", ["link"] * 3),
        (r"\@everyone \<@1> \<#1> \</a:1> \<t:1:R> \<:a:1> https\://a.example \[a](b\)", []),
        ("`@everyone https://evil.example`", []),
        ("||**@here**||", ["mention"]),
    ],
)
def test_what_is_alive(source: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in seen(source).alive] == kinds


def test_what_stands_out() -> None:
    found = seen("||you **id*i*ot** and __more__||")
    assert found.styled("spoiler") == ("you idiot and more",)
    assert found.styled("bold", "spoiler") == ("idiot",)
    assert found.styled("underlined") == ("more",)


@given(st.text(max_size=60))
def test_escaped_signs_are_letters(words: str) -> None:
    escaped = "".join(f"\\{sign}" if sign in SIGNS else sign for sign in words)
    found = seen(escaped)
    assert found.plain == words
    assert found.alive == []


@given(st.text(alphabet=f"{SIGNS} \nab1", max_size=80))
def test_nothing_breaks_it(words: str) -> None:
    seen(words)
