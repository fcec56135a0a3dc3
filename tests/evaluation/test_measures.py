"""The figures, against their definitions and on the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.measures import auc, auc_with_interval, bootstrapped, share, share_with_interval

ANSWERS = st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=60)


@given(ANSWERS)
def test_the_area_is_how_often_a_positive_scores_above_a_negative(answers: list[tuple[bool, int]]) -> None:
    positive = np.array([yes for yes, _ in answers])
    scores = np.array([score for _, score in answers], dtype=np.float64)
    pairs = [(p > n) + (p == n) / 2 for p in scores[positive] for n in scores[~positive]]
    if pairs:
        assert auc(positive, scores) == pytest.approx(sum(pairs) / len(pairs))
    else:
        assert np.isnan(auc(positive, scores))


@given(st.lists(st.booleans(), max_size=200))
def test_an_interval_holds_its_figure_and_comes_out_the_same_twice(flags: list[bool]) -> None:
    found = share_with_interval(np.array(flags, dtype=bool))
    again = share_with_interval(np.array(flags, dtype=bool))
    if flags:
        assert 0 <= found.low <= found.value <= found.high <= 1
        assert found == again
    else:
        assert np.isnan([found.value, found.low, found.high]).all()


def test_more_texts_make_a_narrower_interval() -> None:
    few, many = (share_with_interval(np.arange(size) % 2 == 0) for size in (50, 5000))
    assert many.high - many.low < (few.high - few.low) / 3


def test_a_sample_without_one_kind_does_not_spoil_the_interval() -> None:
    positive = np.array([True, False, False])
    found = auc_with_interval(positive, np.array([0.9, 0.1, 0.2]))
    assert (found.value, found.high) == (1.0, 1.0)


def test_nothing_has_no_share() -> None:
    assert np.isnan(share(np.array([], dtype=bool)))
    assert np.isnan(bootstrapped(lambda rows: 1.0 if len(rows) else float("nan"), 0).value)
