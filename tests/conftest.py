"""What every test shares: how examples are found, new databases as copies, and the longest tests first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.store import copies

# The same examples on every machine, however slow; `pytest --hypothesis-profile=explore` goes where nobody has been.
settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


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
