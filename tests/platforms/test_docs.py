"""The list in the docs is the list of the tests."""

from __future__ import annotations

from tests.platforms.behaviours import DOCS, STAGES, STAND_INS, all_behaviours, page


def test_the_page_is_what_the_tests_say() -> None:
    assert DOCS.read_text(encoding="utf-8") == page(), "write it anew: python -m tests.platforms.behaviours"


def test_no_behaviour_is_told_twice() -> None:
    told = [(behaviour.when, behaviour.then) for behaviour in all_behaviours()]
    assert len(told) == len(set(told))


def test_every_platform_plays_most_of_the_list() -> None:
    behaviours = list(all_behaviours())
    for name in STAGES.keys() - STAND_INS:
        played = sum(name in behaviour.stages for behaviour in behaviours)
        assert played > 0.9 * len(behaviours)
