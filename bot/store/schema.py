"""The tables. No row holds a comment's text or its author's name in clear: see `docs/storage.md` for each table.

A change here needs a migration beside it; a test compares the two on both databases.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from bot.store.columns import PlatformText, UtcDateTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

master_key = Table(
    "master_key",
    metadata,
    Column("slot", Integer, CheckConstraint("slot = 1", name="one_row"), primary_key=True, autoincrement=False),
    Column("key_id", String, nullable=False),
    Column("check_value", LargeBinary, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)
"""Which master key the data is sealed with: its id and a value only that key can produce, never the key."""

channels = Table(
    "channels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", PlatformText, nullable=False),
    Column("workspace", PlatformText, nullable=False),
    Column("channel", PlatformText, nullable=False),
    Column("name", PlatformText, nullable=False),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("grades", String),
    Column("responsible", String),
    Column("approved_by", String),
    Column("approved_on", Date),
    Column("notice_posted_on", Date),
    Column("parents_notified_on", Date),
    Column("district_allows", Boolean, nullable=False),
    Column("watermark", UtcDateTime),
    Column("site", String),
    Column("approval_confirmed_on", Date),
    Column("filed", JSON),
    UniqueConstraint("platform", "workspace", "channel"),
)
"""The register of official channels. Everything posted before `watermark` is committed.

`filed` is what the site file last said of the channel, so that the same file again changes nothing.
"""


def _comment() -> tuple[Column[int], Column[str], Column[str]]:
    """Return the columns that name one revision of a comment."""
    return (
        Column("channel_id", Integer, ForeignKey("channels.id"), nullable=False),
        Column("comment", PlatformText, nullable=False),
        Column("revision", PlatformText, nullable=False),
    )


screened = Table(
    "screened",
    metadata,
    *_comment(),
    Column("text_tag", LargeBinary, nullable=False),
    Column("screened_at", UtcDateTime, nullable=False),
    Column("outcome", String, nullable=False),
    Column("posted_at", UtcDateTime),
    Column("edited_at", UtcDateTime),
    Column("ledger_day", Date),
    # The comment comes first: a question about many comments of many channels is then one short walk for each.
    PrimaryKeyConstraint("comment", "channel_id", "revision"),
    Index(None, "channel_id", "screened_at"),
    sqlite_with_rowid=False,
)
"""Every revision that was screened: that it was, never what it said or who wrote it.

`ledger_day` is the day whose entry counts it: one, set when that entry is closed.
"""

deletions = Table(
    "deletions",
    metadata,
    Column("channel_id", Integer, ForeignKey("channels.id"), primary_key=True),
    Column("comment", PlatformText, primary_key=True),
    Column("deleted_at", UtcDateTime, nullable=False),
    Column("ledger_day", Date),
)
"""Comments that are gone from their platform, for the ledger's counts."""

