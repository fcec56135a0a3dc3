"""Watches in the store: whose new comments toward whom belong to a case, and until when (R22, R26).

Keyed pseudonyms only, within one workspace; no text, no name. What is over is deleted at the next look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.comments import ChannelRef
from bot.store.group_commit import GroupCommit
from bot.store.keys import Keyring
from bot.store.recording import inserting_new
from bot.store.schema import watches


class WatchKind(StrEnum):
    """What a watch is for."""

    RETALIATION = "retaliation"
    """Whoever was reported turns to who reported, or to whom they had addressed."""
    FOLLOW_UP = "follow_up"
    """The same person turns to the same person again."""


@dataclass(frozen=True, slots=True)
class NewWatch:
    """A watch to start: whose comments (`about`, account ids) toward whom (`protected`) belong to `case`."""

    kind: WatchKind
    place: ChannelRef
    about: tuple[str, ...]
    protected: tuple[str, ...]
    until: datetime
    case: UUID


@dataclass(frozen=True, slots=True)
class Watch:
    """One that stands: `subject` and `protected` are pseudonyms."""

    kind: WatchKind
    case: UUID
    subject: bytes
    protected: bytes
    until: datetime


class Watches:
    """Reads the watches that stand; `changes` counts this process's new ones, so that views notice them.

    A watch is started by what it follows from, in the same transaction: an event of a case, or a report.
    """

    def __init__(self, writer: GroupCommit, keys: Keyring) -> None:
        self._writer = writer
        self._keys = keys
        self.changes = 0

    def pseudonym(self, place: ChannelRef, account: str) -> bytes:
        """Return what stands for an account in a watch."""
        return self._keys.pseudonym(place, account)

    async def standing(self, now: datetime) -> list[Watch]:
        """Return the watches that stand, and delete those whose time is over."""
        return await self._writer.run(_standing, now)

    def noticed(self) -> None:
        """Have views in this process look again."""
        self.changes += 1

    def noticing(self, woken: Callable[[], object]) -> Callable[[], object]:
        """Return `woken` for a transaction that may start watches of its own."""

        def both() -> None:
            self.noticed()
            woken()

        return both


def watch_rows(new: NewWatch, keys: Keyring) -> Iterator[dict[str, Any]]:
    """Yield the rows of a watch: each subject toward each protected person, nobody toward themselves."""
    for subject in dict.fromkeys(account for account in new.about if account):
        for protected in dict.fromkeys(account for account in new.protected if account):
            if subject != protected:
                yield {
                    "id": uuid4(),
                    "kind": new.kind,
                    "case_id": new.case,
                    "subject": keys.pseudonym(new.place, subject),
                    "protected": keys.pseudonym(new.place, protected),
                    "until": new.until,
                }


async def start(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows of watches, in the caller's transaction; one that stands already lasts as long as the longer."""
    for row in rows:
        same = (
            (watches.c.kind == row["kind"])
            & (watches.c.case_id == row["case_id"])
            & (watches.c.subject == row["subject"])
            & (watches.c.protected == row["protected"])
        )
        await connection.execute(delete(watches).where(same, watches.c.until < row["until"]))
        await connection.execute(inserting_new(connection.dialect.name, watches), row)


async def _standing(connection: AsyncConnection, moments: Sequence[datetime]) -> list[list[Watch]]:
    await connection.execute(delete(watches).where(watches.c.until < min(moments)))
    found = [
        Watch(WatchKind(row.kind), row.case_id, bytes(row.subject), bytes(row.protected), row.until)
        for row in await connection.execute(select(watches).order_by(watches.c.until, watches.c.id))
    ]
    return [[watch for watch in found if watch.until >= now] for now in moments]
