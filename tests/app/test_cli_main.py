"""`python -m bot`: whatever goes wrong ends in one sentence and an exit code, never in a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("command", [["policy", "list", "--json"], ["--help"]])
def test_an_output_that_takes_nothing_is_one_sentence(command: list[str]) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "crossing-guard: the output could not be written: No space left on device.\n"
