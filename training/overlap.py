"""Keeps near copies of test cases out of training: nothing may overlap a HateCheck case or a template by 0.7 or more.

Overlap is the Jaccard index of two texts' word sets, with every word for a group of people counted as the same
word: a case with only its target exchanged is still the case.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from training.groups import FORMS

LIMIT = 0.7
CASES = ("hatecheck_en_eval", "hatecheck_es_eval", "identity_templates_eval")
_WORD = re.compile(r"\w+")
_GROUP = re.compile(
    r"wom[ae]n|trans(?:gender)?|gay|gays|lesbian\w*|queer\w*|homosexual\w*|black|blacks|negr[oa]s?|white|whites"
    r"|muslim\w*|islam\w*|musulman\w*|jew|jews|jewish|judi[oa]s?|christian\w*|immigrant\w*|inmigrante\w*|migrant\w*"
    r"|refugee\w*|disabled|disabilit\w*|discapacitad[oa]s?|discapacidad|mujer\w*|hombres?|latin[oa]s?|mexican[oa]?s?"
    r"|asian\w*|asiatic[oa]s?|arab\w*|african\w*|indigen\w*|gitan[oa]s?|chin[oa]s?|chinese|foreigners?"
    r"|faggot\w*|nigg\w+|bitch\w*|cunts?|kikes?|pakis?|tranny|trannies|retards?|spics?|fag|fags|dykes?|maric\w+|put[ao]s?"
)


#: Every word that ``groups.py`` may put in or take out, so that no exchange can make a near copy.
_NAMED = frozenset(
    "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    for form in FORMS
    for name in form
    for word in name.split()
)


def words(text: str) -> frozenset[str]:
    """The text's words, lower-cased, without accents, groups of people masked."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return frozenset("<group>" if word in _NAMED or _GROUP.fullmatch(word) else word for word in _WORD.findall(plain))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared words as a share of all words of both."""
    return len(one & other) / len(one | other) if one or other else 0.0


class Cases:
    """Test cases, indexed by word."""

    def __init__(self, texts: Iterable[str], limit: float = LIMIT) -> None:
        self.limit = limit
        self.cases = sorted({words(text) for text in texts} - {frozenset()}, key=sorted)
        self.longest = max((len(case) for case in self.cases), default=0) / limit
        self.index: dict[str, list[int]] = defaultdict(list)
        for number, case in enumerate(self.cases):
            for word in case:
                self.index[word].append(number)

    def overlaps(self, text: str) -> bool:
        """Whether the text is a near copy of any case."""
        own = words(text)
        if not own or len(own) > self.longest:
            return False
        shared = Counter(number for word in own for number in self.index.get(word, ()))
        return any(
            count / (len(own) + len(self.cases[number]) - count) >= self.limit for number, count in shared.items()
        )


def cases(data: Path) -> Cases:
    """The cases of both languages, and the templates, in the data folder."""
    import pandas as pd  # noqa: PLC0415 - the rest of this module runs without the training extra

    return Cases(text for name in CASES for text in pd.read_parquet(data / "eval" / f"{name}.parquet")["text"])
