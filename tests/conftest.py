"""What every test shares: new databases are copies, and the longest tests begin first, so that nobody waits for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.store import copies


@pytest.fixture(autouse=True, scope="session")
def _new_databases_are_copies() -> Iterator[None]:
    """See `tests.store.copies`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.store.store.upgrade", copies.upgrade)
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests marked `long` before the others, which keep their order."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
