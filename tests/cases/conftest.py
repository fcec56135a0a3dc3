"""Makes the example school known here."""

from __future__ import annotations

from tests.desk.conftest import school

__all__ = ["school"]
