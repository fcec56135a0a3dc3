"""A blend is the weighted mean of weights, and nothing that is no mean is made."""

from dataclasses import make_dataclass
from typing import Any

import numpy as np
import pytest

from training.blend import BLENDS, MEASURES, mean, title, worth


def state(value: float) -> dict[str, Any]:
    return {"dense": np.full((2, 3), value), "bias": np.array([value, -value])}


def test_a_blend_lies_between() -> None:
    found = mean({"one": state(1.0), "two": state(5.0)}, {"one": 0.75, "two": 0.25})
    assert np.allclose(found["dense"], 2.0)
    assert np.allclose(found["bias"], [2.0, -2.0])


def test_one_alone_is_itself() -> None:
    assert np.array_equal(mean({"one": state(3.0)}, {"one": 1.0})["dense"], state(3.0)["dense"])


def test_shares_that_make_no_whole_are_refused() -> None:
    with pytest.raises(ValueError, match="60 % one, 60 % two"):
        mean({"one": state(1.0), "two": state(2.0)}, {"one": 0.6, "two": 0.6})


@pytest.mark.parametrize("shares", BLENDS, ids=title)
def test_every_blend_that_is_tried_is_whole(shares: dict[str, float]) -> None:
    assert np.allclose(mean({name: state(4.0) for name in shares}, shares)["dense"], 4.0)


def test_the_better_on_every_measure_is_worth_more() -> None:
    figures = make_dataclass("Figures", MEASURES)
    assert worth(figures(*[0.9] * 5)) < worth(figures(*[0.9] * 4, 0.91))
