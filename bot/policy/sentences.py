"""What the schema has to say about a value, as one sentence that a person can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from bot.policy.words import LANGUAGES

Context = dict[str, Any]


def sentence(error: ErrorDetails) -> str:
    """Return one sentence for an error of the schema."""
    trail = [str(step) for step in error["loc"] if step != "[key]"]
    name = trail[-1] if trail else "the file"
    context: Context = error.get("ctx", {})
    say = _SENTENCES.get(error["type"])
    if say is not None:
        return say(name, error["input"], context)
    return f"“{name}” cannot be used: {error['msg'][:1].lower()}{error['msg'][1:]}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that whoever wrote `word` may have meant, if any is close."""
    return next(iter(get_close_matches(word, sorted(known), 1)), None)


def meant(word: str, known: Iterable[str]) -> str:
    """Return a question to put behind a word that nobody knows; empty when none of `known` is close."""
    near = nearest(word, known)
    return "" if near is None else f" (did you mean “{near}”?)"


def _missing(name: str, _value: object, _context: Context) -> str:
    if name in LANGUAGES:
        return f"the text has no “{name}”; packs speak English (en) and Spanish (es)"
    return f"“{name}” is missing here"


def _choice(name: str, value: object, context: Context) -> str:
    return f"“{_shown(value)}” is not possible for “{name}”; use one of: {context.get('expected', '')}"


def _pattern(name: str, value: object, _context: Context) -> str:
    return f"“{_shown(value)}” has not the form of “{name}”; see docs/policy-packs.md"


def _expected(what: str) -> Callable[[str, object, Context], str]:
    def say(name: str, value: object, _context: Context) -> str:
        return f"“{name}” must be {what}, not {_kind(value)}"

    return say


def _limit(word: str, key: str) -> Callable[[str, object, Context], str]:
    def say(name: str, value: object, context: Context) -> str:
        return f"“{name}” must be {word} {context.get(key)}, not {_shown(value)}"

    return say


_SENTENCES: dict[str, Callable[[str, object, Context], str]] = {
    "missing": _missing,
    "extra_forbidden": lambda name, _value, _context: f"“{name}” is no known key here; check its spelling",
    "value_error": lambda _name, _value, context: str(context.get("error", "the value cannot be used")),
    "enum": _choice,
    "literal_error": _choice,
    "string_pattern_mismatch": _pattern,
    "string_type": _expected("a text (put “ ” around figures that are names)"),
    "string_too_short": lambda name, _value, _context: f"“{name}” is empty",
    "string_too_long": lambda name, _value, context: f"“{name}” is longer than {context.get('max_length')} characters",
    "int_type": _expected("a whole number"),
    "float_type": _expected("a number"),
    "bool_type": _expected("true or false"),
    "tuple_type": _expected("a list (lines that begin with “- ”)"),
    "dict_type": _expected("a group of “key: value” lines"),
    "model_type": _expected("a group of “key: value” lines"),
    "model_attributes_type": _expected("a group of “key: value” lines"),
    "date_type": _expected("a date such as 2026-08-20"),
    "date_parsing": _expected("a date such as 2026-08-20"),
    "date_from_datetime_parsing": _expected("a date such as 2026-08-20"),
    "too_short": lambda name, _value, _context: f"“{name}” must have at least one entry",
    "greater_than_equal": _limit("at least", "ge"),
    "less_than_equal": _limit("at most", "le"),
}


def _shown(value: object) -> str:
    return str(value)[:60]


def _kind(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, list | tuple):
        return "a list"
    return f"“{_shown(value)}”"
