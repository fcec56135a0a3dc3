"""Where an app is installed: the tokens that a platform gave for each workspace, sealed; and installs under way."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, LargeBinary, String, Table, UniqueConstraint, Uuid, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import PlatformText, UtcDateTime
from bot.store.group_commit import GroupCommit
from bot.store.keys import Keyring
from bot.store.schema import metadata
from bot.store.sealing import Sealed

_KIND = "installation"

installations = Table(
    "installations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("platform", String, nullable=False),
    Column("workspace", PlatformText, nullable=False),
    Column("installed_at", UtcDateTime, nullable=False),
    Column("key_id", String, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    UniqueConstraint("platform", "workspace"),
)
"""The workspaces that installed the app. Tokens, scopes and who installed it are sealed."""

install_states = Table(
    "install_states",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False),
)
"""Installs that somebody began in a browser: a digest of the value that must come back, once, in time."""


@dataclass(frozen=True, slots=True)
class Installed:
    """One workspace, with what the platform gave for it."""

    platform: str
    workspace: str
    document: bytes
    at: datetime


class Installations:
    """Reads and writes installations. No token stands in any row in clear."""

    def __init__(self, reader: GroupCommit, writer: GroupCommit, keys: Keyring) -> None:
        self._reader = reader
        self._writer = writer
        self._keys = keys

    async def save(self, installed: Installed) -> None:
        """Keep an installation; it replaces an earlier one of the same workspace."""
        row = uuid4()
        sealed = self._keys.seal(installed.document, row=row, kind=_KIND)
        where = {"platform": installed.platform, "workspace": installed.workspace, "installed_at": installed.at}
        await self._writer.run(_save, {"id": row, **where, **sealed.columns()})

    async def read(self, platform: str, workspace: str) -> bytes | None:
        """Return what was kept for a workspace; raise `KeyFileError` or `StoreError` when it does not open."""
        row = await self._reader.run(_read, (platform, workspace))
        if row is None:
            return None
        sealed = Sealed(row.key_id, bytes(row.wrapped_key), bytes(row.ciphertext))
        return self._keys.unseal(sealed, row=UUID(str(row.id)), kind=_KIND)

    async def workspaces(self, platform: str) -> list[str]:
        """Return the workspaces that installed the app, the first one first."""
        return await self._reader.run(_workspaces, platform)

    async def forget(self, platform: str, workspace: str) -> None:
        """Delete an installation with its sealed tokens."""
        await self._writer.run(_forget, (platform, workspace))

    async def begin(self, state: str, expires_at: datetime) -> None:
        """Remember that an install was begun; `state` must come back before it expires."""
        await self._writer.run(_begin, (_digest(state), expires_at))

    async def finish(self, state: str, now: datetime) -> bool:
        """Return whether an install with this state was begun and still waits; it works once."""
        return await self._writer.run(_finish, (_digest(state), now))


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).digest()


async def _save(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> list[None]:
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name](installations)
    kept = ("id", "installed_at", "key_id", "wrapped_key", "ciphertext")
    statement = insert.on_conflict_do_update(
        index_elements=["platform", "workspace"], set_={name: insert.excluded[name] for name in kept}
    )
    for row in rows:
        await connection.execute(statement, row)
    return [None] * len(rows)


async def _read(connection: AsyncConnection, asked: Sequence[tuple[str, str]]) -> list[Any]:
    table = installations.c
    return [
        (
            await connection.execute(
                select(installations).where(table.platform == platform, table.workspace == workspace)
            )
        ).one_or_none()
        for platform, workspace in asked
    ]


async def _workspaces(connection: AsyncConnection, asked: Sequence[str]) -> list[list[str]]:
    table = installations.c
    order = (table.installed_at, table.workspace)
    return [
        list(
            (
                await connection.execute(select(table.workspace).where(table.platform == platform).order_by(*order))
            ).scalars()
        )
        for platform in asked
    ]


async def _forget(connection: AsyncConnection, asked: Sequence[tuple[str, str]]) -> list[None]:
    table = installations.c
    for platform, workspace in asked:
        await connection.execute(delete(installations).where(table.platform == platform, table.workspace == workspace))
    return [None] * len(asked)


async def _begin(connection: AsyncConnection, begun: Sequence[tuple[bytes, datetime]]) -> list[None]:
    rows = [{"digest": digest, "expires_at": expires_at} for digest, expires_at in begun]
    await connection.execute(install_states.insert(), rows)
    return [None] * len(begun)


async def _finish(connection: AsyncConnection, asked: Sequence[tuple[bytes, datetime]]) -> list[bool]:
    answers = []
    for digest, now in asked:
        await connection.execute(delete(install_states).where(install_states.c.expires_at <= now))
        ended = await connection.execute(delete(install_states).where(install_states.c.digest == digest))
        answers.append(ended.rowcount == 1)
    return answers
