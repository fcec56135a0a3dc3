"""Opens a snapshot for a test, past permission and custody log: the program itself has no such way."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from bot.errors import StoreError
from bot.store import Snapshot, Store
from bot.store.documents import decode
from bot.store.schema import snapshots
from bot.store.sealing import Sealed


async def opened(store: Store, snapshot: UUID) -> Snapshot:
    """Return what the snapshot holds; raise `StoreError` when it is gone or does not open."""
    async with store._engine.connect() as connection:
        row = (await connection.execute(select(snapshots).where(snapshots.c.id == snapshot))).one_or_none()
    if row is None or row.wrapped_key is None:
        raise StoreError("The snapshot does not exist any more.")
    return decode(store._keys.unseal(Sealed(row.key_id, row.wrapped_key, row.ciphertext), row=row.id, kind=row.kind))
