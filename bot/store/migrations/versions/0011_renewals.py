"""Renewals: what was entered for a channel whose standing registration holds until somebody approves the new one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import PlatformText

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "renewals",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channels.id"), nullable=False, unique=True),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("name", PlatformText, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("grades", sa.String),
        sa.Column("responsible", sa.String),
        sa.Column("parents_notified_on", sa.Date),
    )
