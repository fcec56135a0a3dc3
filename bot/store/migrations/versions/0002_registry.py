"""The registry: district, people, sites, their roles and ladders, and which site a channel belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and add what channels need."""
    op.add_column("channels", sa.Column("site", sa.String))
    op.add_column("channels", sa.Column("approval_confirmed_on", sa.Date))
    op.create_table(
        "district",
        sa.Column(
            "slot", sa.Integer, sa.CheckConstraint("slot = 1", name="one_row"), primary_key=True, autoincrement=False
        ),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("policy", sa.String, nullable=False),
        sa.Column("time_zone", sa.String, nullable=False),
        sa.Column("languages", sa.JSON, nullable=False),
        sa.Column("safety_contact", sa.String),
        sa.Column("administrators", sa.JSON, nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "sites",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("mascots", sa.JSON, nullable=False),
        sa.Column("day_closes_at", sa.String, nullable=False),
        sa.Column("sign_off_by", sa.String, nullable=False),
        sa.Column("duty_days", sa.JSON, nullable=False),
        sa.Column("evidence_permission", sa.String, nullable=False),
        sa.Column("alert_channel", sa.JSON),
    )
    op.create_table(
        "site_roles",
        sa.Column("site", sa.String, sa.ForeignKey("sites.key"), primary_key=True),
        sa.Column("role", sa.String, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("person", sa.String, nullable=False),
    )
    op.create_table(
        "ladder_steps",
        sa.Column("site", sa.String, sa.ForeignKey("sites.key"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("acknowledge_within_s", sa.Integer, nullable=False),
        sa.Column("severities", sa.JSON, nullable=False),
    )
