"""Reports in the store: what a person tells the school about a comment, sealed, in one transaction with its alert.

The comment is sealed first, in the same transaction: a target documents a posting before it goes (R21). Who reported is
sealed, not secret (R26): the row holds a keyed pseudonym, and the document the name.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row as Found
from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.assessments import CLEAR, Judgement
from bot.domain.cases import EventKind
from bot.domain.categories import Severity
from bot.domain.comments import Author, ChannelRef, Comment
from bot.domain.custody import Act
from bot.domain.outcomes import Outcome
from bot.errors import StoreError
from bot.store import custody
from bot.store.decisions import Decision, ErrandKind, Row, Versions, errand_row, rows_of
from bot.store.deeds import Deed, entry_of, log_deed
from bot.store.documents import Snapshot
from bot.store.group_commit import GroupCommit
from bot.store.keys import Keyring
from bot.store.outbox import put
from bot.store.schema import case_events, flags, outbox, reports, snapshots
from bot.store.sealing import Sealed
from bot.store.still_open import redrawn
from bot.store.watches import NewWatch, WatchKind, watch_rows
from bot.store.watches import start as start_watches

REPORT = "report"
"""The kind of a sealed report."""

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 6
_TRIES = 5
_BESIDE = "#reported"
"""Added to the revision of a flag that a report made: a machine's flag of the same revision still finds its place."""


@dataclass(frozen=True, slots=True)
class ReportWords:
    """What a reporter wrote: hostile text, never to be logged. `target` is a person's id on the platform, or a name."""

    what: str
    target: str = ""
    unnamed: bool = False
    removal: bool = False


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report to store; `judgement` is the alert's where the comment was not flagged yet.

    `heard` is what the reporter's words themselves amount to: a rule and how severe, never the words.
    `most` reports by one person within `span` are taken. Until `protected_until`, new comments by whom it is about
    toward the reporter, or whomever the comment addresses, are raised as possible retaliation (R26). `language` is the
    reporter's.
    """

    channel_id: int
    comment: Comment
    reporter: Author
    words: ReportWords
    at: datetime
    judgement: Judgement
    versions: Versions
    most: int
    span: timedelta
    protected_until: datetime | None = None
    language: str = "en"
    heard: Judgement = CLEAR


@dataclass(frozen=True, slots=True)
class Filed:
    """A report that stands: the case it opened or joined, and the code on its receipt."""

    case: UUID
    code: str


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reported, in full: opened by a recorded act only. Hostile text, never to be logged."""

    id: str
    name: str
    code: str
    reported_at: datetime
    words: ReportWords


@dataclass(frozen=True, slots=True)
class Addressee:
    """Where a reporter hears of their report; for the platform alone, never to be shown or logged."""

    account: str
    language: str
    code: str


@dataclass(frozen=True, slots=True)
class Mine:
    """A reporter's own report: its code, when it came in, and what has happened to its case since, in order."""

    code: str
    reported_at: datetime
    happened: tuple[EventKind, ...]


