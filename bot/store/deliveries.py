"""Where cards stand: one for each case and person told, so that it is updated in place ever after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.group_commit import GroupCommit
from bot.store.keys import Keyring
from bot.store.recording import inserting_new
from bot.store.schema import deliveries

SHARED = "*"
"""The recipient of a card that stands in a site's alert channel."""


_NOT_YET = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A card that stands somewhere. `recipient` is a person's key, or `SHARED`; `digest` is that of what it shows.

    `at` is when it was delivered.
    """

    case: UUID
    recipient: str
    platform: str
    channel: str
    message: str
    language: str
    digest: bytes
    at: datetime = field(default=_NOT_YET, compare=False)


class Deliveries:
    """Notes which cards were delivered where."""

    def __init__(self, reader: GroupCommit, writer: GroupCommit, keys: Keyring) -> None:
        self._reader = reader
        self._writer = writer
        self._keys = keys

    def digest(self, drawn: str) -> bytes:
        """Return a keyed digest of what a card shows: an excerpt cannot be guessed from it."""
        return self._keys.card_digest(drawn)

    async def of(self, case: UUID) -> list[Delivered]:
        """Return every card of the case, in the order of their recipients' keys."""
        return await self._reader.run(_of, case)

    async def record(self, delivered: Delivered, at: datetime) -> bool:
        """Note a new card; return `False` when its recipient has one of this case already."""
        row = {
            "id": uuid4(),
            "case_id": delivered.case,
            "recipient": delivered.recipient,
            "platform": delivered.platform,
            "channel": delivered.channel,
            "message": delivered.message,
            "language": delivered.language,
            "digest": delivered.digest,
            "delivered_at": at,
        }
        return await self._writer.run(_record, row)

    async def redrawn(self, case: UUID, recipient: str, digest: bytes) -> None:
        """Note what a card shows now."""
        await self._writer.run(_redrawn, {"case": case, "who": recipient, "now": digest})


async def _of(connection: AsyncConnection, cases: Sequence[UUID]) -> list[list[Delivered]]:
    query = select(deliveries).where(deliveries.c.case_id.in_(set(cases))).order_by(deliveries.c.recipient)
    found = [_delivered(row) for row in await connection.execute(query)]
    return [[item for item in found if item.case == case] for case in cases]


async def _record(connection: AsyncConnection, new: Sequence[dict[str, Any]]) -> list[bool]:
    statement = inserting_new(connection.dialect.name, deliveries).returning(deliveries.c.id)
    return [(await connection.execute(statement, row)).one_or_none() is not None for row in new]


async def _redrawn(connection: AsyncConnection, changed: Sequence[dict[str, Any]]) -> list[None]:
    await connection.execute(_REDRAWN, list(changed))
    return [None] * len(changed)


_REDRAWN = (
    update(deliveries)
    .where(deliveries.c.case_id == bindparam("case"), deliveries.c.recipient == bindparam("who"))
    .values(digest=bindparam("now"))
)


def _delivered(row: Row[Any]) -> Delivered:
    return Delivered(
        row.case_id,
        row.recipient,
        row.platform,
        row.channel,
        row.message,
        row.language,
        bytes(row.digest),
        row.delivered_at,
    )
