"""The shipped model: real weights, whole texts, own answers; damaged files are refused."""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.errors import ModelError
from bot.screening.seams import Scores
from bot.screening.toxicity.embedded import SHIPPED, EmbeddedModel

INNOCENT = "The bake sale starts at nine on Saturday in the gym, and everybody is welcome. "
VILE = "You are a worthless piece of shit and I will kill you."
TEXTS = [
    VILE, "Great game last night, see you at practice!", "Homework is due on Friday.", "Nadie te quiere, idiota.",
    "¿A qué hora es la junta?", "ok", "🙂" * 40, "x" * 500, INNOCENT * 12, "", " \n\t ",
]  # fmt: skip


@pytest.fixture(scope="module")
def model() -> EmbeddedModel:
    return EmbeddedModel()


def differ(one: Scores, other: Scores) -> float:
    assert list(one) == list(other)
    return max(abs(one[label] - other[label]) for label in one)


def test_every_score_carries_every_label_as_a_probability(model: EmbeddedModel) -> None:
    assert model.labels == model.manifest.labels
    for score in model.score_now(TEXTS):
        assert tuple(score) == model.labels
        assert all(type(value) is float and 0 <= value <= 1 for value in score.values())


def test_it_tells_vile_words_from_innocent_ones(model: EmbeddedModel) -> None:
    vile, innocent = model.score_now([VILE, INNOCENT])
    assert vile["toxicity"] > 0.5
    assert innocent["toxicity"] < 0.2


def test_a_text_scores_the_same_whoever_waits_with_it(model: EmbeddedModel) -> None:
    alone = {text: model.score_now([text])[0] for text in TEXTS}
    for size in (2, 5, len(TEXTS)):
        mates = TEXTS[-size:] + TEXTS[:size]
        for text, score in zip(mates, model.score_now(mates), strict=True):
            assert differ(score, alone[text]) < 0.01


@pytest.fixture(scope="module")
def filler(model: EmbeddedModel) -> tuple[str, Scores]:
    text = (INNOCENT * 600)[: 40_000 - len(VILE) - 2]
    return text, model.score_now([text])[0]


