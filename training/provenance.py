"""Says whether the data folder holds the very files that the shipped model was made and measured with.

``sets.sha256`` lists them as ``sha256sum`` does, so ``sha256sum -c`` reads it too.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

LIST = Path(__file__).with_name("sets.sha256")


def differences(data: Path, listed: Path = LIST) -> Iterator[str]:
    """One sentence for every file that is missing or is another one; nothing if all are the same."""
    for line in listed.read_text(encoding="utf-8").splitlines():
        digest, name = line.split(maxsplit=1)
        path = data / name
        if not path.exists():
            yield f"{name} is missing."
        elif _digest(path) != digest:
            yield f"{name} is not the file that the shipped model was made or measured with: figures will differ."


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
