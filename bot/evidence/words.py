"""The words that a packet's pages say, in English and Spanish."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from bot.interface.texts import LANGUAGES, catalogue


@cache
def words_in(language: str) -> Mapping[str, str]:
    """Return every word of the pages by its key, with the interface's categories and severities; English else."""
    known = language if language in LANGUAGES else "en"
    source = resources.files("bot.evidence").joinpath("locales", f"{known}.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    words: dict[str, str] = {}
    for name, part in table.items():
        words |= {f"{name}.{key}": word for key, word in part.items()} if isinstance(part, dict) else {name: part}
    shared = {key: word for key, word in catalogue(known).items() if key.startswith(("category.", "severity."))}
    return {**shared, **words}
