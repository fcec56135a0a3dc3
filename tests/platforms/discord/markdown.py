r"""Discord's Markdown as its clients show it: what a person reads, and what in it is alive.

Follows the rules that Discord documents for its text formatting: a backslash before a sign takes its meaning away,
blocks begin at the start of a line, styles nest, and mentions, links, timestamps and custom emoji turn into something
else than their letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_CODE_BLOCK = re.compile(r"```(?:[a-z0-9_+\-.#]+?\n)?\n*([^\n].*?)\n*```", re.DOTALL | re.IGNORECASE)
_CODE = re.compile(r"(`+)(.*?[^`])\1(?!`)", re.DOTALL)
_LINE_START = re.compile(r"(?:>>> |> |#{1,3} +|-# +|[ \t]*(?:[-*]|\d{1,9}\.) +)")
_ALIVE = (
    ("mention", re.compile(r"<@!?\d+>|<@&\d+>|@everyone|@here")),
    ("channel", re.compile(r"<#\d+>")),
    ("command", re.compile(r"</[-_'\w ]{1,100}:\d+>")),
    ("navigation", re.compile(r"<id:\w+>")),
    ("timestamp", re.compile(r"<t:-?\d{1,17}(?::[tTdDfFRsS])?>")),
    ("emoji", re.compile(r"<a?:\w{2,32}:\d+>")),
    ("link", re.compile(r"<[a-z][a-z0-9+.\-]*://[^\s<>]+>", re.IGNORECASE)),
    ("link", re.compile(r"(?:https?|steam|discord)://[^\s<]+[^<.,:;\"'\]\s]", re.IGNORECASE)),
)
_MASKED = re.compile(r"\[((?:\\.|[^\[\]\\])*)\]\(\s*<?((?:[^\s\\)]|\\.)*?)>?(?:\s+['\"].*?['\"])?\s*\)")
_STYLES = (
    ("bold", re.compile(r"\*\*((?:\\.|[^\\])+?)\*\*(?!\*)", re.DOTALL)),
    ("underlined", re.compile(r"__((?:\\.|[^\\])+?)__(?!_)", re.DOTALL)),
    ("spoiler", re.compile(r"\|\|((?:\\.|[^\\])+?)\|\|", re.DOTALL)),
    ("struck", re.compile(r"~~((?:\\.|[^\\])+?)~~(?!_)", re.DOTALL)),
    ("italic", re.compile(r"\b_((?:__|\\.|[^\\_])+?)_\b", re.DOTALL)),
    ("italic", re.compile(r"\*(?=\S)((?:\*\*|\\.|\s+(?:\\.|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)", re.DOTALL)),
)


@dataclass(frozen=True)
class Piece:
    """Letters in a row that look alike: `styles` are bold, underlined, spoiler, quote, code, heading and the like."""

    text: str
    styles: frozenset[str]


@dataclass
class Seen:
    """What a text looks like: its pieces in order, and what in it is more than letters, as kind and source."""

    pieces: list[Piece] = field(default_factory=list)
    alive: list[tuple[str, str]] = field(default_factory=list)

    @property
    def plain(self) -> str:
        """The letters."""
        return "".join(piece.text for piece in self.pieces)

    def styled(self, *styles: str) -> tuple[str, ...]:
        """Return the runs of letters that have all these styles."""
        runs: list[str] = []
        open_run = False
        for piece in self.pieces:
            has = piece.styles.issuperset(styles)
            if has and open_run:
                runs[-1] += piece.text
            elif has:
                runs.append(piece.text)
            open_run = has
        return tuple(runs)


def seen(source: str) -> Seen:
    """Return what a person sees of a text."""
    found = Seen()
    found.pieces = list(_pieces(source, frozenset(), found, fresh=True))
    return found


def _pieces(source: str, styles: frozenset[str], found: Seen, *, fresh: bool) -> Iterator[Piece]:
    """Yield the pieces of a text; `fresh` says that it begins where a line does."""
    at, plain = 0, ""
    while at < len(source):
        taken = _taken(source, at, styles, found, fresh=(fresh if at == 0 else source[at - 1] == "\n"))
        if taken is None:
            plain += source[at]
            at += 1
            continue
        if plain:
            yield Piece(plain, styles)
            plain = ""
        at, inner = taken
        yield from inner
    if plain:
        yield Piece(plain, styles)


def _taken(source: str, at: int, styles: frozenset[str], found: Seen, *, fresh: bool) -> tuple[int, list[Piece]] | None:
    """Return where the rule that begins at `at` ends, and what it shows; nothing if none begins there."""
    if fresh and (block := _block(source, at, styles, found)):
        return block
    if match := _CODE_BLOCK.match(source, at) or _CODE.match(source, at):
        return match.end(), [Piece(match[match.lastindex or 0], styles | {"code"})]
    if match := _ESCAPE.match(source, at):
        return match.end(), [Piece(match[1], styles)]
    if match := _MASKED.match(source, at):
        found.alive.append(("link", match[2]))
        return match.end(), list(_pieces(match[1], styles | {"link"}, found, fresh=False))
    for kind, pattern in _ALIVE:
        if match := pattern.match(source, at):
            found.alive.append((kind, match[0]))
            return match.end(), [Piece(match[0], styles | {kind})]
    return _style(source, at, styles, found)


def _style(source: str, at: int, styles: frozenset[str], found: Seen) -> tuple[int, list[Piece]] | None:
    for name, pattern in _STYLES:
        if match := pattern.match(source, at):
            return match.end(), list(_pieces(match[1], styles | {name}, found, fresh=False))
    return None


def _block(source: str, at: int, styles: frozenset[str], found: Seen) -> tuple[int, list[Piece]] | None:
    """Return a quote, heading or list entry that begins here: to the end of the line, `>>>` to the end of all."""
    match = _LINE_START.match(source, at)
    if match is None:
        return None
    mark = match[0].strip()
    line_end = source.find("\n", match.end())
    end = len(source) if line_end < 0 or mark == ">>>" else line_end + 1
    style = "quote" if mark.startswith(">") else "heading" if mark.startswith(("#", "-#")) else "list"
    return end, list(_pieces(source[match.end() : end], styles | {style}, found, fresh=style == "quote"))
