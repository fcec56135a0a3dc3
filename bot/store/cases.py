"""Cases in the store: what they are about, and what happened to them.

Promise: events are appended, never changed and never deleted. What reviewers write is sealed. What somebody does at
once is committed together: its events, the errands and the watch that follow from them and, for a permission, its row
in the custody log. No crash leaves half of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.assessments import Finding, Judgement
from bot.domain.cases import CaseEvent, CaseKind, EventKind
from bot.domain.comments import ChannelRef, Comment
from bot.domain.custody import Act
from bot.store import case_lists, case_rows, custody
from bot.store.case_lists import Listed, Page
from bot.store.channels import StoredChannel, stored_channel
from bot.store.decisions import COMMENT_SNAPSHOT, Cause, ErrandKind, errand_row, found_row
from bot.store.documents import Snapshot, decode
from bot.store.group_commit import GroupCommit
from bot.store.keys import Keyring
from bot.store.outbox import Due
from bot.store.outbox import put as put_due
from bot.store.recording import inserting_new, key_of
from bot.store.reports import ReportWords, report_words
from bot.store.schema import barred, case_events, channels, flags, outbox, reports, review_items, snapshots
from bot.store.sealing import Sealed
from bot.store.still_open import redrawn
from bot.store.watches import NewWatch, watch_rows
from bot.store.watches import start as start_watches

REASON = "reason"
"""The kind of what a reviewer wrote beside a decision, sealed."""

_UPDATES = {
    EventKind.CONFIRMED: "reviewed",
    EventKind.DISMISSED: "reviewed",
    EventKind.REMOVED: "removed",
    EventKind.CLOSED: "closed",
}
"""What reporters hear of a case, each once: never what became of another person (R21)."""


@dataclass(frozen=True, slots=True)
class StoredCase:
    """One case as the database has it, its snapshot opened for routing only: never show anything of it to anyone.

    `answered` is the account of the person whose comment this one answers, where that comment is kept, too. `author` is
    the pseudonym of whoever wrote the comment. `others` are its revisions that reports sealed beside. `kin` are the
    cases that share its snapshot: the review item beside a flag of the same comment. `barred` are the tags of whom it
    barred when its words were destroyed.
    """

    id: UUID
    kind: CaseKind
    channel: StoredChannel
    opened_at: datetime
    judgement: Judgement | None
    cause: Cause | None
    snapshot_id: UUID | None
    snapshot: Snapshot | None
    answered: str | None
    reports: tuple[ReportWords, ...]
    events: tuple[CaseEvent, ...]
    author: bytes
    others: tuple[Snapshot, ...] = ()
    kin: frozenset[UUID] = frozenset()
    barred: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to append as number `position` of its case, with the sealed reason and the errands that follow.

    `errands` are due at once, `later` each in its own time. `watch` stands from this event on.
    """

    case: UUID
    position: int
    event: CaseEvent
    reason: str = ""
    note: str = ""
    errands: tuple[ErrandKind, ...] = (ErrandKind.UPDATE,)
    later: tuple[Due, ...] = ()
    watch: NewWatch | None = None


