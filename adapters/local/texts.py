"""The words of the local platform itself, in English and Spanish: `locales/en.toml` and `locales/es.toml`.

What the bot says comes from the core's catalogue; here stands only what the page around it says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from bot.errors import PlatformError
from bot.interface.texts import LANGUAGES, catalogue

FROM_THE_CORE = ("severity.", "category.", "command.", "menu.", "button.")
"""Parts of the core's catalogue that the page shows too."""


class RefusedError(PlatformError):
    """The chat service did not do what a person asked; `key` and `params` say why in the reader's language."""

    def __init__(self, key: str, **params: str | int) -> None:
        self.key = f"refused.{key}"
        self.params = params
        super().__init__(page_texts("en")[self.key].format(**params))


def spoken_in(language: str) -> str:
    """Return the language that the page speaks to whoever asks for `language`: English for those it does not know."""
    return language if language in LANGUAGES else "en"


def page_texts(language: str) -> Mapping[str, str]:
    """Return everything that the page says in `language`, keys flattened with dots; other languages read English."""
    return _texts(spoken_in(language))


@cache
def _texts(spoken: str) -> Mapping[str, str]:
    source = resources.files("adapters.local").joinpath("locales", f"{spoken}.toml")
    tables = tomllib.loads(source.read_text(encoding="utf-8"))
    own = {f"{table}.{name}": str(words).strip() for table, rows in tables.items() for name, words in rows.items()}
    core = {key: words for key, words in catalogue(spoken).items() if key.startswith(FROM_THE_CORE)}
    return {**core, **own}
