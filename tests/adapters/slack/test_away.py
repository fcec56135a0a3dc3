"""The bot out of a channel on Slack: what is said there meanwhile is read once it is in again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.platforms.school import School
from tests.platforms.slack_stage import SlackStage

CRUEL = "what an idiot you are"
WATERMARK = "SELECT watermark FROM channels WHERE channel = ?"


@pytest.fixture
async def ticking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SlackStage]:
    """Slack, and a bot whose watermarks move on all the time, as they do in the program."""
    monkeypatch.setattr("bot.app.guard.TICK", 0.05)
    stage = SlackStage(tmp_path)
    await stage.open(School())
    await stage.watched()
    yield stage
    await stage.close()


async def test_what_is_said_while_the_bot_is_out_of_a_channel_is_read(ticking: SlackStage) -> None:
    stage, world = ticking, ticking.world
    room, elsewhere = stage.place.rooms["class"], stage.place.rooms["families"]
    await stage.until(lambda: _watermark(stage, room), "the class to be live")
    world.leave(world.workspace.bot.id, room)
    await stage.settled()
    said = [await stage.say("student", "class", f"line number {number}") for number in range(9)]
    said.append(await stage.say("student", "class", CRUEL))
    stage.bot.go_to(stage.bot.now() + timedelta(days=4))
    days_later = stage.bot.now() - timedelta(hours=1)
    await stage.until(lambda: (_watermark(stage, elsewhere) or days_later) > days_later, "the days to pass")
    world.join(world.workspace.bot.id, room)
    for ref in said:
        await stage.read(ref)
    await stage.until(lambda: (_watermark(stage, room) or days_later) > days_later, "the class to be live again")


def _watermark(stage: SlackStage, channel: str) -> datetime | None:
    ((mark,),) = stage.bot.rows(WATERMARK, channel)
    return datetime.fromisoformat(mark).replace(tzinfo=UTC) if mark else None
