"""Retention in the store: what is past its time goes, a bounded piece at a time, and what is left can be counted.

Promise: evidence goes with its rows in the custody log or not at all, in one transaction that first looks whether a
hold stands and whether the case is still as it was read; what was deleted before is not deleted twice. Which periods
hold is decided outside (`bot.records.retention`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Table, and_, delete, exists, func, null, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.cases import CaseEvent, EventKind
from bot.domain.custody import Act
from bot.store import custody
from bot.store.daily_schema import day_cards, ledger_entries, signed_days, signoffs
from bot.store.decisions import ErrandKind
from bot.store.deeds import Deed, about, ending, entry_of, is_held, kin, log_deed
from bot.store.engine import forget
from bot.store.group_commit import GroupCommit
from bot.store.installations import install_states
from bot.store.keys import TAG_BYTES, Keyring
from bot.store.register_schema import acknowledgements
from bot.store.schema import (
    case_events,
    deletions,
    deliveries,
    flags,
    outbox,
    reports,
    review_items,
    screened,
    snapshots,
    watches,
)

AT_ONCE = 500
"""How many rows one transaction deletes at most, so that those who write meanwhile hardly wait."""

_CASES_AT_ONCE = 100
_GONE = b"gone:"
"""What a blanked pseudonym begins with; the row's own id follows, so that no two cases look like one person's."""

_ENDINGS = (EventKind.CLOSED, EventKind.DISMISSED, EventKind.UPHELD, EventKind.REVERSED)
_REPEATED = (ErrandKind.UPDATE, ErrandKind.TELL, ErrandKind.NOTICE, "day_cards")
"""Errands of which each is one of its own: nothing is remembered by their rows once they are done."""


class Leftover(StrEnum):
    """What goes by itself when its time is over; none of it is evidence."""

    SCREENED = "screened"
    DELETIONS = "deletions"
    LINKS = "links"
    """The few links of a day's sample."""
    DAY_CARDS = "day_cards"
    WATCHES = "watches"
    ACKNOWLEDGEMENTS = "acknowledgements"
    ERRANDS = "errands"
    """Done errands that could not come twice."""
    OLD_ERRANDS = "old_errands"
    """Done errands that keep the same from being done again: they are kept longer."""
    INSTALLS = "installs"
    """Installs that somebody began and never finished."""


class Part(StrEnum):
    """What a case consists of, each with a period of its own."""

    SNAPSHOTS = "snapshots"
    AUTHORS = "authors"
    """The pseudonyms of who wrote: without them nothing leads from a person to the case."""
    REPORTS = "reports"
    REASONS = "reasons"
    CARDS = "cards"


@dataclass(frozen=True, slots=True)
class KeptCase:
    """Cases about one comment: their events, how much is left of them by part, and their authors' pseudonyms."""

    case: UUID
    events: Mapping[UUID, tuple[CaseEvent, ...]]
    left: Mapping[Part, int]
    authors: frozenset[bytes]
    held: bool


@dataclass(frozen=True, slots=True)
class Destroying:
    """Parts of a case to destroy, if it is still as `kept` says. `spared` are pseudonyms that stay."""

    deed: Deed
    kept: KeptCase
    parts: frozenset[Part]
    spared: frozenset[bytes] = frozenset()


class Retention:
    """Counts and deletes what is past its time. `woken` is called after each commit that left an errand."""

    def __init__(self, reader: GroupCommit, writer: GroupCommit, keys: Keyring, woken: Callable[[], object]) -> None:
        self._reader = reader
        self._writer = writer
        self._keys = keys
        self._woken = woken

    async def count(self, what: Leftover, before: Any) -> int:
        """Return how many rows are past `before`: a moment, for acknowledgements a school year."""
        return await self._reader.run(_count, (what, before))

    async def clear(self, what: Leftover, before: Any) -> int:
        """Delete those rows, `AT_ONCE` in each transaction; return how many."""
        total = 0
        while gone := await self._writer.run(_clear, (what, before)):
            total += gone
        return total

    async def ended(self, before: datetime) -> AsyncIterator[KeptCase]:
        """Yield the cases that somebody ended before then and of which something is left, a page at a time."""
        last, seen = UUID(int=0), set[UUID]()
        while page := await self._reader.run(_ended, (before, last)):
            for case in page:
                if case not in seen:
                    kept = await self._reader.run(_kept, case)
                    seen |= set(kept.events)
                    yield kept
            last = page[-1]

    async def kept(self, case: UUID) -> KeptCase:
        """Return a case and those that share its snapshot, whether anybody ended them or not."""
        return await self._reader.run(_kept, case)

    async def destroy(self, what: Destroying) -> dict[Part, int]:
        """Destroy parts of a case; return how much of each went: nothing where a hold stands, or the case changed."""
        gone = await self._writer.run(_destroy, (what, self._keys), self._woken)
        if gone:
            await forget(self._writer.engine)
        return gone


