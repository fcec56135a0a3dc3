"""The shipped model as a checkpoint for the real detoxify package: the same weights, the same answers, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.screening.toxicity.detoxify_model import DetoxifyModel
from bot.screening.toxicity.embedded import SHIPPED, EmbeddedModel
from training import twin

pytestmark = pytest.mark.detoxify

TEXTS = [
    "You are a worthless idiot and I will hurt you.", "Great game last night, see you at practice!", "Eres una basura.",
    "nobody wants you here", "¿A qué hora es la junta?", "I love my deaf friends", "", "🙂",
    "the bake sale starts at nine", "go back to your country", "u r so st00pid lol", "Mañana no hay clases, descansen.",
]  # fmt: skip
LONG = "The bake sale starts at nine on Saturday in the gym. " * 30 + "You are a worthless idiot. " + "See you. " * 200


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("detoxify")
    folder = tmp_path_factory.mktemp("twin")
    twin.main(SHIPPED, folder)
    return folder / twin.CHECKPOINT


@pytest.fixture(scope="module")
def model(checkpoint: Path) -> DetoxifyModel:
    return DetoxifyModel(checkpoint)


def as_rows(scores: Sequence[Mapping[str, float]]) -> np.ndarray:
    return np.array([list(score.values()) for score in scores])


def test_its_keys_are_those_of_a_bert_classifier_and_no_others(checkpoint: Path) -> None:
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    state = torch.load(checkpoint, weights_only=True)["state_dict"]
    config = BertConfig.from_pretrained(checkpoint.parent, num_labels=len(EmbeddedModel().labels))
    expected = BertForSequenceClassification(config).state_dict()
    assert set(state) == set(expected)
    assert {key: value.shape for key, value in state.items()} == {key: value.shape for key, value in expected.items()}


def test_it_answers_as_the_shipped_model_does_but_for_rounding(model: DetoxifyModel) -> None:
    shipped = EmbeddedModel()
    assert model.labels == shipped.labels
    apart = np.abs(as_rows(model.score_now(TEXTS)) - as_rows(shipped.score_now(TEXTS)))
    assert apart.mean() < 0.01
    assert apart.max() < 0.1


def test_it_reads_long_texts_through_the_same_windows(model: DetoxifyModel) -> None:
    shipped = EmbeddedModel()
    (one,), (other,) = model.score_now([LONG]), shipped.score_now([LONG])
    assert one["toxicity"] == pytest.approx(other["toxicity"], abs=0.1)
    assert one["toxicity"] > 0.5


def test_the_detoxify_package_itself_loads_it_and_says_the_same(checkpoint: Path, model: DetoxifyModel) -> None:
    from detoxify import Detoxify

    theirs = Detoxify(checkpoint=str(checkpoint)).predict(TEXTS)
    assert tuple(theirs) == model.labels
    apart = np.abs(as_rows(model.score_now(TEXTS)) - np.array(list(theirs.values())).T)
    assert apart.max() < 1e-4


def test_it_can_be_moved_with_the_files_beside_it(checkpoint: Path, model: DetoxifyModel, tmp_path: Path) -> None:
    elsewhere = tmp_path / "moved"
    checkpoint.parent.rename(elsewhere)
    try:
        moved = DetoxifyModel(elsewhere / twin.CHECKPOINT)
    finally:
        elsewhere.rename(checkpoint.parent)
    assert np.array_equal(as_rows(moved.score_now(TEXTS)), as_rows(model.score_now(TEXTS)))
