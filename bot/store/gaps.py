"""Gaps in the store: when which channel was not heard, and the heartbeat from which the next gap is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ledger import Gap, GapCause
from bot.store.daily_schema import gaps, heartbeats
from bot.store.group_commit import GroupCommit


@dataclass(frozen=True, slots=True)
class _Opening:
    channel_id: int
    cause: GapCause
    began_at: datetime


class Gaps:
    """Reads and writes gaps and heartbeats."""

    def __init__(self, reader: GroupCommit, writer: GroupCommit) -> None:
        self._reader = reader
        self._writer = writer

    async def open(self, channels: Sequence[int], cause: GapCause, began_at: datetime) -> None:
        """Begin a gap in these channels; one of the same cause that is open goes on."""
        if channels:
            await self._writer.run(_open, [_Opening(channel, cause, began_at) for channel in channels])

    async def end(self, channels: Sequence[int], causes: Sequence[GapCause], at: datetime) -> None:
        """Note that these channels are heard again."""
        await self._writer.run(_end, (tuple(channels), tuple(causes), at))

    async def close(self, channels: Sequence[int], causes: Sequence[GapCause], at: datetime) -> None:
        """Note that the history of these channels has been read since; a gap that had no end ends now."""
        await self._writer.run(_close, (tuple(channels), tuple(causes), at))

    async def open_ones(self) -> list[Gap]:
        """Return the gaps whose history has still to be read."""
        query = select(gaps).where(gaps.c.closed_at.is_(None)).order_by(gaps.c.began_at, gaps.c.id)
        return [_gap(row) for row in await self._reader.run(_rows, query)]

    async def within(self, opens_at: datetime, closes_at: datetime) -> list[Gap]:
        """Return the gaps of which any lies in that time, in order."""
        late = or_(gaps.c.ended_at.is_(None), gaps.c.ended_at > opens_at)
        query = select(gaps).where(gaps.c.began_at < closes_at, late)
        return [_gap(row) for row in await self._reader.run(_rows, query.order_by(gaps.c.began_at, gaps.c.id))]

    async def beat(self, platforms: Sequence[str], at: datetime) -> None:
        """Note that the program listens to these platforms now."""
        if platforms:
            await self._writer.run(_beat, [{"platform": name, "at": at} for name in platforms])

    async def last_beats(self) -> dict[str, datetime]:
        """Return when the program last listened to each platform."""
        return {row.platform: row.at for row in await self._reader.run(_rows, select(heartbeats))}


async def _rows(connection: AsyncConnection, queries: Sequence[Any]) -> list[list[Row[Any]]]:
    return [list(await connection.execute(query)) for query in queries]


async def _open(connection: AsyncConnection, many: Sequence[list[_Opening]]) -> list[None]:
    for openings in many:
        for opening in openings:
            same = (gaps.c.channel_id == opening.channel_id) & (gaps.c.cause == opening.cause)
            standing = select(gaps.c.id).where(same, gaps.c.closed_at.is_(None), gaps.c.ended_at.is_(None))
            if (await connection.execute(standing)).first() is None:
                row = {"id": uuid4(), "channel_id": opening.channel_id, "cause": opening.cause}
                await connection.execute(gaps.insert(), row | {"began_at": opening.began_at})
    return [None] * len(many)


_Change = tuple[tuple[int, ...], tuple[GapCause, ...], datetime]


async def _end(connection: AsyncConnection, changes: Sequence[_Change]) -> list[None]:
    for channels, causes, at in changes:
        here = gaps.c.channel_id.in_(channels) & gaps.c.cause.in_(causes) & gaps.c.ended_at.is_(None)
        await connection.execute(update(gaps).where(here).values(ended_at=at))
    return [None] * len(changes)


async def _close(connection: AsyncConnection, changes: Sequence[_Change]) -> list[None]:
    await _end(connection, changes)
    for channels, causes, at in changes:
        here = gaps.c.channel_id.in_(channels) & gaps.c.cause.in_(causes) & gaps.c.closed_at.is_(None)
        await connection.execute(update(gaps).where(here).values(closed_at=at))
    return [None] * len(changes)


async def _beat(connection: AsyncConnection, many: Sequence[list[dict[str, Any]]]) -> list[None]:
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name](heartbeats)
    beat = insert.on_conflict_do_update(index_elements=["platform"], set_={"at": insert.excluded.at})
    for beats in many:
        await connection.execute(beat, beats)
    return [None] * len(many)


def _gap(row: Row[Any]) -> Gap:
    return Gap(row.channel_id, GapCause(row.cause), row.began_at, row.ended_at, row.closed_at)
