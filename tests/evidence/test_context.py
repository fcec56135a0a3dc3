"""Context: a few neighbours, sealed once, from watched channels only, and never lost to a platform's trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from bot.domain.channels import ChannelStatus
from bot.domain.comments import Author, ChannelRef, Comment
from bot.errors import PlatformError
from bot.evidence.context import WAIT, WINDOW, Contexts, around
from bot.evidence.vault import Vault
from bot.store import schema
from tests.alerts.school import School
from tests.evidence.conftest import damage, stand
from tests.intake.history import MemoryHistory
from tests.store.examples import ROOM, comment


class Memory:
    """A platform with a history; `broken` makes it fail midway."""

    def __init__(self, *comments: Comment) -> None:
        self.memory = MemoryHistory(*comments)
        self.broken = False

    async def history(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        async for one in self.memory(channel, after):
            yield one
            if self.broken:
                raise PlatformError("The platform went away.")


def contexts(school: School, platform: Memory) -> Contexts:
    return Contexts(school.store, {"discord": platform}, school.clock)


CROWD = [comment(number, f"words {number}") for number in range(1, 20)]


async def sealed_around(school: School, case: UUID) -> list[str]:
    await stand(school)
    opened = await Vault(school.store, school.book, school.clock).open(case, "principal", "to read it")
    return [one.text for one in opened.context]


async def test_the_nearest_neighbours_are_sealed_once(school: School) -> None:
    case = await school.flag(seen=comment(10, "bad words"))
    round_ = contexts(school, Memory(*CROWD))
    assert await round_.seal_due() == 0, "not before answers could come"
    school.clock.now += WAIT
    assert await round_.seal_due() == 1
    assert await round_.seal_due() == 0
    assert await round_.seal(case) is False
    assert await sealed_around(school, case) == [f"words {number}" for number in (7, 8, 9, 11, 12, 13)]
    assert [row.kind for row in await school.rows(schema.snapshots)] == ["comment", "context"]
    assert (await school.store.verify_chain())[1] == []


async def test_a_platform_in_trouble_is_asked_again(school: School) -> None:
    case = await school.flag(seen=comment(10, "bad words"))
    school.clock.now += WAIT
    platform = Memory(*CROWD)
    platform.broken = True
    assert await contexts(school, platform).seal_due() == 0
    platform.broken = False
    assert await contexts(school, platform).seal_due() == 1
    assert len(await sealed_around(school, case)) == 6


class Partly(Memory):
    """A platform that cannot say what was around comments from number 100 on."""

    async def history(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        if after > (comment(50).posted_at or after) - WINDOW:
            raise PlatformError("The platform does not say.")
        async for one in super().history(channel, after):
            yield one


async def test_what_cannot_be_read_holds_up_no_other(school: School) -> None:
    """Twenty cases whose history fails fill one look; a later case gets its context at the next."""
    for number in range(20):
        await school.flag(seen=comment(100 + number, "bad words"))
    school.clock.now += timedelta(seconds=1)
    late = await school.flag(seen=comment(10, "bad words"))
    round_ = contexts(school, Partly(*CROWD))
    school.clock.now += WAIT
    assert [await round_.seal_due() for _ in range(2)] == [0, 1]
    assert len(await sealed_around(school, late)) == 6


async def test_a_case_that_does_not_open_holds_up_no_other(school: School) -> None:
    broken = await school.flag(seen=comment(9, "bad words"))
    school.clock.now += timedelta(seconds=1)
    late = await school.flag(seen=comment(10, "bad words"))
    await damage(school, broken)
    school.clock.now += WAIT
    assert await contexts(school, Memory(*CROWD)).seal_due() == 1
    # The neighbour with the broken case stays hidden: nobody can tell whom that case bars.
    assert await sealed_around(school, late) == [f"words {number}" for number in (7, 8, 11, 12, 13)]


async def test_neighbours_are_neighbours_however_much_was_said_before() -> None:
    """Two thousand comments of a raid come first; what is sealed stands beside the comment all the same."""
    start = CROWD[9].posted_at
    assert start is not None
    raid = [
        replace(comment(1000 + number, "raid"), posted_at=start - timedelta(hours=5, seconds=-number))
        for number in range(2500)
    ]
    found = await around(Memory(*raid, *CROWD), comment(10))
    assert [one.text for one in found] == [f"words {number}" for number in (7, 8, 9, 11, 12, 13)]


async def test_nothing_but_the_comment_is_kept_of_a_channel_that_is_not_watched(school: School) -> None:
    case = await school.flag(seen=comment(10, "bad words"))
    await school.store.channels.save(replace(ROOM, site="lincoln", status=ChannelStatus.PENDING))
    school.clock.now += WAIT
    platform = Memory(*CROWD)
    assert await contexts(school, platform).seal_due() == 1
    assert platform.memory.asked == []
    assert await sealed_around(school, case) == []


async def test_what_was_destroyed_gets_no_context_and_old_cases_are_let_be(school: School) -> None:
    case = await school.flag(seen=comment(10, "bad words"))
    await school.flag(seen=comment(11, "bad and old"))
    vault = Vault(school.store, school.book, school.clock)
    await vault.refuse(case, "principal", "an idiom")
    school.clock.now += timedelta(days=2)
    assert await contexts(school, Memory(*CROWD)).seal_due() == 0
    assert await contexts(school, Memory(*CROWD)).seal(case) is False


@pytest.mark.parametrize(
    ("before", "after", "seen"), [(0, 0, []), (1, 2, [9, 11, 12]), (50, 50, [*range(1, 10), *range(11, 20)])]
)
async def test_how_many_is_a_setting(before: int, after: int, seen: list[int]) -> None:
    found = await around(Memory(*CROWD), comment(10), before=before, after=after)
    assert [int(one.ref.comment) for one in found] == seen


async def test_bots_other_channels_and_timeless_comments_are_no_context() -> None:
    bot = replace(comment(9, "a bot"), author=Author("1", "bot", is_bot=True))
    elsewhere = comment(8, "elsewhere", channel=ChannelRef("discord", "900", "77"))
    assert await around(Memory(bot, elsewhere), comment(10)) == ()
    assert await around(Memory(*CROWD), replace(comment(10), posted_at=None)) == ()
