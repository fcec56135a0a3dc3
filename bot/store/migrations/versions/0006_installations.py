"""Installations: the tokens of each workspace that installed the app, sealed, and installs under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "installations",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("workspace", sa.String, nullable=False),
        sa.Column("installed_at", _TIME, nullable=False),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("platform", "workspace"),
    )
    op.create_table(
        "install_states",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("expires_at", _TIME, nullable=False),
    )
