"""An exported model a second time: as a checkpoint that the ``detoxify`` package loads, made from the ONNX file alone.

A student is a BERT classifier to the letter, so nothing is trained or converted here: bytes become numbers again,
names become BERT's. The two differ only by what the ONNX file rounds while it computes.

Needs torch and numpy (the ``detoxify`` extra), neither onnx nor any data.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Tensors = dict[str, npt.NDArray[Any]]
SHIPPED = Path(__file__).parents[1] / "bot" / "screening" / "toxicity" / "weights"
CHECKPOINT = "crossing-guard.ckpt"
#: Field numbers of the ONNX format (onnx.proto): a model's graph, a graph's constants and nodes, a constant's parts.
_GRAPH, _NODE, _CONSTANT = 7, 1, 5
_DIMENSIONS, _KIND, _NAME, _BYTES = 1, 2, 8, 9
_KINDS = {1: np.float32, 2: np.uint8, 3: np.int8, 7: np.int64}
_PARTS = {"out": "attention.output.dense", "wide": "intermediate.dense", "narrow": "output.dense"}
_NORMS = {"out_norm": "attention.output.LayerNorm", "norm": "output.LayerNorm"}


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of a protobuf message: numbers, and bytes by length."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        value: int | memoryview
        if kind == 0:
            value, at = _varint(data, at)
        elif kind == 2:
            size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
        else:
            size = {1: 8, 5: 4}[kind]
            value, at = data[at : at + size], at + size
        yield number, value


def _one(fields: Iterator[tuple[int, int | memoryview]], wanted: int) -> memoryview:
    return next(value for number, value in fields if number == wanted and isinstance(value, memoryview))


def _tensor(data: memoryview) -> tuple[str, npt.NDArray[Any]]:
    shape: list[int] = []
    name, kind, raw = "", 1, memoryview(b"")
    for number, value in _fields(data):
        if number == _DIMENSIONS:
            packed = value if isinstance(value, memoryview) else None
            shape += [value] if isinstance(value, int) else list(_varints(packed or memoryview(b"")))
        elif number == _KIND and isinstance(value, int):
            kind = value
        elif number == _NAME and isinstance(value, memoryview):
            name = bytes(value).decode()
        elif number == _BYTES and isinstance(value, memoryview):
            raw = value
    return name, np.frombuffer(raw, _KINDS[kind]).reshape(shape)


def _varints(data: memoryview) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def constants(model: bytes) -> Tensors:
    """Every constant of an ONNX file that ``graph.py`` wrote, by name."""
    graph = _one(_fields(memoryview(model)), _GRAPH)
    found = (
        _tensor(value) for number, value in _fields(graph) if number == _CONSTANT and isinstance(value, memoryview)
    )
    return dict(found)


def _matrix(tensors: Tensors, name: str) -> npt.NDArray[np.float32]:
    """A matrix ``[out, in]`` from its bytes ``[in, out]`` and the scale of each output."""
    whole: npt.NDArray[np.float32] = tensors[f"{name}.bytes"].astype(np.float32) * tensors[f"{name}.scales"]
    return whole.T.copy()


def bert(tensors: Tensors) -> Tensors:
    """The weights under the names of ``transformers.BertForSequenceClassification``.

    ``ValueError`` where they are no BERT classifier's, as those of version 1.0.0, which took the mean of all pieces.
    """
    if "pooler.weight" not in tensors:
        raise ValueError("This model is no BERT classifier: only versions from 2.0.0 on can be written as its twin.")
    word = tensors["word.bytes"].astype(np.float32) * tensors["word.scales"]
    hidden = word.shape[1]
    state: Tensors = {
        "bert.embeddings.word_embeddings.weight": word,
        "bert.embeddings.position_embeddings.weight": tensors["position"],
        "bert.embeddings.token_type_embeddings.weight": np.zeros((1, hidden), np.float32),
    }
    for kind in ("weight", "bias"):
        state[f"bert.embeddings.LayerNorm.{kind}"] = tensors[f"norm.{kind}"]
        state[f"bert.pooler.dense.{kind}"] = tensors[f"pooler.{kind}"]
        state[f"classifier.{kind}"] = tensors[f"head.{kind}"]
    for number in range(layers(tensors)):
        ours, theirs = f"layers.{number}.", f"bert.encoder.layer.{number}."
        biases = np.split(tensors[f"{ours}qkv.bias"], 3)
        for part, bias in zip(("query", "key", "value"), biases, strict=True):
            state[f"{theirs}attention.self.{part}.weight"] = _matrix(tensors, ours + part)
            state[f"{theirs}attention.self.{part}.bias"] = bias
        for part, name in _PARTS.items():
            state[f"{theirs}{name}.weight"] = _matrix(tensors, ours + part)
            state[f"{theirs}{name}.bias"] = tensors[f"{ours}{part}.bias"]
        for part, name in _NORMS.items():
            for kind in ("weight", "bias"):
                state[f"{theirs}{name}.{kind}"] = tensors[f"{ours}{part}.{kind}"]
    return state


def layers(tensors: Tensors) -> int:
    """How many layers the constants describe."""
    return 1 + max(int(found[1]) for name in tensors if (found := re.match(r"layers\.(\d+)\.", name)))


def settings(tensors: Tensors) -> dict[str, Any]:
    """``config.json`` as transformers reads it."""
    pieces, hidden = tensors["word.bytes"].shape
    return {
        "model_type": "bert",
        "architectures": ["BertForSequenceClassification"],
        "vocab_size": pieces,
        "hidden_size": hidden,
        "num_hidden_layers": layers(tensors),
        "num_attention_heads": hidden // 32,
        "intermediate_size": len(tensors["layers.0.wide.bias"]),
        "max_position_embeddings": len(tensors["position"]),
        "type_vocab_size": 1,
        "layer_norm_eps": 1e-12,
        "hidden_act": "gelu",
        "pad_token_id": 1,
    }


def main(model: Path, output: Path) -> None:
    """Read the model in folder ``model`` and write the checkpoint and all that belongs to it into ``output``."""
    import torch  # noqa: PLC0415 - takes seconds to load

    manifest = json.loads((model / "manifest.json").read_text(encoding="utf-8"))
    tensors = constants((model / "model.onnx").read_bytes())
    output.mkdir(parents=True, exist_ok=True)
    (output / "config.json").write_text(json.dumps(settings(tensors), indent=2) + "\n", encoding="utf-8")
    (output / "tokenizer.json").write_bytes((model / "tokenizer.json").read_bytes())
    special = {"bos": "<s>", "eos": "</s>", "cls": "<s>", "sep": "</s>", "pad": "<pad>", "unk": "<unk>"}
    words = {f"{name}_token": piece for name, piece in special.items()}
    words |= {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": manifest["max_pieces"]}
    (output / "tokenizer_config.json").write_text(json.dumps(words, indent=2) + "\n", encoding="utf-8")
    arguments = {
        "num_classes": len(manifest["labels"]),
        "model_type": str(output.resolve()),
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "PreTrainedTokenizerFast",
    }
    config = {"arch": {"args": arguments}, "dataset": {"args": {"classes": manifest["labels"]}}}
    state = {name: torch.from_numpy(np.array(value)) for name, value in bert(tensors).items()}
    path = output / CHECKPOINT
    torch.save({"config": config, "state_dict": state}, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_name(f"{path.name}.sha256").write_text(f"{digest}  {path.name}\n", encoding="utf-8")
    print(f"{path}: {path.stat().st_size / 1e6:.0f} MB, {len(manifest['labels'])} labels, made from {manifest['name']}")
