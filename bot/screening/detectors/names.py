"""Whether a word in a text names a pupil: a given name or a mention, and no member of the staff."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.screening.detectors.reading import fold
from bot.screening.detectors.wordlists import word_lists
from bot.screening.seams import Facts

_LISTS = word_lists("given_names")
_CLEAR = _LISTS["clear"]
_CAPITALISED = _LISTS["capitalised"]
_EVERYONE = frozenset({"@here", "@everyone", "@channel", "@all", "@group"})
_TITLE_BEFORE = re.compile(
    r"(?:^|[^\w])(?:mr|mrs|ms|miss|mx|dr|prof|professor|coach|principal|teacher|president|senator|saint|st|san|santa"
    r"|king|queen|sir|sr|sra|srta|senor|senora|senorita|maestr[oa]|profe|profesora?|directora?|don|dona|doctora?)"
    r"\.?[ ]{1,2}$"
)
_CAPITAL_WORD = re.compile(r"[^\W\d_][\w'\-]{1,20}")
_FAMILY_NAME = re.compile(r" [^\W\d_][\w'\-]{1,20}")


def is_pupils_name(text: str, start: int, end: int, facts: Facts) -> bool:
    """Whether `text[start:end]` is a given name or a mention that may be a pupil's.

    Not a pupil's: a name after a title, of the staff's roster, or the writer's own.
    """
    word = text[start:end]
    folded = fold(word)
    if folded.startswith("@"):
        return folded not in _EVERYONE
    known = folded in _CLEAR or (folded in _CAPITALISED and word[0].isupper())
    if not known or _TITLE_BEFORE.search(fold(text[max(0, start - 16) : start])):
        return False
    return folded not in _own_words(facts)


def _own_words(facts: Facts) -> set[str]:
    """Return the words of the writer's and the staff's names."""
    return {word for name in (facts.author_name, *facts.staff_names) for word in re.findall(r"\w+", fold(name))}


def named_people(text: str, facts: Facts) -> Iterator[tuple[int, int, bool]]:
    """Yield the span of each name that is written with a capital, and whether a family name follows.

    Names that are words too (Summer, Hope) count only with a family name.
    """
    for match in _CAPITAL_WORD.finditer(text):
        if not match.group()[0].isupper() or not is_pupils_name(text, match.start(), match.end(), facts):
            continue
        family = _FAMILY_NAME.match(text, match.end())
        full = family is not None and family.group()[1].isupper()
        if full or fold(match.group()) in _CLEAR:
            yield match.start(), family.end() if family and full else match.end(), full
