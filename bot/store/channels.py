"""The register of channels in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channels import ChannelStatus, RegisteredChannel
from bot.domain.comments import ChannelKind, ChannelRef
from bot.store.group_commit import GroupCommit
from bot.store.schema import channels

_IDENTITY = ("platform", "workspace", "channel")
_FACTS = tuple(column.name for column in channels.c if column.name not in {*_IDENTITY, "id", "watermark", "filed"})

_Wanted = tuple[RegisteredChannel, Mapping[str, str] | None]


@dataclass(frozen=True, slots=True)
class StoredChannel:
    """A registered channel with its row id, and its watermark: everything posted before it is committed.

    `filed` is what the site file last said of it, in words; empty for a channel that no file named.
    """

    id: int
    registered: RegisteredChannel
    watermark: datetime | None
    filed: Mapping[str, str] = field(default_factory=dict, hash=False)


class Channels:
    """Reads and writes the register. `changes` counts this process's writes, so that cached views notice them."""

    def __init__(self, reader: GroupCommit, writer: GroupCommit) -> None:
        self._reader = reader
        self._writer = writer
        self.changes = 0

    async def all(self) -> list[StoredChannel]:
        """Return every channel on the register, whatever its status."""
        return await self._reader.run(_read_all, None)

    async def save(self, channel: RegisteredChannel, filed: Mapping[str, str] | None = None) -> int:
        """Register the channel or bring its facts up to date; return its row id. The watermark stays.

        `filed` is what the site file says of it; without it, what the file said last stays.
        """
        return await self._writer.run(_save, (channel, filed), then=self._changed)

    def _changed(self) -> None:
        self.changes += 1


async def _read_all(connection: AsyncConnection, asked: Sequence[None]) -> list[list[StoredChannel]]:
    found = [stored_channel(row) for row in await connection.execute(select(channels).order_by(channels.c.id))]
    return [found] * len(asked)


async def _save(connection: AsyncConnection, wanted: Sequence[_Wanted]) -> list[int]:
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name](channels)
    ids: list[int] = []
    for channel, filed in wanted:
        names = _FACTS if filed is None else (*_FACTS, "filed")
        statement = insert.on_conflict_do_update(
            index_elements=list(_IDENTITY), set_={name: insert.excluded[name] for name in names}
        ).returning(channels.c.id)
        given = _columns(channel) | ({} if filed is None else {"filed": dict(filed)})
        ids.append((await connection.execute(statement, given)).scalar_one())
    return ids


def _columns(channel: RegisteredChannel) -> dict[str, Any]:
    where = channel.ref
    identity = {"platform": where.platform, "workspace": where.workspace, "channel": where.channel}
    return identity | {name: getattr(channel, name) for name in _FACTS}


def stored_channel(row: Row[Any]) -> StoredChannel:
    """Return a row of the register as a value."""
    facts = {name: getattr(row, name) for name in _FACTS}
    facts |= {"kind": ChannelKind(row.kind), "status": ChannelStatus(row.status)}
    registered = RegisteredChannel(ref=ChannelRef(row.platform, row.workspace, row.channel), **facts)
    return StoredChannel(row.id, registered, row.watermark, row.filed or {})
