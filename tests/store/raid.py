"""Thousands of cases at once, written past intake: a raid, or another school's bad week."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

from sqlalchemy import insert

from bot.domain.categories import Severity
from bot.store import Store, schema
from tests.store.examples import NOON, VERSIONS

_numbers = count()


async def raid(
    store: Store,
    channel: int,
    cases: int,
    severity: Severity = Severity.LOW,
    *,
    at: datetime = NOON,
    apart: timedelta = timedelta(),
) -> list[UUID]:
    """Put in `cases` flags, `apart` from one another; return their cases in that order."""
    ids = [uuid4() for _ in range(cases)]
    rows = [
        {
            "id": case,
            "channel_id": channel,
            "comment": f"raid-{next(_numbers)}",
            "revision": "1",
            "author": b"somebody",
            "severity": int(severity),
            "category": "derogatory",
            "categories": ["derogatory"],
            "rule": "derogatory",
            "clause": None,
            "consult": [],
            "findings": [],
            "policy": VERSIONS.policy,
            "model": VERSIONS.model,
            "flagged_at": at + number * apart,
        }
        for number, case in enumerate(ids)
    ]
    async with store._engine.begin() as connection:
        await connection.execute(insert(schema.flags), rows)
    return ids
