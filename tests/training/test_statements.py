"""Generated statements say the same groups' names in attack and in praise."""

import re
from collections import Counter

import pytest

from training.groups import FORMS
from training.statements import PAIRS, pairs

NAMES = sorted({name for form in FORMS for name in form}, key=len, reverse=True)
NAMED = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, NAMES))})(?!\w)", re.IGNORECASE)


@pytest.mark.parametrize("language", PAIRS)
def test_both_sides_name_the_same_groups_equally_often(language: str) -> None:
    attacked: Counter[str] = Counter()
    praised: Counter[str] = Counter()
    for pair in pairs(language):
        attacked.update({name.lower() for name in NAMED.findall(pair.harmful)})
        praised.update({name.lower() for name in NAMED.findall(pair.innocent)})
    assert len(attacked) > 60
    for name, count in attacked.items():
        # A few names are words of the frames too ("a girl", "a man"): those are said more kindly than cruelly.
        assert praised[name] >= 0.9 * count, name


@pytest.mark.parametrize("language", PAIRS)
def test_statements_are_sentences(language: str) -> None:
    found = list(pairs(language))
    assert len(found) == PAIRS[language]
    for pair in found:
        assert pair.harmful != pair.innocent
        for text in (pair.harmful, pair.innocent):
            assert not re.search(r"[{}]|  | a [aeiou]" if language == "en" else r"[{}]|  |\ba el\b", text), text


def test_the_same_seed_makes_the_same_statements() -> None:
    assert list(pairs("en")) == list(pairs("en"))
    assert list(pairs("en")) != list(pairs("en", seed=1))
