"""Alerts and cases: what people decided, where their cards stand, what was reported, who opened which snapshot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "case_events",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Uuid, nullable=False, unique=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("person", sa.String),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("rule", sa.String),
        sa.Column("key_id", sa.String),
        sa.Column("wrapped_key", sa.LargeBinary),
        sa.Column("ciphertext", sa.LargeBinary),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("recipient", sa.String, nullable=False),
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("message", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("delivered_at", _TIME, nullable=False),
        sa.UniqueConstraint("case_id", "recipient"),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("flag_id", sa.Uuid, sa.ForeignKey("flags.id"), nullable=False),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("reporter", sa.LargeBinary, nullable=False),
        sa.Column("reported_at", _TIME, nullable=False),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary),
        sa.Column("ciphertext", sa.LargeBinary),
    )
    op.create_index(None, "reports", ["flag_id"])
    op.create_index(None, "reports", ["reporter", "reported_at"])
    op.create_table(
        "custody",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("snapshot_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("person", sa.LargeBinary),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("why", sa.String, nullable=False),
    )
    op.create_index(None, "custody", ["snapshot_id"])
