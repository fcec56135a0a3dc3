"""The first tables: register, screening, flags, review items, sealed snapshots, outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _register()
    _screening()
    _judgements()
    _sealed_and_sent()


def _comment() -> tuple[sa.Column[int], sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channels.id"), nullable=False),
        sa.Column("comment", sa.String, nullable=False),
        sa.Column("revision", sa.String, nullable=False),
    )


def _register() -> None:
    op.create_table(
        "master_key",
        sa.Column(
            "slot", sa.Integer, sa.CheckConstraint("slot = 1", name="one_row"), primary_key=True, autoincrement=False
        ),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("check_value", sa.LargeBinary, nullable=False),
        sa.Column("since", _TIME, nullable=False),
    )
    op.create_table(
        "channels",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("workspace", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("grades", sa.String),
        sa.Column("responsible", sa.String),
        sa.Column("approved_by", sa.String),
        sa.Column("approved_on", sa.Date),
        sa.Column("notice_posted_on", sa.Date),
        sa.Column("parents_notified_on", sa.Date),
        sa.Column("district_allows", sa.Boolean, nullable=False),
        sa.Column("watermark", _TIME),
        sa.UniqueConstraint("platform", "workspace", "channel"),
    )


def _screening() -> None:
    op.create_table(
        "screened",
        *_comment(),
        sa.Column("text_tag", sa.LargeBinary, nullable=False),
        sa.Column("screened_at", _TIME, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("comment", "channel_id", "revision"),
        sqlite_with_rowid=False,
    )
    op.create_index(None, "screened", ["channel_id", "screened_at"])
    op.create_table(
        "deletions",
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channels.id"), primary_key=True),
        sa.Column("comment", sa.String, primary_key=True),
        sa.Column("deleted_at", _TIME, nullable=False),
    )


def _judgements() -> None:
    op.create_table(
        "flags",
        sa.Column("id", sa.Uuid, primary_key=True),
        *_comment(),
        sa.Column("author", sa.LargeBinary, nullable=False),
        sa.Column("severity", sa.SmallInteger, nullable=False),
        sa.Column("category", sa.String),
        sa.Column("categories", sa.JSON, nullable=False),
        sa.Column("rule", sa.String),
        sa.Column("clause", sa.String),
        sa.Column("consult", sa.JSON, nullable=False),
        sa.Column("findings", sa.JSON, nullable=False),
        sa.Column("policy", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("flagged_at", _TIME, nullable=False),
        sa.UniqueConstraint("channel_id", "comment", "revision"),
    )
    op.create_index(None, "flags", ["author"])
    op.create_table(
        "review_items",
        sa.Column("id", sa.Uuid, primary_key=True),
        *_comment(),
        sa.Column("author", sa.LargeBinary, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.UniqueConstraint("channel_id", "comment", "revision"),
    )
    op.create_index(None, "review_items", ["author"])


def _sealed_and_sent() -> None:
    op.create_table(
        "snapshots",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("flag_id", sa.Uuid, sa.ForeignKey("flags.id")),
        sa.Column("review_item_id", sa.Uuid, sa.ForeignKey("review_items.id")),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary),
        sa.Column("ciphertext", sa.LargeBinary),
        sa.Column("sealed_at", _TIME, nullable=False),
    )
    op.create_index(None, "snapshots", ["flag_id"])
    op.create_index(None, "snapshots", ["review_item_id"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("dedup_key", sa.String, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("leased_until", _TIME),
        sa.Column("done_at", _TIME),
        sa.UniqueConstraint("dedup_key"),
    )
    op.create_index(None, "outbox", ["done_at", "due_at"])
