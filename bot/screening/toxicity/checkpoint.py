"""A checkpoint in Detoxify's format, read so that nothing in it can run.

Detoxify itself (0.5.4) unpickles whatever the file holds. So the file is read here first, weights and settings only;
Detoxify is then handed a copy that was written here. Whether the weights fit the model is `fitting.py`'s to say.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import ModelError
from bot.screening.toxicity.manifest import FileFacts

SIDECAR = ".sha256"
"""A file of the checkpoint's name with this ending pins its digest, as `sha256sum FILE > FILE.sha256` writes it."""


class Architecture(BaseModel):
    """What `arch.args` holds; Detoxify passes these four on as they are and breaks on any other."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    num_classes: int = Field(ge=1, le=1000)
    model_type: str = Field(min_length=1, max_length=4096)
    model_name: str = Field(pattern=r"^[A-Za-z0-9]{1,100}ForSequenceClassification$")
    tokenizer_name: str = Field(pattern=r"^[A-Za-z0-9]{1,100}$")


class Classes(BaseModel):
    """What `dataset.args` says of the outputs: `classes` come first, then the groups a comment may speak of."""

    model_config = ConfigDict(frozen=True)
    classes: tuple[str, ...] = Field(min_length=1)
    identity_classes: tuple[str, ...] = ()

    @property
    def outputs(self) -> tuple[str, ...]:
        """One name for each output of the model."""
        return (*self.classes, *(name for name in self.identity_classes if name not in self.classes))


class _Arch(BaseModel):
    args: Architecture


class _Dataset(BaseModel):
    args: Classes


class _Config(BaseModel):
    arch: _Arch
    dataset: _Dataset


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint holds: settings that were checked, and tensors by name."""

    path: Path
    facts: FileFacts
    architecture: Architecture
    classes: Classes
    weights: dict[str, Any]

    def write_clean(self, folder: Path, file: IO[bytes]) -> None:
        """Write the same weights and settings, and nothing else, to `file`; the configuration is the one in `folder`.

        Detoxify unpickles its checkpoint without restraint; this way it meets only what was written here.
        """
        arch = {**self.architecture.model_dump(), "model_type": str(folder)}
        config = {"arch": {"args": arch}, "dataset": {"args": {"classes": list(self.classes.classes)}}}
        library("torch").save({"config": config, "state_dict": self.weights}, file)
        file.seek(0)


def library(name: str) -> Any:
    """Import a package of the `detoxify` extra, told never to reach a model hub; raise `ModelError` without it."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    try:
        return import_module(name)
    except ImportError as error:
        raise ModelError(
            "The detoxify model needs packages that are not installed: pip install 'crossing-guard[detoxify]'."
        ) from error


def read_checkpoint(path: Path) -> Checkpoint:
    """Read `path` without running anything in it.

    Raise `ModelError` if it cannot be read, differs from its sidecar, holds anything besides weights and settings, or
    names more or fewer labels than the model has outputs.
    """
    try:
        with path.open("rb") as file:
            facts = FileFacts(sha256=hashlib.file_digest(file, "sha256").hexdigest(), bytes=max(1, file.tell()))
            _compare_with_sidecar(path, facts.sha256)
            file.seek(0)
            content = _load(path, file)
    except OSError as error:
        raise ModelError(f"The checkpoint {path} cannot be read; put the file there.") from error
    try:
        config = _Config.model_validate(content["config"])
        weights = dict(content["state_dict"])
    except (KeyError, TypeError, ValueError) as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) if isinstance(error, ValidationError) else "its parts"
        raise ModelError(
            f"{path} is no checkpoint in Detoxify's format (wrong: {where}); choose another file."
        ) from error
    outputs, expected = len(config.dataset.args.outputs), config.arch.args.num_classes
    if outputs != expected or len(set(config.dataset.args.outputs)) != outputs:
        raise ModelError(f"{path} names {outputs} labels for {expected} outputs, or one twice; choose another file.")
    return Checkpoint(path, facts, config.arch.args, config.dataset.args, weights)


def _compare_with_sidecar(path: Path, sha256: str) -> None:
    sidecar = path.with_name(path.name + SIDECAR)
    if not sidecar.exists():
        return
    pinned = sidecar.read_bytes()[:64].decode("ascii", "replace").lower()
    if not re.fullmatch("[0-9a-f]{64}", pinned):
        raise ModelError(f"{sidecar} does not begin with a SHA-256; write it again with sha256sum.")
    if pinned != sha256:
        raise ModelError(f"{path} is not the file that {sidecar.name} vouches for; get it again.")


def _load(path: Path, file: IO[bytes]) -> Any:
    torch = library("torch")
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ModelError(
            f"{path} is damaged or holds more than weights and settings, so it was not loaded; "
            "get it again from those who publish it."
        ) from error
