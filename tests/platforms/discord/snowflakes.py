"""Ids as Discord makes them: 64 bits that begin with the moment, so that sorting ids sorts by time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def moment(snowflake: int) -> datetime:
    """Return when an id was made, to the millisecond."""
    return EPOCH + timedelta(milliseconds=snowflake >> 22)


def stamp(at: datetime | None) -> str | None:
    """Return a moment as Discord writes it."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


class Snowflakes:
    """Makes ids that are never made twice; those of the same millisecond follow each other."""

    def __init__(self) -> None:
        self._count = count(1)

    def make(self, at: datetime | None = None) -> int:
        """Return a new id, as if made at a moment: now, unless told."""
        milliseconds = ((at or datetime.now(UTC)) - EPOCH) // _MILLISECOND
        return (milliseconds << 22) | (next(self._count) & 0x3FFFFF)
