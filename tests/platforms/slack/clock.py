"""Timestamps as Slack makes them: they order messages and are their ids."""

from __future__ import annotations

import time
from datetime import UTC, datetime

MICROS = 1_000_000


class Clock:
    """Hands out `ts` values that no other message of the server has."""

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self._last = 0

    def ts(self, at: datetime | None = None) -> str:
        """Return a new `ts`: of this moment and later than all before it, or of the moment `at`."""
        if at is None:
            micros = self._last = max(time.time_ns() // 1000, self._last + 1)
        else:
            micros = round(at.timestamp() * MICROS)
        while micros in self._taken:
            micros += 1
        self._taken.add(micros)
        return f"{micros // MICROS}.{micros % MICROS:06d}"

    def edit_mark(self) -> str:
        """Return the `ts` of an edit: whole seconds, as Slack has it, so that two edits can carry the same one."""
        return f"{int(time.time())}.000000"


def moment(ts: str) -> datetime:
    """Return when a `ts` was."""
    return datetime.fromtimestamp(float(ts), UTC)
