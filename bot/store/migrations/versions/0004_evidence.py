"""Evidence: the custody log becomes a chain that nobody may change, and keys that outlive a master key get a place.

What stood in the custody log is kept and chained, after a row for each snapshot that was sealed before.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_REFUSED = "the custody log is append-only"


def upgrade() -> None:
    """Make the tables, and chain what the custody log holds."""
    before = _logged()
    op.drop_table("custody")
    custody, head = _make_tables()
    rows, last = _chain(before)
    connection = op.get_bind()
    if rows:
        connection.execute(custody.insert(), rows)
    connection.execute(head.insert(), {"slot": 1, "number": len(rows), "hash": last})
    for statement in _TRIGGERS[connection.dialect.name]:
        op.execute(statement)


def _make_tables() -> tuple[sa.Table, sa.Table]:
    custody = op.create_table(
        "custody",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("case_id", sa.Uuid),
        sa.Column("snapshot_id", sa.Uuid),
        sa.Column("person", sa.LargeBinary),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("reason_id", sa.Uuid),
        sa.Column("digest", sa.LargeBinary),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_index(None, "custody", ["case_id", "number"])
    op.create_index(None, "custody", ["snapshot_id"])
    head = op.create_table(
        "custody_head",
        sa.Column(
            "slot", sa.Integer, sa.CheckConstraint("slot = 1", name="one_row"), primary_key=True, autoincrement=False
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "custody_reasons",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary),
        sa.Column("ciphertext", sa.LargeBinary),
    )
    op.create_table(
        "kept_keys",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("purpose", sa.String, nullable=False, unique=True),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
    )
    return custody, head


def _logged() -> list[dict[str, Any]]:
    """Return what the log should have held so far: every seal that still has its words, and every opening."""
    snapshots = sa.table(
        "snapshots",
        sa.column("id", sa.Uuid),
        sa.column("flag_id", sa.Uuid),
        sa.column("review_item_id", sa.Uuid),
        sa.column("ciphertext", sa.LargeBinary),
        sa.column("sealed_at", _TIME),
    )
    old = sa.table(
        "custody",
        sa.column("number", sa.Integer),
        sa.column("snapshot_id", sa.Uuid),
        sa.column("case_id", sa.Uuid),
        sa.column("person", sa.LargeBinary),
        sa.column("at", _TIME),
        sa.column("why", sa.String),
    )
    connection = op.get_bind()
    seals = [
        _row(
            row.sealed_at,
            "sealed",
            row.flag_id or row.review_item_id,
            row.id,
            why="upgrade",
            digest=hashlib.sha256(row.ciphertext).digest(),
        )
        for row in connection.execute(sa.select(snapshots).order_by(snapshots.c.sealed_at, snapshots.c.id))
        if row.ciphertext is not None
    ]
    openings = [
        _row(row.at, "opened", row.case_id, row.snapshot_id, why=row.why, person=row.person)
        for row in connection.execute(sa.select(old).order_by(old.c.number))
    ]
    return seals + openings


def _row(
    at: datetime, act: str, case: Any, snapshot: Any, *, why: str, person: bytes | None = None, digest: Any = None
) -> dict[str, Any]:
    return {
        "at": at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC),
        "act": act,
        "case_id": case,
        "snapshot_id": snapshot,
        "person": person,
        "why": why,
        "reason_id": None,
        "digest": digest,
    }


def _chain(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], bytes]:
    """Number the rows and chain them, as the program of this version does."""
    last = bytes(32)
    for number, row in enumerate(rows, 1):
        body = {
            "at": row["at"].isoformat(timespec="microseconds"),
            "act": row["act"],
            "case": str(row["case_id"]) if row["case_id"] else None,
            "snapshot": str(row["snapshot_id"]) if row["snapshot_id"] else None,
            "person": row["person"].hex() if row["person"] is not None else None,
            "why": row["why"],
            "reason": None,
            "digest": row["digest"].hex() if row["digest"] is not None else None,
        }
        canonical = json.dumps(body, sort_keys=True, separators=(",", ":")).encode("ascii")
        link = f"{number}\n{last.hex()}\n{hashlib.sha256(canonical).hexdigest()}"
        row |= {"number": number, "previous": last}
        last = row["hash"] = hashlib.sha256(b"crossing-guard custody 1\n" + link.encode("ascii")).digest()
    return rows, last


_TRIGGERS = {
    "sqlite": [
        f"CREATE TRIGGER custody_{verb.lower()} BEFORE {verb} ON custody BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        f"""
        CREATE FUNCTION custody_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$
        """,
        """
        CREATE TRIGGER custody_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE ON custody
        FOR EACH STATEMENT EXECUTE FUNCTION custody_is_append_only()
        """,
    ],
}
