"""The list for the central office: every account, nothing secret, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.app.cli.registry import registry
from bot.app.cli.site import site
from bot.interface.sheets import cell
from bot.registry.export import accounts
from tests.alerts.school import ROSTER
from tests.registry.lincoln import LINCOLN
from tests.store.examples import ROOM


def test_an_account_says_who_runs_it_who_approved_it_and_what_it_waits_for() -> None:
    room = replace(ROOM, site="lincoln", responsible="teacher", approved_by="principal", approved_on=date(2025, 9, 1))
    stray = replace(ROOM, site=None, responsible=None, approved_by=None, approved_on=None, name="a-stray")
    first, last = accounts([stray, room], ROSTER, date(2026, 11, 20))
    assert (first.site, first.responsible, first.approved_by) == ("Lincoln High School", "Carla Teach", "Ana Pryce")
    assert (first.school_year, first.renewal) == ("2025-26", "lapsed")
    assert (last.site, last.approval) == ("", "none")
    assert "who approved it" in last.waits_for


@given(st.text())
def test_no_cell_begins_a_formula(value: str) -> None:
    written = cell(value)
    assert written.lstrip(" ")[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"}
    assert written.endswith(value)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CROSSING_GUARD_HOME", str(tmp_path / "home"))
    file = tmp_path / "site.toml"
    file.write_text(LINCOLN.replace('name = "room-12"', 'name = "=HYPERLINK(1)"'), encoding="utf-8")
    assert CliRunner().invoke(site, ["apply", str(file)]).exit_code in {0, 1}
    return tmp_path


def test_the_command_writes_csv_and_json(home: Path) -> None:
    out = home / "accounts.csv"
    assert CliRunner().invoke(registry, ["export", "--output", str(out)]).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert {row["name"] for row in rows} == {"'=HYPERLINK(1)", "room-12-families"}
    assert {row["approval"] for row in rows} == {"attested by operator", "none"}
    told = json.loads(CliRunner().invoke(registry, ["export", "--format", "json"]).stdout)
    assert {one["name"] for one in told} == {"=HYPERLINK(1)", "room-12-families"}


def test_an_empty_register_is_a_header_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSING_GUARD_HOME", str(tmp_path))
    assert CliRunner().invoke(registry, ["export"]).stdout.count("\n") == 1
