"""A workspace with a small school in it, and the adapter connected to it over Socket Mode, over HTTP, or over each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from adapters.slack.manifest import manifest
from tests.adapters.slack.core import Core, listening, options
from tests.platforms.slack_server import SlackServer, World


@dataclass(frozen=True)
class School:
    """Who and what there is, by Slack's ids. The boosters have not let the bot in."""

    world: World
    student: str
    principal: str
    robot: str
    room: str
    office: str
    boosters: str


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """Slack, granting what the app's manifest asks for and nothing else."""
    async with SlackServer(manifest=manifest(removal=True)) as server:
        yield server


@pytest.fixture
def school(slack: SlackServer) -> School:
    world = slack.world
    student = world.add_person("Xochitl")
    principal = world.add_person("Anita Morales", admin=True, locale="es-US")
    robot = world.add_bot("Homework Bot")
    room = world.add_channel("room-12", [principal, student, robot])
    office = world.add_channel("office", [principal], private=True)
    boosters = world.add_channel("boosters", [student], with_bot=False)
    return School(world, student, principal, robot, room, office, boosters)


@pytest.fixture
async def core(slack: SlackServer, school: School) -> AsyncIterator[Core]:
    """The adapter over Socket Mode."""
    async with listening(slack) as core:
        yield core


@pytest.fixture
async def http_core(slack: SlackServer, school: School) -> AsyncIterator[Core]:
    """The adapter over signed HTTP."""
    async with listening(slack, options(slack, http=True)) as core:
        yield core


@pytest.fixture(params=["socket", "http"])
async def each_core(request: pytest.FixtureRequest, slack: SlackServer, school: School) -> AsyncIterator[Core]:
    """The adapter, once over each way that events can come."""
    async with listening(slack, options(slack, http=request.param == "http")) as core:
        yield core
