"""The pages' words: the same keys and placeholders in both languages, and one for everything that can happen."""

from __future__ import annotations

import string

from bot.domain.cases import EventKind
from bot.domain.comments import AttachmentKind
from bot.domain.custody import Act
from bot.domain.people import SiteRole
from bot.evidence.contents import _NOT_TOLD
from bot.evidence.words import words_in

ELSEWHERE = {Act.KEY_ROTATED, Act.RECORDS_EXPORTED, Act.PERSON_DELETED}
"""Acts that are about no case, so that no packet tells of them."""


def placeholders(word: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(word) if name}


def test_both_languages_say_the_same() -> None:
    english, spanish = words_in("en"), words_in("es")
    assert set(english) == set(spanish)
    assert all(placeholders(english[key]) == placeholders(spanish[key]) for key in english)
    assert words_in("ko") == english


def test_there_is_a_word_for_everything() -> None:
    words = words_in("es")
    assert {f"act.{act}" for act in set(Act) - ELSEWHERE} <= set(words)
    assert {f"kind.{kind}" for kind in AttachmentKind} <= set(words)
    assert {f"role.{role}" for role in SiteRole} <= set(words)
    assert {f"event.{kind}" for kind in set(EventKind) - _NOT_TOLD} <= set(words)
