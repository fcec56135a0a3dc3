"""`crossing-guard records` and `person` from the command line: files, sentences, exit codes."""

from __future__ import annotations

import asyncio
import json
import zipfile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bot.app.cli.main import cli
from bot.domain.cases import CaseEvent, EventKind
from bot.errors import EvidenceError, InputError, UsageError
from bot.records.forgetting import UNDECIDED
from bot.store import open_store
from bot.store.cases import NewEvent
from tests.alerts.school import School

ACT = ("--as", "principal", "--reason", "Request 12")
WHO = ("--platform", "discord", "--workspace", "900", "--account", "77")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with one dismissed case and one that is open."""
    monkeypatch.setenv("CROSSING_GUARD_HOME", str(tmp_path))

    async def made() -> None:
        async with open_store(home=tmp_path) as store:
            school = await School(store).open()
            dismissed = await school.flag()
            await school.flag()
            await store.cases.append(
                NewEvent(dismissed, 0, CaseEvent(EventKind.DISMISSED, school.clock(), "principal"))
            )

    asyncio.run(made())
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), standalone_mode=False)


def test_an_export_is_written_for_its_owner_alone(home: Path) -> None:
    path = home / "records.zip"
    done = run("records", "export", "--site", "lincoln", "--output", str(path), *ACT)
    assert done.exception is None
    assert "Read it before you hand it out" in done.output
    assert oct(path.stat().st_mode)[-3:] == "600"
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["records.json", "records.html"]
    nowhere = run("records", "export", "--site", "lincoln", "--output", str(home / "no" / "r.zip"), *ACT)
    assert isinstance(nowhere.exception, InputError)
    nobody = run("records", "export", "--site", "lincoln", "--output", str(path), "--as", "coach", "--reason", "x")
    assert isinstance(nobody.exception, EvidenceError)
    nowhere = run("records", "export", "--site", "nope", "--output", str(path), *ACT)
    assert isinstance(nowhere.exception, UsageError)
    assert "“nope”; known are lincoln" in str(nowhere.exception)
    unknown = run("records", "export", "--site", "lincoln", "--output", str(path), "--as", "no", "--reason", "x")
    assert isinstance(unknown.exception, UsageError)
    bare = run("records", "export", "--site", "lincoln", "--output", str(path))
    assert isinstance(bare.exception, click.MissingParameter)


@pytest.mark.parametrize(
    ("choices", "hidden"),
    [
        ((), False),
        (("--redacted",), True),
        (("--person", "77"), True),
        (("--person", "77", "--redacted"), True),
        (("--person", "77", "--whole"), False),
    ],
)
def test_what_is_told_of_one_person_hides_the_others_unless_asked(
    home: Path, choices: tuple[str, ...], hidden: bool
) -> None:
    path = home / "records.zip"
    done = run("records", "export", "--site", "lincoln", "--output", str(path), *choices, "--language", "es", *ACT)
    assert done.exception is None
    with zipfile.ZipFile(path) as archive:
        data = json.loads(archive.read("records.json"))
        assert '<html lang="es">' in archive.read("records.html").decode()
    assert data["redacted"] is hidden
    both = run("records", "export", "--site", "lincoln", "--output", str(path), "--whole", "--redacted", *ACT)
    assert isinstance(both.exception, UsageError)


@pytest.mark.usefixtures("home")
def test_a_deletion_says_what_went_and_what_stayed() -> None:
    done = run("person", "delete", *WHO, *ACT)
    assert done.exception is None
    assert "1  sealed parts of evidence" in done.output
    assert "it is still being worked on" in done.output
    assert run("audit", "verify").return_value == 0
    assert done.output.endswith(f"{UNDECIDED}\n")
    assert "Nothing was deleted." in run("person", "delete", *WHO, *ACT).output
    stranger = run("person", "delete", *WHO[:-1], "nobody-at-all", *ACT)
    assert stranger.output == f"Nothing was deleted.\n{UNDECIDED}\n"
    assert isinstance(run("person", "delete", *WHO).exception, click.MissingParameter)
    assert isinstance(run("person", "delete", *WHO, "--as", "nobody", "--reason", "x").exception, UsageError)
