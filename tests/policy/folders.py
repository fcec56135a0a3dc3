"""Packs in folders of their own, for tests that change them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.policy.loader import SHIPPED, load_pack
from bot.policy.problems import DamagedPackError, Problem

SHIPPED_NAMES = ("board", "lausd", "lbusd")


def copied(name: str, tmp_path: Path) -> Path:
    """Return a copy of a shipped pack's folder that a test may change."""
    return Path(shutil.copytree(SHIPPED / name, tmp_path / name))


def rewritten(file: Path, old: str, new: str) -> int:
    """Replace the first `old` by `new`; return the line (from 1) where the change begins."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"the test looks for {old!r}, which {file.name} no longer has"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text.count("\n", 0, text.index(old)) + 1


def problems_of(folder: Path) -> tuple[Problem, ...]:
    """Return everything that is wrong with the pack in `folder`."""
    with pytest.raises(DamagedPackError) as caught:
        load_pack(folder)
    return caught.value.problems
