"""The school with evidence, known to the tests of records."""

from __future__ import annotations

from tests.evidence.conftest import database, engine, postgresql, school, store, vault

__all__ = ["database", "engine", "postgresql", "school", "store", "vault"]
