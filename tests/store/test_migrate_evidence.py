"""A database from before the chain: what its custody log and its snapshots held is chained, and nothing is lost."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from bot.store import migrate, open_store, schema
from bot.store.custody import digest_of
from bot.store.engine import database_url, for_writing, make_engine
from tests.store.examples import NOON

CHANNEL = """
    INSERT INTO channels (id, platform, workspace, channel, name, kind, status, district_allows)
    VALUES (1, 'discord', '9', '1', 'room', 'class', 'pending', :no)
"""
FLAG = """
    INSERT INTO flags (id, channel_id, comment, revision, author, severity, categories, consult, findings, policy,
                       model, flagged_at)
    VALUES (:id, 1, '1', '', :author, 3, '[]', '[]', '[]', 'p', 'm', :at)
"""


def to_0003(connection: Connection) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(migrate.__file__).with_name("migrations")))
    command.upgrade(config, "0003")


async def test_an_older_log_is_chained_and_whole(database: str, tmp_path: Path) -> None:
    engine = make_engine(database_url(database, tmp_path))
    flag, kept = uuid4(), uuid4()
    sqlite = engine.dialect.name == "sqlite"
    at = NOON.replace(tzinfo=None) if sqlite else NOON
    ids = {one: one.hex if sqlite else one for one in (flag, kept)}
    async with for_writing(engine).begin() as connection:
        await connection.run_sync(to_0003)
        await connection.execute(text(CHANNEL), {"no": False})
        await connection.execute(text(FLAG), {"id": ids[flag], "author": b"x" * 16, "at": at})
        sealed = {"kind": "comment", "state": "provisional", "key_id": "k", "sealed_at": NOON, "flag_id": flag}
        row = sealed | {"id": kept, "wrapped_key": b"w", "ciphertext": b"c"}
        await connection.execute(schema.snapshots.insert(), row)
        opened = "INSERT INTO custody (snapshot_id, case_id, person, at, why) VALUES (:s, :c, :p, :at, 'card')"
        values = {"s": ids[kept], "c": ids[flag], "p": b"p" * 16, "at": at}
        await connection.execute(text(opened), [values, values | {"p": None}])
    await engine.dispose()
    async with open_store(home=tmp_path / "home", url=database) as store:
        rows = [row async for row in store.custody.rows()]
        assert [(row.act, row.snapshot, row.at) for row in rows] == [
            ("sealed", kept, NOON),
            ("opened", kept, NOON),
            ("opened", kept, NOON),
        ]
        assert rows[0].digest == digest_of(b"c")
        assert [row.person for row in rows] == [None, b"p" * 16, None]
        assert await store.verify_chain() == (await store.chain_head(), [])
