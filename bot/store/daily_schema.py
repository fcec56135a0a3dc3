"""The tables of the daily ledger; `docs/storage.md` says what each is for. No row holds a comment's text.

`signoffs` and `signed_days` are appended to and never changed: triggers refuse it.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from bot.store.columns import PlatformText, UtcDateTime
from bot.store.schema import metadata

ledger_days = Table(
    "ledger_days",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("site", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("opens_at", UtcDateTime, nullable=False),
    Column("closes_at", UtcDateTime, nullable=False),
    Column("sign_by", UtcDateTime, nullable=False),
    Column("on_duty", Boolean, nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
    Column("ready_at", UtcDateTime),
    UniqueConstraint("site", "day"),
)
"""A site's ledger days, named by the date on which they close. `ready_at`: every entry of the day is closed."""

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("channel_id", Integer, ForeignKey("channels.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("day_id", Uuid, ForeignKey("ledger_days.id"), nullable=False, index=True),
    Column("noted_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("swept_at", UtcDateTime),
    Column("on_platform", Integer),
    Column("found_by_sweep", Integer),
    Column("posted", Integer),
    Column("screened", Integer),
    Column("unscored", Integer),
    Column("edited", Integer),
    Column("deleted", Integer),
    Column("flagged", Integer),
    Column("reported", Integer),
    Column("open_at_end", Integer),
    Column("earlier", Integer),
    Column("deleted_earlier", Integer),
    Column("unknown", Integer),
    Column("sample", JSON),
    PrimaryKeyConstraint("channel_id", "day"),
)
"""One channel's day: numbers only, written once, when the day is closed. `sample`: see `sample.py`."""

ledger_cases = Table(
    "ledger_cases",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("channel_id", Integer, ForeignKey("channels.id"), nullable=False),
    Column("day", Date, nullable=False),
    Index(None, "channel_id", "day"),
)
"""Which day's entry a case is listed in: one, ever after."""

gaps = Table(
    "gaps",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("channel_id", Integer, ForeignKey("channels.id"), nullable=False),
    Column("cause", String, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Index(None, "channel_id", "began_at"),
)
"""When a channel was not heard, and why; `closed_at` is when its history since then had been read."""

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("platform", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
"""When the program last listened to a platform: what was missed while it did not run begins there."""

signoffs = Table(
    "signoffs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""Who signed, and when. The days it names are in `signed_days`."""

signed_days = Table(
    "signed_days",
    metadata,
    Column("day_id", Uuid, ForeignKey("ledger_days.id"), primary_key=True),
    Column("signoff_id", Uuid, ForeignKey("signoffs.id"), nullable=False, index=True),
    Column("late", Boolean, nullable=False),
    Column("open_items", Integer, nullable=False),
    Column("open_critical", Integer, nullable=False),
)
"""A day that was signed off: once, and late when it was; with what was still open then."""

signoff_notes = Table(
    "signoff_notes",
    metadata,
    Column("id", Uuid, ForeignKey("signoffs.id"), primary_key=True),
    Column("key_id", String, nullable=False),
    Column("wrapped_key", LargeBinary),
    Column("ciphertext", LargeBinary),
)
"""Why a day was signed with critical items open, sealed: people quote."""

day_cards = Table(
    "day_cards",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("day_id", Uuid, ForeignKey("ledger_days.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("channel", PlatformText, nullable=False),
    Column("message", PlatformText, nullable=False),
    Column("language", String, nullable=False),
    Column("delivered_at", UtcDateTime, nullable=False),
    UniqueConstraint("day_id", "kind", "recipient"),
)
"""Where the cards of a day stand, so that they are redrawn once it is signed."""
