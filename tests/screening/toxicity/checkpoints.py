"""Small checkpoints in Detoxify's format: random weights, a vocabulary of a few words, everything beside the file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ORIGINAL = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
WORDS = (
    "you",
    "we",
    "kill",
    "love",
    "stupid",
    "bake",
    "sale",
    "gym",
    "school",
    "will",
    "after",
    "at",
    "nine",
    "is",
    "a",
)
POSITIONS = 96


def make_bert(folder: Path, classes: Sequence[str] = ORIGINAL, *, beside: str = ".", **dataset: Any) -> Path:
    """Write `folder/model.ckpt`, a BERT with one output per class, its configuration and tokenizer in `beside`."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    home = folder / beside
    home.mkdir(parents=True, exist_ok=True)
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters[1:], *(f"##{one}" for one in letters)]
    (home / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    (home / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": True}), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=POSITIONS, initializer_range=0.4,
    )  # fmt: skip
    config.save_pretrained(home)
    outputs = len(classes) + len(dataset.get("identity_classes", ()))
    config.num_labels = outputs
    torch.manual_seed(5)
    model = BertForSequenceClassification(config)
    args = {"num_classes": outputs, "model_type": str(home.resolve()), "model_name": "BertForSequenceClassification"}
    return save(folder, {**args, "tokenizer_name": "BertTokenizer"}, model.state_dict(), classes, **dataset)


def make_roberta(folder: Path) -> Path:
    """Write `folder/model.ckpt`, a RoBERTa that reads bytes; its position table has two rows that no piece uses."""
    import torch
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import RobertaConfig, RobertaForSequenceClassification, RobertaTokenizer

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    vocabulary = {piece: index for index, piece in enumerate([*special, *sorted(ByteLevel.alphabet())])}
    RobertaTokenizer(vocab=vocabulary, merges=[]).save_pretrained(folder)
    config = RobertaConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=POSITIONS + 2, type_vocab_size=1, initializer_range=0.4,
    )  # fmt: skip
    config.save_pretrained(folder)
    config.num_labels = 2
    torch.manual_seed(5)
    model = RobertaForSequenceClassification(config)
    args = {"num_classes": 2, "model_type": str(folder.resolve()), "model_name": "RobertaForSequenceClassification"}
    return save(folder, {**args, "tokenizer_name": "RobertaTokenizer"}, model.state_dict(), ("toxicity", "insult"))


def save(folder: Path, arch: dict[str, Any], weights: Any, classes: Sequence[str], **dataset: Any) -> Path:
    """Write `folder/model.ckpt` from its parts."""
    import torch

    config = {"arch": {"args": arch}, "dataset": {"args": {"classes": list(classes), **dataset}}}
    torch.save({"config": config, "state_dict": weights}, folder / "model.ckpt")
    return folder / "model.ckpt"


def changed(path: Path, change: Any) -> Path:
    """Let `change` alter what the checkpoint at `path` holds, and write it back."""
    import torch

    content = torch.load(path, weights_only=True)
    change(content)
    torch.save(content, path)
    return path
