"""Drills in the store: a rung is told once, answered once, and the next one's turn is put in with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.drill_schema import drill_rungs, drills
from bot.store.group_commit import GroupCommit
from bot.store.outbox import Due, put

DRILL = "drill"
"""The kind of the errand that tells a rung."""


@dataclass(frozen=True, slots=True)
class Rung:
    """Who is told, how long they have, and what came of it; the last four say where the card stands."""

    position: int
    person: str
    wait: timedelta
    told_at: datetime | None = None
    unreached_at: datetime | None = None
    acknowledged_at: datetime | None = None
    platform: str | None = None
    channel: str | None = None
    message: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill with its rungs, in order."""

    id: UUID
    site: str
    fast: bool
    asked_at: datetime
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a rung's card was delivered."""

    platform: str
    channel: str
    message: str
    language: str


class Drills:
    """Begins drills and notes what comes of them. `woken` is called after each commit that left an errand."""

    def __init__(self, reader: GroupCommit, writer: GroupCommit, woken: Callable[[], object]) -> None:
        self._reader = reader
        self._writer = writer
        self._woken = woken

    async def begin(self, site: str, rungs: Sequence[tuple[str, timedelta]], at: datetime, *, fast: bool) -> UUID:
        """Put a drill in: its first rung is due now, with `fast` all are."""
        drill = uuid4()
        told = tuple(Rung(position, person, wait) for position, (person, wait) in enumerate(rungs))
        await self._writer.run(_begin, Drill(drill, site, fast, at, told), self._woken)
        return drill

    async def read(self, drill: UUID) -> Drill | None:
        """Return a drill as it stands."""
        return await self._reader.run(_read, drill)

    async def told(self, drill: Drill, position: int, at: datetime, stands: Stands | None) -> None:
        """Note that a rung was told, or without `stands` that it could not be, and put the next one's turn in."""
        rung = drill.rungs[position]
        due = at + rung.wait if stands else at
        values = {"told_at": at} | asdict(stands) if stands else {"unreached_at": at}
        await self._writer.run(_note, (drill, position, values, turn(drill, position + 1, due)), self._woken)

    async def acknowledge(self, drill: Drill, position: int, at: datetime) -> None:
        """Note an answer; the next rung's turn is now."""
        now = turn(drill, position + 1, at, again="answered")
        await self._writer.run(_note, (drill, position, {"acknowledged_at": at}, now), self._woken)


def turn(drill: Drill, position: int, due: datetime, again: str = "") -> Due | None:
    """Return the errand that tells a rung, if there is one; each is put in once."""
    if position >= len(drill.rungs) or (drill.fast and position):
        return None
    return _turn(drill.id, position, due, again)


def _turn(drill: UUID, position: int, due: datetime, again: str = "") -> Due:
    payload = {"drill": str(drill), "position": str(position)}
    return Due(DRILL, payload, due, once=f"{drill}:{position}{again}")


async def _begin(connection: AsyncConnection, new: Sequence[Drill]) -> list[None]:
    for drill in new:
        row = {"id": drill.id, "site": drill.site, "fast": drill.fast, "asked_at": drill.asked_at}
        await connection.execute(drills.insert(), row)
        rows = [
            {
                "drill_id": drill.id,
                "position": rung.position,
                "person": rung.person,
                "wait_s": int(rung.wait.total_seconds()),
            }
            for rung in drill.rungs
        ]
        await connection.execute(drill_rungs.insert(), rows)
        first = drill.rungs if drill.fast else drill.rungs[:1]
        await put(connection, [_turn(drill.id, rung.position, drill.asked_at) for rung in first])
    return [None] * len(new)


async def _read(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Drill | None]:
    found: list[Drill | None] = []
    for drill in ids:
        row = (await connection.execute(select(drills).where(drills.c.id == drill))).one_or_none()
        query = select(drill_rungs).where(drill_rungs.c.drill_id == drill).order_by(drill_rungs.c.position)
        rungs = tuple(_rung(one) for one in await connection.execute(query))
        found.append(None if row is None else Drill(row.id, row.site, row.fast, row.asked_at, rungs))
    return found


async def _note(
    connection: AsyncConnection, noted: Sequence[tuple[Drill, int, dict[str, Any], Due | None]]
) -> list[None]:
    for drill, position, values, due in noted:
        name = next(iter(values))
        mine = (drill_rungs.c.drill_id == drill.id) & (drill_rungs.c.position == position)
        fresh = update(drill_rungs).where(mine, drill_rungs.c[name].is_(None)).values(**values)
        await connection.execute(fresh)
        if due is not None:
            await put(connection, [due])
    return [None] * len(noted)


def _rung(row: Row[Any]) -> Rung:
    return Rung(
        row.position,
        row.person,
        timedelta(seconds=row.wait_s),
        row.told_at,
        row.unreached_at,
        row.acknowledged_at,
        row.platform,
        row.channel,
        row.message,
        row.language,
    )
