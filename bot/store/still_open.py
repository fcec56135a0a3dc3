"""What a decision means for a signed day: its cards say how many of its cases are open until they are decided."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.cases import EventKind
from bot.store.daily_schema import ledger_cases, ledger_entries, signed_days
from bot.store.outbox import Due

DAY_CARDS = "day_cards"
"""The kind of the errand that brings the cards of a signed day up to date."""

_DECIDING = (
    EventKind.CONFIRMED,
    EventKind.DISMISSED,
    EventKind.REOPENED,
    EventKind.REPORTED,
    EventKind.APPEALED,
    EventKind.UPHELD,
    EventKind.REVERSED,
)
"""What changes whether a case waits for a decision."""


def day_cards(day_id: UUID, at: datetime) -> Due:
    """Return the errand that brings the cards of a signed day up to date."""
    return Due(DAY_CARDS, {"day_id": str(day_id)}, at)


async def redrawn(connection: AsyncConnection, case: UUID, kind: str, at: datetime) -> list[Due]:
    """Return what follows for the cards of the day that lists a case, once that day is signed."""
    if kind not in _DECIDING:
        return []
    day = select(signed_days.c.day_id).where(
        ledger_cases.c.case_id == case,
        ledger_entries.c.channel_id == ledger_cases.c.channel_id,
        ledger_entries.c.day == ledger_cases.c.day,
        signed_days.c.day_id == ledger_entries.c.day_id,
    )
    return [day_cards(day_id, at) for day_id in (await connection.execute(day)).scalars()]
