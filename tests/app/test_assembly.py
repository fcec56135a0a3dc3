"""What is put together is told what the settings say."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.app.assembly import assembled
from bot.domain.comments import Author
from bot.platform.events import CommandUsed, FormSubmitted, Interaction
from bot.screening.screener import Screener
from bot.store import open_store, schema
from tests.alerts.school import PACK, School
from tests.platforms.program import DETECTORS, SchoolModel
from tests.store.examples import ROOM, comment


@pytest.mark.parametrize("days", [1, 365])
async def test_who_reported_is_watched_over_for_as_long_as_is_set(tmp_path: Path, days: int) -> None:
    async with open_store(home=tmp_path) as store:
        school = School(store)
        span = timedelta(days=days)
        screener, platforms = Screener(SchoolModel(), DETECTORS), {"discord": school.discord}
        async with assembled(store, platforms, screener, PACK, school.clock, protected_for=span) as parts:
            ask = Interaction(Author("@reporter"), ROOM.ref, "handle", "en")
            await parts.desk(CommandUsed(ask, "report", {}, comment(1, author=Author("77"))), school.discord)
            token = school.discord.forms[-1][1].token
            await parts.desk(FormSubmitted(ask, "report", token, {"what": "it hurts"}), school.discord)
        (watch,) = await school.rows(schema.watches)
        assert watch.until - school.clock() == span
