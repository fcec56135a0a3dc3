"""Drills: a marked test alert down the ladder, and when who answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import PlatformText

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "drills",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("fast", sa.Boolean, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "drill_rungs",
        sa.Column("drill_id", sa.Uuid, sa.ForeignKey("drills.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("wait_s", sa.Integer, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("unreached_at", sa.DateTime(timezone=True)),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True)),
        sa.Column("platform", sa.String),
        sa.Column("channel", PlatformText),
        sa.Column("message", PlatformText),
        sa.Column("language", sa.String),
        sa.PrimaryKeyConstraint("drill_id", "position"),
    )
