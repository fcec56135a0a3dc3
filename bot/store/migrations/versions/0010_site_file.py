"""What the site file last said of each channel, and whether the district lets staff channels be watched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; both are unknown for what stands already."""
    op.add_column("channels", sa.Column("filed", sa.JSON))
    op.add_column("district", sa.Column("watch_staff_channels", sa.Boolean))
