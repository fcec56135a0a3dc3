"""`crossing-guard purge`: evidence by hand needs a name and a reason, a dry run changes nothing."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.app.cli.main import cli
from bot.domain.cases import CaseEvent, EventKind
from bot.errors import CrossingGuardError
from bot.store import open_store
from bot.store.cases import NewEvent
from tests.alerts.school import School


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with one case that was dismissed last year."""
    monkeypatch.setenv("CROSSING_GUARD_HOME", str(tmp_path))

    async def made() -> None:
        async with open_store(home=tmp_path) as store:
            school = await School(store).open()
            case = await school.flag()
            long_ago = datetime.now(UTC) - timedelta(days=300)
            await store.cases.append(NewEvent(case, 0, CaseEvent(EventKind.DISMISSED, long_ago, "principal")))

    asyncio.run(made())
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["purge", *arguments], standalone_mode=False)


@pytest.mark.usefixtures("home")
def test_evidence_goes_by_hand_with_a_name_and_a_reason_only() -> None:
    counted = run("--dry-run")
    assert "1  sealed parts of evidence" in counted.output
    assert "dry run" in counted.output
    for arguments, sentence in (
        ((), "--as PERSON --reason TEXT"),
        (("--as", "principal"), "Give both"),
        (("--as", "principal", "--reason", " "), "Give both"),
        (("--as", "nobody", "--reason", "x"), "not on the roster"),
        (("--as", "coach", "--reason", "x"), "may not"),
    ):
        refused = run(*arguments)
        assert isinstance(refused.exception, CrossingGuardError)
        assert sentence in str(refused.exception)
        assert refused.exception.exit_code == (1 if sentence == "may not" else 2)
    done = run("--as", "principal", "--reason", "year is over", "--json")
    assert json.loads(done.output)["counts"]["snapshots"] == 1
    assert run().output == "Nothing is past its time.\n"
