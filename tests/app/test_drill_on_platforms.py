"""A drill beside a whole running bot: told on each platform as people see it, and answered with the usual button."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from bot.alerts.drills import rungs_of
from bot.interface.cards import Verb
from bot.store import open_store
from tests.platforms.behaviours import STAGES
from tests.platforms.school import School
from tests.platforms.stage import Stage


@pytest.fixture(params=sorted(STAGES))
async def stage(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    """The school on a platform, the bot running, and nobody asked about the register meanwhile."""
    monkeypatch.setattr("bot.registry.announcing.Announcer.begin_days", AsyncMock())
    stage: Stage = STAGES[request.param](tmp_path)
    await stage.open(School())
    await stage.watched()
    yield stage
    await stage.close()


async def test_a_drill_reaches_people_and_their_press_is_noted(stage: Stage) -> None:
    async with open_store(home=stage.bot.home) as store:
        roster = await store.registry.read()
        assert roster is not None
        (site, *_) = roster.sites.values()
        (first, *_) = rungs_of(site, roster, datetime.now(UTC).date())
        drill = await store.drills.begin(site.key, [first], datetime.now(UTC), fast=True)
        card = await stage.card(first[0])
        assert "This is a drill" in card.everything
        assert "simulacro" in card.everything
        await stage.press(first[0], Verb.ACKNOWLEDGE, card)
        await stage.shows(card, "you answered")
        read = await store.drills.read(drill)
        assert read is not None
        assert read.rungs[0].acknowledged_at is not None
    assert not stage.bot.rows("SELECT 1 FROM flags")