flags = Table(
    "flags",
    metadata,
    Column("id", Uuid, primary_key=True),
    *_comment(),
    Column("author", LargeBinary, nullable=False, index=True),
    Column("severity", SmallInteger, nullable=False),
    Column("category", String),
    Column("categories", JSON, nullable=False),
    Column("rule", String),
    Column("clause", String),
    Column("consult", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("policy", String, nullable=False),
    Column("model", String, nullable=False),
    Column("flagged_at", UtcDateTime, nullable=False),
    UniqueConstraint("channel_id", "comment", "revision"),
)
"""What a policy made of a comment. `author` is a keyed pseudonym; findings hold offsets, never text."""

review_items = Table(
    "review_items",
    metadata,
    Column("id", Uuid, primary_key=True),
    *_comment(),
    Column("author", LargeBinary, nullable=False, index=True),
    Column("cause", String, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    UniqueConstraint("channel_id", "comment", "revision"),
)
"""Comments that no machine could screen, so that a person reads them in place (promise 1)."""

snapshots = Table(
    "snapshots",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("flag_id", Uuid, ForeignKey("flags.id"), index=True),
    Column("review_item_id", Uuid, ForeignKey("review_items.id"), index=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("key_id", String, nullable=False),
    Column("wrapped_key", LargeBinary),
    Column("ciphertext", LargeBinary),
    Column("sealed_at", UtcDateTime, nullable=False),
)
"""Sealed documents, one data key each. A destroyed one keeps its row and loses key and ciphertext."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String, nullable=False),
    Column("dedup_key", String, nullable=False, unique=True),
    Column("payload", JSON, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("leased_until", UtcDateTime),
    Column("done_at", UtcDateTime),
    Index(None, "done_at", "due_at"),
)
"""What must still reach people. `payload` holds ids only."""

district = Table(
    "district",
    metadata,
    Column("slot", Integer, CheckConstraint("slot = 1", name="one_row"), primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("policy", String, nullable=False),
    Column("time_zone", String, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("safety_contact", String),
    Column("administrators", JSON, nullable=False),
    Column("watch_staff_channels", Boolean),
)
"""The district, one row. People are named by their keys."""

people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("key_id", String, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
)
"""Everyone the bot may contact or trust: the key in clear, name, address and accounts sealed."""

sites = Table(
    "sites",
    metadata,
    Column("key", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("mascots", JSON, nullable=False),
    Column("day_closes_at", String, nullable=False),
    Column("sign_off_by", String, nullable=False),
    Column("duty_days", JSON, nullable=False),
    Column("evidence_permission", String, nullable=False),
    Column("alert_channel", JSON),
)
"""Schools and how each wants to be looked after. Times are school-local, written `15:00`."""

site_roles = Table(
    "site_roles",
    metadata,
    Column("site", String, ForeignKey("sites.key"), primary_key=True),
    Column("role", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("person", String, nullable=False),
)
"""Who is what at a site, in the order given."""

ladder_steps = Table(
    "ladder_steps",
    metadata,
    Column("site", String, ForeignKey("sites.key"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("person", String, nullable=False),
    Column("acknowledge_within_s", Integer, nullable=False),
    Column("severities", JSON, nullable=False),
)
"""A site's ladder, in order; the last rung is the last responder."""

case_events = Table(
    "case_events",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("person", String),
    Column("at", UtcDateTime, nullable=False),
    Column("rule", String),
    Column("key_id", String),
    Column("wrapped_key", LargeBinary),
    Column("ciphertext", LargeBinary),
    Column("about", String),
)
"""What people decided, one after the other; `case_id` is a flag's or a review item's. Reason and note are sealed.

`about` is a word of the program's or the pack's (a step's letter, a day, an agency), a person's key, or a case's id.

The place in the case is the primary key: of two people who decide at the same moment, one is second and learns it.
"""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("recipient", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("channel", PlatformText, nullable=False),
    Column("message", PlatformText, nullable=False),
    Column("language", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("delivered_at", UtcDateTime, nullable=False),
    UniqueConstraint("case_id", "recipient"),
)
"""Where each person's card of a case stands, and a keyed digest of what it shows, so that it is redrawn in place."""

reports = Table(
    "reports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("flag_id", Uuid, ForeignKey("flags.id"), nullable=False, index=True),
    Column("code", String, nullable=False, unique=True),
    Column("reporter", LargeBinary, nullable=False),
    Column("reported_at", UtcDateTime, nullable=False),
    Column("key_id", String, nullable=False),
    Column("wrapped_key", LargeBinary),
    Column("ciphertext", LargeBinary),
    Index(None, "reporter", "reported_at"),
)
"""What people reported. Who they are and what they wrote is sealed; `reporter` is a keyed pseudonym."""

watches = Table(
    "watches",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String, nullable=False),
    Column("case_id", Uuid, nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("protected", LargeBinary, nullable=False),
    Column("until", UtcDateTime, nullable=False, index=True),
    UniqueConstraint("kind", "case_id", "subject", "protected"),
)
"""Whose new comments toward whom belong to a case (R22, R26): keyed pseudonyms, gone when their time is over."""

barred = Table(
    "barred",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("person", LargeBinary, primary_key=True),
)
"""Whom a case may be about, noted before its words are destroyed (R25): keyed tags, another one in each case."""

custody = Table(
    "custody",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("act", String, nullable=False),
    Column("case_id", Uuid),
    Column("snapshot_id", Uuid, index=True),
    Column("person", LargeBinary),
    Column("why", String, nullable=False),
    Column("reason_id", Uuid),
    Column("digest", LargeBinary),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index(None, "case_id", "number"),
)
"""The custody log (R15): every act on evidence, chained by SHA-256. Triggers refuse changes. Random ids only."""

custody_head = Table(
    "custody_head",
    metadata,
    Column("slot", Integer, CheckConstraint("slot = 1", name="one_row"), primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
"""The last row of the custody log. Whoever appends locks it, so that there is one chain."""

custody_reasons = Table(
    "custody_reasons",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key_id", String, nullable=False),
    Column("wrapped_key", LargeBinary),
    Column("ciphertext", LargeBinary),
)
"""Why a person did what a custody row says, sealed: reviewers quote."""

kept_keys = Table(
    "kept_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("purpose", String, nullable=False, unique=True),
    Column("key_id", String, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
)
"""Keys that must outlive a master key (tags, pseudonyms, the signing key), sealed like everything else."""
