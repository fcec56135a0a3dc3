"""What the command line writes for people is theirs alone, and whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app.cli.private_file import write_private
from bot.errors import InputError


def test_only_its_owner_may_read_it_and_an_older_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    path.write_bytes(b"older")
    path.chmod(0o644)
    write_private(path, b"new", "The records")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    with pytest.raises(InputError, match="The packet cannot be written"):
        write_private(tmp_path / "here", b"words", "The packet")
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
