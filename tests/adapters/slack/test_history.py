"""History: everything since a time, oldest first, threads and edits included, within Slack's rates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapters.slack import history as reading_back
from bot.domain.comments import Comment, CommentRef
from bot.errors import PlatformError
from tests.adapters.slack.conftest import School
from tests.adapters.slack.core import Core, at, listening, options
from tests.platforms.slack_server import SlackServer

NOW = datetime.now(UTC)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


async def history(core: Core, channel: str, after: datetime = BEGINNING) -> list[Comment]:
    return [comment async for comment in core.platform.history(at(channel), after)]


def texts(comments: list[Comment]) -> list[str]:
    return [comment.text for comment in comments]


async def test_everything_comes_oldest_first_with_threads_in_their_place(core: Core, school: School) -> None:
    world, room, student = school.world, school.room, school.student
    parent = world.post(student, room, "first", at=ago(days=2))
    world.post(student, room, "third", at=ago(hours=5))
    world.post(school.principal, room, "second", thread=parent, at=ago(hours=30))
    world.post(school.principal, room, "fourth", thread=parent, broadcast=True, at=ago(hours=2))
    world.join(world.add_person("Maya"), room)
    world.post_by_webhook(room, "a webhook's")
    world.post(school.robot, room, "a bot's")
    found = await history(core, room)
    assert texts(found) == ["first", "second", "third", "fourth", "a webhook's", "a bot's"]
    assert [comment.author.is_bot for comment in found] == [False] * 5 + [True]
    assert found == sorted(found, key=lambda comment: comment.posted_at or NOW)


async def test_history_says_what_live_events_said(core: Core, school: School, slack: SlackServer) -> None:
    parent = school.world.post(school.student, school.room, "hello @Anita Morales <b>", files=["image"])
    school.world.post(school.principal, school.room, "reply", thread=parent)
    edited = school.world.post(school.student, school.room, "before")
    school.world.edit(edited, "after")
    await core.settled()
    live = {(one.ref, one.revision): one for one in core.comments}
    for comment in await history(core, school.room):
        if not comment.text.startswith("sentinel"):
            told = live[comment.ref, comment.revision]
            assert (told.text, told.author, told.attachments) == (comment.text, comment.author, comment.attachments)
            assert (told.posted_at, told.permalink, told.mentions) == (
                comment.posted_at,
                comment.permalink,
                comment.mentions,
            )


async def test_only_what_is_newer_comes(core: Core, school: School) -> None:
    world, room, student = school.world, school.room, school.student
    world.post(student, room, "old", at=ago(days=3))
    edge = world.post(student, room, "at the edge", at=ago(days=1))
    world.post(student, room, "new", at=ago(hours=1))
    found = await history(core, room, ago(days=1))
    assert texts(found) in (["new"], ["at the edge", "new"])
    assert texts(await history(core, room, ago(days=1) - timedelta(seconds=1))) == ["at the edge", "new"]
    assert edge.ts


async def test_a_new_reply_in_an_old_thread_comes(core: Core, school: School) -> None:
    world, room = school.world, school.room
    old = world.post(school.student, room, "old parent", at=ago(days=20))
    world.post(school.student, room, "old reply", thread=old, at=ago(days=19))
    world.post(school.student, room, "quiet parent", at=ago(days=18))
    world.post(school.principal, room, "new reply", thread=old, at=ago(minutes=5))
    assert texts(await history(core, room, ago(hours=1))) == ["new reply"]


async def test_edits_in_the_look_back_come(core: Core, school: School) -> None:
    world, room = school.world, school.room
    old = world.post(school.student, room, "kind", at=ago(days=2))
    parent = world.post(school.student, room, "parent", at=ago(days=2.5))
    reply = world.post(school.student, room, "kind reply", thread=parent, at=ago(days=2))
    world.edit(old, "cruel")
    world.edit(reply, "cruel reply")
    found = await history(core, room, datetime.now(UTC))
    assert texts(found) == ["cruel", "cruel reply"]
    assert all(comment.revision and comment.edited_at for comment in found)


async def test_many_pages_are_read(core: Core, school: School, slack: SlackServer) -> None:
    for number in range(450):
        school.world.post(school.student, school.room, str(number), at=ago(hours=10) + timedelta(seconds=number))
    found = await history(core, school.room)
    assert texts(found) == [str(number) for number in range(450)]
    assert len(slack.called("conversations.history")) == 3


async def test_a_giant_history_is_read_in_turns(core: Core, school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_back, "MOST", 10)
    monkeypatch.setattr(reading_back, "PAGE", 4)
    world, room, student = school.world, school.room, school.student
    said: list[tuple[datetime, str]] = []
    for number in range(35):
        moment = ago(hours=35 - number)
        parent = world.post(student, room, f"{number}", at=moment)
        said.append((moment, f"{number}"))
        if number % 5 == 0:
            world.post(student, room, f"late reply to {number}", thread=parent, at=ago(minutes=40 - number))
            said.append((ago(minutes=40 - number), f"late reply to {number}"))
    found = texts(await history(core, room))
    assert list(dict.fromkeys(found)) == [words for _, words in sorted(said)], "nothing is missed, nothing out of order"


async def test_a_deleted_thread_does_not_stop_the_reading(core: Core, school: School) -> None:
    parent = school.world.post(school.student, school.room, "parent")
    school.world.post(school.principal, school.room, "reply that stays", thread=parent)
    school.world.delete(parent)
    assert texts(await history(core, school.room)) == ["reply that stays"]


async def test_a_comment_is_read_as_it_stands(core: Core, school: School) -> None:
    post = school.world.post(school.student, school.room, "before")
    reply = school.world.post(school.principal, school.room, "reply", thread=post)
    school.world.edit(post, "after")
    for where, words in ((post, "after"), (reply, "reply")):
        found = await core.platform.read(CommentRef(at(school.room), where.ts))
        assert found is not None
        assert found.text == words
    school.world.delete(reply)
    school.world.delete(post)
    for where in (post, reply):
        assert await core.platform.read(CommentRef(at(school.room), where.ts)) is None


async def test_a_channel_without_the_bot_is_one_sentence(core: Core, school: School) -> None:
    with pytest.raises(PlatformError, match="The bot is not in this Slack channel; invite it there with /invite"):
        await history(core, school.boosters)


async def test_storms_are_waited_for(core: Core, school: School, slack: SlackServer) -> None:
    school.world.post(school.student, school.room, "hello")
    slack.faults.storm("conversations.history", times=2, retry_after=1)
    slack.faults.reset("conversations.history")
    slack.faults.fail("conversations.history", status=502)
    assert texts(await history(core, school.room)) == ["hello"]
    storms = [call for call in slack.called("conversations.history") if call.status == 429]
    assert len(storms) == 2


async def test_rates_are_kept(slack: SlackServer, school: School) -> None:
    slack.limits.enforced, slack.limits.window = True, 1.0
    for number in range(60):
        parent = school.world.post(school.student, school.room, str(number))
        school.world.post(school.student, school.room, f"reply {number}", thread=parent)
    async with listening(slack, options(slack, minute=1.1)) as core:
        found = await history(core, school.room)
    assert len(found) == 120
    assert [call for call in slack.calls if call.status == 429] == []


async def test_the_stricter_limit_is_recognised_and_told(
    slack: SlackServer, school: School, caplog: pytest.LogCaptureFixture
) -> None:
    slack.limits.unlisted, slack.limits.window = True, 0.4
    for number in range(40):
        school.world.post(school.student, school.room, str(number))
    async with listening(slack, options(slack, minute=0.5)) as core:
        before = core.platform.limits
        assert texts(await history(core, school.room)) == [str(number) for number in range(40)]
        assert (before, len(core.platform.limits)) == ((), 1)
        assert "15 messages a minute" in core.platform.limits[0]
    assert caplog.text.count("15 messages a minute") == 1
    refused = [call for call in slack.called("conversations.history") if call.status == 429]
    assert len(refused) <= 1, "once it is known, nothing is asked too early"
