"""Both languages say everything."""

from __future__ import annotations

import string
from datetime import date, datetime

import pytest

from bot.domain.categories import Category, Severity
from bot.shadow.report.texts import Words, texts


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    english, spanish = texts("en"), texts("es")
    assert english.keys() == spanish.keys()
    for key in english:
        assert placeholders(english[key]) == placeholders(spanish[key]), key
        assert spanish[key].strip(), key


@pytest.mark.parametrize("language", ["en", "es"])
def test_shared_words_numbers_and_dates(language: str) -> None:
    words = Words(language)
    assert all(words.category(category) for category in Category)
    assert all(words.severity(severity) for severity in Severity)
    assert words.number(1234567) == "1,234,567"
    assert (words.share(1, 3), words.share(1, 5000), words.share(0, 0)) == ("33.3%", "<\u00a00.1%", "0.0%")


def test_dates_as_los_angeles_writes_them() -> None:
    day = date(2026, 11, 2)
    assert Words("en").day(day) == "Mon, Nov 2, 2026"
    assert Words("es").day(day) == "lun 2 nov 2026"
    assert Words("en").time(datetime(2026, 11, 2, 0, 5)) == "Mon, Nov 2, 2026, 12:05 a.m."  # noqa: DTZ001
    assert Words("es").time(datetime(2026, 11, 2, 13, 0)) == "lun 2 nov 2026, 1:00 p.m."  # noqa: DTZ001
