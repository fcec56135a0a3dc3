"""The tables of drills: who was told when, and when they answered. No case, no comment, no row of the ledger."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, PrimaryKeyConstraint, String, Table, Uuid

from bot.store.columns import PlatformText, UtcDateTime
from bot.store.schema import metadata

drills = Table(
    "drills",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("site", String, nullable=False),
    Column("fast", Boolean, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
)
"""A marked test alert down a site's ladder; `fast` tells every rung at once."""

drill_rungs = Table(
    "drill_rungs",
    metadata,
    Column("drill_id", Uuid, ForeignKey("drills.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("person", String, nullable=False),
    Column("wait_s", Integer, nullable=False),
    Column("told_at", UtcDateTime),
    Column("unreached_at", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Column("platform", String),
    Column("channel", PlatformText),
    Column("message", PlatformText),
    Column("language", String),
    PrimaryKeyConstraint("drill_id", "position"),
)
"""A rung: the person's key, how long they have, and where their card stands."""