class Cases:
    """Reads cases, appends what happens to them.

    After a commit, `woken` is called when it left an errand, and `watched` when it may have started a watch.
    """

    def __init__(
        self,
        reader: GroupCommit,
        writer: GroupCommit,
        keys: Keyring,
        woken: Callable[[], object],
        watched: Callable[[], object],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._keys = keys
        self._woken = woken
        self._watched = watched

    async def read(self, case: UUID) -> StoredCase | None:
        """Return the case, or nothing when there is none of that id; raise `StoreError` if it does not open."""
        rows = await self._reader.run(case_rows.everything, case)
        if rows is None:
            return None
        case_read = self._case(rows)
        seen = case_read.snapshot
        if seen is None or seen.comment.reply_to is None:
            return case_read
        asked = (case_read.channel.id, seen.comment.reply_to)
        answered = await self._reader.run(case_rows.snapshot_of, asked)
        if answered is None:
            return case_read
        return replace(case_read, answered=decode(self._unsealed(answered)).comment.author.id)

    def pseudonym(self, place: ChannelRef, account: str) -> bytes:
        """Return what stands for a person of a platform beside their flags and reports."""
        return self._keys.pseudonym(place, account)

    def bars(self, stored: StoredCase, person: str) -> bool:
        """Whether it was noted, before its words were destroyed, that a case bars a person of the roster."""
        return bool(stored.barred) and self._keys.barred_tag(stored.id, person) in stored.barred

    async def note_barred(self, case: UUID, people: Iterable[str]) -> None:
        """Note whom a case bars, so that it is known when nothing else says so any more; twice is as good as once."""
        rows = tuple({"case_id": case, "person": self._keys.barred_tag(case, person)} for person in sorted(people))
        if rows:
            await self._writer.run(_note_barred, rows)

    async def undecided(self, page: Page) -> list[Listed]:
        """Return a page of the cases that may wait for a decision, the most severe first, of those the oldest.

        None that waits is missing; where one of them stands, its events say.
        """
        return await self._reader.run(case_lists.undecided, page)

    async def followed(self, page: Page) -> list[Listed]:
        """Return a page, in the same order, of the cases that somebody was to look at again and nobody has closed."""
        return await self._reader.run(case_lists.followed, page)

    async def taken(self, page: Page) -> list[Listed]:
        """Return a page, in the same order, of the cases that were decided, are somebody's own and were not closed."""
        return await self._reader.run(case_lists.taken, page)

    async def of_author(self, case: UUID, limit: int) -> list[UUID]:
        """Return at most `limit` other cases about comments of the same person in the same place, the newest first."""
        return await self._reader.run(case_rows.of_author, (case, limit))

    async def of_comments(self, comments: Sequence[str]) -> list[UUID]:
        """Return the cases about comments with one of these ids, wherever they are; the newest first."""
        return await self._reader.run(case_rows.of_comments, tuple(comments))

    async def append(self, first: NewEvent, *more: NewEvent) -> bool:
        """Append an event, and those that follow it in the same case, in one transaction.

        Return `False`, with nothing written, when the place of the first is taken already.
        """
        rows = tuple(map(self._new, (first, *more)))

        def then() -> None:
            if any(row.leaves_errands for row in rows):
                self._woken()
            if any(row.watches for row in rows):
                self._watched()

        return await self._writer.run(_append, rows, then)

    def _new(self, new: NewEvent) -> _NewRow:
        row_id = uuid4()
        row = {
            "case_id": new.case,
            "position": new.position,
            "id": row_id,
            "kind": new.event.kind,
            "person": new.event.person,
            "at": new.event.at,
            "rule": new.event.rule,
            "about": new.event.about,
            "key_id": None,
            "wrapped_key": None,
            "ciphertext": None,
        }
        digest: bytes | None = None
        if new.reason or new.note:
            document = json.dumps({"reason": new.reason, "note": new.note}).encode("ascii")
            sealed = self._keys.seal(document, row=row_id, kind=REASON)
            row |= sealed.columns()
            digest = custody.digest_of(sealed.ciphertext)
        errands = [errand_row(kind, new.case, new.event.at) for kind in new.errands]
        logged = None
        if new.event.kind is EventKind.PERMITTED:
            logged = custody.entry(
                self._keys, Act.PERMITTED, new.event.at, "in chat", case=new.case, person=new.event.person
            )
            logged = replace(logged, digest=digest)
        watch = tuple(watch_rows(new.watch, self._keys)) if new.watch else ()
        return _NewRow(row, errands, new.later, logged, watch)

    async def reasons(self, case: UUID) -> list[tuple[CaseEvent, str, str]]:
        """Return each event with the reason and the note that a person gave; for those who may decide on the case."""
        rows = await self._reader.run(case_rows.everything, case)
        return [] if rows is None else [(case_rows.event(row), *self._reason(row)) for row in rows[case_events]]

    async def explain(self, channel_id: int, comment: Comment, findings: Sequence[Finding]) -> None:
        """Narrow the findings of a comment's flag to the words that carried them, and have its cards redrawn."""
        key = key_of(channel_id, comment.ref.comment, comment.revision)
        await self._writer.run(_explain, (key, [found_row(finding) for finding in findings]), self._woken)

    def _case(self, rows: case_rows.Rows) -> StoredCase:
        kind, row = (CaseKind.FLAG, rows[flags][0]) if rows[flags] else (CaseKind.REVIEW, rows[review_items][0])
        seen = [item for item in rows[snapshots] if item.wrapped_key and item.kind == COMMENT_SNAPSHOT]
        sealed = seen[0] if seen else None
        return StoredCase(
            row.id,
            kind,
            stored_channel(rows[channels][0]),
            row.flagged_at if kind is CaseKind.FLAG else row.opened_at,
            case_rows.judgement(row) if kind is CaseKind.FLAG else None,
            Cause(row.cause) if kind is CaseKind.REVIEW else None,
            None if sealed is None else sealed.id,
            None if sealed is None else decode(self._unsealed(sealed)),
            None,
            tuple(report_words(item, self._keys) for item in rows[reports]),
            tuple(map(case_rows.event, rows[case_events])),
            bytes(row.author),
            tuple(decode(self._unsealed(item)) for item in seen[1:]),
            frozenset(id_ for item in rows[snapshots] for id_ in (item.flag_id, item.review_item_id) if id_) - {row.id},
            frozenset(bytes(item.person) for item in rows[barred]),
        )

    def _unsealed(self, row: Row[Any]) -> bytes:
        sealed = Sealed(row.key_id, row.wrapped_key, row.ciphertext)
        return self._keys.unseal(sealed, row=row.id, kind=row.kind)

    def _reason(self, row: Row[Any]) -> tuple[str, str]:
        if row.wrapped_key is None:
            return "", ""
        sealed = Sealed(row.key_id, row.wrapped_key, row.ciphertext)
        document = json.loads(self._keys.unseal(sealed, row=row.id, kind=REASON))
        return document["reason"], document["note"]


_Narrowed = tuple[tuple[int, str, str], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class _NewRow:
    row: dict[str, Any]
    errands: list[dict[str, Any]]
    later: tuple[Due, ...]
    logged: custody.Entry | None
    watches: tuple[dict[str, Any], ...]

    @property
    def leaves_errands(self) -> bool:
        return bool(self.errands or self.later) or self.row["kind"] in _UPDATES


async def _note_barred(connection: AsyncConnection, noted: Sequence[tuple[dict[str, Any], ...]]) -> list[None]:
    for rows in noted:
        await connection.execute(inserting_new(connection.dialect.name, barred), list(rows))
    return [None] * len(noted)


async def _append(connection: AsyncConnection, new: Sequence[tuple[_NewRow, ...]]) -> list[bool]:
    statement = inserting_new(connection.dialect.name, case_events).returning(case_events.c.id)
    kept: list[bool] = []
    for first, *more in new:
        kept.append((await connection.execute(statement, first.row)).one_or_none() is not None)
        if kept[-1]:
            await _follow(connection, first)
            for one in more:
                # Nobody can have taken a place behind a free one; were it so, all of it would be rolled back.
                await connection.execute(case_events.insert(), one.row)
                await _follow(connection, one)
    return kept


async def _follow(connection: AsyncConnection, new: _NewRow) -> None:
    """Write what follows: errands, watches, what reporters and signed days are to hear, a row of the custody log."""
    if new.errands:
        await connection.execute(outbox.insert(), new.errands)
    later = list(new.later)
    if (stage := _UPDATES.get(new.row["kind"])) is not None:
        told = (await connection.execute(select(reports.c.id).where(reports.c.flag_id == new.row["case_id"]))).scalars()
        later += [_update(new.row, report, stage) for report in told]
    later += await redrawn(connection, new.row["case_id"], new.row["kind"], new.row["at"])
    if later:
        await put_due(connection, later)
    await start_watches(connection, new.watches)
    if new.logged is not None:
        await custody.append(connection, [new.logged])


def _update(row: dict[str, Any], report: UUID, stage: str) -> Due:
    payload = {"case_id": str(row["case_id"]), "report": str(report), "stage": stage}
    return Due(ErrandKind.REPORTER, payload, row["at"], once=f"{report}:{stage}")


async def _explain(connection: AsyncConnection, narrowed: Sequence[_Narrowed]) -> list[None]:
    for (channel_id, comment, revision), findings in narrowed:
        where = (flags.c.channel_id == channel_id) & (flags.c.comment == comment) & (flags.c.revision == revision)
        changed = update(flags).where(where).values(findings=findings).returning(flags.c.id, flags.c.flagged_at)
        for flag, at in await connection.execute(changed):
            await connection.execute(outbox.insert(), errand_row(ErrandKind.UPDATE, flag, at))
    return [None] * len(narrowed)
