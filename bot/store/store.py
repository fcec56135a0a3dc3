"""The store: one database, one master key, one writer. SQL stays in this package; decisions are made outside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.assessments import Finding
from bot.domain.comments import Comment, CommentRef
from bot.errors import KeyFileError, SettingsError
from bot.store import recording
from bot.store.acknowledgements import Acknowledgements, RegisterCards
from bot.store.cases import Cases
from bot.store.chain_check import ChainCheck, Problem
from bot.store.channels import Channels
from bot.store.custody import ChainHead, CustodyLog
from bot.store.decisions import Decision, rows_of
from bot.store.deliveries import Deliveries
from bot.store.drills import Drills
from bot.store.engine import DATABASE_FILE, database_url, for_writing, make_engine, place_of
from bot.store.evidence import Evidence
from bot.store.failures import explained, is_store_failure
from bot.store.gaps import Gaps
from bot.store.group_commit import GroupCommit
from bot.store.health import HealthFact, Waiting, look, waiting
from bot.store.installations import Installations
from bot.store.key_file import make_master_key
from bot.store.keys import Keyring, KeySource, MasterKey
from bot.store.ledger import Ledger
from bot.store.migrate import upgrade
from bot.store.outbox import Outbox
from bot.store.patience import PATIENCE_S, patiently
from bot.store.personal import Personal
from bot.store.registrations import Registrations
from bot.store.registry import Registry
from bot.store.reports import Reports
from bot.store.retention import Retention
from bot.store.rotation import Rotation
from bot.store.schema import kept_keys, master_key
from bot.store.sealing import Sealed, seal, unseal
from bot.store.watches import Watches

_TAGS, _PSEUDONYMS = "text tags", "pseudonyms"


class Store:
    """What the rest of the bot may ask of the database. Made by `open_store`.

    Every call raises `StoreError` when the database cannot be used. When a call that writes returns, it is committed.
    """

    def __init__(self, engine: AsyncEngine, keys: Keyring, reader: GroupCommit, writer: GroupCommit) -> None:
        self._engine = engine
        self._keys = keys
        self._reader = reader
        self._writer = writer
        self.channels = Channels(reader, writer)
        self.registrations = Registrations(reader, writer, self.channels)
        self.outbox = Outbox(writer)
        self.acknowledgements = Acknowledgements(reader, writer, keys)
        self.register_cards = RegisterCards(reader, writer)
        self.registry = Registry(reader, writer, keys)
        self.watches = Watches(writer, keys)
        self.cases = Cases(reader, writer, keys, self.outbox.woken.set, self.watches.noticed)
        self.reports = Reports(writer, keys, self.watches.noticing(self.outbox.woken.set))
        self.deliveries = Deliveries(reader, writer, keys)
        self.custody = CustodyLog(reader, writer, keys)
        self.evidence = Evidence(reader, writer, keys, self.outbox.woken.set)
        self.installations = Installations(reader, writer, keys)
        self.rotation = Rotation(reader, writer, keys)
        self.ledger = Ledger(reader, writer, keys, self.outbox.woken.set)
        self.gaps = Gaps(reader, writer)
        self.drills = Drills(reader, writer, self.outbox.woken.set)
        self.personal = Personal(reader, writer, keys, self.outbox.woken.set)
        self.retention = Retention(reader, writer, keys, self.outbox.woken.set)

    async def was_screened(self, channel_id: int, ref: CommentRef, revision: str) -> bool:
        """Whether this revision is recorded already. Those who ask at the same moment share one query."""
        return await self._reader.run(recording.which_screened, recording.key_of(channel_id, ref.comment, revision))

    async def record(self, decision: Decision) -> bool:
        """Commit everything that a decision brings, in one transaction; return whether it was new.

        What is wrong with the decision itself (a value that no row can hold) is raised as it is.
        """
        rows = rows_of(decision, self._keys)
        return await self._writer.run(recording.record, rows, self.outbox.woken.set if rows.outbox else None)

    async def record_deletion(self, channel_id: int, ref: CommentRef, at: datetime) -> None:
        """Note that a comment is gone from its platform. Evidence stays as it is."""
        row = {"channel_id": channel_id, "comment": ref.comment, "deleted_at": at}
        await self._writer.run(recording.record_deletions, row)

    async def advance(self, channel_id: int, mark: datetime) -> None:
        """Move a channel's watermark forward, with nothing else to record; it never moves back."""
        await self._writer.run(recording.advance, (channel_id, mark))

    async def explain(self, channel_id: int, comment: Comment, findings: Sequence[Finding]) -> None:
        """Narrow the findings of a comment's flag to the words that carried them, and have its cards redrawn."""
        await self.cases.explain(channel_id, comment, findings)

    async def verify_chain(self, heads: Sequence[str] = ()) -> tuple[ChainHead, list[Problem]]:
        """Check the custody log from its first row to its last; see `ChainCheck.verify_chain`."""
        return await ChainCheck(self._reader, self.custody).verify_chain(heads)

    async def chain_head(self) -> ChainHead:
        """Return the end of the custody log's chain, for the daily digest."""
        return await self.custody.chain_head()

    async def check(self) -> list[HealthFact]:
        """Return what `doctor` should know of the database."""
        return await look(self._engine, datetime.now(UTC))

    async def waiting(self, now: datetime) -> Waiting | None:
        """Return how much waits for people, or nothing while the database cannot say."""
        return await waiting(self._engine, now)


