"""Texts in English and Spanish: a key and its parameters travel; the words are chosen for the reader.

The catalogues are `locales/en.toml` and `locales/es.toml`; a test keeps their keys and placeholders the same.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from importlib import resources

LANGUAGES = ("en", "es")
ONE = "_one"
"""How the key of a text for one thing ends."""
COUNTS = ("count", "posted")
"""The parameters that say how many things there are."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words to say: a catalogue key with its parameters.

    Parameters are short values of the program's own (numbers, dates, names from the roster), or other texts, never
    what a comment said: that goes into a `Quote`, which adapters draw inert.
    """

    key: str
    params: Mapping[str, str | int | Text] = field(default_factory=dict)


def text(key: str, **params: str | int | Text) -> Text:
    """Short for `Text(key, params)`."""
    return Text(key, params)


def say(words: Text, language: str) -> str:
    """Return `words` in `language`; languages we do not speak read English. Raise `KeyError` for an unknown key.

    A text that counts things has a sister, `KEY_one`, for when there is one: its parameter `count` or `posted` is 1.
    """
    texts = catalogue(language if language in LANGUAGES else "en")
    alone = any(words.params.get(name) == 1 for name in COUNTS)
    template = texts.get(f"{words.key}{ONE}" if alone else words.key, texts[words.key])
    params = {name: say(value, language) if isinstance(value, Text) else value for name, value in words.params.items()}
    return string.Formatter().vformat(template, (), params)


def paired(parts: Sequence[Text], key: str = "pair") -> Text:
    """Return texts, at least one, as a list in one line; `key` is the text that puts two of them together."""
    return reduce(lambda first, second: text(key, first=first, second=second), parts)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return all texts of `language`, keys flattened with dots (`alert.title`)."""
    source = resources.files("bot.interface").joinpath("locales", f"{language}.toml")
    return dict(_flattened(tomllib.loads(source.read_text(encoding="utf-8")), ""))


def _flattened(table: Mapping[str, object], prefix: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            rows.extend(_flattened(value, f"{prefix}{name}."))
        else:
            rows.append((f"{prefix}{name}", str(value).strip()))
    return rows
