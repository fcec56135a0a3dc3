"""Events: each row of the table in docs/slack.md."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.slack.calls import Calls
from adapters.slack.hearing import Hearing
from adapters.slack.line import Line
from adapters.slack.tasks import Tasks
from adapters.slack.workspaces import Workspaces
from bot.domain.comments import Attachment, AttachmentKind
from bot.platform.events import ChannelNews, Event, HomeOpened, Interrupted, MemberJoined, Resumed
from tests.adapters.slack.conftest import School
from tests.adapters.slack.core import Core, at
from tests.platforms.slack.values import Json
from tests.platforms.slack_server import SlackServer


async def test_a_message_is_told_with_what_a_person_reads(each_core: Core, school: School) -> None:
    post = school.world.post(school.student, school.room, "hello @Anita Morales & <all> @here https://x.example/?a&b")
    (comment,) = await each_core.until(lambda: each_core.comments)
    assert comment.text == "hello @Anita Morales & <all> @here https://x.example/?a&b"
    assert (comment.author.id, comment.author.name, comment.author.is_bot) == (school.student, "Xochitl", False)
    assert (comment.ref.channel, comment.ref.comment, comment.revision) == (at(school.room), post.ts, "")
    assert comment.mentions == (school.principal,)
    assert comment.called == ((school.principal, "Anita Morales"),)
    assert comment.posted_at is not None
    assert abs((datetime.now(UTC) - comment.posted_at).total_seconds()) < 60
    message = school.world.messages(school.room)[-1]
    assert comment.permalink == school.world.workspace.permalink(school.room, message)


async def test_replies_and_broadcasts_know_their_thread(core: Core, school: School) -> None:
    parent = school.world.post(school.student, school.room, "who has the notes?")
    reply = school.world.post(school.principal, school.room, "I do", thread=parent)
    school.world.post(school.student, school.room, "thanks", thread=reply, broadcast=True)
    await core.until(lambda: len(core.comments) == 3)
    told = {comment.text: (comment.thread, comment.reply_to) for comment in core.comments}
    assert told["I do"] == told["thanks"] == (parent.ts, parent.ts)
    assert told["who has the notes?"] == (None, None)
    links = {comment.text: comment.permalink for comment in core.comments}
    assert links["I do"] == school.world.workspace.permalink(school.room, school.world.messages(school.room)[1])


async def test_files_are_kind_and_size_alone(core: Core, school: School, slack: SlackServer) -> None:
    school.world.post(school.student, school.room, "look", files=["image", "document"])
    school.world.post(school.student, school.room, "", files=["video"])
    await core.until(lambda: len(core.comments) == 2)
    assert core.comments[0].attachments == (
        Attachment(AttachmentKind.IMAGE, 48_213),
        Attachment(AttachmentKind.DOCUMENT, 48_213),
    )
    assert core.comments[1].text == ""
    assert "files.example.org" not in repr(core.heard)
    assert not [call for call in slack.calls if call.method.startswith("files")]


async def test_an_edit_is_a_new_revision_and_a_preview_is_none(core: Core, school: School) -> None:
    post = school.world.post(school.student, school.room, "see https://example.org")
    school.world.unfurl(post)
    school.world.edit(post, "see you")
    school.world.edit(post, "see you there")
    await core.settled()
    assert [comment.text for comment in core.comments] == ["see https://example.org", "see you", "see you there"]
    marks = [comment.revision for comment in core.comments]
    assert marks[0] == ""
    assert len(set(marks)) == 3, "two edits within one second are two revisions"


async def test_an_edit_of_blocks_alone_is_an_edit(core: Core, school: School) -> None:
    post = school.world.post_by_webhook(school.room, "lunch")
    channel = school.world.workspace.channels[school.room]
    message = school.world._message(post)
    for words in ("you idiot", "you fool"):
        before = dict(message)
        message["blocks"] = [{"type": "section", "text": {"type": "mrkdwn", "text": words}}]
        school.world._changes._changed(channel, message, before)
    school.world._changes._changed(channel, message, dict(message))
    await core.settled()
    assert [comment.text for comment in core.comments] == ["lunch", "lunch\nyou idiot", "lunch\nyou fool"]
    marks = [comment.revision for comment in core.comments]
    assert marks[0] == ""
    assert len(set(marks)) == 3


async def test_a_deletion_is_told(core: Core, school: School) -> None:
    post = school.world.post(school.student, school.room, "oops")
    parent = school.world.post(school.student, school.room, "parent")
    school.world.post(school.student, school.room, "reply", thread=parent)
    school.world.delete(post)
    school.world.delete(parent)
    await core.settled()
    assert core.deleted() == [post.ts, parent.ts], "a parent whose replies stay leaves a tombstone"


async def test_bots_are_said_to_be_bots(core: Core, school: School) -> None:
    school.world.post(school.robot, school.room, "homework!")
    (comment,) = await core.until(lambda: core.comments)
    assert comment.author.is_bot


async def test_what_a_webhook_posts_is_read_like_a_persons(core: Core, school: School) -> None:
    school.world.post_by_webhook(school.room, "you idiot", name="Anita Morales")
    (comment,) = await core.until(lambda: core.comments)
    assert (comment.author.name, comment.author.is_bot) == ("Anita Morales", False)
    assert comment.author.id.startswith("B"), "whatever it calls itself, it has nobody's account"


async def test_a_post_through_an_app_with_a_persons_token_is_that_persons(core: Core, school: School) -> None:
    channel = school.world.workspace.channels[school.room]
    message = {"user": school.student, "bot_id": "B0OTHER", "app_id": "A0OTHER", "text": "via an app"}
    school.world._changes.posted(channel, message | {"ts": school.world.service.clock.ts()})
    (comment,) = await core.until(lambda: core.comments)
    assert not comment.author.is_bot


async def test_the_bots_own_messages_and_slacks_are_left_alone(core: Core, school: School) -> None:
    workspace = school.world.workspace
    own = {"user": workspace.bot.id, "bot_id": workspace.bot.bot_id, "text": "a card", "ts": "1795000000.000100"}
    school.world._changes.posted(workspace.channels[school.room], own)
    school.world.join(school.world.add_person("Maya"), school.room)
    await core.settled()
    assert core.comments == []


async def test_the_words_of_a_reminder_are_told(core: Core, school: School) -> None:
    words = "set up a reminder “Omar is an idiot” in this channel at 9AM tomorrow"
    said = {"subtype": "reminder_add", "user": school.student, "text": words}
    told = school.world._changes.posted(
        school.world.workspace.channels[school.room], said | {"ts": school.world.service.clock.ts()}
    )
    (comment,) = await core.until(lambda: core.comments)
    assert (comment.author.id, comment.text) == (school.student, words)
    assert await core.platform.read(comment.ref) == comment
    history = [one async for one in core.platform.history(at(school.room), datetime(1970, 1, 1, tzinfo=UTC))]
    assert [one.ref.comment for one in history] == [told["ts"]]


async def test_direct_messages_are_never_read(core: Core, school: School, slack: SlackServer) -> None:
    direct = school.world.workspace.direct(school.student)
    event = {"type": "message", "user": school.student, "text": "private", "ts": "1795000000.000100"}
    for kind in ("im", "mpim"):
        told = event | {"channel": direct.id, "channel_type": kind}
        slack.happenings.put(slack.happenings.wrapped(school.world.workspace, dict(told)))
    await core.settled()
    assert core.comments == []


async def test_who_joins_is_told_and_bots_are_not(core: Core, school: School) -> None:
    maya = school.world.add_person("Maya", locale="es-MX")
    school.world.join(maya, school.room)
    school.world.join(school.world.add_bot("Another Bot"), school.room)
    await core.settled()
    (joined,) = core.of(MemberJoined)
    assert (joined.person.id, joined.person.name, joined.language) == (maya, "Maya", "es")
    assert joined.channels == (at(school.room),)


async def test_what_becomes_of_channels_is_told(core: Core, school: School) -> None:
    world = school.world
    world.rename(school.room, "room-13", school.principal)
    world.archive(school.office, school.principal)
    world.archive(school.office, school.principal, archived=False)
    world._changes.shared(world.workspace.channels[school.room])
    world.join(world.workspace.bot.id, school.boosters)
    world.leave(world.workspace.bot.id, school.boosters)
    world.delete_channel(school.office, school.principal)
    await core.settled()
    told = [(one.channel.channel, one.news, one.name) for one in core.news]
    assert told == [
        (school.room, ChannelNews.RENAMED, "room-13"),
        (school.office, ChannelNews.ARCHIVED, ""),
        (school.office, ChannelNews.ACCESS_GAINED, ""),
        (school.room, ChannelNews.OPENED_UP, ""),
        (school.boosters, ChannelNews.ACCESS_GAINED, ""),
        (school.boosters, ChannelNews.ACCESS_LOST, ""),
        (school.office, ChannelNews.GONE, ""),
    ]
    assert core.news[1].by == school.principal


async def test_a_channel_made_public_is_told(core: Core, school: School) -> None:
    channel = school.world.workspace.channels[school.office]
    said = {"subtype": "channel_convert_to_public", "user": school.principal, "text": "", "ts": "1795000000.000200"}
    school.world._changes.posted(channel, said)
    await core.until(lambda: core.news)
    assert core.news[0].news is ChannelNews.OPENED_UP
    assert core.comments == []


async def test_an_uninstalled_app_has_lost_its_channels(core: Core, school: School, slack: SlackServer) -> None:
    await core.platform.channels()
    slack.uninstall(school.world)
    await core.until(lambda: len(core.news) >= 2 and core.line.startswith("-++"))
    assert {(one.channel.channel, one.news) for one in core.news} == {
        (school.room, ChannelNews.ACCESS_LOST),
        (school.office, ChannelNews.ACCESS_LOST),
    }


async def test_an_opened_home_page_is_told(core: Core, school: School) -> None:
    school.world.open_home(school.principal)
    (opened,) = await core.until(lambda: core.of(HomeOpened))
    assert (opened.by.id, opened.by.name, opened.language) == (school.principal, "Anita Morales", "es")


async def test_what_comes_twice_counts_once(each_core: Core, school: School, slack: SlackServer) -> None:
    school.world.post(school.student, school.room, "once")
    await slack.happenings.drained()
    slack.happenings.repeat(3)
    await each_core.settled()
    assert [comment.text for comment in each_core.comments] == ["once"]


async def test_what_comes_the_wrong_way_round_is_all_told(core: Core, school: School, slack: SlackServer) -> None:
    with slack.happenings.disturbed(copies=2):
        post = school.world.post(school.student, school.room, "first")
        school.world.edit(post, "second")
        school.world.delete(post)
    await core.settled()
    assert {comment.text for comment in core.comments} == {"first", "second"}
    assert core.deleted() == [post.ts]


async def test_events_that_slack_left_out_are_a_gap(each_core: Core, school: School, slack: SlackServer) -> None:
    slack.happenings.rate_limited(school.world.workspace)
    await each_core.until(lambda: each_core.line == "-+-+")


async def test_what_comes_from_a_workspace_that_shares_a_channel_is_told_as_ours(
    each_core: Core, school: School, slack: SlackServer
) -> None:
    workspace, room = school.world.workspace, school.room
    said = {"type": "message", "user": "U0ELSEWHERE", "team": "T0ELSEWHERE", "text": "hello", "ts": "1795000000.000100"}
    events: list[Json] = [
        said | {"channel": room, "channel_type": "channel"},
        {"type": "message", "subtype": "message_deleted", "channel": room, "channel_type": "channel"}
        | {"deleted_ts": "1795000000.000100", "ts": "1795000001.000100"},
        {"type": "channel_rename", "channel": {"id": room, "name": "room-13"}},
    ]
    for event in events:
        slack.happenings.put(slack.happenings.wrapped(workspace, event, origin="T0ELSEWHERE"))
    await each_core.until(lambda: each_core.comments and each_core.deleted() and each_core.news)
    (comment,) = each_core.comments
    assert (comment.ref.channel, comment.text) == (at(room), "hello")
    assert each_core.news[0].channel == at(room)
    assert each_core.line == "-+"


async def test_a_comment_of_a_workspace_that_is_not_known_is_a_gap(school: School, slack: SlackServer) -> None:
    told: list[Event] = []
    tasks, line = Tasks(), Line(told.append)
    line.back()

    async def gone(team: str) -> None:
        raise AssertionError(team)

    def calls(token: str) -> Calls:
        raise AssertionError(token)

    hearing = Hearing(Workspaces(calls), told.append, line=line, tasks=tasks, key=b"k", gone=gone)
    for kind in ("channel", "im"):
        event = {"type": "message", "channel": school.room, "channel_type": kind, "text": "hello"}
        hearing.heard(slack.happenings.wrapped(school.world.workspace, event))
    await tasks.close(1.0)
    assert [type(one) for one in told] == [Interrupted, Resumed] * 2, "a direct message is nobody's gap"


async def test_a_comment_that_could_not_be_taken_in_is_a_gap(
    core: Core, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the words of a child")

    monkeypatch.setattr("adapters.slack.hearing.read_message", broken)
    school.world.post(school.student, school.room, "hello")
    await core.until(lambda: core.line == "-+-+")


@pytest.mark.parametrize("error", ["user_not_found", "internal_error"])
async def test_a_comment_does_not_need_its_authors_name(
    core: Core, school: School, slack: SlackServer, error: str
) -> None:
    slack.faults.refuse("users.info", error, times=5)
    school.world.post(school.student, school.room, "hello @Anita Morales")
    (comment,) = await core.until(lambda: core.comments)
    assert comment.text == f"hello <@{school.principal}>", "an unknown person's mention stays a mark"
    assert (comment.author.name, comment.author.is_bot) == ("", False)