@asynccontextmanager
async def open_store(
    *, home: Path, url: str | None = None, key: str | None = None, patience: float = PATIENCE_S
) -> AsyncIterator[Store]:
    """Open the store, bringing the database to this program's schema; leaving commits what waits.

    `url` is `DATABASE_URL` (a SQLite file in `home` without it), `key` the master key in base64 (a file in `home`
    without it, made on the first start), `patience` how many seconds another program's lock is borne. Raise
    `SettingsError` for a wrong URL or home, `StoreError` for a database that cannot be used, `KeyFileError` for a
    master key that is lost, unreadable or another one.
    """
    address = database_url(url, home)
    if url is None:
        _make_home(home)
        _make_private(home / DATABASE_FILE)
    engine = make_engine(address)
    try:
        await upgrade(engine, patience=patience)
        keys = await _keyring(engine, KeySource(home, key), patience)
        # Reads of many tasks share transactions as writes do, on a connection of their own.
        async with (
            GroupCommit(engine, patience=patience) as reader,
            GroupCommit(for_writing(engine), patience=patience) as writer,
        ):
            yield Store(engine, keys, reader, writer)
    finally:
        await engine.dispose()


def _make_home(home: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The folder {home} cannot be made ({error.strerror}); choose another CROSSING_GUARD_HOME."
        ) from error


def _make_private(path: Path) -> None:
    """Make an empty file that only its owner may read, if there is none: SQLite's further files take its mode over."""
    try:
        path.touch(mode=0o600, exist_ok=True)
    except OSError:
        return  # opening it says what is wrong, in the words for databases


async def _keyring(engine: AsyncEngine, source: KeySource, patience: float) -> Keyring:
    """Return the keyring, once it is sure that the database was sealed with these keys."""

    async def agree() -> Keyring:
        async with for_writing(engine).begin() as connection:
            return await _agree_on_key(connection, source)

    try:
        return await patiently(agree, patience)
    except Exception as error:
        if is_store_failure(error):
            raise explained(error, place_of(engine.url)) from error
        raise


async def _agree_on_key(connection: AsyncConnection, source: KeySource) -> Keyring:
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql("LOCK TABLE master_key IN EXCLUSIVE MODE")
    known = (await connection.execute(select(master_key))).one_or_none()
    masters = source.read()
    if known is None:
        if not masters:
            make_master_key(source.home)
            masters = source.read()
        row = {
            "slot": 1,
            "key_id": masters[0].key_id,
            "check_value": masters[0].check_value,
            "since": datetime.now(UTC),
        }
        await connection.execute(master_key.insert(), row)
        return await _kept(connection, masters, masters[0], source)
    if not masters:
        raise KeyFileError(
            f"The master key {known.key_id} is not in {source.home}; put the key file back from its backup, "
            "because nothing sealed opens without it."
        )
    standing = next((key for key in masters if key.check_value == known.check_value), None)
    if standing is None:
        raise KeyFileError(
            f"The database was sealed with the master key {known.key_id}, not with {masters[0].key_id}; "
            "put the right key file back, or set CROSSING_GUARD_KEY to that key."
        )
    return await _kept(connection, masters, standing, source)


async def _kept(
    connection: AsyncConnection, masters: tuple[MasterKey, ...], standing: MasterKey, source: KeySource
) -> Keyring:
    """Return the keyring with the keys for tags and pseudonyms, which were the first master key's and stay."""
    rows = {row.purpose: row for row in await connection.execute(select(kept_keys))}
    sealing = {key.key_id: key.sealing for key in masters}
    kept: dict[str, bytes] = {}
    for purpose, derived in ((_TAGS, standing.tags), (_PSEUDONYMS, standing.pseudonyms)):
        row = rows.get(purpose)
        if row is not None:
            if row.key_id not in sealing:
                raise KeyFileError(
                    f"The master key {row.key_id} is missing; put it back as a further line of the key file."
                )
            sealed = Sealed(row.key_id, row.wrapped_key, row.ciphertext)
            kept[purpose] = unseal(sealed, wrapping_key=sealing[row.key_id], row=row.id, kind=purpose)
            continue
        row_id = uuid4()
        new = seal(derived, wrapping_key=standing.sealing, key_id=standing.key_id, row=row_id, kind=purpose)
        await connection.execute(kept_keys.insert(), {"id": row_id, "purpose": purpose} | new.columns())
        kept[purpose] = derived
    return Keyring(masters, tags=kept[_TAGS], pseudonyms=kept[_PSEUDONYMS], source=source)