class Reports:
    """Stores reports; `woken` is called after each commit that left an errand."""

    def __init__(self, writer: GroupCommit, keys: Keyring, woken: Callable[[], object]) -> None:
        self._writer = writer
        self._keys = keys
        self._woken = woken

    async def file(self, report: NewReport) -> Filed | None:
        """Store a report; return where it stands, or nothing when this person filed too many.

        A comment that was flagged already, in any revision, keeps its case; the revision reported is sealed beside.
        Raise `StoreError` when the database cannot be used.
        """
        for _ in range(_TRIES):
            code = "R-" + "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
            try:
                case = await self._writer.run(_file, self._rows(report, code), self._woken)
            except IntegrityError:
                continue  # the code was taken, or something else happened to the case at this very moment
            return None if case is None else Filed(case, code)
        raise StoreError("A report could not be stored, because its case kept changing; try again.")

    async def open_reporters(self, deed: Deed) -> tuple[Reporter, ...]:
        """Open who reported a case's comment; the custody log says so first (R26)."""
        rows = await self._writer.run(_open_reporters, (deed, self._keys), self._woken)
        return tuple(_reporter(row, self._keys) for row in rows)

    async def received(self, case: UUID) -> list[tuple[datetime, str]]:
        """Return when the case's comment was reported, and the receipts' codes; nothing is opened."""
        return await self._writer.run(_received, case)

    async def addressee(self, report: UUID) -> Addressee | None:
        """Return where to tell a reporter of their report; nobody is shown who that is (R21)."""
        row = await self._writer.run(_one, report)
        if row is None or row.wrapped_key is None:
            return None
        document = self._document(row)
        return Addressee(document["id"], document.get("language", "en"), row.code)

    async def mine(self, places: Sequence[ChannelRef], account: str, most: int) -> list[Mine]:
        """Return the latest `most` reports of a person, the newest first, for nobody but them."""
        pseudonyms = tuple(self._keys.pseudonym(place, account) for place in places)
        return await self._writer.run(_mine, (pseudonyms, most))

    def _document(self, row: Found[Any]) -> dict[str, Any]:
        sealed = Sealed(row.key_id, row.wrapped_key, row.ciphertext)
        document: dict[str, Any] = json.loads(self._keys.unseal(sealed, row=row.id, kind=REPORT))
        return document

    def _rows(self, report: NewReport, code: str) -> _Rows:
        decision = Decision(
            report.channel_id,
            Snapshot(report.comment),
            Outcome.FLAGGED,
            report.at,
            report.versions,
            judgement=report.judgement,
        )
        rows = rows_of(decision, self._keys)
        row_id = uuid4()
        who = {"id": report.reporter.id, "name": report.reporter.name, "language": report.language}
        document = json.dumps(asdict(report.words) | who)
        sealed = self._keys.seal(document.encode("ascii"), row=row_id, kind=REPORT)
        row = {
            "id": row_id,
            "code": code,
            "reporter": self._keys.pseudonym(report.comment.ref.channel, report.reporter.id),
            "reported_at": report.at,
        }
        flag, snapshot = rows.flag or {}, rows.snapshot or {}
        flag["revision"] += _BESIDE
        since = report.at - report.span
        watches = self._watches(report)
        return _Rows(row | sealed.columns(), flag, snapshot, rows.outbox, report.most, since, watches, report.heard)

    def _watches(self, report: NewReport) -> tuple[Row, ...]:
        """Whoever the report is about is watched toward the reporter and whomever the comment addresses."""
        if report.protected_until is None:
            return ()
        about = (report.comment.author.id, report.words.target.lstrip("@"), report.words.target)
        protected = (report.reporter.id, *report.comment.mentions)
        watch = NewWatch(
            WatchKind.RETALIATION, report.comment.ref.channel, about, protected, report.protected_until, uuid4()
        )
        return tuple(watch_rows(watch, self._keys))


@dataclass(frozen=True, slots=True)
class _Rows:
    report: Row
    flag: Row
    snapshot: Row
    outbox: tuple[Row, ...]
    most: int
    since: datetime
    watches: tuple[Row, ...]
    heard: Judgement


def report_words(row: Found[Any], keys: Keyring) -> ReportWords:
    """Open what a reporter wrote; who wrote it stays out."""
    if row.wrapped_key is None:
        return ReportWords("")
    sealed = Sealed(row.key_id, row.wrapped_key, row.ciphertext)
    document = json.loads(keys.unseal(sealed, row=row.id, kind=REPORT))
    return ReportWords(document["what"], document["target"], document["unnamed"], document["removal"])


def _reporter(row: Found[Any], keys: Keyring) -> Reporter:
    sealed = Sealed(row.key_id, row.wrapped_key, row.ciphertext)
    document = json.loads(keys.unseal(sealed, row=row.id, kind=REPORT))
    return Reporter(document["id"], document["name"], row.code, row.reported_at, report_words(row, keys))


async def _open_reporters(connection: AsyncConnection, asked: Sequence[tuple[Deed, Keyring]]) -> list[list[Found[Any]]]:
    return [await _open_one(connection, deed, keys) for deed, keys in asked]


