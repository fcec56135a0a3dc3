"""Checkpoints that are damaged, mutilated, mislabelled or armed: each is refused with one sentence, none is run."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ModelError
from bot.screening.toxicity.detoxify_model import DetoxifyModel
from tests.screening.toxicity.checkpoints import ORIGINAL, changed, make_bert

pytestmark = pytest.mark.detoxify

Change = Callable[[Any], object]


@pytest.fixture(autouse=True)
def _extra() -> None:
    pytest.importorskip("detoxify")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_bert(tmp_path)


def refusal(path: Path) -> str:
    """The one sentence with which `path` is refused."""
    with pytest.raises(ModelError) as caught:
        DetoxifyModel(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith((".", ")."))
    return sentence


class Armed:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.mark,))


def in_the_settings(content: Any, armed: Armed) -> None:
    content["config"]["name"] = armed


def among_the_weights(content: Any, armed: Armed) -> None:
    content["state_dict"]["classifier.bias"] = armed


def beside_everything(content: Any, armed: Armed) -> None:
    content["optimizer"] = armed


@pytest.mark.parametrize("place", [in_the_settings, among_the_weights, beside_everything])
@pytest.mark.parametrize("zipped", [True, False])
def test_code_in_a_checkpoint_does_not_run(
    path: Path, tmp_path: Path, place: Callable[[Any, Armed], None], zipped: bool
) -> None:
    import torch

    mark = tmp_path / "it ran"
    content = torch.load(path, weights_only=True)
    place(content, Armed(mark))
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    assert "holds more than weights and settings" in refusal(path)
    assert not mark.exists()
    torch.load(path, weights_only=False)
    assert mark.exists(), "the trap works where it is let"


def test_a_plain_pickle_does_not_run(path: Path, tmp_path: Path) -> None:
    path.write_bytes(pickle.dumps({"config": {}, "state_dict": Armed(tmp_path / "it ran")}))
    refusal(path)
    assert not (tmp_path / "it ran").exists()


@pytest.mark.parametrize("kept", [0, 1, 100, 5000, -1, -5000])
def test_a_truncated_file_is_refused(path: Path, kept: int) -> None:
    path.write_bytes(path.read_bytes()[:kept])
    assert "is damaged" in refusal(path)


@pytest.mark.parametrize(
    "content", [b"\x00" * 4096, b"<!doctype html><title>Not found</title>", b"PK\x03\x04" + b"x" * 99]
)
def test_another_kind_of_file_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert "is damaged" in refusal(path)


def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "nowhere.ckpt")
    assert "cannot be read" in refusal(tmp_path)


def drop(content: Any) -> object:
    return content["state_dict"].pop("bert.encoder.layer.1.output.dense.weight")


def drop_head(content: Any) -> object:
    return content["state_dict"].pop("classifier.weight"), content["state_dict"].pop("classifier.bias")


def add(content: Any) -> object:
    return content["state_dict"].update({"bert.extra.weight": content["state_dict"]["classifier.bias"]})


def rename(content: Any) -> object:
    weights = content["state_dict"]
    content["state_dict"] = {f"model.{key}": value for key, value in weights.items()}
    return None


def misshape(content: Any) -> object:
    weights = content["state_dict"]
    weights["classifier.weight"] = weights["classifier.weight"][:, :-1].clone()
    return None


def no_tensor(content: Any) -> object:
    content["state_dict"]["classifier.weight"] = "six by thirty-two"
    return None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (drop, "bert.encoder.layer.1.output.dense.weight is missing;"),
        (drop_head, r"classifier.weight is missing (and 1 more);"),
        (add, "'bert.extra.weight' is unknown;"),
        (rename, "is missing (and"),
        (misshape, "classifier.weight is 6 × 31 instead of 6 × 32;"),
        (no_tensor, "classifier.weight is one number instead of 6 × 32;"),
    ],
)
def test_weights_that_do_not_fit_are_named(path: Path, change: Change, says: str) -> None:
    assert says in refusal(changed(path, change))


def test_counted_positions_of_older_versions_are_no_weights(path: Path) -> None:
    import torch

    def add_positions(content: Any) -> None:
        content["state_dict"]["bert.embeddings.position_ids"] = torch.arange(96)[None]

    assert DetoxifyModel(changed(path, add_positions)).score_now(["you stupid"])


def test_weights_that_are_no_numbers_are_refused(path: Path) -> None:
    def spoil(content: Any) -> None:
        content["state_dict"]["classifier.bias"][0] = float("nan")

    refusal(changed(path, spoil))


def arch(**change: Any) -> Change:
    return lambda content: content["config"]["arch"]["args"].update(change)


def classes(*names: Any, **others: Any) -> Change:
    return lambda content: content["config"]["dataset"]["args"].update(classes=list(names), **others)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (classes(*ORIGINAL[:5]), "names 5 labels for 6 outputs"),
        (classes(*ORIGINAL, "spam"), "names 7 labels for 6 outputs"),
        (classes(*ORIGINAL[:4], identity_classes=["male"]), "names 5 labels for 6 outputs"),
        (classes(*ORIGINAL[:5], "toxic"), "or one twice"),
        (classes(*ORIGINAL[:5], "toxicity"), "or one twice"),
        (classes(), "dataset.args.classes"),
        (classes(*ORIGINAL[:5], 6), "dataset.args.classes.5"),
        (arch(num_classes=7), "names 6 labels for 7 outputs"),
        (arch(num_classes=0), "arch.args.num_classes"),
        (arch(classes=list(ORIGINAL)), "arch.args.classes"),
        (arch(model_name="pipeline"), "arch.args.model_name"),
        (arch(model_name="NoSuchForSequenceClassification"), "does not describe a NoSuchForSequenceClassification"),
        (arch(model_name="RobertaForSequenceClassification"), "is missing (and"),
        (arch(tokenizer_name="__import__('os')"), "arch.args.tokenizer_name"),
        (arch(tokenizer_name="NoSuchTokenizer"), "There is no tokenizer in"),
        (lambda content: content.pop("config"), "no checkpoint in Detoxify's format"),
        (lambda content: content.pop("state_dict"), "no checkpoint in Detoxify's format"),
        (lambda content: content["config"].pop("arch"), "no checkpoint in Detoxify's format"),
    ],
)
def test_settings_that_make_no_sense_are_named(path: Path, change: Change, says: str) -> None:
    assert says in refusal(changed(path, change))


@pytest.mark.parametrize(
    "content", [[1, 2], None, {}, {"config": None, "state_dict": {}}, {"config": {}, "state_dict": 1}]
)
def test_something_else_in_a_sound_file_is_refused(path: Path, content: Any) -> None:
    import torch

    torch.save(content, path)
    assert "no checkpoint in Detoxify's format" in refusal(path)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_sidecar_pins_the_file(path: Path) -> None:
    sidecar = path.with_name("model.ckpt.sha256")
    sidecar.write_text(f"{digest(path)}  model.ckpt\n", encoding="ascii")
    assert DetoxifyModel(path).manifest.files["model.ckpt"].sha256 == digest(path)
    sidecar.write_text(digest(path).upper(), encoding="ascii")
    DetoxifyModel(path)
    changed(path, lambda content: content["state_dict"]["classifier.bias"].add_(1))
    assert "is not the file that model.ckpt.sha256 vouches for" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"deadbeef", b"\xff" * 64, b"model.ckpt  " + b"0" * 64])
def test_a_sidecar_without_a_digest_is_refused(path: Path, content: bytes) -> None:
    path.with_name("model.ckpt.sha256").write_bytes(content)
    assert "does not begin with a SHA-256" in refusal(path)


def test_a_tokenizer_is_never_made_up(path: Path) -> None:
    (path.parent / "vocab.txt").unlink()
    assert "There is no tokenizer in" in refusal(path)


def test_a_tokenizer_with_more_pieces_than_the_model_knows_is_refused(path: Path) -> None:
    with (path.parent / "vocab.txt").open("a", encoding="utf-8") as file:
        file.write("surplus\n")
    assert "does not belong to" in refusal(path)


def test_a_configuration_of_another_size_is_refused(path: Path) -> None:
    config = json.loads((path.parent / "config.json").read_text(encoding="utf-8"))
    (path.parent / "config.json").write_text(json.dumps({**config, "hidden_size": 64}), encoding="utf-8")
    assert "do not fit" in refusal(path)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"hidden_size": "wide"}'])
def test_a_damaged_configuration_is_refused(path: Path, content: str) -> None:
    (path.parent / "config.json").write_text(content, encoding="utf-8")
    refusal(path)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_damaged_tokenizer_is_refused(path: Path, content: str) -> None:
    (path.parent / "tokenizer.json").write_text(content, encoding="utf-8")
    refusal(path)


@pytest.mark.parametrize("named", ["files", "./files"])
def test_a_folder_is_seen_from_the_checkpoint_not_from_where_the_bot_was_started(
    tmp_path: Path, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = changed(make_bert(tmp_path, beside="files"), arch(model_type=named))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert DetoxifyModel(path).score_now(["you stupid"])


@pytest.mark.parametrize("named", ["no/such/folder", "x" * 300, "a\x00b", "..", "https://example.org/model", "🙂"])
def test_a_folder_that_is_not_there_is_not_looked_for_elsewhere(tmp_path: Path, named: str) -> None:
    path = changed(make_bert(tmp_path, beside="files"), arch(model_type=named))
    assert "which are not on this machine" in refusal(path)
