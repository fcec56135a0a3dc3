"""The register: who has read a channel's guidelines, and where cards about registrations stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import PlatformText

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "acknowledgements",
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channels.id"), nullable=False),
        sa.Column("member", sa.LargeBinary, nullable=False),
        sa.Column("school_year", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "school_year", "member"),
    )
    op.create_table(
        "register_cards",
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channels.id"), nullable=False),
        sa.Column("recipient", sa.String, nullable=False),
        sa.Column("platform", PlatformText, nullable=False),
        sa.Column("place", PlatformText, nullable=False),
        sa.Column("message", PlatformText, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("platform", "place", "message"),
    )
