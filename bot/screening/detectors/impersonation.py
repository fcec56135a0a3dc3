"""Display names that pose as a member of the staff (BUL II.11)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.domain.assessments import Finding
from bot.domain.categories import Category
from bot.screening.detectors.reading import fold
from bot.screening.detectors.wordlists import word_lists
from bot.screening.normalise import Normalised, normalise
from bot.screening.normalise.homoglyphs import as_latin
from bot.screening.seams import Facts

_LISTS = word_lists("staff_titles")
_TITLES = _LISTS["titles"]
_OFFICES = _LISTS["offices"]
_DECORATION = _LISTS["decoration"]
_ALIKE = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "|": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "l"}
)


class ImpersonationDetector:
    """Compares the writer's display name with the staff's, as the eye sees both (after UTS #39 skeletons).

    People on the roster are who they are; a shared given name, or a family name without a title, passes.
    """

    name = "impersonation"

    def find(self, text: Normalised, facts: Facts) -> Sequence[Finding]:
        """Return one finding over the whole comment if the name poses as the staff's."""
        if facts.author_is_rostered or not facts.author_name:
            return ()
        score = _likeness(facts.author_name, facts.staff_names)
        if not score:
            return ()
        explanation = "The display name of someone not on the roster looks like a staff member's name or office."
        return (Finding(self.name, Category.IMPERSONATION, 0, len(text.original), score, explanation),)


@lru_cache(maxsize=256)
def _likeness(name: str, staff_names: tuple[str, ...]) -> float:
    """Return how much `name` looks like one of `staff_names`, as a fraction."""
    titles, words = _parts(name)
    if not words:
        return 0.6 if titles & _skeletons(_OFFICES) else 0.0
    best = 0.0
    for staff_name in staff_names:
        _, staff_words = _parts(staff_name)
        if not staff_words:
            continue
        if sorted(words) == sorted(staff_words) and (len(words) > 1 or titles):
            best = max(best, 0.9)
        elif titles and words == staff_words[-1:] and len(words[0]) > 2:
            best = max(best, 0.85)
        elif len(staff_words) > 1 and _one_letter_apart("".join(words), "".join(staff_words)):
            best = max(best, 0.7)
    return best


def _parts(name: str) -> tuple[frozenset[str], list[str]]:
    """Return a name's titles and its other words, as skeletons."""
    plain = fold(as_latin(normalise(name[:200]).plain.text))
    words = [_skeleton(word) for word in re.findall(r"[\w|@$!]+", plain.replace("_", " "))]
    titles = frozenset(words) & _skeletons(_TITLES)
    return titles, [word for word in words if word not in titles and word not in _skeletons(_DECORATION)]


@lru_cache(maxsize=8)
def _skeletons(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_skeleton, words))


def _skeleton(word: str) -> str:
    """Return what letters and digits that look alike have in common."""
    return word.translate(_ALIKE).replace("rn", "m").replace("vv", "w")


def _one_letter_apart(one: str, other: str) -> bool:
    """Whether two names of eight letters or more differ in one letter: changed, doubled or left out."""
    short, long = sorted((one, other), key=len)
    if len(short) < 8 or len(long) - len(short) > 1:
        return False
    same = next((i for i, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]
