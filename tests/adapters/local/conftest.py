"""A small school and its platform, new for every test."""

from __future__ import annotations

import pytest

from adapters.local.platform import LocalPlatform
from adapters.local.world import World
from tests.adapters.local.people import Clock, small_school


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return small_school(clock)


@pytest.fixture
def platform(world: World) -> LocalPlatform:
    return LocalPlatform(world, "http://127.0.0.1:8765")
