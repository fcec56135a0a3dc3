"""What a person does to a case, against `kill -9` at each of its writes: it stands whole, or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Table

from bot.domain.cases import EventKind
from bot.store import ErrandKind, open_store, schema
from tests.alerts.school import THREAT, School
from tests.desk.crash_child import FORMS
from tests.store.examples import comment

ROOT = Path(__file__).parents[2]
TOUCHED = (schema.case_events, schema.outbox, schema.watches, schema.custody)
REDRAWS = (ErrandKind.UPDATE, ErrandKind.TELL)
MOST = 20
"""More writes than any form brings about."""

State = dict[Table, list[object]]


def sent(home: Path, form: str, case: UUID, killed_at: int) -> int:
    command = [sys.executable, "-m", "tests.desk.crash_child", str(home), form, case.hex, str(killed_at)]
    return subprocess.run(command, cwd=ROOT, timeout=60, check=False).returncode


async def state(home: Path) -> State:
    async with open_store(home=home) as store:
        return {table: sorted(await School(store).rows(table), key=repr) for table in TOUCHED}


async def begun(home: Path, form: str) -> UUID:
    """A case with a report, toward somebody; confirmed where the form is for what comes after that."""
    async with open_store(home=home) as store:
        school = await School(store).open()
        case = await school.flagged(THREAT, mentions=("@coach",))
        school.clock.forward(minutes=1)  # which copy of the comment came first says whom it addresses
        await school.command("reporter", "report", comment(1))
        await school.submit("reporter", "report", school.discord.forms[-1][1].token, what="it hurts")
        if form == "follow_up":
            await school.submit("principal", "confirm", case.hex, **FORMS["removal"])
        await school.settle()
        return case


@pytest.mark.parametrize(
    ("form", "events", "errands", "watches"),
    [
        (
            "removal",
            [EventKind.CONFIRMED, EventKind.REMOVAL_ASKED],
            {ErrandKind.REMOVE, ErrandKind.REPORTER},
            0,
        ),
        ("follow_up", [EventKind.FOLLOW_UP], {ErrandKind.LOOK_AGAIN}, 1),
    ],
)
async def test_no_crash_leaves_half_of_what_somebody_did(
    tmp_path: Path, form: str, events: list[str], errands: set[str], watches: int
) -> None:
    case = await begun(tmp_path, form)
    before = await state(tmp_path)
    kills = 0
    while (ended := sent(tmp_path, form, case, kills + 1)) != 0:
        assert ended == -signal.SIGKILL
        kills += 1
        assert await state(tmp_path) == before, f"the kill before write {kills} left something behind"
        assert kills < MOST
    assert kills >= 4, "events, errands, their commit: there was more than one moment to die in"

    after = await state(tmp_path)
    new = {table: [row for row in after[table] if row not in before[table]] for table in TOUCHED}
    assert sorted(row.kind for row in new[schema.case_events]) == sorted(events)  # type: ignore[attr-defined]
    left = [row.kind for row in new[schema.outbox]]  # type: ignore[attr-defined]
    assert sorted(kind for kind in left if kind not in REDRAWS) == sorted(errands)
    assert len(left) == len(errands) + 1, "the cards are redrawn"
    assert len(new[schema.watches]) == watches
