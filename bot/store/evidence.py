"""Evidence in the store: sealed parts, opened only with permission and never without a row in the custody log.

Promise: whether evidence may be opened, the row that says who opened it, and the reading are one transaction; so are
the hold check, the deletion rows and the destruction of the keys. Nothing is opened before its row is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.comments import Comment
from bot.domain.custody import Act, Standing, standing_of
from bot.errors import EvidenceError
from bot.store import custody
from bot.store.decisions import (
    COMMENT_SNAPSHOT,
    CONTEXT_SNAPSHOT,
    DESTROYED,
    PROVISIONAL,
    ErrandKind,
    Versions,
    errand_row,
)
from bot.store.documents import Snapshot, decode, decode_context, encode_context
from bot.store.group_commit import GroupCommit
from bot.store.keys import Keyring, new_key
from bot.store.recording import inserting_new
from bot.store.schema import custody as custody_table
from bot.store.schema import flags, kept_keys, outbox, reports, review_items, snapshots
from bot.store.sealing import Sealed

SIGNING_KEY = "signing key"
"""The purpose, and the kind, of the kept key that signs packets."""


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
class Opened:
    """Opened evidence: hostile text. `earlier` and later revisions of the same comment are oldest first."""

    id: UUID
    snapshot: Snapshot
    revisions: tuple[Snapshot, ...] = ()
    context: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a refusal or a deletion: how many parts were destroyed, or that a hold keeps them all."""

    destroyed: int
    held: bool


class Evidence:
    """Opens, extends, holds and destroys evidence; `woken` is called after each commit that left an errand.

    Every call raises `StoreError` when the database cannot be used.
    """

    def __init__(self, reader: GroupCommit, writer: GroupCommit, keys: Keyring, woken: Callable[[], object]) -> None:
        self._reader = reader
        self._writer = writer
        self._keys = keys
        self._woken = woken

    async def standing(self, case: UUID) -> Standing:
        """Return whether the case's evidence was permitted or refused, is held, is gone."""
        return await self._reader.run(_standings, case)

    async def open(self, deed: Deed, *, standing: bool, act: Act = Act.OPENED, whole: bool = True) -> Opened:
        """Open a case's evidence for a person; `standing` says that the site's permission stands for all cases.

        With `whole`, context and other revisions come too. Raise `EvidenceError` when it is not permitted or gone.
        """
        found = await self._writer.run(_open, _Asked(deed, self._keys, standing, act, whole), self._wake_for(deed))
        if isinstance(found, str):
            raise EvidenceError(found)
        comments = [row for row in found if row.kind == COMMENT_SNAPSHOT]
        if not comments:
            raise EvidenceError("The evidence of this case was destroyed; its custody log says when and by whom.")
        about = [row for row in comments if deed.case in (row.flag_id, row.review_item_id)]
        main = about[0] if about else comments[0]
        around = [row for row in found if row.kind == CONTEXT_SNAPSHOT]
        return Opened(
            main.id,
            decode(self._unsealed(main)),
            tuple(decode(self._unsealed(row)) for row in comments if row.id != main.id),
            tuple(comment for row in around[:1] for comment in decode_context(self._unsealed(row))),
        )

    async def versions(self, case: UUID) -> Versions | None:
        """Return which policy and model flagged the case's comment; nothing for one that no machine could read."""
        return await self._reader.run(_versions, case)

    async def cases_with(self, prefix: str) -> list[UUID]:
        """Return the cases whose id, in hex, begins with `prefix`, or whose report has that receipt code."""
        return await self._reader.run(_cases_with, prefix)

    async def kin(self, case: UUID) -> tuple[UUID, ...]:
        """Return the case and those that share a snapshot with it."""
        return await self._reader.run(_kin_of, case)

    async def add_context(self, case: UUID, comments: Sequence[Comment], at: datetime) -> bool:
        """Seal what stood around a case's comment as a further part; return `False` when it has one, or is gone."""
        row = uuid4()
        sealed = self._keys.seal(encode_context(comments), row=row, kind=CONTEXT_SNAPSHOT)
        part = {"id": row, "kind": CONTEXT_SNAPSHOT, "state": PROVISIONAL, "sealed_at": at} | sealed.columns()
        return await self._writer.run(_add_context, (case, part))

    async def without_context(self, since: datetime, until: datetime, limit: int) -> list[UUID]:
        """Return flagged cases, opened between the two times, whose comment is sealed and whose context is not."""
        return await self._reader.run(_without_context, (since, until, limit))

    async def refuse(self, deed: Deed) -> Ended:
        """Record that the evidence may not be kept, and destroy it unless a hold keeps it."""
        return await self._writer.run(_end, (deed, self._keys, Act.REFUSED), self._woken)

    async def destroy(self, deed: Deed) -> Ended:
        """Destroy the keys of a case's evidence, and leave tombstones; a hold keeps it, with nothing written."""
        return await self._writer.run(_end, (deed, self._keys, None), self._woken)

    async def act(self, act: Act, deed: Deed) -> None:
        """Record a permission, a hold or its end.

        Raise `EvidenceError` when there is nothing to record: held already, not held, or no such evidence.
        """
        refused = await self._writer.run(_act, (deed, self._keys, act), self._woken)
        if refused is not None:
            raise EvidenceError(refused)

    async def unanswered(self, before: datetime) -> list[UUID]:
        """Return the cases whose evidence was sealed before a time and neither permitted nor refused since."""
        return await self._reader.run(_unanswered, before)

    async def signing_key(self) -> bytes:
        """Return the 32 bytes of the Ed25519 key that signs packets; it is made at its first use."""
        row = uuid4()
        sealed = self._keys.seal(new_key(), row=row, kind=SIGNING_KEY)
        kept = await self._writer.run(_keep, {"id": row, "purpose": SIGNING_KEY} | sealed.columns())
        return self._keys.unseal(Sealed(kept.key_id, kept.wrapped_key, kept.ciphertext), row=kept.id, kind=SIGNING_KEY)

    def _wake_for(self, deed: Deed) -> Callable[[], object] | None:
        return self._woken if deed.notice else None

    def _unsealed(self, row: Row[Any]) -> bytes:
        return self._keys.unseal(Sealed(row.key_id, row.wrapped_key, row.ciphertext), row=row.id, kind=row.kind)


