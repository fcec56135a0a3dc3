"""Makes hostile text printable: what no font of ours has, or what reorders or hides text, becomes a visible code.

The exact text stands in `packet.json`; the pages show it as a person could read it.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources

MOST_MARKS = 4
"""Accents upon one letter that are drawn; what is piled higher would run over the lines above."""

LONG_WORD = 24
"""Characters after which a word without a gap may be broken."""

_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe0e\ufe0f\u20e3"
_BREAK = "\u200b"
_FLAG = "\U0001f3f4"
_STRONG = frozenset({"R", "AL"})

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Kinds of characters that have no shape of their own (Unicode general categories)."""

Piece = tuple[str, bool]
"""Some text, and whether it is a code that stands for what cannot be shown."""


def pieces(text: str) -> Iterator[Piece]:
    """Yield `text` in order as what can be printed and codes such as `U+202E`; joined, nothing of it is missing."""
    shown: list[str] = []
    piled = run = 0
    for place, character in enumerate(text):
        piled = piled + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if character == "\r" and text[place + 1 : place + 2] == "\n":
            continue
        if piled > MOST_MARKS or not _printable(text, place):
            if shown:
                yield "".join(shown), False
                shown = []
            yield f"U+{ord(character):04X}", True
            run = 0
            continue
        run = 0 if character.isspace() else run + 1
        if run > LONG_WORD and not piled and character not in _JOINERS + _SELECTORS and text[place - 1] not in _JOINERS:
            shown.append(_BREAK)
            run = 1
        shown.append("    " if character == "\t" else character)
    if shown:
        yield "".join(shown), False


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left (Unicode annex 9, rules P2 and P3)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in _STRONG or direction == "L":
            return direction in _STRONG
    return False


def _printable(text: str, place: int) -> bool:
    character = text[place]
    if character in "\n\t ":
        return True
    if character in _JOINERS:
        return 0 < place < len(text) - 1 and text[place - 1] > "\u007f" and text[place + 1] > "\u007f"
    if character in _SELECTORS:
        return place > 0 and text[place - 1] not in _SELECTORS + "\n\t "
    if "\U000e0020" <= character <= "\U000e007f":  # the letters of a flag's name, shown as the flag
        return _FLAG in text[max(0, place - 8) : place]
    return unicodedata.category(character) not in _UNSEEN and ord(character) in covered()


@cache
def covered() -> frozenset[int]:
    """Return every code point that one of our fonts can draw."""
    found: set[int] = set()
    for font in resources.files("bot.evidence").joinpath("fonts").iterdir():
        if font.name.endswith(".ttf"):
            found |= set(_code_points(font.read_bytes()))
    return frozenset(found)


def _code_points(font: bytes) -> Iterator[int]:
    """Yield the code points of a font's character maps (OpenType `cmap`, formats 4 and 12)."""
    tables = struct.unpack_from(">H", font, 4)[0]
    entries = (struct.unpack_from(">4sIII", font, 12 + 16 * index) for index in range(tables))
    start = next(offset for tag, _, offset, _ in entries if tag == b"cmap")
    for index in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + struct.unpack_from(">HHI", font, start + 4 + 8 * index)[2]
        kind = struct.unpack_from(">H", font, at)[0]
        if kind == 4:
            yield from _format_4(font, at)
        elif kind == 12:
            for group in range(struct.unpack_from(">I", font, at + 12)[0]):
                first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * group)
                yield from range(first, last + 1)


def _format_4(font: bytes, at: int) -> Iterator[int]:
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", font, at + 16 + 4 * count)
    place = at + 16 + 6 * count
    offsets = struct.unpack_from(f">{count}H", font, place)
    for index in range(count):
        for code in range(starts[index], min(ends[index], 0xFFFE) + 1):
            glyph = (code + deltas[index]) & 0xFFFF
            if offsets[index]:
                glyph = struct.unpack_from(">H", font, place + 2 * index + offsets[index] + 2 * (code - starts[index]))[
                    0
                ]
            if glyph:
                yield code


_LETTERS = re.compile(r"\w")


def initials(name: str) -> str:
    """Return one or two letters that stand for a person where a chat would show a picture."""
    found = [match.group() for word in name.split()[:2] if (match := _LETTERS.search(word))]
    return "".join(letter for letter in found if ord(letter) in covered()).upper()[:2] or "?"
