"""The program that `test_crash` kills: one person sends one form, and dies at one of the writes that follow from it.

Run as `python -m tests.desk.crash_child HOME FORM CASE NUMBER`. Writes are counted from 1, in the order in which they
reach the database, each commit of some as one more; it kills itself just before write NUMBER. Ends when there is none.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot.store import Store, open_store
from tests.alerts.school import School

FORMS = {
    "removal": {"rule": "threat", "reason": "It announces harm."},
    "follow_up": {"days": "7"},
}
_WRITES = ("INSERT", "UPDATE", "DELETE")


class Fate:
    """Kills this program just before a write."""

    def __init__(self, store: Store, number: int) -> None:
        self._left = number
        self._written = False
        event.listen(store._engine.sync_engine, "before_cursor_execute", self._executes)
        event.listen(store._engine.sync_engine, "commit", self._commits)

    def _executes(self, _: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.lstrip().upper().startswith(_WRITES):
            self._written = True
            self._strike()

    def _commits(self, _: Any) -> None:
        if self._written:
            self._written = False
            self._strike()

    def _strike(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(home: Path, form: str, case: str, number: int) -> None:
    """Send the form."""
    async with open_store(home=home) as store:
        school = await School(store).open()
        Fate(store, number)
        await school.submit("principal", form, case, **FORMS[form])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))