@dataclass(frozen=True, slots=True)
class _Asked:
    deed: Deed
    keys: Keyring
    standing: bool
    act: Act
    whole: bool


_NOT_PERMITTED = "The site administrator has not permitted the evidence of this case to be opened; ask them first."
_REFUSED = "The site administrator refused to have the evidence of this case opened."
_NO_EVIDENCE = "There is no evidence of this case, or it was destroyed."


async def kin(connection: AsyncConnection, case: UUID) -> tuple[UUID, ...]:
    """Return the case and those that share a snapshot with it: a flag and the review item of the same comment."""
    query = select(snapshots.c.flag_id, snapshots.c.review_item_id).where(_of(case))
    found = {case} | {item for row in await connection.execute(query) for item in row if item is not None}
    return tuple(sorted(found))


async def _standings(connection: AsyncConnection, cases: Sequence[UUID]) -> list[Standing]:
    return [standing_of(await custody.rows_of(connection, await kin(connection, case))) for case in cases]


async def _open(connection: AsyncConnection, asked: Sequence[_Asked]) -> list[list[Row[Any]] | str]:
    return [await _open_one(connection, one) for one in asked]


async def _open_one(connection: AsyncConnection, asked: _Asked) -> list[Row[Any]] | str:
    deed = asked.deed
    await custody.lock_head(connection)
    (stands,) = await _standings(connection, [deed.case])
    if not stands.may_open(standing=asked.standing):
        return _NOT_PERMITTED if stands.answered is None else _REFUSED
    rows = await _sealed_parts(connection, deed.case, asked.whole)
    entry = entry_of(asked.keys, asked.act, deed)
    opened = [replace(entry, snapshot=row.id, sealed_reason=None, digest=None) for row in rows[1:]]
    if rows:
        await log_deed(connection, deed, [replace(entry, snapshot=rows[0].id), *opened])
    return rows


async def _sealed_parts(connection: AsyncConnection, case: UUID, whole: bool) -> list[Row[Any]]:
    """Return a case's own parts, oldest first; with `whole` also the comment's other revisions, wherever they are."""
    query = (
        select(snapshots).where(snapshots.c.wrapped_key.is_not(None)).order_by(snapshots.c.sealed_at, snapshots.c.id)
    )
    if not whole:
        first = query.where(_of(case), snapshots.c.kind == COMMENT_SNAPSHOT).limit(1)
        return list(await connection.execute(first))
    cases = {case}
    for table in (flags, review_items):
        mine = select(table.c.channel_id, table.c.comment).where(table.c.id == case)
        for channel_id, comment in (await connection.execute(mine)).all():
            for other in (flags, review_items):
                same = select(other.c.id).where(other.c.channel_id == channel_id, other.c.comment == comment)
                cases |= set((await connection.execute(same)).scalars())
    theirs = or_(snapshots.c.flag_id.in_(cases), snapshots.c.review_item_id.in_(cases))
    return list(await connection.execute(query.where(theirs)))


async def _versions(connection: AsyncConnection, cases: Sequence[UUID]) -> list[Versions | None]:
    query = select(flags.c.id, flags.c.policy, flags.c.model).where(flags.c.id.in_(cases))
    found = {row.id: Versions(row.policy, row.model) for row in await connection.execute(query)}
    return [found.get(case) for case in cases]


async def _kin_of(connection: AsyncConnection, cases: Sequence[UUID]) -> list[tuple[UUID, ...]]:
    return [await kin(connection, case) for case in cases]


async def _cases_with(connection: AsyncConnection, prefixes: Sequence[str]) -> list[list[UUID]]:
    codes = {row.code: row.flag_id for row in await connection.execute(select(reports.c.code, reports.c.flag_id))}
    ids = [
        *(await connection.execute(select(flags.c.id))).scalars(),
        *(await connection.execute(select(review_items.c.id))).scalars(),
    ]
    return [
        [codes[prefix]] if prefix in codes else [case for case in ids if prefix and case.hex.startswith(prefix)]
        for prefix in prefixes
    ]


