"""The reliability plot shows what was measured."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from training.picture import curve, reliability


def test_bins_hold_every_text_once_and_honest_scores_lie_on_the_diagonal() -> None:
    rng = np.random.default_rng(3)
    scores = rng.random(20_000)
    labels = (rng.random(20_000) < scores).astype(float)
    one = curve(labels, scores)
    assert sum(some.texts for some in one.bins) == 20_000
    assert all(some.share == pytest.approx(some.score, abs=0.05) for some in one.bins)
    assert one.error < 0.02


def test_overconfident_scores_show() -> None:
    one = curve(np.zeros(100), np.full(100, 0.9))
    assert one.error == pytest.approx(0.9)
    assert [(some.share, some.texts) for some in one.bins] == [(0.0, 100)]


def test_the_picture_has_a_panel_a_label_and_a_dot_a_bin() -> None:
    one = curve(np.array([0.0, 1.0]), np.array([0.05, 1.0]))
    picture = ET.fromstring(reliability({"threat": one, "insult": one}))  # noqa: S314 - our own
    kinds = [element.tag.rpartition("}")[2] for element in picture.iter()]
    assert kinds.count("circle") == 4
    assert "threat" in "".join(picture.itertext())
