"""The guard on a real platform: nothing is read before the notice, nothing is missed while the line is down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from adapters.local.platform import LocalPlatform
from adapters.local.school import open_school
from bot.domain.comments import ChannelRef, Comment
from bot.errors import PlatformError
from bot.platform.events import CommandUsed
from tests.app.school import School, running_school


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
