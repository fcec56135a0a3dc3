"""The notice: posted once, in both languages, before anything is read; never where a fact is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from adapters.local.platform import LocalPlatform
from adapters.local.school import open_school, site_file
from bot.interface.texts import say
from bot.policy.loader import load_pack
from bot.registry.applying import apply
from bot.registry.notices import notice_card, post_notices
from bot.registry.site_file import read_site_file
from bot.store import open_store

TODAY = date(2026, 9, 1)
PACK = load_pack("lausd")


async def test_the_notice_comes_before_the_watch_and_comes_once(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(site_file(), encoding="utf-8")
    platform = LocalPlatform(open_school())
    async with open_store(home=tmp_path / "home") as store:
        await apply(store, read_site_file(path))
        assert not any(item.registered.watched for item in await store.channels.all())
        platform.go_down()
        assert await post_notices(store, {"local": platform}, PACK, ("en", "es"), TODAY) == ()
        platform.come_back()
        watched = await post_notices(store, {"local": platform}, PACK, ("en", "es"), TODAY)
        assert watched
        assert await post_notices(store, {"local": platform}, PACK, ("en", "es"), TODAY) == ()
        stored = {item.registered.ref: item.registered for item in await store.channels.all()}
    assert all(stored[ref].watched for ref in watched)
    assert all(channel.notice_posted_on is None for ref, channel in stored.items() if ref not in watched)
    posted = [post for post in platform.world.posts.values() if post.room is not None]
    assert len(posted) == 2 * len(watched)


def test_the_notice_says_who_reads_and_how_to_report_in_both_languages() -> None:
    english, spanish = (notice_card(PACK, language) for language in ("en", "es"))
    assert len(english.lines) == len(spanish.lines) == 2 + len(PACK.netiquette["en"].points)
    assert "people decide" in say(english.lines[0], "en")
    assert "Report to school" in say(english.lines[-1], "en")
    assert "Reportar a la escuela" in say(spanish.lines[-1], "es")
