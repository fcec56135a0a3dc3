"""The daily ledger in the store: days, entries, and who signed.

Promise: a day and an entry are made once and never again; an entry is closed once; a sign-off is appended and never
changed. Whatever must follow (digest, reminders, redrawn cards) is put into the outbox in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ledger import Counts, Entry, LedgerDay, Signed, Swept
from bot.store import sample, tally
from bot.store.daily_schema import (
    day_cards,
    ledger_cases,
    ledger_days,
    ledger_entries,
    signed_days,
    signoff_notes,
    signoffs,
)
from bot.store.group_commit import GroupCommit
from bot.store.keys import Keyring
from bot.store.outbox import Due, put
from bot.store.recording import inserting_new
from bot.store.sealing import Sealed
from bot.store.tally import Closing

NOTE = "sign-off note"
"""The kind of what a person wrote when they signed with critical items open, sealed."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A day to take up, with the channels that get an entry in it."""

    day: LedgerDay
    channels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DayCard:
    """Where a card of a day stands; `kind` says which card it is."""

    day_id: UUID
    kind: str
    recipient: str
    platform: str
    channel: str
    message: str
    language: str


@dataclass(frozen=True, slots=True)
class DayOpen:
    """What waits for a decision on a day that is being signed."""

    day_id: UUID
    late: bool
    open_items: int
    open_critical: int


