"""The week before a visitor comes: kept by the real ledger, the newest closed day left to the visitor to sign."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.local.platform import LocalPlatform
from adapters.local.school import SITE_FILE, open_school
from bot.app.story import CLUB, ask_for_the_club, calendar_page, live_through_the_week
from bot.daily.closing import DayEnd
from bot.intake import Intake
from bot.registry.applying import apply
from bot.registry.notices import post_notices
from bot.registry.site_file import read_site_file
from bot.store import Versions, open_store
from tests.intake.screener import WordScreener

MORNING, EVENING = datetime(2026, 11, 20, 17, tzinfo=UTC), datetime(2026, 11, 21, 2, tzinfo=UTC)


@pytest.mark.parametrize("now", [MORNING, EVENING], ids=["before the close", "after the close"])
async def test_a_week_is_kept_and_one_day_waits_for_the_visitor(tmp_path: Path, now: datetime) -> None:
    platform = LocalPlatform(open_school(lambda: now))
    async with open_store(home=tmp_path) as store:
        await apply(store, read_site_file(SITE_FILE))
        await post_notices(store, {"local": platform}, ("en", "es"), now.date())
        async with Intake(store, WordScreener(), lambda: now, versions=Versions("p", "m")) as intake:
            await live_through_the_week(store, platform, intake, now)
            assert await store.ledger.unsigned("lincoln") == []
            await DayEnd(store, {"local": platform}, intake.receive, lambda: now, pause=_at_once).look()
        (waiting,) = await store.ledger.unsigned("lincoln")
        latest = (await store.ledger.latest())["lincoln"]
        assert (latest.date - waiting.date).days == 1
        assert waiting.closes_at < now < latest.closes_at
        assert await store.gaps.open_ones() == []
        page = await calendar_page(store, "anita", now, "en")
        assert page is not None
        assert (page.count("✓ signed<"), page.count("signed late"), page.count("gaps")) == (4, 1, 0)
        for account in ("elena", "maya", "", "nobody"):
            assert await calendar_page(store, account, now, "en") is None
        assert "✓ firmado<" in (await calendar_page(store, "anita", now, "es") or "")


async def test_the_club_waits_for_approval_and_is_not_read(tmp_path: Path) -> None:
    platform = LocalPlatform(open_school(lambda: MORNING))
    async with open_store(home=tmp_path) as store:
        await apply(store, read_site_file(SITE_FILE))
        await ask_for_the_club(store, platform, MORNING)
        (club,) = [one.registered for one in await store.channels.all() if one.registered.ref.channel == CLUB]
    assert not club.watched
    assert club.approved_by is None


async def _at_once(seconds: float) -> None:
    assert seconds >= 0
