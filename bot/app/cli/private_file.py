"""A file that holds people's words, written where the command line was told to."""

from __future__ import annotations

import os
from pathlib import Path

from bot.errors import InputError


def write_private(path: Path, data: bytes, what: str) -> None:
    """Write a file that only its owner may read, whole or not at all; `InputError` names `what` cannot be written."""
    draft = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise InputError(f"{what} cannot be written to {path} ({error.strerror}); choose another place.") from error
