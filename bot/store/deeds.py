"""What people do with evidence, as transactions: check, log and deed together, or none of them.

Whoever may open, refuse, hold or destroy was checked before; whether the evidence was permitted, and whether a hold
stands, is checked here, with the head of the custody log locked, so that nothing can happen in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.custody import Act, Standing, standing_of
from bot.store import custody
from bot.store.decisions import COMMENT_SNAPSHOT, DESTROYED, ErrandKind, errand_row
from bot.store.keys import Keyring
from bot.store.schema import case_events, flags, outbox, reports, review_items, snapshots


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does something with a case's evidence, when and why. `reason` is a person's words: they are sealed.

    `person` is a key of the roster, nobody for a shared channel. `notice` has the site administrator told of it.
    """

    case: UUID
    person: str | None
    at: datetime
    why: str
    reason: str = ""
    notice: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a refusal or a deletion: how many parts were destroyed, or that a hold keeps them all.

    `answered`: somebody had permitted or refused before, and nothing was done.
    """

    destroyed: int
    held: bool
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody wants to open evidence; see `Evidence.open`."""

    deed: Deed
    keys: Keyring
    standing: bool
    act: Act
    others: frozenset[UUID] | None
    """Other cases of the same comment that the person may read; nothing for the case's own comment alone."""


_NOT_PERMITTED = "The site administrator has not permitted the evidence of this case to be opened; ask them first."
_REFUSED = "The site administrator refused to have the evidence of this case opened."
_NO_EVIDENCE = "There is no evidence of this case, or it was destroyed."


async def kin(connection: AsyncConnection, case: UUID) -> tuple[UUID, ...]:
    """Return the case and those that share a snapshot with it: a flag and the review item of the same comment."""
    query = select(snapshots.c.flag_id, snapshots.c.review_item_id).where(about(case))
    found = {case} | {item for row in await connection.execute(query) for item in row if item is not None}
    return tuple(sorted(found))


async def is_held(connection: AsyncConnection, case: UUID) -> bool:
    """Return whether a hold stands on a case or on any other of the same comment: its revisions are evidence of it."""
    cases = {*await kin(connection, case), *await _same_comment(connection, case)}
    return standing_of(await custody.rows_of(connection, sorted(cases))).held


async def standings(connection: AsyncConnection, cases: Sequence[UUID]) -> list[Standing]:
    """Return where the evidence of each case stands."""
    return [standing_of(await custody.rows_of(connection, await kin(connection, case))) for case in cases]


async def opening(connection: AsyncConnection, asked: Sequence[Asking]) -> list[list[Row[Any]] | str]:
    """Open evidence; return the sealed rows, or the sentence why not."""
    return [await _open_one(connection, one) for one in asked]


async def _open_one(connection: AsyncConnection, asked: Asking) -> list[Row[Any]] | str:
    deed = asked.deed
    await custody.lock_head(connection)
    (stands,) = await standings(connection, [deed.case])
    if not stands.may_open(standing=asked.standing):
        return _NOT_PERMITTED if stands.answered is None else _REFUSED
    rows = await _sealed_parts(connection, asked)
    entry = entry_of(asked.keys, asked.act, deed)
    opened = [replace(entry, snapshot=row.id, sealed_reason=None, digest=None) for row in rows[1:]]
    if rows:
        await log_deed(connection, deed, [replace(entry, snapshot=rows[0].id), *opened])
    return rows


async def _sealed_parts(connection: AsyncConnection, asked: Asking) -> list[Row[Any]]:
    """Return a case's own parts, oldest first, and those of `others` that were permitted to be opened, too.

    What belongs to a further case as well, which is not among these, stays sealed.
    """
    case = asked.deed.case
    query = (
        select(snapshots).where(snapshots.c.wrapped_key.is_not(None)).order_by(snapshots.c.sealed_at, snapshots.c.id)
    )
    if asked.others is None:
        first = query.where(about(case), snapshots.c.kind == COMMENT_SNAPSHOT).limit(1)
        return list(await connection.execute(first))
    same = await _same_comment(connection, case)
    others = sorted(same & asked.others - {case})
    stands = zip(others, await standings(connection, others), strict=True)
    cases = {case} | {other for other, one in stands if one.may_open(standing=asked.standing)}
    theirs = or_(snapshots.c.flag_id.in_(cases), snapshots.c.review_item_id.in_(cases))
    rows = [(row, {row.flag_id, row.review_item_id} - {None}) for row in await connection.execute(query.where(theirs))]
    return [row for row, owners in rows if case in owners or owners <= cases]


async def same_comment(connection: AsyncConnection, cases: Sequence[UUID]) -> list[frozenset[UUID]]:
    """Return for each case all that are about the same comment, in whatever revision, itself among them."""
    return [await _same_comment(connection, case) for case in cases]


async def _same_comment(connection: AsyncConnection, case: UUID) -> frozenset[UUID]:
    found = {case}
    for channel_id, comment in await _subjects(connection, case):
        for cases in (await _about_comments(connection, channel_id, [comment])).values():
            found |= cases
    return frozenset(found)


async def about_comments(
    connection: AsyncConnection, asked: Sequence[tuple[UUID, tuple[str, ...]]]
) -> list[dict[str, set[UUID]]]:
    """Return the cases about comments of a case's channel, by comment as the database names it."""
    found = []
    for case, comments in asked:
        places = {channel_id for channel_id, _ in await _subjects(connection, case)}
        known = [await _about_comments(connection, channel_id, comments) for channel_id in places]
        found.append({comment: cases for one in known for comment, cases in one.items()})
    return found


