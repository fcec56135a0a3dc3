"""Writes the three files the bot ships, and proves that they answer as the checkpoint does."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from training.encoder import Array, origin
from training.graph import build
from training.labels import JIGSAW, LABELS
from training.phases import PHASES
from training.sources import SOURCES
from training.train import load, shape_of

SHIPPED = Path(__file__).parent.parent / "bot" / "screening" / "toxicity" / "weights"
NAME, VERSION, LICENCE = "crossing-guard-toxicity", "2.4.0", "Apache-2.0"
MAX_PIECES = 128


def weights_of(path: Path) -> dict[str, Array]:
    """The averaged weights of a checkpoint as numpy arrays."""
    return {name: value.float().numpy() for name, value in load(path)["average"].items()}


def calibration(work: Path) -> dict[str, Any]:
    """What ``calibrate`` found; before it ran, every label as the student says it."""
    path = work / "calibration-fit.json"
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text())
        return found
    labels = {name: {"scale": 1.0, "bias": 0.0} for name in LABELS}
    return {"labels": labels, "thresholds_hint": {}}


def describe(path: Path) -> dict[str, str | int]:
    """A file's entry in the manifest."""
    return {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}


def main(work: Path, phase: str, output: Path | None = None) -> None:
    """Export the phase's checkpoint."""
    output = output or SHIPPED
    output.mkdir(parents=True, exist_ok=True)
    fit = calibration(work)
    kept = [name for name in LABELS if name in fit["labels"]]
    scale, bias = (np.array([fit["labels"][name][key] for name in kept], np.float32) for key in ("scale", "bias"))
    path = work / f"{phase}.pt"
    shape = shape_of(load(path))
    model = build(shape, weights_of(path), scale, bias, [LABELS.index(name) for name in kept])
    (output / "model.onnx").write_bytes(model.SerializeToString())
    tokenizer = (work / "tokenizer.json").read_text(encoding="utf-8")
    (output / "tokenizer.json").write_text(tokenizer + "\n", encoding="utf-8")
    manifest = {
        "name": NAME,
        "version": VERSION,
        "created": datetime.now(UTC).date().isoformat(),
        "licence": LICENCE,
        "languages": ["en", "es"],
        "labels": kept,
        "max_pieces": MAX_PIECES,
        "files": {name: describe(output / name) for name in ("model.onnx", "tokenizer.json")},
        "training": {
            "seed": 7,
            "encoder": origin(shape.layers),
            "texts": {name: load(work / f"{name}.pt")["seen"] for name in PHASES if (work / f"{name}.pt").exists()},
            "sets": [source.name for source in SOURCES] + ["corpus", "statements"],
        },
        "thresholds_hint": fit["thresholds_hint"],
    }
    (output / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    missing = set(JIGSAW) - set(kept)
    if missing:
        raise ValueError(f"The model lacks {', '.join(sorted(missing))}.")
    print(f"{output}: {sum(file.stat().st_size for file in output.iterdir()) / 1e6:.1f} MB, {len(kept)} labels")
