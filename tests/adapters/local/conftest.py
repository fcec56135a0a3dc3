"""A small school, its platform and its open page, new for every test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from adapters.local.platform import LocalPlatform
from adapters.local.server import serve
from adapters.local.world import World
from tests.adapters.local.browser import School, a_browser, a_visitor, driver_problem
from tests.adapters.local.people import Clock, small_school
from tests.adapters.local.scripted_core import ScriptedCore


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return small_school(clock)


@pytest.fixture
def platform(world: World) -> LocalPlatform:
    return LocalPlatform(world, "http://127.0.0.1:8765")


@pytest.fixture(scope="module")
def driver() -> None:
    if problem := driver_problem():
        pytest.skip(problem)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(driver: None) -> AsyncIterator[Browser]:
    async with a_browser() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def school() -> AsyncIterator[School]:
    world = small_school()
    async with serve(world, port=0) as served:
        core = ScriptedCore(served)
        working = asyncio.create_task(core.run())
        yield School(world, served, core)
    await working


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, school: School) -> AsyncIterator[Page]:
    async with a_visitor(browser, school.served.link()) as visitor:
        yield visitor