async def _open_one(connection: AsyncConnection, deed: Deed, keys: Keyring) -> list[Found[Any]]:
    query = select(reports).where(reports.c.flag_id == deed.case, reports.c.wrapped_key.is_not(None))
    rows = list(await connection.execute(query.order_by(reports.c.reported_at, reports.c.id)))
    if rows:
        await log_deed(connection, deed, [entry_of(keys, Act.REPORTER_OPENED, deed)])
    return rows


async def _one(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Found[Any] | None]:
    found = {row.id: row for row in await connection.execute(select(reports).where(reports.c.id.in_(ids)))}
    return [found.get(report) for report in ids]


async def _mine(connection: AsyncConnection, asked: Sequence[tuple[tuple[bytes, ...], int]]) -> list[list[Mine]]:
    return [await _of_one(connection, *one) for one in asked]


async def _of_one(connection: AsyncConnection, pseudonyms: tuple[bytes, ...], most: int) -> list[Mine]:
    query = select(reports).where(or_(*(reports.c.reporter == pseudonym for pseudonym in pseudonyms)))
    found: list[Mine] = []
    for row in (await connection.execute(query.order_by(reports.c.reported_at.desc(), reports.c.id).limit(most))).all():
        events = select(case_events.c.kind).where(
            case_events.c.case_id == row.flag_id, case_events.c.at >= row.reported_at
        )
        happened = (await connection.execute(events.order_by(case_events.c.position))).scalars()
        found.append(Mine(row.code, row.reported_at, tuple(map(EventKind, happened))))
    return found


async def _received(connection: AsyncConnection, cases: Sequence[UUID]) -> list[list[tuple[datetime, str]]]:
    query = select(reports.c.reported_at, reports.c.code).order_by(reports.c.reported_at, reports.c.id)
    return [
        [(row.reported_at, row.code) for row in await connection.execute(query.where(reports.c.flag_id == case))]
        for case in cases
    ]


async def _file(connection: AsyncConnection, filed: Sequence[_Rows]) -> list[UUID | None]:
    return [await _file_one(connection, rows) for rows in filed]


async def _file_one(connection: AsyncConnection, rows: _Rows) -> UUID | None:
    recent = select(func.count()).where(
        reports.c.reporter == rows.report["reporter"], reports.c.reported_at > rows.since
    )
    if (await connection.execute(recent)).scalar_one() >= rows.most:
        return None
    about = (flags.c.channel_id == rows.flag["channel_id"]) & (flags.c.comment == rows.flag["comment"])
    standing = select(flags.c.id, flags.c.severity).where(about).order_by(flags.c.flagged_at.desc(), flags.c.id)
    known = (await connection.execute(standing.limit(1))).one_or_none()
    case: UUID = rows.flag["id"] if known is None else known.id
    severity = Severity(rows.flag["severity"] if known is None else known.severity)
    if known is None:
        await connection.execute(flags.insert(), rows.flag)
        await connection.execute(outbox.insert(), list(rows.outbox))
    else:
        at = rows.report["reported_at"]
        await connection.execute(outbox.insert(), errand_row(ErrandKind.TELL, case, at))
    snapshot = rows.snapshot | {"flag_id": case}
    await connection.execute(snapshots.insert(), snapshot)
    await custody.append(connection, [custody.seal_entry(snapshot, "report")])
    await connection.execute(reports.insert(), rows.report | {"flag_id": case})
    await start_watches(connection, [row | {"case_id": case} for row in rows.watches])
    await _note(connection, case, rows.report["reported_at"], rows.heard, severity)
    return case


async def _note(connection: AsyncConnection, case: UUID, at: datetime, heard: Judgement, severity: Severity) -> None:
    """Note the report; what its words amount to, too, and how severe that is where the flag was less."""
    position = select(func.count()).where(case_events.c.case_id == case)
    row = {
        "case_id": case,
        "position": (await connection.execute(position)).scalar_one(),
        "id": uuid4(),
        "kind": EventKind.REPORTED,
        "at": at,
        "rule": heard.rule,
        "about": str(heard.severity) if heard.severity > severity else None,
    }
    await connection.execute(case_events.insert(), row)
    await put(connection, await redrawn(connection, case, EventKind.REPORTED, at))