class Ledger:
    """Reads and writes the ledger. `woken` is called after each commit that left an errand."""

    def __init__(self, reader: GroupCommit, writer: GroupCommit, keys: Keyring, woken: Callable[[], object]) -> None:
        self._reader = reader
        self._writer = writer
        self._keys = keys
        self._woken = woken

    async def note(self, noted: Sequence[Noted]) -> None:
        """Take up days and make their entries; what is there already stays as it is."""
        if noted:
            await self._writer.run(_note, tuple(noted))

    async def latest(self) -> dict[str, LedgerDay]:
        """Return each site's last day."""
        newest = select(ledger_days.c.site, func.max(ledger_days.c.day).label("day")).group_by(ledger_days.c.site)
        last = newest.subquery()
        query = select(ledger_days).where(ledger_days.c.site == last.c.site, ledger_days.c.day == last.c.day)
        return {row.site: _day(row) for row in await self._reader.run(_rows, query)}

    async def latest_entries(self) -> dict[int, date]:
        """Return the last day that each channel has an entry for."""
        last = func.max(ledger_entries.c.day).label("day")
        query = select(ledger_entries.c.channel_id, last).group_by(ledger_entries.c.channel_id)
        return {row.channel_id: row.day for row in await self._reader.run(_rows, query)}

    async def busiest(self, since: datetime) -> dict[int, int]:
        """Return how many comments each channel had on its busiest day that was closed since then."""
        most = func.max(ledger_entries.c.posted).label("most")
        query = select(ledger_entries.c.channel_id, most).where(ledger_entries.c.closed_at >= since)
        rows = await self._reader.run(_rows, query.group_by(ledger_entries.c.channel_id))
        return {row.channel_id: row.most for row in rows}

    async def unfinished(self, closed_before: datetime) -> list[LedgerDay]:
        """Return the days that closed before then and are not ready to be signed, in order."""
        due = ledger_days.c.ready_at.is_(None) & (ledger_days.c.closes_at <= closed_before)
        query = select(ledger_days).where(due).order_by(ledger_days.c.closes_at, ledger_days.c.site)
        return [_day(row) for row in await self._reader.run(_rows, query)]

    async def day(self, day_id: UUID) -> LedgerDay | None:
        """Return a day by its id."""
        rows = await self._reader.run(_rows, select(ledger_days).where(ledger_days.c.id == day_id))
        return _day(rows[0]) if rows else None

    async def days(self, site: str, first: date, last: date) -> list[LedgerDay]:
        """Return a site's days from `first` to `last`, both included, in order."""
        within = (ledger_days.c.site == site) & ledger_days.c.day.between(first, last)
        query = select(ledger_days).where(within).order_by(ledger_days.c.day)
        return [_day(row) for row in await self._reader.run(_rows, query)]

    async def unsigned(self, site: str) -> list[LedgerDay]:
        """Return a site's days that are ready and that nobody signed, the oldest first; there may be many."""
        signed = exists().where(signed_days.c.day_id == ledger_days.c.id)
        query = select(ledger_days).where(ledger_days.c.site == site, ledger_days.c.ready_at.is_not(None), ~signed)
        return [_day(row) for row in await self._reader.run(_rows, query.order_by(ledger_days.c.day))]

    async def entries(self, days: Sequence[UUID]) -> list[Entry]:
        """Return the entries of these days, by channel and day; of their samples what may be shown now."""
        query = select(ledger_entries).where(ledger_entries.c.day_id.in_(days))
        ordered = query.order_by(ledger_entries.c.channel_id, ledger_entries.c.day)
        return await self._reader.run(_entries, ordered)

    async def cases(self, days: Sequence[UUID]) -> dict[UUID, list[UUID]]:
        """Return the cases that each of these days lists."""
        query = select(ledger_entries.c.day_id, ledger_cases.c.case_id).where(
            ledger_cases.c.channel_id == ledger_entries.c.channel_id,
            ledger_cases.c.day == ledger_entries.c.day,
            ledger_entries.c.day_id.in_(days),
        )
        found: dict[UUID, list[UUID]] = {day: [] for day in days}
        for row in await self._reader.run(_rows, query.order_by(ledger_cases.c.case_id)):
            found[row.day_id].append(row.case_id)
        return found

    async def so_far(self, entry: Entry, day: LedgerDay, now: datetime) -> Counts:
        """Return the counts of an entry that is not closed yet."""
        asked = Closing(entry.channel_id, entry.day, day.opens_at, day.closes_at, now)
        return await self._reader.run(tally.so_far, asked)

    async def close(self, closing: Closing) -> bool:
        """Close an entry for good; return `False`, with nothing changed, when it was closed before."""
        return await self._writer.run(tally.close, closing)

    async def ready(self, day_id: UUID, at: datetime, errands: Sequence[Due]) -> bool:
        """Have the day signed from now on, if all its entries are closed; put in what follows. Once."""
        return await self._writer.run(_ready, (day_id, at, tuple(errands)), self._woken)

    async def sign(
        self, person: str, at: datetime, days: Sequence[DayOpen], note: str, errands: Sequence[Due]
    ) -> frozenset[UUID]:
        """Append a sign-off of these days; return which of them it signed: those that were ready and unsigned."""
        signoff = uuid4()
        sealed = None
        if note:
            box = self._keys.seal(json.dumps(note).encode("ascii"), row=signoff, kind=NOTE)
            sealed = {"id": signoff} | box.columns()
        row = {"id": signoff, "person": person, "at": at}
        return await self._writer.run(_sign, (row, tuple(days), sealed, tuple(errands)), self._woken)

    async def signed(self, days: Sequence[UUID]) -> dict[UUID, Signed]:
        """Return who signed each of these days."""
        query = select(signed_days, signoffs.c.person, signoffs.c.at).where(
            signed_days.c.signoff_id == signoffs.c.id, signed_days.c.day_id.in_(days)
        )
        return {row.day_id: _signed(row) for row in await self._reader.run(_rows, query)}

    async def note_of(self, day_id: UUID) -> str | None:
        """Return why a day was signed with critical items open, for those who may see its cases."""
        query = select(signoff_notes).where(
            signoff_notes.c.id == signed_days.c.signoff_id, signed_days.c.day_id == day_id
        )
        rows = await self._reader.run(_rows, query)
        if not rows or rows[0].wrapped_key is None:
            return None
        sealed = Sealed(rows[0].key_id, rows[0].wrapped_key, rows[0].ciphertext)
        return str(json.loads(self._keys.unseal(sealed, row=rows[0].id, kind=NOTE)))

    async def cards(self, day_id: UUID) -> list[DayCard]:
        """Return where the cards of a day stand."""
        query = select(day_cards).where(day_cards.c.day_id == day_id).order_by(day_cards.c.kind, day_cards.c.recipient)
        return [_card(row) for row in await self._reader.run(_rows, query)]

    async def keep_card(self, card: DayCard, at: datetime) -> None:
        """Note where a card of a day stands; the first one of its kind and recipient stays."""
        await self._writer.run(_keep_card, {"id": uuid4(), "delivered_at": at} | asdict(card))


async def _rows(connection: AsyncConnection, queries: Sequence[Any]) -> list[list[Row[Any]]]:
    return [list(await connection.execute(query)) for query in queries]


