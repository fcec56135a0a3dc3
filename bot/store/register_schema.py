"""The tables around the register: who has read a channel's guidelines, and where cards about registrations stand."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, PrimaryKeyConstraint, String, Table

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
