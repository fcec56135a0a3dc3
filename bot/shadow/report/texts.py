"""What a report says, in English and Spanish: `en.toml` and `es.toml` beside this file have the same keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib import resources

from bot.domain.categories import Category, Severity
from bot.interface.texts import catalogue


class Words:
    """The texts of one language, with its way of writing numbers and dates."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = texts(language)
        self._shared = catalogue(language)

    def __call__(self, key: str, /, **params: object) -> str:
        """Return the text under `key` (`section.name`); raise `KeyError` if there is none."""
        return self._texts[key].format(**params)

    def of(self, one: str, many: str, count: int) -> str:
        """Return the text under `one` or `many`, as `count` asks, with the number in it."""
        return self(one if count == 1 else many, n=self.number(count))

    def severity(self, severity: Severity) -> str:
        """Return the word for a severity."""
        return self._shared[f"severity.{severity}"]

    def category(self, category: Category) -> str:
        """Return the words for a category; a possibility, never a verdict."""
        return self._shared[f"category.{category}"]

    def reading(self, label: str) -> str | None:
        """Return what the model reads by this label, if there are words for it."""
        return self._texts.get(f"reading.{label}")

    def number(self, value: int) -> str:
        """Return the number with separators (Los Angeles writes 1,234 in both languages)."""
        return f"{value:,}"

    def share(self, part: int, whole: int) -> str:
        """Return the share in per cent, never rounded down to nothing."""
        percent = 100 * part / whole if whole else 0.0
        return "<\u00a00.1%" if 0 < percent < 0.1 else f"{percent:.1f}%"

    def day(self, day: date, form: str = "day") -> str:
        """Return a date such as “Mon, Nov 2, 2026”; `row` leaves out the year, `short` the weekday as well."""
        weekday = self._texts["date.weekdays"].split()[day.weekday()]
        month = self._texts["date.months"].split()[day.month - 1]
        return self(f"date.{form}", weekday=weekday, month=month, day=day.day, year=day.year)

    def time(self, time: datetime) -> str:
        """Return day and time of day, in the time's own zone."""
        clock = f"{time.hour % 12 or 12}:{time.minute:02} {'a.m.' if time.hour < 12 else 'p.m.'}"
        return f"{self.day(time.date())}, {clock}"


@cache
def texts(language: str) -> Mapping[str, str]:
    """Return the report's texts in `language`, keys flattened with dots."""
    source = resources.files("bot.shadow.report").joinpath(f"{language}.toml")
    tables = tomllib.loads(source.read_text(encoding="utf-8"))
    return {f"{table}.{key}": value for table, entries in tables.items() for key, value in entries.items()}
