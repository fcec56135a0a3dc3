"""The words that a records request says, in English and Spanish."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from bot.evidence.words import words_in as evidence_words
from bot.interface.texts import LANGUAGES, catalogue


@cache
def words_in(language: str) -> Mapping[str, str]:
    """Return every word by its key, with those of evidence, states and kinds of channels (`channel.`); English else."""
    known = language if language in LANGUAGES else "en"
    source = resources.files("bot.records").joinpath("locales", f"{known}.toml")
    own: dict[str, str] = {}
    for name, part in tomllib.loads(source.read_text(encoding="utf-8")).items():
        own |= {f"{name}.{key}": word for key, word in part.items()} if isinstance(part, dict) else {name: part}
    shared = catalogue(known)
    states = {key.removeprefix("case."): word for key, word in shared.items() if key.startswith("case.status.")}
    channels = {f"channel.{key[5:]}": word for key, word in shared.items() if key.startswith("kind.")}
    return {**evidence_words(known), **states, **channels, **own}
