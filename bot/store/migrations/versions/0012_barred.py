"""Whom a case may be about stays known when its words are gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "barred",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("person", sa.LargeBinary, primary_key=True),
    )
