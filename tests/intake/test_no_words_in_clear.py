"""Promise 3: from the first migration on, no row holds a comment's words or its author's name in clear."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from bot.domain.comments import Author, Comment
from bot.domain.outcomes import Outcome
from bot.intake import Intake
from bot.store import Store, open_store, schema
from tests.intake.screener import WordScreener
from tests.store.examples import NOON, ROOM, VERSIONS, comment
from tests.store.opened import opened


def disguises(words: str) -> Iterator[bytes]:
    """The words in every dress in which a careless program would store them."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        plain = words.encode(encoding)
        yield plain
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        for shift in range(3):
            # Base64 of the middle, whatever stood before it: whole groups of three bytes only.
            body = plain[shift : shift + (len(plain) - shift) // 3 * 3]
            yield base64.b64encode(body)
            yield base64.urlsafe_b64encode(body)


async def every_column(store: Store) -> bytes:
    """Every column of every row of every table, as text."""
    lines = []
    async with store._engine.connect() as connection:
        for table in schema.metadata.sorted_tables:
            rows = await connection.execute(select(text("*")).select_from(table))
            lines += [repr(tuple(row)) for row in rows]
    return "\n".join(lines).encode()


def sqlite_files(url: str) -> list[Path]:
    """The database and its log, which holds what was not yet copied into it."""
    file = Path(url.removeprefix("sqlite:///"))
    log = file.with_name(f"{file.name}-wal")
    assert log.stat().st_size > 0
    return [file, log]


async def postgresql_files(store: Store, server: Any) -> list[Path]:
    """The tables of the database on disk, and the server's log of changes."""
    async with store._engine.connect() as connection:
        number = text("SELECT oid FROM pg_database WHERE datname = current_database()")
        oid = (await connection.execute(number)).scalar_one()
        await connection.rollback()
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("CHECKPOINT"))
    folders = (server.pgdata / "base" / str(oid), server.pgdata / "pg_wal")
    return [file for folder in folders for file in folder.iterdir() if file.is_file()]


def comments_about(words: str, author: Author) -> list[Comment]:
    """One comment for each way through the door, each carrying the words wherever a comment can carry some."""
    ways = ("hello", "bad", "unreadable", "crash", "odd", "bad unreadable")
    return [
        comment(
            number,
            f"{way} {words}",
            author=author,
            mentions=(author.name, author.id),
            permalink=f"https://chat.example.org/{author.name}",
            thread=f"thread {words}",
            reply_to=f"reply {words}",
        )
        for number, way in enumerate(ways)
    ]


async def test_the_raw_database_holds_neither_words_nor_names(
    database: str, tmp_path: Path, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = None if database.startswith("sqlite") else request.getfixturevalue("postgresql")
    token = uuid4().hex
    words, name, identity = f"canary words {token}", f"Canary Name {token[:12]}", f"person-{token[:16]}"
    async with open_store(home=tmp_path / "home", url=database) as store:
        await store.channels.save(ROOM)
        intake = await Intake(store, WordScreener(), lambda: datetime.now(UTC), versions=VERSIONS).start()
        outcomes = [await intake.receive(one) for one in comments_about(words, Author(identity, name))]
        assert set(outcomes) == {Outcome.CLEAR, Outcome.FLAGGED, Outcome.UNSCORED}
        edited = comment(0, f"bad {words} edited", revision="edit-canary-mark", author=Author(identity, name))
        assert await intake.receive(edited) is Outcome.FLAGGED
        await intake.deleted(comment(1).ref, NOON)
        await store.outbox.claim(datetime.now(UTC), limit=3)
        files = sqlite_files(database) if server is None else await postgresql_files(store, server)
        raw = b"\n".join([await every_column(store), *(file.read_bytes() for file in files)])
        async with store._engine.connect() as connection:
            ids = (await connection.execute(select(schema.snapshots.c.id))).scalars().all()
        seen = [(await opened(store, snapshot)).comment for snapshot in ids]
    assert b"edit-canary-mark" in raw, "the search must be able to find what is there"
    assert len(seen) == 6
    assert all(words in one.text and one.author.name == name for one in seen)
    for secret in (words, name, identity):
        assert [form for form in disguises(secret) if form in raw] == []
        assert secret not in caplog.text
