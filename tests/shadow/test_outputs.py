"""Files appear whole or not at all, and never over an input."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bot.errors import CrossingGuardError, UsageError
from bot.shadow.outputs import OutputFile, check_outputs


def test_a_file_takes_its_place_on_commit_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("old", encoding="utf-8")
    with OutputFile(path) as output:
        output.write("new é\n")
        assert path.read_text(encoding="utf-8") == "old"
        output.commit()
    assert path.read_bytes() == "new é\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_without_a_commit_nothing_changes_and_nothing_stays_behind(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("old", encoding="utf-8")
    with OutputFile(path) as output:
        output.write("half")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_keeps_leading_where_it_led(tmp_path: Path) -> None:
    (tmp_path / "real.jsonl").write_text("old", encoding="utf-8")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "real.jsonl")
    with OutputFile(tmp_path / "link.jsonl") as output:
        output.write("new")
        output.commit()
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "real.jsonl").read_text(encoding="utf-8") == "new"


def test_a_device_stays_a_device() -> None:
    with OutputFile(Path(os.devnull)) as output:
        output.write("gone")
        output.commit()
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_full_disk_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: No such file"), OutputFile(tmp_path / "no" / "out"):
        pass
    with OutputFile(Path("/dev/full")) as output, pytest.raises(CrossingGuardError, match="free some space"):
        output.write("x" * 100_000)


def test_inputs_folders_and_each_other_are_never_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("text\n", encoding="utf-8")
    (tmp_path / "soft").symlink_to(source)
    (tmp_path / "hard").hardlink_to(source)
    for name in ("in.csv", "soft", "hard", "./in.csv"):
        with pytest.raises(UsageError, match="would overwrite"):
            check_outputs([tmp_path / name], [source])
    with pytest.raises(UsageError, match="would overwrite"):
        check_outputs([tmp_path / "a", tmp_path / "a"], [source])
    with pytest.raises(UsageError, match="is a folder"):
        check_outputs([tmp_path], [source])
    check_outputs([tmp_path / "a", tmp_path / "b"], [source, tmp_path / "gone"])
