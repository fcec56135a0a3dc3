"""A text made from another one that can still say where each of its code points came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter

Replacement = tuple[int, int, str]
"""Half-open span in the text at hand, and what stands there afterwards."""

_made_at = itemgetter(0)


@dataclass(frozen=True, slots=True)
class View:
    """A reading of a text.

    `edits` are (start, end) in `text` and (start, end) in the text it was made from, in order; whatever lies
    between two edits is the same in both. `base` is that other text, or None if it is the original itself.
    """

    text: str
    edits: tuple[tuple[int, int, int, int], ...] = ()
    base: View | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span of code points of the original that `text[start:end]` came from.

        Monotonic, and always inside the original: bounds outside `text` are drawn in, an empty span stays
        empty. What was made of several code points (or several of one) counts as a whole.
        """
        start = min(max(start, 0), len(self.text))
        end = min(max(end, start), len(self.text))
        if self.edits:
            first = self._origin(start)[0] if start < len(self.text) else self._tail(start)
            start, end = first, (self._origin(end - 1)[1] if end > start else first)
        return self.base.span(start, end) if self.base is not None else (start, end)

    def rewritten(self, replacements: Iterable[Replacement]) -> View:
        """Return the view in which each replacement is made; they must be in order and must not overlap."""
        parts: list[str] = []
        edits: list[tuple[int, int, int, int]] = []
        read = written = 0
        for start, end, new in replacements:
            parts += (self.text[read:start], new)
            made_at = written + start - read
            read, written = end, made_at + len(new)
            edits.append((made_at, written, start, end))
        if not edits:
            return self
        parts.append(self.text[read:])
        return View("".join(parts), tuple(edits), self)

    def _origin(self, position: int) -> tuple[int, int]:
        """Return where one code point of `text` came from, in the text this view was made from."""
        index = bisect_right(self.edits, position, key=_made_at) - 1
        if index < 0:
            return position, position + 1
        _, made_until, start, end = self.edits[index]
        if position < made_until:
            return start, end
        return position - made_until + end, position - made_until + end + 1

    def _tail(self, length: int) -> int:
        """Return where the end of `text` (its `length`) lies in the text this view was made from."""
        return self._origin(length - 1)[1] if length else 0


@dataclass(frozen=True, slots=True)
class Normalised:
    """The readings of one comment.

    `plain` is read first: what a person sees, in plain letters. `unmasked` is a second reading that exists only
    if the comment seems to hide words (k1ll, s t u p i d); ordinary text has none and is scored once.
    """

    original: str
    plain: View
    unmasked: View | None = None
