"""Cases: what an event is about besides its person and rule; whom a report or a follow-up protects, and until when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and make the table."""
    op.add_column("case_events", sa.Column("about", sa.String))
    op.create_table(
        "watches",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("subject", sa.LargeBinary, nullable=False),
        sa.Column("protected", sa.LargeBinary, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("kind", "case_id", "subject", "protected"),
    )
    op.create_index(None, "watches", ["until"])