def blanked(row: UUID) -> bytes:
    """Return what a pseudonym is replaced with."""
    return _GONE + row.bytes


def _past(what: Leftover, before: Any) -> tuple[Table, Any]:
    """Return the table, and the condition of what is past its time."""
    done = outbox.c.done_at < before
    past: dict[Leftover, tuple[Table, Any]] = {
        Leftover.SCREENED: (screened, _counted(screened, before)),
        Leftover.DELETIONS: (deletions, _counted(deletions, before)),
        Leftover.LINKS: (ledger_entries, and_(ledger_entries.c.sample.is_not(null()), _signed(ledger_entries, before))),
        Leftover.DAY_CARDS: (day_cards, _signed(day_cards, before)),
        Leftover.WATCHES: (watches, watches.c.until < before),
        Leftover.ACKNOWLEDGEMENTS: (acknowledgements, acknowledgements.c.school_year < before),
        Leftover.ERRANDS: (outbox, and_(done, outbox.c.kind.in_(_REPEATED))),
        Leftover.OLD_ERRANDS: (outbox, and_(done, outbox.c.kind.not_in(_REPEATED))),
        Leftover.INSTALLS: (install_states, install_states.c.expires_at < before),
    }
    return past[what]


def _signed(table: Table, before: datetime) -> Any:
    """Return the condition that the day of a row was signed off before a moment."""
    return exists().where(
        signed_days.c.day_id == table.c.day_id, signoffs.c.id == signed_days.c.signoff_id, signoffs.c.at < before
    )


def _counted(table: Table, before: datetime) -> Any:
    """Return the condition that a row was counted in the entry of such a day."""
    entry = ledger_entries.alias()
    mine = (entry.c.channel_id == table.c.channel_id) & (entry.c.day == table.c.ledger_day)
    return exists().where(
        mine,
        signed_days.c.day_id == entry.c.day_id,
        signoffs.c.id == signed_days.c.signoff_id,
        signoffs.c.at < before,
    )


async def _count(connection: AsyncConnection, asked: Sequence[tuple[Leftover, Any]]) -> list[int]:
    counts = []
    for what, before in asked:
        table, where = _past(what, before)
        query = select(func.count()).select_from(table).where(where)
        counts.append((await connection.execute(query)).scalar_one())
    return counts


async def _clear(connection: AsyncConnection, asked: Sequence[tuple[Leftover, Any]]) -> list[int]:
    return [await _clear_some(connection, *one) for one in asked]


async def _clear_some(connection: AsyncConnection, what: Leftover, before: Any) -> int:
    table, where = _past(what, before)
    key = list(table.primary_key.columns)
    some = select(*key).where(where).limit(AT_ONCE)
    among = (tuple_(*key) if len(key) > 1 else key[0]).in_(some)
    if what is Leftover.LINKS:  # the numbers beside them stay
        return (await connection.execute(update(table).where(among).values(sample=null()))).rowcount
    return (await connection.execute(delete(table).where(among))).rowcount


def _left(case: Any) -> dict[Part, tuple[Table, Any]]:
    """Return by part which rows of a case still hold something; `case` is an id or a column."""
    return {
        Part.SNAPSHOTS: (snapshots, and_(about(case), snapshots.c.wrapped_key.is_not(None))),
        Part.REPORTS: (reports, and_(reports.c.flag_id == case, reports.c.wrapped_key.is_not(None))),
        Part.REASONS: (case_events, and_(case_events.c.case_id == case, case_events.c.wrapped_key.is_not(None))),
        Part.CARDS: (deliveries, deliveries.c.case_id == case),
    }


async def _ended(connection: AsyncConnection, asked: Sequence[tuple[datetime, UUID]]) -> list[list[UUID]]:
    over = case_events.alias()
    parts = [exists().where(where) for part, (_, where) in _left(over.c.case_id).items() if part is not Part.REASONS]
    noted = case_events.alias()
    parts.append(exists().where(noted.c.case_id == over.c.case_id, noted.c.wrapped_key.is_not(None)))
    parts += [exists().where(table.c.id == over.c.case_id, _named(table)) for table in (flags, review_items)]
    found = []
    for before, last in asked:
        query = (
            select(over.c.case_id)
            .where(over.c.kind.in_(_ENDINGS), over.c.at < before, over.c.case_id > last, or_(*parts))
            .distinct()
            .order_by(over.c.case_id)
            .limit(_CASES_AT_ONCE)
        )
        found.append(list((await connection.execute(query)).scalars()))
    return found


