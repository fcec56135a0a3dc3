"""Makes the databases of `tests.store.databases` known to the tests of this folder."""

from __future__ import annotations

from tests.store.databases import database, engine, postgresql, store

__all__ = ["database", "engine", "postgresql", "store"]
