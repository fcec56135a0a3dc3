"""`crossing-guard site` and `doctor` from the command line: exit codes, and sentences that scripts can search."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.app.cli.doctor import doctor
from bot.app.cli.site import site
from tests.registry.lincoln import LINCOLN


@pytest.fixture
def lincoln(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CROSSING_GUARD_HOME", str(tmp_path / "home"))
    path = tmp_path / "lincoln.toml"
    path.write_text(LINCOLN.replace('staff = ["teacher"]', 'staff = ["teacher", "ghost"]'), encoding="utf-8")
    return path


def test_a_file_is_applied_shown_and_checked(lincoln: Path) -> None:
    applied = CliRunner().invoke(site, ["apply", str(lincoln)])
    assert applied.exit_code == 0
    missing = "site “lincoln”, staff: nobody has the key “ghost”; add a [[person]] or correct the key."
    assert f"missing  {missing}\n" in applied.output
    assert "1 site, 5 people, 0 channels watched." in applied.output
    assert "pending  room-12-families: still needs who approved it, the day of approval.\n" in applied.output

    shown = CliRunner().invoke(site, ["show"])
    assert "attested by operator" in shown.output
    (school,) = json.loads(CliRunner().invoke(site, ["show", "--json"]).output)["sites"].values()
    assert school["staff"] == ["teacher", "ghost"]

    looked = CliRunner().invoke(doctor, ["--json"], standalone_mode=False)
    facts = json.loads(looked.output)
    assert looked.return_value == 1
    assert missing.removeprefix("s") in "".join(fact["sentence"] for fact in facts if not fact["well"])
