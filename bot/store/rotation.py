"""A new master key takes over: every data key is wrapped anew, a few at a time, while the bot goes on.

Promise: at every moment each sealed document opens with one of the keys in the key file; a rotation that was killed
goes on where it stopped when it is called again. The old keys leave the file only once no row needs them (`forget`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.custody import Act
from bot.errors import KeyFileError, SettingsError
from bot.store import custody
from bot.store.group_commit import GroupCommit
from bot.store.key_file import key_file_alone, load_master_keys, new_key, replace_master_keys
from bot.store.keys import Keyring, MasterKey
from bot.store.schema import master_key, metadata
from bot.store.sealing import rewrap

AT_ONCE = 200
"""How many data keys are wrapped anew in one transaction."""


def sealed_tables() -> list[Table]:
    """Return every table that holds sealed documents: an `id`, the `key_id` and the `wrapped_key` of each."""
    return [table for table in metadata.sorted_tables if "wrapped_key" in table.c]


class Rotation:
    """Has a new master key take over. Raises `StoreError` when the database cannot be used."""

    def __init__(self, reader: GroupCommit, writer: GroupCommit, keys: Keyring) -> None:
        self._reader = reader
        self._writer = writer
        self._keys = keys

    async def begin(self) -> MasterKey:
        """Put a new key first in the key file, unless a rotation is under way; return the key that takes over.

        A key that comes from the setting is changed there: raise `SettingsError` when no new one stands there.
        """
        source = self._keys.source
        standing = await self._reader.run(_standing, None)
        if standing != self._keys.masters[0].key_id:
            return self._keys.masters[0]
        if source is None or source.given is not None:
            raise SettingsError(
                "CROSSING_GUARD_KEY holds no new key; put one (“crossing-guard key make”) in front of the old one, "
                "separated by a space, restart the bot, and run “crossing-guard key rotate” again."
            )
        with key_file_alone(source.home):
            if standing == self._keys.masters[0].key_id:  # else somebody else began at the same moment
                replace_master_keys(source.home, (new_key(), *load_master_keys(source.home)))
        return self._keys.masters[0]

    def names(self) -> list[str]:
        """Return the ids of the master keys that are here, the one that seals first."""
        return [key.key_id for key in self._keys.masters]

    async def left(self) -> int:
        """Return how many data keys are still wrapped with another key than the first."""
        return await self._reader.run(_left, self._keys.masters[0].key_id)

    async def step(self) -> int:
        """Wrap a few more data keys anew; return how many, 0 when none is left."""
        masters = self._keys.masters
        return await self._writer.run(_step, masters)

    async def complete(self, person: str, at: datetime, reason: str) -> int:
        """Wrap every data key anew, then name the new key as the one that is needed, and say so in the custody log.

        Return how many were wrapped. What the bot seals with the old key at the very last moment is wrapped, too.
        """
        first, count = self._keys.masters[0], 0
        entry = custody.entry(self._keys, Act.KEY_ROTATED, at, "key rotate", person=person, reason=reason)
        while True:
            while done := await self.step():
                count += done
            if await self._writer.run(_finish, (first, at, entry)):
                return count

    async def forget(self) -> int:
        """Take the old keys out of the key file; return how many.

        Raise `KeyFileError` when a row still needs one, or the database does not name the new key yet, as after a
        rotation that was killed before its end; `SettingsError` when the key comes from the setting.
        """
        source = self._keys.source
        if source is None or source.given is not None:
            raise SettingsError(
                "The key comes from CROSSING_GUARD_KEY; take the old key out of it and restart the bot."
            )
        standing, left = await self._reader.run(_standing, None), await self.left()
        with key_file_alone(source.home):
            if standing != self._keys.masters[0].key_id or left:
                raise KeyFileError("An old key is still needed; run “crossing-guard key rotate” first.")
            known = load_master_keys(source.home)
            replace_master_keys(source.home, known[:1])
        return len(known) - 1


async def _standing(connection: AsyncConnection, asked: Sequence[None]) -> list[str]:
    return [(await connection.execute(select(master_key.c.key_id))).scalar_one()] * len(asked)


async def _left(connection: AsyncConnection, keys: Sequence[str]) -> list[int]:
    counts: list[int] = []
    for key_id in keys:
        waiting = 0
        for table in sealed_tables():
            query = select(func.count()).where(table.c.wrapped_key.is_not(None), table.c.key_id != key_id)
            waiting += int((await connection.execute(query)).scalar_one())
        counts.append(waiting)
    return counts


async def _step(connection: AsyncConnection, asked: Sequence[tuple[MasterKey, ...]]) -> list[int]:
    return [await _step_one(connection, masters) for masters in asked]


async def _step_one(connection: AsyncConnection, masters: tuple[MasterKey, ...]) -> int:
    first = masters[0]
    old = {key.key_id: key for key in masters[1:]}
    for table in sealed_tables():
        waiting = (
            select(table.c.id, table.c.key_id, table.c.wrapped_key)
            .where(table.c.wrapped_key.is_not(None), table.c.key_id != first.key_id)
            .order_by(table.c.id)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        rows = (await connection.execute(waiting)).all()
        for row in rows:
            await _rewrap_row(connection, table, row, old, first)
        if rows:
            return len(rows)
    return 0


async def _rewrap_row(
    connection: AsyncConnection, table: Table, row: Any, old: dict[str, MasterKey], first: MasterKey
) -> None:
    """Wrap one data key anew; a row that was destroyed meanwhile stays destroyed."""
    if row.key_id not in old:
        raise KeyFileError(
            f"Rows were sealed with the master key {row.key_id}, which is not here; put it back as a further line of "
            "the key file, then run “crossing-guard key rotate” again."
        )
    wrapped = rewrap(
        bytes(row.wrapped_key),
        row=UUID(str(row.id)),
        old_id=row.key_id,
        old_key=old[row.key_id].sealing,
        new_id=first.key_id,
        new_key=first.sealing,
    )
    same = (table.c.id == row.id) & (table.c.key_id == row.key_id) & table.c.wrapped_key.is_not(None)
    await connection.execute(update(table).where(same).values(key_id=first.key_id, wrapped_key=wrapped))


async def _finish(
    connection: AsyncConnection, asked: Sequence[tuple[MasterKey, datetime, custody.Entry]]
) -> list[bool]:
    finished: list[bool] = []
    for first, at, entry in asked:
        (waiting,) = await _left(connection, [first.key_id])
        finished.append(not waiting)
        if not waiting:
            values = {"key_id": first.key_id, "check_value": first.check_value, "since": at}
            await connection.execute(update(master_key).values(**values))
            await custody.append(connection, [entry])
    return finished
