"""The daily ledger: days, entries, gaps, sign-offs; and of each screened revision, to which day it counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_REFUSED = "sign-offs are append-only"
_COUNTS = (
    "on_platform", "found_by_sweep", "posted", "screened", "unscored", "edited", "deleted", "flagged", "reported",
    "open_at_end", "earlier", "deleted_earlier", "unknown",
)  # fmt: skip


def upgrade() -> None:
    """Make the tables."""
    op.add_column("screened", sa.Column("posted_at", _TIME))
    op.add_column("screened", sa.Column("edited_at", _TIME))
    op.add_column("screened", sa.Column("ledger_day", sa.Date))
    op.add_column("deletions", sa.Column("ledger_day", sa.Date))
    _make_ledger()
    _make_gaps()
    _make_signoffs()
    for statement in _TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def _make_ledger() -> None:
    op.create_table(
        "ledger_days",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("opens_at", _TIME, nullable=False),
        sa.Column("closes_at", _TIME, nullable=False),
        sa.Column("sign_by", _TIME, nullable=False),
        sa.Column("on_duty", sa.Boolean, nullable=False),
        sa.Column("noted_at", _TIME, nullable=False),
        sa.Column("ready_at", _TIME),
        sa.UniqueConstraint("site", "day"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channels.id"), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("day_id", sa.Uuid, sa.ForeignKey("ledger_days.id"), nullable=False),
        sa.Column("noted_at", _TIME, nullable=False),
        sa.Column("closed_at", _TIME),
        sa.Column("swept_at", _TIME),
        *(sa.Column(name, sa.Integer) for name in _COUNTS),
        sa.Column("sample", sa.JSON),
        sa.PrimaryKeyConstraint("channel_id", "day"),
    )
    op.create_index(None, "ledger_entries", ["day_id"])
    op.create_table(
        "ledger_cases",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channels.id"), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
    )
    op.create_index(None, "ledger_cases", ["channel_id", "day"])
    op.create_table(
        "day_cards",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("day_id", sa.Uuid, sa.ForeignKey("ledger_days.id"), nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("recipient", sa.String, nullable=False),
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("message", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("delivered_at", _TIME, nullable=False),
        sa.UniqueConstraint("day_id", "kind", "recipient"),
    )


def _make_gaps() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channels.id"), nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("began_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("closed_at", _TIME),
    )
    op.create_index(None, "gaps", ["channel_id", "began_at"])
    op.create_table(
        "heartbeats", sa.Column("platform", sa.String, primary_key=True), sa.Column("at", _TIME, nullable=False)
    )


def _make_signoffs() -> None:
    op.create_table(
        "signoffs",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_table(
        "signed_days",
        sa.Column("day_id", sa.Uuid, sa.ForeignKey("ledger_days.id"), primary_key=True),
        sa.Column("signoff_id", sa.Uuid, sa.ForeignKey("signoffs.id"), nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("open_items", sa.Integer, nullable=False),
        sa.Column("open_critical", sa.Integer, nullable=False),
    )
    op.create_index(None, "signed_days", ["signoff_id"])
    op.create_table(
        "signoff_notes",
        sa.Column("id", sa.Uuid, sa.ForeignKey("signoffs.id"), primary_key=True),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary),
        sa.Column("ciphertext", sa.LargeBinary),
    )


_TRIGGERS = {
    "sqlite": [
        f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        for table in ("signoffs", "signed_days")
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        f"""
        CREATE FUNCTION signoffs_are_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$
        """,
        *(
            f"""
            CREATE TRIGGER {table}_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION signoffs_are_append_only()
            """
            for table in ("signoffs", "signed_days")
        ),
    ],
}
