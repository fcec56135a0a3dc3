"""What `doctor` and the figures ask the store: is it whole, is there room, is anything left lying."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.case_rows import unreached
from bot.store.daily_schema import ledger_days, signed_days
from bot.store.engine import place_of
from bot.store.failures import explained, is_store_failure
from bot.store.schema import outbox

OVERDUE = timedelta(minutes=15)
FREE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class HealthFact:
    """One thing that was looked at; `sentence` says how it is, or what a person should do."""

    subject: str
    well: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for people, or for the bot to reach them."""

    late: int
    """Messages to people that are more than `OVERDUE` late."""
    untold: int
    """Cases of which nobody could be told."""
    unsigned: int
    """Days that are past their time and that nobody signed."""


async def waiting(engine: AsyncEngine, now: datetime) -> Waiting | None:
    """Return what waits, or nothing while the database is in trouble: figures are not worth a failure."""
    try:
        async with engine.connect() as connection:
            return Waiting(await _late(connection, now), await unreached(connection), await _unsigned(connection, now))
    except Exception as error:
        if not is_store_failure(error):
            raise
        return None


async def look(engine: AsyncEngine, now: datetime) -> list[HealthFact]:
    """Return what was found, never raising for a database in trouble: that is a fact too."""
    place = place_of(engine.url)
    try:
        async with engine.connect() as connection:
            facts = [await _whole(connection, place), await _overdue(connection, now), await _unreached(connection)]
    except Exception as error:
        if not is_store_failure(error):
            raise
        return [HealthFact("database", well=False, sentence=str(explained(error, place)))]
    return facts + ([_room(Path(place).parent)] if engine.dialect.name == "sqlite" else [])


async def _whole(connection: AsyncConnection, place: str) -> HealthFact:
    if connection.dialect.name == "sqlite":
        answer = (await connection.execute(text("PRAGMA quick_check(1)"))).scalar_one()
        if answer != "ok":
            return HealthFact("database", well=False, sentence=f"{place} is damaged; restore it from a backup.")
    return HealthFact("database", well=True, sentence=f"{place} opens and is whole.")


async def _late(connection: AsyncConnection, now: datetime) -> int:
    late = select(func.count()).where(outbox.c.done_at.is_(None), outbox.c.due_at < now - OVERDUE)
    return int((await connection.execute(late)).scalar_one())


async def _unsigned(connection: AsyncConnection, now: datetime) -> int:
    signed = exists().where(signed_days.c.day_id == ledger_days.c.id)
    days = select(func.count()).where(ledger_days.c.ready_at.is_not(None), ledger_days.c.sign_by < now, ~signed)
    return int((await connection.execute(days)).scalar_one())


async def _overdue(connection: AsyncConnection, now: datetime) -> HealthFact:
    count = await _late(connection, now)
    if count:
        sentence = f"Messages to people that are more than 15 minutes late: {count}; see that the bot is running."
        return HealthFact("outbox", well=False, sentence=sentence)
    return HealthFact("outbox", well=True, sentence="No message to people is late.")


async def _unreached(connection: AsyncConnection) -> HealthFact:
    count = await unreached(connection)
    if count:
        sentence = f"Cases of which nobody could be told: {count}; see that contacts and platforms are right."
        return HealthFact("alerts", well=False, sentence=sentence)
    return HealthFact("alerts", well=True, sentence="Somebody was told of every case.")


def _room(folder: Path) -> HealthFact:
    free = shutil.disk_usage(folder).free
    gib = f"{free / (1 << 30):.1f} GiB"
    if free < FREE_BYTES:
        return HealthFact("disk", well=False, sentence=f"Only {gib} are free in {folder}; free some space.")
    return HealthFact("disk", well=True, sentence=f"{gib} are free in {folder}.")
