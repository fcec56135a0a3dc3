"""Groups of people are exchanged for others of the same form, and no exchange makes a near copy of a test case."""

import random

import pytest

from training.groups import FORMS, exchanged
from training.overlap import words


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same on every run


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("muslims and jews built this town", "en"),
        ("my neighbour is an immigrant", "en"),
        ("los inmigrantes construyeron este barrio", "es"),
        ("mi maestra es una persona trans", "es"),
    ],
)
def test_only_the_group_changes(text: str, language: str) -> None:
    found = {exchanged(text, seeded(seed), language) for seed in range(40)}
    assert len(found) > 5
    assert {words(one) for one in found} == {words(text)}


def test_the_same_word_becomes_the_same_word() -> None:
    for seed in range(20):
        first, second = exchanged("lesbians are lesbians", seeded(seed)).split(" are ")
        assert first == second


def test_texts_that_name_nobody_stay_as_they_are() -> None:
    for text in ("see you at practice", "", "¿a qué hora es la junta?", "the gaylord hotel"):
        assert all(exchanged(text, seeded(seed), language) == text for seed in range(9) for language in ("en", "es"))


def test_words_of_several_senses_are_exchanged_at_most_half_the_time() -> None:
    kept = sum(exchanged("my old bike", seeded(seed)) == "my old bike" for seed in range(200))
    assert kept > 80


def test_every_name_is_masked_where_near_copies_are_sought() -> None:
    for form in FORMS:
        for name in form:
            assert words(name) - {"con"} == {"<group>"}
