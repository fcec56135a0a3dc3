"""Evidence in the store: sealed parts, opened only with permission and never without a row in the custody log.

Promise: whether evidence may be opened, the row that says who opened it, and the reading are one transaction; so are
the hold check, the deletion rows and the destruction of the keys. Nothing is opened before its row is committed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.comments import Comment
from bot.domain.custody import Act, Standing
from bot.errors import EvidenceError
from bot.store import custody
from bot.store.columns import storable
from bot.store.decisions import (
    COMMENT_SNAPSHOT,
    CONTEXT_SNAPSHOT,
    PROVISIONAL,
    Versions,
)
from bot.store.deeds import (
    Asking,
    Deed,
    Ended,
    about,
    about_comments,
    acting,
    ending,
    kin,
    opening,
    same_comment,
    standings,
)
from bot.store.documents import Snapshot, decode, decode_context, encode_context
from bot.store.engine import forget
from bot.store.group_commit import GroupCommit
from bot.store.key_file import new_key
from bot.store.keys import Keyring
from bot.store.recording import inserting_new
from bot.store.schema import flags, kept_keys, reports, review_items, snapshots
from bot.store.sealing import Sealed

SIGNING_KEY = "signing key"
"""The purpose, and the kind, of the kept key that signs packets."""

Reads = Callable[[UUID], Awaitable[bool]]
"""Whether the person who opens one case's evidence may read another case, too; asked outside of any transaction."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Opened evidence: hostile text. `earlier` and later revisions of the same comment are oldest first."""

    id: UUID
    snapshot: Snapshot
    revisions: tuple[Snapshot, ...] = ()
    context: tuple[Comment, ...] = ()


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
        return await self._reader.run(standings, case)

    async def open(self, deed: Deed, *, standing: bool, act: Act = Act.OPENED, reads: Reads | None = None) -> Opened:
        """Open a case's evidence for a person; `standing` says that the site's permission stands for all cases.

        With `reads`, context and other revisions come too, without what another case is about that the person may not
        read, or that was not permitted to be opened. Raise `EvidenceError` when it is not permitted or gone.
        """
        others: frozenset[UUID] | None = None
        if reads is not None:
            same = await self._reader.run(same_comment, deed.case)
            others = frozenset([other for other in sorted(same - {deed.case}) if await reads(other)])
        found = await self._writer.run(opening, Asking(deed, self._keys, standing, act, others), self._wake_for(deed))
        if isinstance(found, str):
            raise EvidenceError(found)
        comments = [row for row in found if row.kind == COMMENT_SNAPSHOT]
        if not comments:
            raise EvidenceError("The evidence of this case was destroyed; its custody log says when and by whom.")
        about = [row for row in comments if deed.case in (row.flag_id, row.review_item_id)]
        main = about[0] if about else comments[0]
        around = [row for row in found if row.kind == CONTEXT_SNAPSHOT]
        context = [comment for row in around[:1] for comment in decode_context(self._unsealed(row))]
        return Opened(
            main.id,
            decode(self._unsealed(main)),
            tuple(decode(self._unsealed(row)) for row in comments if row.id != main.id),
            () if reads is None else await self._shown(deed.case, context, reads, standing=standing),
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
        sealed = self._keys.seal(encode_context(comments, self._keys.name_tag), row=row, kind=CONTEXT_SNAPSHOT)
        part = {"id": row, "kind": CONTEXT_SNAPSHOT, "state": PROVISIONAL, "sealed_at": at} | sealed.columns()
        return await self._writer.run(_add_context, (case, part))

    async def without_context(self, since: datetime, until: datetime, limit: int) -> list[UUID]:
        """Return flagged cases, opened between the two times, whose comment is sealed and whose context is not."""
        return await self._reader.run(_without_context, (since, until, limit))

    async def refuse(self, deed: Deed) -> Ended:
        """Record that the evidence may not be kept, and destroy it unless a hold keeps it."""
        return await self._ended(deed, Act.REFUSED)

    async def destroy(self, deed: Deed) -> Ended:
        """Destroy the keys of a case's evidence, and leave tombstones; a hold keeps it, with nothing written."""
        return await self._ended(deed, None)

    async def act(self, act: Act, deed: Deed) -> None:
        """Record a permission, a hold or its end.

        Raise `EvidenceError` when there is nothing to record: held already, not held, or no such evidence.
        """
        refused = await self._writer.run(acting, (deed, self._keys, act), self._woken)
        if refused is not None:
            raise EvidenceError(refused)

    async def signing_key(self) -> bytes:
        """Return the 32 bytes of the Ed25519 key that signs packets; it is made at its first use."""
        row = uuid4()
        sealed = self._keys.seal(new_key(), row=row, kind=SIGNING_KEY)
        kept = await self._writer.run(_keep, {"id": row, "purpose": SIGNING_KEY} | sealed.columns())
        return self._keys.unseal(Sealed(kept.key_id, kept.wrapped_key, kept.ciphertext), row=kept.id, kind=SIGNING_KEY)

    async def _ended(self, deed: Deed, first: Act | None) -> Ended:
        ended = await self._writer.run(ending, (deed, self._keys, first), self._woken)
        if ended.destroyed:
            await forget(self._writer.engine)
        return ended

    async def _shown(
        self, case: UUID, context: Sequence[Comment], reads: Reads, *, standing: bool
    ) -> tuple[Comment, ...]:
        """Return the comments of which every case that they have may be read, and opened."""
        named = {comment.ref.comment: storable(comment.ref.comment) for comment in context}
        cases = await self._reader.run(about_comments, (case, tuple(named.values())))
        closed = set()
        for one in set[UUID]().union(*cases.values()):
            if not await reads(one) or not (await self.standing(one)).may_open(standing=standing):
                closed.add(one)
        return tuple(one for one in context if not cases.get(named[one.ref.comment], set()) & closed)

    def _wake_for(self, deed: Deed) -> Callable[[], object] | None:
        return self._woken if deed.notice else None

    def _unsealed(self, row: Row[Any]) -> bytes:
        return self._keys.unseal(Sealed(row.key_id, row.wrapped_key, row.ciphertext), row=row.id, kind=row.kind)


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
    query = select(snapshots).where(about(case), snapshots.c.wrapped_key.is_not(None))
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


async def _keep(connection: AsyncConnection, new: Sequence[dict[str, Any]]) -> list[Row[Any]]:
    kept: list[Row[Any]] = []
    for row in new:
        await connection.execute(inserting_new(connection.dialect.name, kept_keys), row)
        query = select(kept_keys).where(kept_keys.c.purpose == row["purpose"])
        kept.append((await connection.execute(query)).one())
    return kept
