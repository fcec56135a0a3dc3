"""The notice: posted once, in both languages, before anything is read; never where a fact is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from adapters.local.platform import LocalPlatform
from adapters.local.school import SITE_FILE, open_school
from bot.interface.texts import LANGUAGES, say
from bot.registry.applying import apply
from bot.registry.notices import notice_card, post_notices
from bot.registry.site_file import read_site_file
from bot.store import open_store

TODAY = date(2026, 9, 1)


async def test_the_notice_comes_before_the_watch_and_comes_once(tmp_path: Path) -> None:
    platform = LocalPlatform(open_school())
    async with open_store(home=tmp_path / "home") as store:
        await apply(store, read_site_file(SITE_FILE))
        assert not any(item.registered.watched for item in await store.channels.all())
        platform.go_down()
        assert await post_notices(store, {"local": platform}, ("en", "es"), TODAY) == ()
        platform.come_back()
        watched = await post_notices(store, {"local": platform}, ("en", "es"), TODAY)
        assert watched
        assert await post_notices(store, {"local": platform}, ("en", "es"), TODAY) == ()
        stored = {item.registered.ref: item.registered for item in await store.channels.all()}
    assert all(stored[ref].watched for ref in watched)
    assert all(channel.notice_posted_on is None for ref, channel in stored.items() if ref not in watched)
    posted = [post for post in platform.world.posts.values() if post.room is not None]
    assert len(posted) == len(watched)


def test_the_notice_says_who_reads_and_how_to_report_in_both_languages_whoever_looks() -> None:
    card = notice_card(("en", "es"), "7")
    for reader in LANGUAGES:
        shown = " ".join(say(line, reader) for line in card.lines)
        assert "people decide" in shown
        assert "deciden personas" in shown
        assert "Report to school" in shown
        assert "Reportar a la escuela" in shown
