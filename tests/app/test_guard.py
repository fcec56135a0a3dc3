"""The guard on a real platform: nothing is read before the notice, nothing is missed while the line is down.

No platform, workspace or channel waits for another's history.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.local.platform import LocalPlatform
from adapters.local.school import open_school
from bot.domain.comments import ChannelRef, Comment
from bot.errors import PlatformError
from bot.platform.events import ChannelChanged, ChannelNews, CommandUsed, Interrupted, Resumed
from tests.app.school import School, now, running_school
from tests.platforms.recorder import Recorder
from tests.store.examples import ROOM


async def watched(school: School) -> None:
    await school.until(lambda: any(post.room == "room-12" for post in school.platform.world.posts.values()))
    school.platform.world.write("grace", "families-9th-grade", "are we live?")
    await school.until(lambda: "are we live?" in school.read)


async def test_the_notice_comes_first_and_then_what_was_said_is_read(tmp_path: Path) -> None:
    platform = LocalPlatform(open_school())
    platform.world.write("elena", "room-12", "said before anybody watched")
    async with running_school(tmp_path, platform) as school:
        await school.until(lambda: "said before anybody watched" in school.read)
        notices = [post for post in platform.world.posts.values() if post.room == "room-12"]
        assert len(notices) == 1


async def test_a_cruel_comment_becomes_a_flag_with_its_errand(tmp_path: Path) -> None:
    async with running_school(tmp_path) as school:
        await watched(school)
        school.platform.world.write("elena", "room-12", "what an idiot")
        await school.until(lambda: "what an idiot" in school.read)
        assert len(await school.stored("SELECT * FROM flags")) == 1
        assert len(await school.stored("SELECT * FROM outbox WHERE kind = 'flag'")) == 1


async def test_what_was_said_while_the_line_was_down_is_read_once_it_is_back(tmp_path: Path) -> None:
    async with running_school(tmp_path) as school:
        await watched(school)
        school.platform.go_down()
        said = [f"while you were out {number}" for number in range(40)]
        for line in said:
            school.platform.world.write("elena", "room-12", line)
        await asyncio.sleep(0.2)
        assert not set(said) & set(school.read)
        school.platform.come_back()
        await school.until(lambda: set(said) <= set(school.read))
        assert sorted(line for line in school.read if line in said) == sorted(said)


async def test_an_edit_is_read_as_a_new_revision_and_a_deletion_is_noted(tmp_path: Path) -> None:
    async with running_school(tmp_path) as school:
        await watched(school)
        message = school.platform.world.write("elena", "room-12", "see you at three")
        await school.until(lambda: "see you at three" in school.read)
        school.platform.world.edit("elena", message.id, "see you at four, idiot")
        await school.until(lambda: "see you at four, idiot" in school.read)
        school.platform.world.delete("elena", message.id)
        assert await school.stored("SELECT * FROM deletions")


async def test_commands_reach_the_desk(tmp_path: Path) -> None:
    async with running_school(tmp_path) as school:
        school.platform.use_command("grace", "netiquette", room="families-9th-grade", language="es")
        await school.until(lambda: bool(school.asked))
        (event,) = school.asked
        assert isinstance(event, CommandUsed)
        assert (event.command, event.interaction.language) == ("netiquette", "es")


class Refusing(LocalPlatform):
    """Its history fails three times, then works."""

    refusals = 3

    async def history(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        if self.refusals:
            self.refusals -= 1
            self.come_back_from_a_blink()
            raise PlatformError("The platform is busy.")
        async for comment in super().history(channel, after):
            yield comment

    def come_back_from_a_blink(self) -> None:
        self.go_down()
        self.come_back()


async def test_a_history_that_cannot_be_read_is_tried_again(tmp_path: Path) -> None:
    platform = Refusing(open_school())
    platform.world.write("elena", "room-12", "in the history")
    async with running_school(tmp_path, platform) as school:
        await school.until(lambda: "in the history" in school.read)
    assert platform.refusals == 0


class Slow(Recorder):
    """Another platform. Its histories take for ever, but for those of `hasty` channels and `broken` ones."""

    def __init__(self) -> None:
        super().__init__("slack")
        self.begun: list[ChannelRef] = []
        self.ended: list[ChannelRef] = []
        self.hasty: set[str] = set()
        self.broken: set[str] = set()

    async def history(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        self.begun.append(channel)
        try:
            if channel.channel in self.broken:
                raise ValueError("somebody's words")
            if channel.channel not in self.hasty:
                await asyncio.Event().wait()
        finally:
            self.ended.append(channel)
        async for comment in super().history(channel, after):
            yield comment

    def busy(self) -> Counter[str]:
        """How many readings are under way in each workspace."""
        return Counter(ref.workspace for ref in self.begun) - Counter(ref.workspace for ref in self.ended)


async def register(school: School, *channels: ChannelRef) -> None:
    for ref in channels:
        await school.store.channels.save(replace(ROOM, ref=ref, site="lincoln"))


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.app.guard.TICK", 0.05)


def slack(workspace: str, channel: str) -> ChannelRef:
    return ChannelRef("slack", workspace, channel)


@pytest.mark.usefixtures("_impatient")
async def test_a_long_history_keeps_nothing_else_waiting(tmp_path: Path) -> None:
    slow = Slow()
    async with running_school(tmp_path, beside=slow) as school:
        await watched(school)
        await register(school, slack("T1", "C1"), slack("T1", "C2"), slack("T2", "C1"))
        await school.until(lambda: slow.busy() == {"T1": 1, "T2": 1})
        school.platform.go_down()
        school.platform.world.write("elena", "room-12", "said in the dark")
        school.platform.come_back()
        await school.until(lambda: "said in the dark" in school.read)
        club = replace(ROOM, ref=school.platform.channel("band-boosters"), site="lincoln", notice_posted_on=None)
        await school.store.channels.save(club)
        await school.until(lambda: any(post.room == "band-boosters" for post in school.platform.world.posts.values()))
        (mark,) = await school.stored("SELECT watermark FROM channels WHERE channel = 'room-12'")
        await school.stored(f"SELECT 1 FROM channels WHERE channel = 'room-12' AND watermark > '{mark.watermark}'")  # noqa: S608
        assert slow.begun == [slack("T1", "C1"), slack("T2", "C1")], "one reading in each workspace, begun once"
    assert not slow.busy(), "what was under way has ended with the guard"


@pytest.mark.usefixtures("_impatient")
async def test_what_goes_wrong_with_one_channel_is_told_without_its_words_and_ends_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    slow = Slow()
    slow.broken, slow.hasty = {"C1"}, {"C2"}
    async with running_school(tmp_path, beside=slow) as school:
        await watched(school)
        await register(school, slack("T1", "C1"), slack("T1", "C2"), slack("T2", "C3"))
        await school.until(lambda: slow.begun.count(slack("T1", "C1")) > 1 and slow.busy() == {"T2": 1})
        assert slow.begun.count(slack("T1", "C2")) == 1
        slow.broken.clear()
        slow.hasty.add("C1")
        await school.stored("SELECT 1 FROM channels WHERE channel = 'C1' AND watermark IS NOT NULL")
    assert "(ValueError at test_guard.py" in caplog.text
    assert "somebody's words" not in caplog.text


class Deaf(LocalPlatform):
    """Its history can be read while its events do not come, unless the bot is out of all channels."""

    is_out = False

    def _must_be_up(self) -> None:
        pass

    def tell(self, event: Interrupted | Resumed | ChannelChanged) -> None:
        self._events.put_nowait(event)

    async def history(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        if self.is_out:
            raise PlatformError("The bot is not in this channel.")
        async for comment in super().history(channel, after):
            yield comment


@pytest.mark.parametrize(
    "news",
    [
        [ChannelNews.ACCESS_LOST, ChannelNews.ACCESS_GAINED],
        [ChannelNews.ARCHIVED, ChannelNews.ACCESS_GAINED],
        [ChannelNews.ACCESS_GAINED],
    ],
)
async def test_what_is_said_where_the_bot_is_out_is_read_at_once_when_it_is_in_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, news: list[ChannelNews]
) -> None:
    monkeypatch.setattr("bot.app.guard.TICK", 3600.0)
    platform = Deaf(open_school())
    room = platform.channel("room-12")
    async with running_school(tmp_path, platform) as school:
        await watched(school)
        platform.is_out, platform.up = True, False
        for one in news[:-1]:
            platform.tell(ChannelChanged(room, one, now()))
        platform.world.write("elena", "room-12", "not told")
        await asyncio.sleep(0.2)
        assert "not told" not in school.read
        platform.is_out, platform.up = False, True
        platform.tell(ChannelChanged(room, news[-1], now()))
        await school.until(lambda: "not told" in school.read)
        assert [one.news for one in school.asked if isinstance(one, ChannelChanged)] == news


@pytest.mark.usefixtures("_impatient")
async def test_a_channel_that_the_bot_is_out_of_is_looked_at_again_without_news(tmp_path: Path) -> None:
    platform = Deaf(open_school())
    async with running_school(tmp_path, platform) as school:
        await watched(school)
        platform.is_out, platform.up = True, False
        platform.tell(ChannelChanged(platform.channel("room-12"), ChannelNews.ACCESS_LOST, now()))
        platform.world.write("elena", "room-12", "not told")
        platform.world.write("grace", "families-9th-grade", "not told either")
        await asyncio.sleep(0.3)
        platform.is_out, platform.up = False, True
        await school.until(lambda: "not told" in school.read)
        assert "not told either" not in school.read, "one channel's news is no other's"


@pytest.mark.usefixtures("_impatient")
async def test_only_its_own_end_ends_a_break(tmp_path: Path) -> None:
    platform = Deaf(open_school())
    async with running_school(tmp_path, platform) as school:
        await watched(school)
        first, second = now() - timedelta(seconds=2), now() - timedelta(seconds=1)
        platform.go_down()
        for event in (Interrupted(first), Interrupted(second), Resumed(now(), now()), Resumed(first, now())):
            platform.tell(event)
        platform.world.write("elena", "room-12", "said in the dark")
        await asyncio.sleep(0.5)
        assert "said in the dark" not in school.read, "events are still lost: it would be live too early"
        platform.come_back()
        await asyncio.sleep(0.5)
        assert "said in the dark" not in school.read
        platform.tell(Resumed(second, now()))
        await school.until(lambda: "said in the dark" in school.read and len(school.noted) > 3)
        assert [type(event) for event in school.noted] == [Interrupted, Interrupted, Interrupted, Resumed]


async def test_a_stray_end_has_history_read_and_is_no_news_to_the_ledger(tmp_path: Path) -> None:
    platform = Deaf(open_school())
    async with running_school(tmp_path, platform) as school:
        await watched(school)
        platform.up = False
        platform.world.write("elena", "room-12", "not told")
        platform.up = True
        platform.tell(Resumed(now(), now()))
        await school.until(lambda: "not told" in school.read)
        assert school.noted == []


async def test_the_ledger_hears_of_breaks_in_the_order_in_which_they_happened(tmp_path: Path) -> None:
    async with running_school(tmp_path) as school:
        await watched(school)
        for _ in range(3):
            school.platform.go_down()
            school.platform.come_back()
        await school.until(lambda: len(school.noted) == 6)
        assert [type(event) for event in school.noted] == [Interrupted, Resumed] * 3
