"""Storage: one database (SQLite or PostgreSQL), written in groups, with everything that people wrote sealed.

`docs/storage.md` says what is kept, why and how long.
"""

from __future__ import annotations

from bot.store.channels import StoredChannel
from bot.store.decisions import Cause, Decision, ErrandKind, Versions
from bot.store.documents import Snapshot
from bot.store.health import HealthFact, Waiting
from bot.store.outbox import Errand
from bot.store.store import Store, open_store

__all__ = [
    "Cause",
    "Decision",
    "Errand",
    "ErrandKind",
    "HealthFact",
    "Snapshot",
    "Store",
    "StoredChannel",
    "Versions",
    "Waiting",
    "open_store",
]
