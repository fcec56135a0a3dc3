"""Plain lists of words that detectors know, kept as data beside the phrases."""

from __future__ import annotations

import tomllib
from importlib.resources import files


def word_lists(name: str) -> dict[str, frozenset[str]]:
    """Return the lists of `phrases/NAME.toml`: each is one string of folded words."""
    source = files(__package__).joinpath("phrases", f"{name}.toml").read_text(encoding="utf-8")
    return {key: frozenset(words.split()) for key, words in tomllib.loads(source).items()}