@pytest.mark.parametrize("where", ["start", "middle", "end"])
def test_vile_words_are_seen_anywhere_in_40000_characters(
    model: EmbeddedModel, filler: tuple[str, Scores], where: str
) -> None:
    around, plain = filler
    before = {"start": 0, "middle": len(around) // 2, "end": len(around)}[where]
    text = f"{around[:before]} {VILE} {around[before:]}"
    assert len(text) == 40_000
    (hidden,) = model.score_now([text])
    assert hidden["toxicity"] - plain["toxicity"] > 0.1  # the filler beside it in its window softens the score
    assert hidden["threat"] > plain["threat"]


def test_a_long_text_scores_the_maximum_of_its_windows(model: EmbeddedModel) -> None:
    text = f"{INNOCENT * 40} {VILE} {INNOCENT * 40}"
    first = model.tokenizer.encode(text)
    windows = [first, *first.overflowing]
    assert len(windows) > 5
    rows = np.vstack([model._run([window]) for window in windows])
    (score,) = model.score_now([text])
    assert list(score.values()) == pytest.approx(rows.max(axis=0).tolist(), abs=0.01)


def test_nothing_to_score_gives_nothing(model: EmbeddedModel) -> None:
    assert model.score_now([]) == []


def test_silence_is_innocent(model: EmbeddedModel) -> None:
    for score in model.score_now(["", " ", "\n\u200b\n"]):
        assert max(score.values()) < 0.5


ODD = {
    "nul": "\x00",
    "inner-nul": "a\x00b",
    "noncharacters": "\ufffe\uffff",
    "zalgo": "e" + "\u0301" * 900,
    "controls": "\u202e\u2066\u200d" * 300,
    "families": "👩‍👩‍👧‍👦" * 100,
    "tags": "\U000e0041" * 300,
    "expanding": "ﷺ" * 100,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_unicode_is_scored(model: EmbeddedModel, text: str) -> None:
    (score,) = model.score_now([text])
    assert all(math.isfinite(value) for value in score.values())


async def test_half_a_character_never_takes_its_neighbours_along() -> None:
    async with EmbeddedModel() as model:
        broken, whole = await asyncio.gather(
            model.score(["\ud83d you \udc00"]), model.score([VILE]), return_exceptions=True
        )
    assert isinstance(broken, ModelError | list)
    assert isinstance(whole, list)
    assert whole[0]["toxicity"] > 0.5


async def test_everyone_gets_their_own_answer() -> None:
    async with EmbeddedModel(threads=3) as model:
        alone = {text: model.score_now([text])[0] for text in TEXTS}

        async def ask(number: int) -> None:
            texts = [TEXTS[(number + step) % len(TEXTS)] for step in (0, 3, 4)]
            for text, score in zip(texts, await model.score(texts), strict=True):
                assert differ(score, alone[text]) < 0.01

        await asyncio.gather(*(ask(number) for number in range(2 * len(TEXTS))))


async def test_a_score_that_is_no_number_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def run(self, outputs: list[str], feeds: dict[str, Any]) -> list[Any]:
            return [np.full((len(feeds["input_ids"]), width), np.nan, dtype=np.float32)]

    async with EmbeddedModel() as broken:
        width = len(broken.labels)
        monkeypatch.setattr(broken, "_session", Broken())
        with pytest.raises(ModelError):
            await broken.score(["hello"])


def a_copy(folder: Path, **changed: bytes) -> Path:
    """A folder like the shipped one but for the files in `changed`, for which its manifest vouches as well."""
    manifest = json.loads((SHIPPED / "manifest.json").read_text(encoding="utf-8"))
    for name in manifest["files"]:
        content = changed.get(name.partition(".")[0])
        if content is None:
            (folder / name).symlink_to(SHIPPED / name)
        else:
            (folder / name).write_bytes(content)
            manifest["files"][name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": max(1, len(content))}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_another_folder_of_the_same_make_can_be_used(tmp_path: Path, model: EmbeddedModel) -> None:
    other = EmbeddedModel(a_copy(tmp_path))
    assert differ(other.score_now([VILE])[0], model.score_now([VILE])[0]) < 0.01


def test_a_model_changed_by_one_bit_is_refused(tmp_path: Path) -> None:
    weights = bytearray((SHIPPED / "model.onnx").read_bytes())
    weights[len(weights) // 2] ^= 1
    a_copy(tmp_path)
    (tmp_path / "model.onnx").unlink()
    (tmp_path / "model.onnx").write_bytes(weights)
    with pytest.raises(ModelError, match=r"model\.onnx is not the file its manifest vouches for"):
        EmbeddedModel(tmp_path)


@pytest.mark.parametrize(
    "changed", [{"model": b"no onnx"}, {"model": b""}, {"tokenizer": b"{}"}, {"tokenizer": b"\xff"}]
)
def test_files_that_are_vouched_for_but_no_model_are_refused_in_one_sentence(
    tmp_path: Path, changed: dict[str, bytes]
) -> None:
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        EmbeddedModel(a_copy(tmp_path, **changed))
    assert "\n" not in str(caught.value)


SPACES = ["{} ", " {}", "{}\n", "\t{}  \n", "{}\u00a0", "{} \u3000"]


@pytest.mark.parametrize("space", SPACES)
async def test_space_around_a_text_changes_nothing(space: str) -> None:
    async with EmbeddedModel() as model:
        bare, spaced = await model.score(["You are so stupid.", space.format("You are so stupid.")])
    assert spaced == pytest.approx(bare, abs=1e-6)


def test_the_files_alone_are_as_blind_to_space(model: EmbeddedModel) -> None:
    """Whoever loads them elsewhere, as detoxify's twin, gets the same."""
    (bare,) = model.score_now(["You are so stupid."])
    for space in SPACES[:4]:
        assert model.score_now([space.format("You are so stupid.")])[0] == pytest.approx(bare, abs=1e-6)
