"""The words that only Slack needs, in English and Spanish; what the bot says comes from the core's catalogue."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from bot.interface.texts import LANGUAGES


def word(key: str, language: str) -> str:
    """Return a text in `language`; languages we do not speak read English."""
    return words(language if language in LANGUAGES else "en")[key]


@cache
def words(language: str) -> Mapping[str, str]:
    """Return every text of a language."""
    source = resources.files("adapters.slack").joinpath("locales", f"{language}.toml")
    return {key: str(value) for key, value in tomllib.loads(source.read_text(encoding="utf-8")).items()}


def language_of(locale: object) -> str:
    """Return the language of one of Slack's locales, such as `es-LA`; English where we do not speak it."""
    spoken = str(locale or "").partition("-")[0].lower()
    return spoken if spoken in LANGUAGES else "en"