def _named(table: Table) -> Any:
    """Return the condition that a row still has its author's pseudonym."""
    return func.length(table.c.author) == TAG_BYTES


async def _kept(connection: AsyncConnection, cases: Sequence[UUID]) -> list[KeptCase]:
    return [await _kept_one(connection, case) for case in cases]


async def _kept_one(connection: AsyncConnection, case: UUID) -> KeptCase:
    cases = await kin(connection, case)
    events: dict[UUID, list[CaseEvent]] = {one: [] for one in cases}
    query = select(case_events).where(case_events.c.case_id.in_(cases)).order_by(case_events.c.position)
    for row in await connection.execute(query):
        events[row.case_id].append(CaseEvent(EventKind(row.kind), row.at, row.person, row.rule, row.about))
    left: dict[Part, set[Any]] = {part: set() for part in Part}
    for one in cases:
        for part, (table, where) in _left(one).items():
            left[part] |= set((await connection.execute(select(*table.primary_key.columns).where(where))).all())
        for table in (flags, review_items):
            mine = select(table.c.id, table.c.author).where(table.c.id == one, _named(table))
            left[Part.AUTHORS] |= {(row.id, bytes(row.author)) for row in await connection.execute(mine)}
    held = await is_held(connection, case)
    known = {one: tuple(listed) for one, listed in events.items()}
    authors = frozenset(author for _, author in left[Part.AUTHORS])
    return KeptCase(case, known, {part: len(found) for part, found in left.items()}, authors, held)


async def _destroy(connection: AsyncConnection, asked: Sequence[tuple[Destroying, Keyring]]) -> list[dict[Part, int]]:
    return [await _destroy_one(connection, *one) for one in asked]


async def _destroy_one(connection: AsyncConnection, what: Destroying, keys: Keyring) -> dict[Part, int]:
    await custody.lock_head(connection)
    now = await _kept_one(connection, what.deed.case)
    if now.held or now.events != what.kept.events:
        return {}
    gone: dict[Part, int] = {}
    cases = tuple(now.events)
    if Part.SNAPSHOTS in what.parts and now.left[Part.SNAPSHOTS]:
        (ended,) = await ending(connection, [(what.deed, keys, None)])
        gone[Part.SNAPSHOTS] = ended.destroyed
    if Part.REPORTS in what.parts and now.left[Part.REPORTS]:
        gone[Part.REPORTS] = await forget_reports(connection, reports.c.flag_id.in_(cases))
        await log_deed(connection, what.deed, [entry_of(keys, Act.DESTROYED, what.deed)])
    if Part.REASONS in what.parts:
        where = case_events.c.case_id.in_(cases) & case_events.c.wrapped_key.is_not(None)
        blank = update(case_events).where(where).values(wrapped_key=None, ciphertext=None)
        gone[Part.REASONS] = (await connection.execute(blank)).rowcount
    if Part.AUTHORS in what.parts:
        gone[Part.AUTHORS] = await _forget_authors(connection, cases, what.spared)
    told = gone.get(Part.SNAPSHOTS) or Part.REPORTS in gone
    if not told and (gone.get(Part.REASONS) or gone.get(Part.AUTHORS)):
        await log_deed(connection, what.deed, [entry_of(keys, Act.DESTROYED, what.deed)])
    if Part.CARDS in what.parts:
        cards = delete(deliveries).where(deliveries.c.case_id.in_(cases))
        gone[Part.CARDS] = (await connection.execute(cards)).rowcount
    return {part: count for part, count in gone.items() if count}


async def forget_reports(connection: AsyncConnection, which: Any) -> int:
    """Destroy the keys of reports and who reported, in the caller's transaction; the rows stay. Return how many."""
    where = and_(which, reports.c.wrapped_key.is_not(None))
    ids = list((await connection.execute(select(reports.c.id).where(where))).scalars())
    for row in ids:
        blank = {"wrapped_key": None, "ciphertext": None, "reporter": blanked(row)}
        await connection.execute(update(reports).where(reports.c.id == row).values(**blank))
    return len(ids)


async def _forget_authors(connection: AsyncConnection, cases: Sequence[UUID], spared: frozenset[bytes]) -> int:
    count = 0
    for table in (flags, review_items):
        mine = select(table.c.id, table.c.author).where(table.c.id.in_(cases), _named(table))
        for row in (await connection.execute(mine)).all():
            if bytes(row.author) not in spared:
                await connection.execute(update(table).where(table.c.id == row.id).values(author=blanked(row.id)))
                count += 1
    return count
