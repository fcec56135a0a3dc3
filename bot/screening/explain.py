"""Which words carried a score: the model is asked again with parts of the text left out, and with parts alone.

At most 16 short texts are scored for one comment, after its alert has gone out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.screening.seams import Scores, ToxicityModel

SEGMENTS = 7
"""Parts a text is cut into: each is left out once and scored alone once, so 14 texts beside the two readings."""
LONG = 1500
"""Characters from which on a text is only cut finer and its parts scored alone: asking again costs as much as its
length each time."""
SHARE = 0.5
"""A segment is marked when it carries at least this share of what the strongest one does."""

_WORD = re.compile(r"\S+")


async def carried_by(
    model: ToxicityModel, text: str, whole: Scores, labels: Sequence[str]
) -> dict[str, tuple[int, int]]:
    """Return, for each of `labels`, the span of `text` whose words carried the score it has in `whole`.

    The text is cut into up to `SEGMENTS` segments. A segment's weight is the mean of two things: how far the score
    falls when it is left out (catches phrases that need each other) and how high it scores alone (catches texts
    that say it twice). Long texts are cut finer and their parts scored alone. The span covers the strongest segment
    and its neighbours of nearly the same weight.
    """
    long = len(text) > LONG
    segments = _segments(text, 2 * SEGMENTS if long else SEGMENTS)
    if len(segments) < 2:
        return {label: (0, len(text)) for label in labels}
    alone = [text[start:end] for start, end in segments]
    without = [] if long else [text[:start] + text[end:] for start, end in segments]
    scores = await model.score([*alone, *without])
    by_itself, left_out = scores[: len(alone)], scores[len(alone) :] or [whole] * len(alone)
    return {label: _strongest(segments, label, whole, left_out, by_itself) for label in labels}


def _segments(text: str, most: int) -> list[tuple[int, int]]:
    """Cut `text` at word boundaries into at most `most` pieces of nearly equal numbers of words."""
    words = [match.span() for match in _WORD.finditer(text)]
    count = min(most, len(words))
    bounds = [round(index * len(words) / count) for index in range(count + 1)] if count else []
    return [(words[a][0], words[b - 1][1]) for a, b in pairwise(bounds)]


def _strongest(
    segments: Sequence[tuple[int, int]],
    label: str,
    whole: Scores,
    left_out: Sequence[Scores],
    by_itself: Sequence[Scores],
) -> tuple[int, int]:
    weights = [
        max(0.0, whole[label] - out[label]) + alone[label] for out, alone in zip(left_out, by_itself, strict=True)
    ]
    peak = max(range(len(weights)), key=weights.__getitem__)
    first = last = peak
    while first > 0 and weights[first - 1] >= SHARE * weights[peak]:
        first -= 1
    while last + 1 < len(weights) and weights[last + 1] >= SHARE * weights[peak]:
        last += 1
    return segments[first][0], segments[last][1]