async def _add_context(connection: AsyncConnection, new: Sequence[tuple[UUID, dict[str, Any]]]) -> list[bool]:
    return [await _add_one(connection, case, part) for case, part in new]


async def _add_one(connection: AsyncConnection, case: UUID, part: dict[str, Any]) -> bool:
    await custody.lock_head(connection)
    query = select(snapshots).where(_of(case), snapshots.c.wrapped_key.is_not(None))
    parts = list(await connection.execute(query))
    comment = next((row for row in parts if row.kind == COMMENT_SNAPSHOT), None)
    if comment is None or any(row.kind == CONTEXT_SNAPSHOT for row in parts):
        return False
    row = part | {"flag_id": comment.flag_id, "review_item_id": comment.review_item_id}
    await connection.execute(snapshots.insert(), row)
    await custody.append(connection, [custody.seal_entry(row, "context")])
    return True


async def _without_context(
    connection: AsyncConnection, asked: Sequence[tuple[datetime, datetime, int]]
) -> list[list[UUID]]:
    have = select(snapshots.c.flag_id).where(snapshots.c.kind == CONTEXT_SNAPSHOT, snapshots.c.flag_id.is_not(None))
    sealed = select(snapshots.c.flag_id).where(
        snapshots.c.kind == COMMENT_SNAPSHOT, snapshots.c.wrapped_key.is_not(None), snapshots.c.flag_id.is_not(None)
    )
    query = select(flags.c.id).where(flags.c.id.in_(sealed), flags.c.id.not_in(have)).order_by(flags.c.flagged_at)
    return [
        list((await connection.execute(query.where(flags.c.flagged_at.between(since, until)).limit(limit))).scalars())
        for since, until, limit in asked
    ]


async def _end(connection: AsyncConnection, asked: Sequence[tuple[Deed, Keyring, Act | None]]) -> list[Ended]:
    return [await _end_one(connection, *one) for one in asked]


async def _end_one(connection: AsyncConnection, deed: Deed, keys: Keyring, first: Act | None) -> Ended:
    await custody.lock_head(connection)
    cases = await kin(connection, deed.case)
    held = standing_of(await custody.rows_of(connection, cases)).held
    if held and first is None:
        return Ended(0, held=True)
    entry = entry_of(keys, first or Act.DESTROYED, deed)
    entries = [entry] if first is not None else []
    gone: list[UUID] = []
    if not held:
        query = select(snapshots.c.id).where(or_(*map(_of, cases)), snapshots.c.wrapped_key.is_not(None))
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


async def _act(connection: AsyncConnection, asked: Sequence[tuple[Deed, Keyring, Act]]) -> list[str | None]:
    return [await _act_one(connection, *one) for one in asked]


async def _act_one(connection: AsyncConnection, deed: Deed, keys: Keyring, act: Act) -> str | None:
    await custody.lock_head(connection)
    cases = await kin(connection, deed.case)
    rows = await custody.rows_of(connection, cases)
    held = standing_of([row for row in rows if row.case == deed.case]).held
    left = select(snapshots.c.id).where(or_(*map(_of, cases)), snapshots.c.wrapped_key.is_not(None)).limit(1)
    if act is Act.RELEASED and not held:
        return "No hold is set on this case."
    if act is Act.HELD and held:
        return "A hold is set on this case already."
    if act is not Act.RELEASED and (await connection.execute(left)).one_or_none() is None:
        return _NO_EVIDENCE
    await log_deed(connection, deed, [entry_of(keys, act, deed)])
    await connection.execute(outbox.insert(), errand_row(ErrandKind.UPDATE, deed.case, deed.at))
    return None


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


async def _unanswered(connection: AsyncConnection, befores: Sequence[datetime]) -> list[list[UUID]]:
    answered = select(custody_table.c.case_id).where(
        custody_table.c.act.in_((Act.PERMITTED, Act.REFUSED)), custody_table.c.case_id.is_not(None)
    )
    found: list[list[UUID]] = []
    for before in befores:
        query = select(snapshots.c.flag_id, snapshots.c.review_item_id).where(
            snapshots.c.kind == COMMENT_SNAPSHOT, snapshots.c.wrapped_key.is_not(None), snapshots.c.sealed_at < before
        )
        both = [row.flag_id or row.review_item_id for row in await connection.execute(query.order_by("sealed_at"))]
        said = set((await connection.execute(answered)).scalars())
        found.append([case for case in dict.fromkeys(both) if case not in said])
    return found


async def _keep(connection: AsyncConnection, new: Sequence[dict[str, Any]]) -> list[Row[Any]]:
    kept: list[Row[Any]] = []
    for row in new:
        await connection.execute(inserting_new(connection.dialect.name, kept_keys), row)
        query = select(kept_keys).where(kept_keys.c.purpose == row["purpose"])
        kept.append((await connection.execute(query)).one())
    return kept


def _of(case: UUID) -> Any:
    return or_(snapshots.c.flag_id == case, snapshots.c.review_item_id == case)
