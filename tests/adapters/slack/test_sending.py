"""What the bot shows and asks: cards where they belong, redrawn in place, pins, home pages, facts, removals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.categories import Severity
from bot.domain.comments import CommentRef
from bot.errors import PlatformError
from bot.interface.cards import Button, Card, Quote, Verb
from bot.interface.texts import say, text
from bot.platform.capabilities import Capability
from bot.platform.protocol import Delivery, Recipient
from tests.adapters.slack.conftest import School
from tests.adapters.slack.core import Core, at, listening, options
from tests.platforms.slack.seeing import all_words
from tests.platforms.slack_server import At, SlackServer

CARD = Card(
    text("alert.title", severity=text("severity.high")),
    Severity.HIGH,
    quote=Quote("<!channel> https://evil.example *b*"),
    link="https://lincoln-high-school.slack.com/archives/C1/p1",
    buttons=(Button(Verb.ACKNOWLEDGE, "tok"),),
)


async def test_a_card_goes_to_one_person_and_is_redrawn_in_place(core: Core, school: School) -> None:
    delivery = await core.platform.deliver(CARD, Recipient(person=school.principal), "es")
    await core.platform.update(delivery, Card(text("moved.title")), "en")
    (message,) = school.world.direct_messages(school.principal)
    assert message["ts"] == delivery.message
    assert all_words(message["blocks"]) == say(text("moved.title"), "en")


async def test_a_card_goes_to_a_channel_and_is_pinned_once(core: Core, school: School) -> None:
    delivery = await core.platform.deliver(CARD, Recipient(channel=at(school.office)), "en")
    await core.platform.pin(delivery)
    await core.platform.pin(delivery)
    assert school.world.workspace.channels[school.office].pins == [delivery.message]


async def test_nothing_that_is_sent_unfolds_or_is_looked_at(core: Core, school: School, slack: SlackServer) -> None:
    delivery = await core.platform.deliver(CARD, Recipient(person=school.principal), "en")
    await core.platform.update(delivery, CARD, "en")
    (posted,) = slack.called("chat.postMessage")
    assert [posted.arguments[name] for name in ("unfurl_links", "unfurl_media", "mrkdwn")] == [False] * 3
    for call in (posted, *slack.called("chat.update")):
        assert (call.arguments["parse"], call.arguments["link_names"]) == ("none", False)
        assert "mrkdwn" not in str(call.arguments["blocks"])
        assert "channel" not in call.arguments["text"]


@pytest.mark.parametrize("fault", ["slow", "fail", "reset", "storm"])
async def test_a_post_that_may_have_arrived_is_not_sent_twice(
    core: Core, school: School, slack: SlackServer, fault: str
) -> None:
    if fault == "slow":
        core.platform._workspaces.all()[0].calls._timeout = 0.2
        slack.faults.slow("chat.postMessage", seconds=0.5)
    else:
        more = {"retry_after": 200} if fault == "storm" else {}
        getattr(slack.faults, fault)("chat.postMessage", times=1, **more)
    with pytest.raises(PlatformError):
        await core.platform.deliver(CARD, Recipient(person=school.principal), "en")
    assert len(slack.called("chat.postMessage")) <= 1


async def test_redrawing_goes_on_after_broken_connections(core: Core, school: School, slack: SlackServer) -> None:
    delivery = await core.platform.deliver(CARD, Recipient(person=school.principal), "en")
    slack.faults.reset("chat.update", times=2)
    await core.platform.update(delivery, Card(text("moved.title")), "en")
    assert [call.error for call in slack.called("chat.update")] == ["fault", "fault", None]


async def test_a_card_that_was_deleted_is_left_alone(
    core: Core, school: School, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = await core.platform.deliver(CARD, Recipient(channel=at(school.office)), "en")
    school.world.delete(At(school.office, delivery.message))
    await core.platform.update(delivery, CARD, "en")
    assert caplog.text.count("has been deleted on Slack") == 1
    assert "evil.example" not in caplog.text
    slack.faults.refuse("chat.update", "is_archived")
    with pytest.raises(PlatformError, match="The Slack channel is archived"):
        await core.platform.update(delivery, CARD, "en")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("is_archived", "The Slack channel is archived"),
        ("invalid_auth", "Slack does not accept the token any more"),
        ("<script>", "Slack refused chat.postMessage \\(unknown_error\\)"),
        ("some_new_error", "Slack refused chat.postMessage \\(some_new_error\\)"),
    ],
)
async def test_a_refusal_is_one_sentence(
    core: Core, school: School, slack: SlackServer, error: str, sentence: str
) -> None:
    slack.faults.refuse("chat.postMessage", error)
    with pytest.raises(PlatformError, match=sentence) as raised:
        await core.platform.deliver(CARD, Recipient(person=school.principal), "en")
    assert "\n" not in str(raised.value)


async def test_a_missing_scope_is_named(slack: SlackServer, school: School) -> None:
    slack.app.bot_scopes -= {"pins:write"}
    slack.bot_token = slack.service.install(school.world.workspace)
    async with listening(slack) as core:
        delivery = await core.platform.deliver(CARD, Recipient(channel=at(school.room)), "en")
        with pytest.raises(PlatformError, match=r"lacks pins:write; update it from “crossing-guard manifest slack”"):
            await core.platform.pin(delivery)
        assert (await core.platform.inspect(at(school.room))).missing == ("pins:write",)


async def test_a_foreign_delivery_is_refused(core: Core) -> None:
    with pytest.raises(PlatformError, match="not delivered on Slack"):
        await core.platform.update(Delivery("desk", "1"), CARD, "en")


async def test_without_an_administrators_token_nothing_is_removed(core: Core, school: School) -> None:
    post = school.world.post(school.student, school.room, "cruel")
    assert Capability.REMOVE_COMMENT not in core.platform.capabilities
    with pytest.raises(PlatformError, match="please remove it by hand"):
        await core.platform.remove_comment(CommentRef(at(school.room), post.ts), "threat")
    assert school.world.stands(post)
    school.world.delete(post)
    await core.until(lambda: core.deleted() == [post.ts])


async def test_with_an_administrators_token_a_comment_is_removed(slack: SlackServer, school: School) -> None:
    token = slack.admin_token(school.principal)
    async with listening(slack, options(slack, admin_token=token)) as core:
        assert Capability.REMOVE_COMMENT in core.platform.capabilities
        post = school.world.post(school.student, school.room, "cruel")
        ref = CommentRef(at(school.room), post.ts)
        await core.platform.remove_comment(ref, "threat")
        assert await core.platform.read(ref) is None
        await core.platform.remove_comment(ref, "threat")
        await core.until(lambda: core.deleted() == [post.ts])


async def test_a_token_that_may_not_remove_is_one_sentence(slack: SlackServer, school: School) -> None:
    async with listening(slack, options(slack, admin_token=slack.admin_token(school.student))) as core:
        post = school.world.post(school.principal, school.room, "words")
        with pytest.raises(PlatformError, match="use the token of a workspace administrator"):
            await core.platform.remove_comment(CommentRef(at(school.room), post.ts), "threat")


async def test_channels_are_those_that_the_bot_is_in(core: Core, school: School) -> None:
    found = {seen.ref.channel: seen.name for seen in await core.platform.channels()}
    assert found == {school.room: "room-12", school.office: "office"}


async def test_who_can_read_a_channel(core: Core, school: School) -> None:
    guest = school.world.add_person("Guest", guest=True)
    other = school.world.add_person("Not in it")
    assert await core.platform.members(at(school.office)) == {school.principal}
    assert await core.platform.members(at(school.room)) == {school.principal, school.student, other}
    school.world.join(guest, school.room)
    assert guest in await core.platform.members(at(school.room))


async def test_facts_tell_privacy_and_powers(core: Core, school: School) -> None:
    office = await core.platform.inspect(at(school.office))
    assert (office.name, office.open_to, office.missing) == ("office", (), ())
    assert office.administrators == {school.principal}
    school.world._changes.shared(school.world.workspace.channels[school.room])
    room = await core.platform.inspect(at(school.room))
    assert room.open_to == ("everyone", "external guests")
    assert (await core.platform.inspect(at(school.boosters))).missing == ("membership of the channel",)


async def test_a_home_page_is_drawn_anew(core: Core, school: School) -> None:
    await core.platform.show_home(school.principal, [CARD, CARD], "en")
    await core.platform.show_home(school.principal, [Card(text("queue.empty"))], "es")
    home = school.world.home(school.principal)
    assert home is not None
    assert all_words(home.content["blocks"]) == say(text("queue.empty"), "es")


async def test_what_slack_cannot_do_is_one_sentence(core: Core, school: School) -> None:
    with pytest.raises(PlatformError, match="cannot keep a member from writing"):
        await core.platform.time_out_member(at(school.room), school.student, timedelta(hours=1), "threat")
    with pytest.raises(PlatformError, match="do it by hand"):
        await core.platform.remove_member(at(school.room), school.student, "threat")
    undone = set(Capability) - core.platform.capabilities
    assert {Capability.TIME_OUT_MEMBER, Capability.REMOVE_MEMBER, Capability.EDIT_HISTORY} <= undone
