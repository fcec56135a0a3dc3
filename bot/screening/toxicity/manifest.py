"""The manifest beside a model's files: what it is, and the digests that prove the files are those that were made."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import ModelError


class FileFacts(BaseModel):
    """One file's size in bytes and its SHA-256 in hexadecimal."""

    model_config = ConfigDict(frozen=True)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=1)


class Manifest(BaseModel):
    """What `manifest.json` says. `max_pieces` is the length of a window in word pieces."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    name: str
    version: str
    licence: str
    languages: tuple[str, ...]
    labels: tuple[str, ...] = Field(min_length=1)
    max_pieces: int = Field(ge=64, le=512)
    files: dict[str, FileFacts]

    @property
    def identity(self) -> str:
        """Name, version and the first digits of the weights' digest: what evidence cites."""
        return f"{self.name} {self.version} ({self.files['model.onnx'].sha256[:12]})"


def read_manifest(folder: Path) -> Manifest:
    """Read `folder/manifest.json` and check every file it names.

    Raise `ModelError` if the manifest is missing or damaged, or a file's digest differs.
    """
    path = folder / "manifest.json"
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelError(f"There is no toxicity model in {folder}: {path.name} cannot be read.") from error
    except ValidationError as error:
        raise ModelError(f"{path} is damaged ({error.error_count()} errors); install the model again.") from error
    missing = {"model.onnx", "tokenizer.json"} - manifest.files.keys()
    if missing:
        raise ModelError(f"{path} does not vouch for {', '.join(sorted(missing))}; install the model again.")
    for name, facts in manifest.files.items():
        if _sha256(folder / Path(name).name) != facts.sha256:
            raise ModelError(f"{folder / name} is not the file its manifest vouches for; install the model again.")
    return manifest


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"The model file {path} cannot be read; install the model again.") from error
