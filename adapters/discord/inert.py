"""Makes hostile text harmless to show: nothing in it formats, mentions, links, counts down, hides or turns around.

Discord reads a backslash before a punctuation mark as “take this as it is”. So every mark that could begin anything
(bold, lists, headings, code, spoilers, masked links, `<@…>`, `<t:…>`, `<:emoji:…>`, bare addresses) gets one, and what
cannot be seen is left out. Readers see the same words; see Discord's support page on text formatting.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from adapters.discord.limits import MORE, length

MARKS = frozenset("\\*_~`|<>#@:[]()-+")
"""What is taken as it is: all punctuation that means something to Discord anywhere."""

_LINE_ENDS = frozenset("\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800")
"""Letters without a shape: fillers that are no format characters by their category."""
_UNSEEN = frozenset({"Cc", "Cf"})
_WITHOUT_MEANING = frozenset({"Cs", "Co", "Cn"})
"""Halves of characters, private ones and those that are none: shown as one sign."""
_MOST_ACCENTS = 3
"""Accents that may stand on one letter: more of them would cover the lines around."""

BOLD, PLAIN = "__**", "**__"


def inert(text: str, most: int) -> str:
    """Return `text` as it can be shown anywhere on Discord, at most `most` long with its backslashes."""
    return _joined(((piece, False) for _, piece in _pieces(text)), most)


def spoiler(text: str, marks: Sequence[tuple[int, int]], most: int) -> str:
    """Return `text` behind a spoiler, at most `most` long, its `marks` (half-open spans) bold and underlined."""
    marked = {place for start, end in marks for place in range(max(start, 0), min(end, len(text)))}
    pieces = ((piece, place in marked and not piece.isspace()) for place, piece in _pieces(text))
    shown = _joined(pieces, most - 4)
    return f"||{shown if shown.strip() else '–'}||"


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Yield what is shown of each character, with its place in the text."""
    accents, number, ended = 0, True, False
    for place, written in enumerate(text):
        character = written
        after_return, ended = ended, character == "\r"
        if character == "\n" and after_return:
            continue
        if character == "\n" or character in _LINE_ENDS:
            accents, number = 0, True
            yield place, "\n"
            continue
        category = unicodedata.category(character)
        if category in _WITHOUT_MEANING:
            character, category = "\ufffd", "So"
        elif character == "\t" or category in ("Zs", "Zl"):
            character = " "
        elif category in _UNSEEN or character in _INVISIBLE or "\ufe00" <= character <= "\ufe0f":
            continue
        accents = accents + 1 if category in ("Mn", "Me") else 0
        if accents > _MOST_ACCENTS:
            continue
        # “7.” at the start of a line would begin a list.
        escaped = character in MARKS or (character == "." and number)
        number = number and (character == " " or character.isdigit())
        yield place, f"\\{character}" if escaped else character


def _joined(pieces: Iterator[tuple[str, bool]], most: int) -> str:
    """Put pieces together, marked ones between `BOLD` and `PLAIN`; what does not fit gives way to an ellipsis."""
    made: list[str] = []
    room, bold = most - len(MORE), False
    for piece, marked in pieces:
        turn = "" if marked == bold else (BOLD if marked else PLAIN)
        # Whatever opens here must still be closed within the room.
        needed = length(piece) + len(turn) + (len(PLAIN) if marked else 0)
        if needed > room:
            made += [PLAIN] if bold else []
            return "".join([*made, MORE])
        made += [turn, piece]
        room -= length(piece) + len(turn)
        bold = marked
    return "".join([*made, PLAIN] if bold else made)
