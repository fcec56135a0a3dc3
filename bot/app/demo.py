"""The whole program on the local platform: an example school in the browser, without tokens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path

from adapters.local.platform import LocalPlatform
from adapters.local.saved import keep_in
from adapters.local.school import SITE_FILE, open_school, tell_what_was_said
from adapters.local.server import Served, serve
from adapters.local.world import the_present
from bot.app.assembly import assembled
from bot.app.guard import Guard
from bot.app.story import ask_for_the_club, calendar_page, live_through_the_week
from bot.app.wiring import make_screener, policy_in_force
from bot.daily.days import Quiet
from bot.domain.assessments import Assessment, Judgement
from bot.domain.comments import Comment
from bot.domain.outcomes import Outcome
from bot.intake import Intake
from bot.intake.intake import Screen
from bot.intake.reading import Reader
from bot.policy.schema import Pack
from bot.registry.applying import apply
from bot.registry.known import Known
from bot.registry.notices import post_notices
from bot.registry.site_file import read_site_file
from bot.screening.screener import Screener
from bot.settings import Settings
from bot.store import Store, open_store

CHAT_FILE = "chat.json"
AWAKE = Quiet(time(0), time(0))
"""Visitors come at any hour: this school has no quiet ones."""
NOTICE_AGO = timedelta(days=60)
"""How long before now the example school posted its notices."""
LOOK = 1.0
"""Seconds between two looks at which channels are watched, for the page to show."""


def now() -> datetime:
    """Return the present, aware, in UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_demo(settings: Settings, home: Path, *, port: int) -> AsyncIterator[Served]:
    """Run the example school while the block runs: its page, its store in `home`, and the guard.

    What visitors write and decide stays in `home` for the next time. Raise `UsageError` when the port is taken.
    """
    world = open_school()
    async with (
        serve(world, port=port) as platform,
        make_screener(settings) as screener,
        open_store(home=home) as store,
    ):
        applied = await apply(store, read_site_file(SITE_FILE))
        pack = policy_in_force(settings, applied.roster)
        is_new = not keep_in(world, home / CHAT_FILE)
        if is_new:
            await _post_notices_back_then(store, platform)
        platform.calendar = lambda account, language: calendar_page(store, account, now(), language)
        async with _watching(store, platform, screener, pack, is_new=is_new):
            yield platform


async def _post_notices_back_then(store: Store, platform: LocalPlatform) -> None:
    """The notice went up weeks ago."""
    back_then = now() - NOTICE_AGO
    platform.world.clock = lambda: back_then
    await post_notices(store, {platform.name: platform}, ("en", "es"), back_then.date())
    platform.world.clock = the_present


async def _tell_the_story_so_far(store: Store, platform: LocalPlatform, intake: Intake) -> None:
    """Days were kept since; what was said today is for the guard to catch up with."""
    await live_through_the_week(store, platform, intake, now())
    await ask_for_the_club(store, platform, now())
    tell_what_was_said(platform.world)


@asynccontextmanager
async def _watching(
    store: Store, platform: LocalPlatform, screener: Screener, pack: Pack, *, is_new: bool
) -> AsyncIterator[None]:
    platforms = {platform.name: platform}
    async with assembled(
        store, platforms, screener, pack, now, reading=partial(_shown, platform=platform), quiet=AWAKE
    ) as parts:
        if is_new:
            await _tell_the_story_so_far(store, platform, parts.intake)
        guard = Guard(parts)
        tasks = [asyncio.create_task(guard.run()), asyncio.create_task(_show_watched(parts.known, platform))]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _shown(reader: Reader, platform: LocalPlatform) -> Screen:
    """Have everything that is read shown beside its message, for visitors who want to see how the bot works."""

    async def read(comment: Comment) -> tuple[Assessment, Judgement]:
        assessment, judgement = await reader(comment)
        outcome = Outcome.UNSCORED if assessment.unscored else Outcome.CLEAR
        platform.show_outcome(
            comment.ref, comment.revision, Outcome.FLAGGED if judgement.flagged else outcome, judgement
        )
        return assessment, judgement

    return read


async def _show_watched(known: Known, platform: LocalPlatform) -> None:
    shown = None
    while True:
        await known.refresh()
        watched = frozenset(ref for ref, channel in known.channels.items() if channel.watched)
        if watched != shown:
            platform.show_watched(watched)
            shown = watched
        await asyncio.sleep(LOOK)
