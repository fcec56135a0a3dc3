"""`crossing-guard evidence`, `audit` and `key` from the command line: exit codes, sentences, and what the log says."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from bot.app.cli.main import cli
from bot.domain.roster import EvidencePermission
from bot.errors import CrossingGuardError, EvidenceError, UsageError
from bot.evidence import verifier
from bot.store import ErrandKind, Store, open_store, schema
from bot.store.key_file import KEY_FILE
from tests.alerts.school import School
from tests.evidence.conftest import stand
from tests.store.examples import comment

ACT = ["--as", "principal", "--reason", "for the conference"]


@dataclass
class Home:
    """A school's home folder with one case, for commands that open it anew each time."""

    path: Path
    case: UUID

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments), standalone_mode=False)

    def ask(self, question: Callable[[Store], Awaitable[Any]]) -> Any:
        async def asked() -> Any:
            async with open_store(home=self.path) as store:
                return await question(store)

        return asyncio.run(asked())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("CROSSING_GUARD_HOME", str(tmp_path / "home"))

    async def made() -> UUID:
        async with open_store(home=tmp_path / "home") as store:
            school = await School(store).open()
            await stand(school)
            return await school.flag(seen=comment(1, "bad zanzibarica words"))

    return Home(tmp_path / "home", asyncio.run(made()))


def refused(result: Result, sentence: str) -> None:
    assert isinstance(result.exception, CrossingGuardError), result.exception
    assert sentence in str(result.exception)
    assert str(result.exception).count("\n") == 0


def test_a_packet_is_written_told_and_verified(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "case.zip"
    done = home.run("evidence", "packet", home.case.hex[:8], "--output", str(path), *ACT, "--language", "es")
    assert done.exception is None
    fingerprint = done.output.split("key: ")[1].splitlines()[0]
    assert oct(path.stat().st_mode)[-3:] == "600"
    assert fingerprint in home.run("key", "show").output
    good = home.run("evidence", "verify", str(path), "--key", fingerprint)
    assert (good.return_value, good.output.startswith("Whole")) == (0, True)
    assert "compare this fingerprint" in home.run("evidence", "verify", str(path)).output
    assert home.run("evidence", "verify", str(path), "--key", "ab" * 32).return_value == 1
    with zipfile.ZipFile(path) as packet:
        assert packet.read("verify.py") == Path(verifier.__file__).read_bytes()
        assert json.loads(packet.read("packet.json"))["language"] == "es"
    assert isinstance(home.run("evidence", "verify", str(tmp_path / "no.zip")).exception, click.UsageError)
    path.write_bytes(path.read_bytes()[:-40])
    assert home.run("evidence", "verify", str(path), "--key", fingerprint).return_value == 1

    async def log(store: Store) -> tuple[list[str], list[str]]:
        async with store._engine.connect() as connection:
            kinds = list((await connection.execute(select(schema.outbox.c.kind))).scalars())
        return [row.act async for row in store.custody.rows()], kinds

    acts, kinds = home.ask(log)
    assert acts == ["sealed", "exported"]
    assert ErrandKind.NOTICE in kinds


def test_without_permission_nothing_is_written(home: Home, tmp_path: Path) -> None:
    async def withdraw(store: Store) -> None:
        async with store._engine.begin() as connection:
            await connection.execute(schema.sites.update().values(evidence_permission=EvidencePermission.PER_CASE))

    home.ask(withdraw)
    path = tmp_path / "case.zip"
    refused(home.run("evidence", "packet", str(home.case), "--output", str(path), *ACT), "has not permitted")
    assert not path.exists()


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("12", "at least 8"),
        ("ffffffff00", "no such case"),
        ("R-AAAAAA", "There is no such case"),
        ("", "at least 8"),
    ],
)
def test_a_case_must_be_named_well(home: Home, case: str, sentence: str) -> None:
    refused(home.run("evidence", "hold", case, *ACT), sentence)


