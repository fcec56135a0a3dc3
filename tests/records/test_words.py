"""The words of a records request: the same keys and placeholders in both languages, and one for everything told."""

from __future__ import annotations

import string

from bot.cases.status import Status
from bot.domain.cases import EventKind
from bot.domain.categories import Category, Severity
from bot.domain.comments import AttachmentKind, ChannelKind
from bot.records.words import words_in


def placeholders(word: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(word) if name}


def test_both_languages_say_the_same() -> None:
    english, spanish = words_in("en"), words_in("es")
    assert set(english) == set(spanish)
    assert all(placeholders(english[key]) == placeholders(spanish[key]) for key in english)
    assert words_in("ko") == english


def test_there_is_a_word_for_every_code() -> None:
    codes = {
        "status": Status,
        "severity": (str(one) for one in Severity),
        "category": Category,
        "kind": AttachmentKind,
        "channel": ChannelKind,
        "event": EventKind,
    }
    assert {f"{name}.{code}" for name, some in codes.items() for code in some} - set(words_in("es")) == set()
