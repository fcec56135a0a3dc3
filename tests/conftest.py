"""What every test shares: the longest begin first, so that nobody waits for one at the end."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests marked `long` before the others, which keep their order."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
