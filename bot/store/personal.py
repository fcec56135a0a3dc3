"""What the store keeps of one person of a platform, found by their pseudonym, and how it goes (R33).

Nothing leads from a row to a person: whoever asks must name platform, workspace and account.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.comments import ChannelRef
from bot.domain.custody import Act
from bot.store import custody
from bot.store.deeds import is_held
from bot.store.engine import forget
from bot.store.group_commit import GroupCommit
from bot.store.keys import Keyring
from bot.store.outbox import Due, put
from bot.store.register_schema import acknowledgements
from bot.store.retention import forget_reports
from bot.store.schema import flags, reports, review_items, watches

NOTICE = "records_notice"
"""The kind of the errand that tells a site administrator of a records request or a deletion."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A report that the person filed, unopened."""

    id: UUID
    case: UUID
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Watching:
    """A watch that concerns the person, and the case that it follows from."""

    id: UUID
    case: UUID
    until: datetime


@dataclass(frozen=True, slots=True)
class Traces:
    """What is kept of a person: cases about what they wrote, reports they filed, guidelines they read, watches."""

    cases: tuple[UUID, ...]
    reports: tuple[Filed, ...]
    read: tuple[tuple[int, int, datetime], ...]
    """Channel id, school year, when."""
    watched: tuple[Watching, ...]
    """Watches that protect somebody from them."""
    protected: tuple[Watching, ...]
    """Watches that protect them."""


@dataclass(frozen=True, slots=True)
class RecordsDeed:
    """A records request or a deletion: who, when, from where, why, and which sites' administrators are told."""

    act: Act
    person: str
    at: datetime
    where: str
    reason: str
    sites: tuple[str, ...]


class Personal:
    """Finds and deletes what is kept of a person. `woken` is called after each commit that left an errand."""

    def __init__(self, reader: GroupCommit, writer: GroupCommit, keys: Keyring, woken: Callable[[], object]) -> None:
        self._reader = reader
        self._writer = writer
        self._keys = keys
        self._woken = woken

    async def traces(self, place: ChannelRef, account: str) -> Traces:
        """Return what is kept of an account of a workspace; nothing is opened."""
        return await self._reader.run(_traces, self._keys.pseudonym(place, account))

    async def cases_in(self, channels: Sequence[int]) -> list[UUID]:
        """Return every case about a comment of these channels, the oldest first."""
        return await self._reader.run(_cases_in, tuple(channels))

    async def clear(
        self, place: ChannelRef, account: str, *, filed: Sequence[UUID], protecting: Sequence[UUID]
    ) -> dict[str, int]:
        """Delete acknowledgements, and of their reports and the watches that protect them those named here.

        A report stays where a hold stands on what it is about.
        """
        asked = (self._keys.pseudonym(place, account), tuple(filed), tuple(protecting))
        gone = await self._writer.run(_clear, asked)
        if any(gone.values()):
            await forget(self._writer.engine)
        return gone

    async def log(self, deed: RecordsDeed) -> None:
        """Write the deed to the custody log, and have the administrators told, in one transaction."""
        await self._writer.run(_log, (deed, self._keys), self._woken)


async def _traces(connection: AsyncConnection, asked: Sequence[bytes]) -> list[Traces]:
    return [await _traces_of(connection, pseudonym) for pseudonym in asked]


async def _traces_of(connection: AsyncConnection, pseudonym: bytes) -> Traces:
    async def rows(query: Any) -> list[Any]:
        return list(await connection.execute(query))

    cases = [
        row.id
        for table in (flags, review_items)
        for row in await rows(select(table).where(table.c.author == pseudonym))
    ]
    filed = await rows(select(reports).where(reports.c.reporter == pseudonym).order_by(reports.c.reported_at))
    read = await rows(select(acknowledgements).where(acknowledgements.c.member == pseudonym))
    watched = await rows(select(watches).where(watches.c.subject == pseudonym).order_by(watches.c.id))
    protected = await rows(select(watches).where(watches.c.protected == pseudonym).order_by(watches.c.id))
    return Traces(
        tuple(sorted(cases)),
        tuple(Filed(row.id, row.flag_id, row.code, row.reported_at) for row in filed),
        tuple((row.channel_id, row.school_year, row.at) for row in read),
        tuple(Watching(row.id, row.case_id, row.until) for row in watched),
        tuple(Watching(row.id, row.case_id, row.until) for row in protected),
    )


async def _cases_in(connection: AsyncConnection, asked: Sequence[tuple[int, ...]]) -> list[list[UUID]]:
    found = []
    for channels in asked:
        queries = (
            select(flags.c.id, flags.c.flagged_at.label("at")).where(flags.c.channel_id.in_(channels)),
            select(review_items.c.id, review_items.c.opened_at.label("at")).where(
                review_items.c.channel_id.in_(channels)
            ),
        )
        rows = [row for query in queries for row in await connection.execute(query)]
        found.append([row.id for row in sorted(rows, key=lambda row: (row.at, row.id))])
    return found


async def _clear(
    connection: AsyncConnection, asked: Sequence[tuple[bytes, tuple[UUID, ...], tuple[UUID, ...]]]
) -> list[dict[str, int]]:
    gone = []
    await custody.lock_head(connection)  # a hold that is set now is seen, or waits
    for pseudonym, filed, protecting in asked:
        mine = and_(reports.c.reporter == pseudonym, reports.c.id.in_(filed))
        about = list(await connection.execute(select(reports.c.id, reports.c.flag_id).where(mine)))
        free = [row.id for row in about if not await is_held(connection, row.flag_id)]
        mine = and_(reports.c.reporter == pseudonym, reports.c.id.in_(free))
        read = delete(acknowledgements).where(acknowledgements.c.member == pseudonym)
        theirs = delete(watches).where(watches.c.protected == pseudonym, watches.c.id.in_(protecting))
        gone.append(
            {
                "reports": await forget_reports(connection, mine),
                "acknowledgements": (await connection.execute(read)).rowcount,
                "watches": (await connection.execute(theirs)).rowcount,
            }
        )
    return gone


async def _log(connection: AsyncConnection, deeds: Sequence[tuple[RecordsDeed, Keyring]]) -> list[None]:
    for deed, keys in deeds:
        entry = custody.entry(keys, deed.act, deed.at, deed.where, person=deed.person, reason=deed.reason)
        head = await custody.append(connection, [entry])
        payload = {"act": str(deed.act), "person": deed.person, "custody": str(head.number)}
        await put(connection, [Due(NOTICE, payload | {"site": site}, deed.at) for site in deed.sites])
    return [None] * len(deeds)
