"""The whole program on the local platform: an example school in the browser, without tokens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from adapters.local.platform import LocalPlatform
from adapters.local.saved import keep_in
from adapters.local.school import SITE_FILE, open_school, tell_what_was_said
from adapters.local.server import Served, serve
from adapters.local.world import the_present
from bot.app.assembly import assembled
from bot.app.guard import Guard
from bot.app.wiring import load_policy, make_screener
from bot.domain.assessments import Assessment, Judgement
from bot.domain.comments import Comment
from bot.domain.outcomes import Outcome
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
    pack = load_policy(settings)
    world = open_school()
    async with (
        serve(world, port=port) as platform,
        make_screener(settings) as screener,
        open_store(home=home) as store,
    ):
        await apply(store, read_site_file(SITE_FILE))
        if not keep_in(world, home / CHAT_FILE):
            await _tell_the_story_so_far(store, platform)
        async with _watching(store, platform, screener, pack):
            yield platform


async def _tell_the_story_so_far(store: Store, platform: LocalPlatform) -> None:
    """The notice went up weeks ago; what was said since is for the guard to catch up with."""
    back_then = now() - NOTICE_AGO
    platform.world.clock = lambda: back_then
    await post_notices(store, {platform.name: platform}, ("en", "es"), back_then.date())
    platform.world.clock = the_present
    tell_what_was_said(platform.world)


@asynccontextmanager
async def _watching(store: Store, platform: LocalPlatform, screener: Screener, pack: Pack) -> AsyncIterator[None]:
    platforms = {platform.name: platform}
    async with assembled(store, platforms, screener, pack, now, reading=partial(_shown, platform=platform)) as parts:
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
