"""What people enter in chat for a channel (R29): a first registration, or one to take the place of what is approved.

Promise: an entry overwrites nothing that is approved and nothing of another site, also when two are made at the same
moment. What is approved holds until the new entry is approved, too: no channel goes unwatched while it waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channels import ChannelStatus, RegisteredChannel
from bot.domain.comments import ChannelKind
from bot.store.channels import Channels
from bot.store.group_commit import GroupCommit
from bot.store.register_schema import renewals
from bot.store.schema import channels

_FACTS = tuple(fact.name for fact in fields(RegisteredChannel) if fact.name != "ref")


@dataclass(frozen=True, slots=True)
class StoredRenewal:
    """What somebody of `site` entered for the approved channel of that row id, as long as that is the site's."""

    id: UUID
    channel_id: int
    site: str
    name: str
    kind: ChannelKind
    grades: str | None
    responsible: str | None
    parents_notified_on: date | None

    def over(self, standing: RegisteredChannel) -> RegisteredChannel:
        """Return the channel as it was entered, not approved yet.

        Without a new day of the parents' notice the recorded one stays: it was given on that day.
        """
        return replace(
            standing,
            name=self.name,
            kind=self.kind,
            status=ChannelStatus.PENDING,
            grades=self.grades,
            responsible=self.responsible,
            parents_notified_on=self.parents_notified_on or standing.parents_notified_on,
            approved_by=None,
            approved_on=None,
            approval_confirmed_on=None,
        )


class Registrations:
    """Keeps what was entered; of renewals at most one for each channel, the latest."""

    def __init__(self, reader: GroupCommit, writer: GroupCommit, register: Channels) -> None:
        self._reader = reader
        self._writer = writer
        self._register = register

    async def enter(self, channel: RegisteredChannel) -> int | None:
        """Put the channel on the register as it was entered, for its `site`; return its row id.

        Return nothing, and leave everything as it is, when it is approved already or on another site's register.
        """
        return await self._writer.run(_enter, channel, then=self._changed)

    async def renew(self, channel_id: int, channel: RegisteredChannel) -> None:
        """Keep what was entered for an approved channel, instead of what was entered for it before."""
        kept = {name: getattr(channel, name) for name in _RENEWED}
        await self._writer.run(_renew, {"id": uuid4(), "channel_id": channel_id} | kept)

    async def renewal(self, renewal: UUID) -> StoredRenewal | None:
        """Return the renewal of that id; nothing when it was approved, or when a later one took its place."""
        return await self._reader.run(_read, renewals.c.id == renewal)

    async def renewal_of(self, channel_id: int) -> StoredRenewal | None:
        """Return the renewal that waits for a channel, if one does."""
        return await self._reader.run(_read, renewals.c.channel_id == channel_id)

    async def settle(self, renewal: UUID, approved: RegisteredChannel) -> bool:
        """Put the approved channel on the register in the renewal's stead, in one transaction.

        Return `False`, with nothing written, when the renewal does not wait any more.
        """
        return await self._writer.run(_settle, (renewal, approved), then=self._changed)

    def _changed(self) -> None:
        self._register.changes += 1


_OWN = renewals.c.site == select(channels.c.site).where(channels.c.id == renewals.c.channel_id).scalar_subquery()
"""The channel is still that of the site for which it was entered."""

_RENEWED = tuple(column.name for column in renewals.c if column.name not in {"id", "channel_id"})


def _facts(channel: RegisteredChannel) -> dict[str, Any]:
    return {name: getattr(channel, name) for name in _FACTS}


async def _enter(connection: AsyncConnection, entered: Sequence[RegisteredChannel]) -> list[int | None]:
    inserting: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name](channels)
    ids: list[int | None] = []
    for channel in entered:
        where = channel.ref
        identity = {"platform": where.platform, "workspace": where.workspace, "channel": where.channel}
        own = channels.c.site.is_(None) | (channels.c.site == channel.site)
        statement = inserting.on_conflict_do_update(
            index_elements=list(identity),
            set_={name: inserting.excluded[name] for name in _FACTS},
            where=own & (channels.c.status != ChannelStatus.APPROVED),
        ).returning(channels.c.id)
        ids.append((await connection.execute(statement, identity | _facts(channel))).scalar_one_or_none())
    return ids


async def _renew(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> list[None]:
    for row in rows:
        await connection.execute(delete(renewals).where(renewals.c.channel_id == row["channel_id"]))
        await connection.execute(insert(renewals), row)
    return [None] * len(rows)


async def _read(connection: AsyncConnection, asked: Sequence[ColumnElement[bool]]) -> list[StoredRenewal | None]:
    query = select(renewals).where(_OWN)
    rows = [(await connection.execute(query.where(which))).one_or_none() for which in asked]
    names = StoredRenewal.__slots__
    return [
        None
        if row is None
        else StoredRenewal(**{name: getattr(row, name) for name in names} | {"kind": ChannelKind(row.kind)})
        for row in rows
    ]


async def _settle(connection: AsyncConnection, agreed: Sequence[tuple[UUID, RegisteredChannel]]) -> list[bool]:
    settled: list[bool] = []
    for renewal, approved in agreed:
        gone = delete(renewals).where(renewals.c.id == renewal, _OWN).returning(renewals.c.channel_id)
        row = (await connection.execute(gone)).scalar_one_or_none()
        settled.append(row is not None)
        if row is not None:
            await connection.execute(update(channels).where(channels.c.id == row).values(_facts(approved)))
    return settled
