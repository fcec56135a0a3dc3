"""A model's manifest: files that differ from it by one byte, or are missing, are refused with one sentence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ModelError
from bot.screening.toxicity.embedded import SHIPPED
from bot.screening.toxicity.manifest import read_manifest

FILES = {"model.onnx": b"weights", "tokenizer.json": b"{}"}


def facts(content: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


@pytest.fixture
def described() -> dict[str, Any]:
    return {
        "name": "small", "version": "1.2", "licence": "CC0", "languages": ["en"], "labels": ["toxicity", "threat"],
        "max_pieces": 128, "files": {name: facts(content) for name, content in FILES.items()},
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, described: dict[str, Any]) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    write(tmp_path, described)
    return tmp_path


def write(folder: Path, described: dict[str, Any]) -> None:
    (folder / "manifest.json").write_text(json.dumps(described), encoding="utf-8")


def refusal(folder: Path) -> str:
    """The one sentence with which `folder` is refused."""
    with pytest.raises(ModelError) as caught:
        read_manifest(folder)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_a_whole_folder_is_read_and_told_apart_by_its_weights(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert manifest.labels == ("toxicity", "threat")
    assert manifest.identity == f"small 1.2 ({hashlib.sha256(b'weights').hexdigest()[:12]})"


def test_the_shipped_files_are_those_that_were_made() -> None:
    manifest = read_manifest(SHIPPED)
    assert {"toxicity", "threat", "insult"} <= set(manifest.labels)
    for name, file in manifest.files.items():
        assert (SHIPPED / name).stat().st_size == file.bytes


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("change", [b"", b"weightz", b"weights\n"])
def test_a_changed_file_is_refused_by_name(folder: Path, name: str, change: bytes) -> None:
    (folder / name).write_bytes(change)
    assert name in refusal(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert name in refusal(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_manifest_must_vouch_for_weights_and_tokenizer(folder: Path, described: dict[str, Any], name: str) -> None:
    del described["files"][name]
    write(folder, described)
    assert f"does not vouch for {name}" in refusal(folder)


def test_no_manifest_no_model(tmp_path: Path) -> None:
    assert "There is no toxicity model in" in refusal(tmp_path)
    assert "There is no toxicity model in" in refusal(tmp_path / "nowhere")
    (tmp_path / "manifest.json").mkdir()
    assert "There is no toxicity model in" in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"{}", b'{"name": 1}', b"[" * 5000])
def test_a_damaged_manifest_is_refused(folder: Path, content: bytes) -> None:
    (folder / "manifest.json").write_bytes(content)
    assert "is damaged" in refusal(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"labels": []},
        {"max_pieces": 0},
        {"max_pieces": 100_000},
        {"files": {"model.onnx": {"sha256": "ABC", "bytes": 7}}},
        {"files": {"model.onnx": {"sha256": "g" * 64, "bytes": 7}}},
        {"files": ["model.onnx"]},
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(
    folder: Path, described: dict[str, Any], change: dict[str, Any]
) -> None:
    write(folder, {**described, **change})
    assert "is damaged" in refusal(folder)


def test_a_manifest_reaches_no_file_outside_its_folder(folder: Path, described: dict[str, Any]) -> None:
    outside = folder.parent / f"{folder.name}-outside"
    outside.write_bytes(b"secret")
    described["files"][f"../{outside.name}"] = facts(b"secret")
    write(folder, described)
    assert outside.name in refusal(folder)