async def _entries(connection: AsyncConnection, queries: Sequence[Any]) -> list[list[Entry]]:
    answers: list[list[Entry]] = []
    for rows in await _rows(connection, queries):
        links = await sample.to_show(connection, rows)
        answers.append([_entry(row, links.get((row.channel_id, row.day), ())) for row in rows])
    return answers


async def _note(connection: AsyncConnection, many: Sequence[tuple[Noted, ...]]) -> list[None]:
    days = inserting_new(connection.dialect.name, ledger_days)
    entries = inserting_new(connection.dialect.name, ledger_entries)
    for noted in many:
        for item in noted:
            day = item.day
            row = asdict(day) | {"day": day.date}
            del row["date"]
            await connection.execute(days, row)
            same = (ledger_days.c.site == day.site) & (ledger_days.c.day == day.date)
            day_id = (await connection.execute(select(ledger_days.c.id).where(same))).scalar_one()
            made = {"day": day.date, "day_id": day_id, "noted_at": day.noted_at}
            if item.channels:
                await connection.execute(entries, [made | {"channel_id": channel} for channel in item.channels])
    return [None] * len(many)


async def _ready(connection: AsyncConnection, asked: Sequence[tuple[UUID, datetime, tuple[Due, ...]]]) -> list[bool]:
    answers: list[bool] = []
    for day_id, at, errands in asked:
        waits = exists().where(ledger_entries.c.day_id == day_id, ledger_entries.c.closed_at.is_(None))
        here = (ledger_days.c.id == day_id) & ledger_days.c.ready_at.is_(None) & ~waits
        changed = update(ledger_days).where(here).values(ready_at=at).returning(ledger_days.c.id)
        answers.append((await connection.execute(changed)).one_or_none() is not None)
        if answers[-1]:
            await put(connection, errands)
    return answers


_NewSignOff = tuple[dict[str, Any], tuple[DayOpen, ...], dict[str, Any] | None, tuple[Due, ...]]


async def _sign(connection: AsyncConnection, new: Sequence[_NewSignOff]) -> list[frozenset[UUID]]:
    return [await _sign_one(connection, *one) for one in new]


async def _sign_one(
    connection: AsyncConnection,
    row: dict[str, Any],
    days: tuple[DayOpen, ...],
    note: dict[str, Any] | None,
    errands: tuple[Due, ...],
) -> frozenset[UUID]:
    # Locked, so that of two people who sign at the same moment the second finds the day signed.
    ids = [day.day_id for day in days]
    locked = select(ledger_days.c.id).where(ledger_days.c.id.in_(ids), ledger_days.c.ready_at.is_not(None))
    ready = set((await connection.execute(locked.order_by(ledger_days.c.id).with_for_update())).scalars())
    before = select(signed_days.c.day_id).where(signed_days.c.day_id.in_(ids))
    open_days = ready - set((await connection.execute(before)).scalars())
    signed = [asdict(day) | {"signoff_id": row["id"]} for day in days if day.day_id in open_days]
    if signed:
        await connection.execute(signoffs.insert(), row)
        await connection.execute(signed_days.insert(), signed)
        if note is not None:
            await connection.execute(signoff_notes.insert(), note)
        await put(connection, errands)
    return frozenset(open_days)


async def _keep_card(connection: AsyncConnection, cards: Sequence[dict[str, Any]]) -> list[None]:
    await connection.execute(inserting_new(connection.dialect.name, day_cards), list(cards))
    return [None] * len(cards)


def _day(row: Row[Any]) -> LedgerDay:
    return LedgerDay(
        row.id, row.site, row.day, row.opens_at, row.closes_at, row.sign_by, row.on_duty, row.noted_at, row.ready_at
    )


def _entry(row: Row[Any], links: tuple[str, ...]) -> Entry:
    counts = swept = None
    if row.closed_at is not None:
        counts = Counts(**{name: getattr(row, name) for name in Counts.__slots__})
    if row.swept_at is not None:
        swept = Swept(row.swept_at, row.on_platform, row.found_by_sweep)
    return Entry(row.channel_id, row.day, row.day_id, row.noted_at, row.closed_at, counts, swept, links)


def _signed(row: Row[Any]) -> Signed:
    return Signed(row.day_id, row.person, row.at, row.late, row.open_items, row.open_critical)


def _card(row: Row[Any]) -> DayCard:
    return DayCard(row.day_id, row.kind, row.recipient, row.platform, row.channel, row.message, row.language)
