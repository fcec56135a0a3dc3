"""The small language in which phrases are written, and how it becomes bounded regular expressions.

=================  ==============================================================
`kill you`         these words, in any case, with or without accents
`don't`            the apostrophe may be missing
`suicid*`          any ending (the beginning needs four letters or more)
`(a|b c)`          one of several
`(a)?` `word?`     may be missing (never the first of a phrase)
`{list}`           one of the phrases of a list of the file
`{name}`           one or two words that may be a person's name (`{name's}`: with 's); the caller checks
`#`                a number
`...`              up to four words
=================  ==============================================================

Everything else stands for itself. Words are held together by spaces, line breaks and light punctuation, never across
sentences. Emphasis around a phrase (`_like this_`) does not hide it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.screening.detectors.reading import KEY_LENGTH, fold, keys_of

Lists = Mapping[str, tuple[str, ...]]
"""Named lists of phrases, as `{name}` uses them."""

_JOINT = r"""[ \n,'"*_~\-]{1,3}"""
# An apostrophe is both a joint and part of a word. Atomic groups give each one place: nothing is tried twice.
_ANY_WORDS = rf"(?:(?>{_JOINT})(?>(?:[^\W_]|['@#$]){{1,20}})){{0,4}}"
_ENDING = r"(?>(?:'?[^\W_]){0,12})"
_NAME = r"(?P<name>@?[a-z][a-z\-]{1,20})(?: (?P<next>[a-z][a-z\-]{1,20}))?"
_NUMBER = r"\d{1,4}(?:\.\d{1,2})?"
_PIECE = re.compile(r"[()|]|\{[\w']+\}\??|\.\.\.|[^\s(){}|]+")


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a phrase: its expression, whether it may be missing, and words of which one must be there."""

    expression: str
    optional: bool = False
    words: frozenset[str] = frozenset()


class _Parser:
    """Reads one phrase from left to right, groups within groups too."""

    def __init__(self, phrase: str, lists: Lists) -> None:
        self.phrase = phrase
        self.lists = lists
        self.pieces = _PIECE.findall(fold(phrase))[::-1]

    def whole(self) -> _Part:
        part = self.sequence()
        if self.pieces:
            raise ValueError(f"“{self.phrase}” has a bracket or bar too many")
        return part

    def sequence(self) -> _Part:
        expression, words = "", frozenset[str]()
        while self.pieces and self.pieces[-1] not in {")", "|"}:
            part = self.part(self.pieces.pop())
            if part.expression == _ANY_WORDS:
                expression += _ANY_WORDS
                continue
            if part.optional and not expression:
                raise ValueError(f"“{self.phrase}” may not begin with a part that may be missing")
            joined = _JOINT + part.expression if expression else part.expression
            expression += f"(?:{joined})?" if part.optional else joined
            if part.words and not part.optional and _shortest(part.words) >= _shortest(words):
                words = part.words
        if not expression:
            raise ValueError(f"“{self.phrase}” has an empty part")
        return _Part(expression, words=words)

    def part(self, piece: str) -> _Part:
        if piece == "...":
            return _Part(_ANY_WORDS)
        if piece == "(":
            return self.group()
        optional = piece.endswith("?")
        piece = piece.removesuffix("?")
        if piece in {"{name}", "{name's}"}:
            return _Part(_NAME + ("'?s" if piece == "{name's}" else ""), optional)
        if piece.startswith("{"):
            return _one_of([_Parser(phrase, self.lists).whole() for phrase in self.listed(piece[1:-1])], optional)
        return _Part(self.word(piece), optional, _words(piece))

    def group(self) -> _Part:
        options = [self.sequence()]
        while self.pieces and self.pieces[-1] == "|":
            self.pieces.pop()
            options.append(self.sequence())
        if not self.pieces:
            raise ValueError(f"“{self.phrase}” has an open bracket")
        self.pieces.pop()
        optional = bool(self.pieces) and self.pieces[-1] == "?"
        if optional:
            self.pieces.pop()
        return _one_of(options, optional)

    def listed(self, name: str) -> tuple[str, ...]:
        if name not in self.lists:
            raise ValueError(f"“{self.phrase}” names a list that is not there: {name}")
        return self.lists[name]

    def word(self, word: str) -> str:
        stem = word.removesuffix("*")
        if stem != word and len(stem) < KEY_LENGTH:
            raise ValueError(f"“{word}” is too short to stand for every ending")
        return re.escape(stem).replace("'", "'?").replace(r"\#", _NUMBER) + (_ENDING if stem != word else "")


def _words(word: str) -> frozenset[str]:
    bare = word.removesuffix("*")
    return frozenset({bare}) if bare.isascii() and bare.isalnum() else frozenset()


def _shortest(words: frozenset[str]) -> int:
    return min(map(len, words), default=0)


def _one_of(options: list[_Part], optional: bool) -> _Part:
    words = (
        frozenset[str]().union(*(option.words for option in options)) if all(o.words for o in options) else frozenset()
    )
    return _Part("(?:" + "|".join(option.expression for option in options) + ")", optional, words)


def keys(phrase: str, lists: Lists) -> frozenset[str]:
    """Return the beginnings of words of which a text must have one to hold the phrase.

    They come from the part of the phrase whose words are longest. Raise `ValueError` if the phrase is ill-made or
    no part of it has a word in every alternative.
    """
    words = _Parser(phrase, lists).whole().words
    if not words:
        raise ValueError(f"“{phrase}” has no word to look it up by")
    return keys_of(words)


def compile_phrases(phrases: Iterable[str], lists: Lists) -> re.Pattern[str]:
    """Return one expression that finds any of `phrases` as whole words in a folded text.

    Raise `ValueError` if one of them is ill-made.
    """
    options = "|".join(_Parser(phrase, lists).whole().expression for phrase in phrases)
    return re.compile(rf"(?<![^\W_])(?<!@)(?:{options})(?![^\W_])")