def test_person_and_reason_are_required_and_checked(home: Home, tmp_path: Path) -> None:
    case = str(home.case)
    for command in ("hold", "release", "destroy", "reporter"):
        assert isinstance(home.run("evidence", command, case).exception, click.MissingParameter)
        assert isinstance(home.run("evidence", command, case, *ACT[:2]).exception, click.MissingParameter)
    for command in ("hold", "release", "destroy", "reporter"):
        unknown = home.run("evidence", command, case, "--as", "nobody", "--reason", "x")
        refused(unknown, "not on the roster")
        assert isinstance(unknown.exception, UsageError)
    refused(home.run("evidence", "hold", case, "--as", "teacher", "--reason", "x"), "may not do this")
    refused(home.run("evidence", "hold", case, "--as", "principal", "--reason", " "), "Say why")
    somewhere = str(tmp_path / "no such folder" / "case.zip")
    refused(home.run("evidence", "packet", case, "--output", somewhere, *ACT), "cannot be written")


def test_a_hold_forbids_destruction(home: Home) -> None:
    case = str(home.case)
    assert "The hold is set" in home.run("evidence", "hold", case, *ACT).output
    refused(home.run("evidence", "destroy", case, *ACT), "A hold is set")
    assert "lifted" in home.run("evidence", "release", case, *ACT).output
    assert home.run("evidence", "destroy", case, *ACT).output == "Destroyed: 1 sealed part.\n"
    refused(home.run("evidence", "packet", case, "--output", str(home.path / "x.zip"), *ACT), "destroyed")
    refused(home.run("evidence", "reporter", case, *ACT), "Nobody reported")
    assert home.run("audit", "verify").return_value == 0


def test_the_audit_names_what_was_done(home: Home) -> None:
    whole = home.run("audit", "verify")
    head = whole.output.split("Head: ")[1].strip()
    assert "is whole: 1 row." in whole.output
    home.run("evidence", "hold", str(home.case), *ACT)
    assert home.run("audit", "verify", "--head", head).return_value == 0
    wrong = home.run("audit", "verify", "--head", "ab" * 32)
    assert wrong.return_value == 1
    assert "ab" * 32 in wrong.output

    async def tamper(store: Store) -> None:
        async with store._engine.begin() as connection:
            await connection.execute(text("DROP TRIGGER custody_update"))
            await connection.execute(text("UPDATE custody SET why = 'x' WHERE number = 2"))

    home.ask(tamper)
    found = home.run("audit", "verify")
    assert found.return_value == 1
    assert "Row 2 was changed." in found.output


def test_the_master_key_is_changed_and_the_old_one_forgotten(home: Home) -> None:
    before = home.run("key", "show").output
    refused(home.run("key", "rotate", "--as", "nobody", "--reason", "x"), "not on the roster")
    done = home.run("key", "rotate", *ACT)
    assert done.exception is None
    assert "is in place" in done.output
    shown = home.run("key", "show").output
    assert shown.splitlines()[0] == before.splitlines()[0], "packets are signed with the same key"
    assert "Older master key" in shown
    assert home.run("key", "forget").output == "Taken out: 1 old key.\n"
    assert len((home.path / KEY_FILE).read_text().split()) == 1
    assert home.run("audit", "verify").return_value == 0
    assert len(home.run("key", "make").output.strip()) == 44


def test_every_command_shows_an_example() -> None:
    for group, names in {
        "evidence": ("packet", "verify", "hold", "release", "destroy", "reporter"),
        "audit": ("verify",),
        "key": ("show", "make", "rotate", "forget"),
    }.items():
        for name in names:
            result: Any = CliRunner().invoke(cli, [group, name, "--help"])
            assert f"Example: crossing-guard {group} {name}" in " ".join(result.output.split())


def test_errors_of_evidence_exit_with_one() -> None:
    assert EvidenceError("x").exit_code == 1
