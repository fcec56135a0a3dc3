"""Log lines: text for people, JSON for machines, always on standard error."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

SAYS = (
    "from bot.app.logs import start_logging; start_logging(); import logging; logging.getLogger('a').warning('b %s', 1)"
)


@pytest.mark.parametrize("form", ["text", "json"])
def test_lines_come_in_the_form_that_was_asked_for(form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SAYS],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "CROSSING_GUARD_LOG_FORMAT": form},
    )
    assert done.stdout == ""
    if form == "text":
        assert done.stderr == "WARNING a: b 1\n"
        return
    line = json.loads(done.stderr)
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "warning", "logger": "a", "message": "b 1"}
