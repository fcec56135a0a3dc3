"""A machine that cannot start Playwright's driver is told apart from a page that is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.adapters.local.browser import driver_problem

LOADER = "node: error while loading shared libraries: libatomic.so.1: cannot open shared object file"


def as_driver(monkeypatch: pytest.MonkeyPatch, path: Path, script: str) -> None:
    """Let `script` run where Playwright would run Node.js."""
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o700)
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", os.fspath(path))


def test_a_missing_library_is_told_in_the_loaders_own_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    as_driver(monkeypatch, tmp_path / "node", f"echo '{LOADER}' >&2; exit 127")
    problem = driver_problem()
    assert problem is not None
    assert problem.endswith(LOADER)


def test_a_driver_that_dies_without_a_word_is_a_problem_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    as_driver(monkeypatch, tmp_path / "node", "exit 3")
    assert "it exited with 3" in (driver_problem() or "")


def test_a_driver_that_is_not_there_is_a_problem_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", os.fspath(tmp_path / "nowhere"))
    assert "nowhere" in (driver_problem() or "")


def test_a_driver_that_answers_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    as_driver(monkeypatch, tmp_path / "node", "echo Version 1")
    assert driver_problem() is None
