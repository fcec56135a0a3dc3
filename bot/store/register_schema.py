"""The tables around the register: who has read a channel's guidelines, what is to be approved, and cards about it."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, LargeBinary, PrimaryKeyConstraint, String, Table, Uuid

from bot.store.columns import PlatformText, UtcDateTime
from bot.store.schema import metadata

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("channel_id", Integer, ForeignKey("channels.id"), nullable=False),
    Column("member", LargeBinary, nullable=False),
    Column("school_year", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("channel_id", "school_year", "member"),
)
"""Who pressed “I have read it” in which school year, as keyed pseudonyms."""

register_cards = Table(
    "register_cards",
    metadata,
    Column("channel_id", Integer, ForeignKey("channels.id"), nullable=False),
    Column("recipient", String, nullable=False),
    Column("platform", PlatformText, nullable=False),
    Column("place", PlatformText, nullable=False),
    Column("message", PlatformText, nullable=False),
    Column("language", String, nullable=False),
    PrimaryKeyConstraint("platform", "place", "message"),
)
"""Where cards stand that ask for an approval or a renewal, until one is given."""

renewals = Table(
    "renewals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("channel_id", Integer, ForeignKey("channels.id"), nullable=False, unique=True),
    Column("site", String, nullable=False),
    Column("name", PlatformText, nullable=False),
    Column("kind", String, nullable=False),
    Column("grades", String),
    Column("responsible", String),
    Column("parents_notified_on", Date),
)
"""What was entered for a channel that is approved already, one for each, until somebody approves it, too.

A new entry is a new `id`: whoever was shown an older one cannot approve what they have not seen.
"""