async def _subjects(connection: AsyncConnection, case: UUID) -> list[tuple[int, str]]:
    """Return channel and comment that a case is about: one, or none where there is no such case."""
    queries = [select(table.c.channel_id, table.c.comment).where(table.c.id == case) for table in (flags, review_items)]
    return [(row.channel_id, row.comment) for query in queries for row in await connection.execute(query)]


async def _about_comments(
    connection: AsyncConnection, channel_id: int, comments: Sequence[str]
) -> dict[str, set[UUID]]:
    found: dict[str, set[UUID]] = {}
    for table in (flags, review_items):
        query = select(table.c.id, table.c.comment).where(
            table.c.channel_id == channel_id, table.c.comment.in_(comments)
        )
        for row in await connection.execute(query):
            found.setdefault(row.comment, set()).add(row.id)
    return found


async def ending(connection: AsyncConnection, asked: Sequence[tuple[Deed, Keyring, Act | None]]) -> list[Ended]:
    """Refuse or destroy evidence."""
    return [await _end_one(connection, *one) for one in asked]


async def _end_one(connection: AsyncConnection, deed: Deed, keys: Keyring, first: Act | None) -> Ended:
    await custody.lock_head(connection)
    cases = await kin(connection, deed.case)
    stands = standing_of(await custody.rows_of(connection, cases))
    held = await is_held(connection, deed.case)
    if first is Act.REFUSED and stands.answered is not None:
        return Ended(0, held=held, answered=True)
    if held and first is None:
        return Ended(0, held=True)
    entry = entry_of(keys, first or Act.DESTROYED, deed)
    entries = [entry] if first is not None else []
    gone: list[UUID] = []
    if not held:
        query = select(snapshots.c.id).where(or_(*map(about, cases)), snapshots.c.wrapped_key.is_not(None))
        gone = list((await connection.execute(query.order_by(snapshots.c.sealed_at, snapshots.c.id))).scalars())
        tombstone = {"wrapped_key": None, "ciphertext": None, "state": DESTROYED}
        await connection.execute(update(snapshots).where(snapshots.c.id.in_(gone)).values(**tombstone))
        for snapshot in gone:
            with_reason = not entries
            deletion = replace(entry, act=Act.DESTROYED, snapshot=snapshot)
            entries.append(deletion if with_reason else replace(deletion, sealed_reason=None, digest=None))
    if entries:
        await log_deed(connection, deed, entries)
        await connection.execute(outbox.insert(), [errand_row(ErrandKind.UPDATE, case, deed.at) for case in cases])
    return Ended(len(gone), held=held)


async def acting(connection: AsyncConnection, asked: Sequence[tuple[Deed, Keyring, Act]]) -> list[str | None]:
    """Record acts; return for each the sentence why not, or nothing."""
    return [await _act_one(connection, *one) for one in asked]


async def _act_one(connection: AsyncConnection, deed: Deed, keys: Keyring, act: Act) -> str | None:
    await custody.lock_head(connection)
    cases = await kin(connection, deed.case)
    rows = await custody.rows_of(connection, cases)
    held = standing_of([row for row in rows if row.case == deed.case]).held
    if act is Act.RELEASED and not held:
        return "No hold is set on this case."
    if act is Act.HELD and held:
        return "A hold is set on this case already."
    if act is not Act.RELEASED and not await _is_anything_left(connection, cases, act):
        return _NO_EVIDENCE
    await log_deed(connection, deed, [entry_of(keys, act, deed)])
    await connection.execute(outbox.insert(), errand_row(ErrandKind.UPDATE, deed.case, deed.at))
    return None


async def _is_anything_left(connection: AsyncConnection, cases: Sequence[UUID], act: Act) -> bool:
    """Whether something of these cases is still sealed; a hold keeps reports and reasons too."""
    queries = [select(snapshots.c.id).where(or_(*map(about, cases)), snapshots.c.wrapped_key.is_not(None))]
    if act is Act.HELD:
        queries.append(select(reports.c.id).where(reports.c.flag_id.in_(cases), reports.c.wrapped_key.is_not(None)))
        of_cases = case_events.c.case_id.in_(cases) & case_events.c.wrapped_key.is_not(None)
        queries.append(select(case_events.c.id).where(of_cases))
    found = [(await connection.execute(query.limit(1))).first() for query in queries]
    return any(row is not None for row in found)


def entry_of(keys: Keyring, act: Act, deed: Deed) -> custody.Entry:
    """Return the entry of a deed, its reason sealed."""
    return custody.entry(keys, act, deed.at, deed.why, case=deed.case, person=deed.person, reason=deed.reason)


async def log_deed(connection: AsyncConnection, deed: Deed, entries: Sequence[custody.Entry]) -> None:
    """Append a deed's entries, in the caller's transaction, and have the administrator told where the deed asks so."""
    head = await custody.append(connection, entries)
    if deed.notice:
        await connection.execute(outbox.insert(), notice_row(deed.case, head.number - len(entries) + 1, deed.at))


def notice_row(case: UUID, number: int, at: datetime) -> dict[str, Any]:
    """Return the errand that tells the site administrator of the custody row `number`."""
    row = errand_row(ErrandKind.NOTICE, case, at)
    return row | {"payload": row["payload"] | {"custody": str(number)}}


def about(case: UUID) -> Any:
    """Return the condition that a snapshot is the case's."""
    return or_(snapshots.c.flag_id == case, snapshots.c.review_item_id == case)
