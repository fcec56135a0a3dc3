"""What becomes of channels and members, who can read what, and what the bot does at a person's word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord.permissions import PERMISSIONS, application_of, invite_link
from bot.domain.comments import ChannelRef, CommentRef
from bot.errors import PlatformError
from bot.interface.cards import Button, Card, Verb
from bot.interface.texts import say, text
from bot.platform.events import ChannelChanged, ChannelNews, Deleted, MemberJoined, Posted, Resumed
from bot.platform.protocol import Delivery, Recipient
from tests.adapters.discord.hearing import Heard, connected
from tests.platforms.discord.campus import INVITED, Campus
from tests.platforms.discord.permissions import MEMBER, Permission
from tests.platforms.discord.values import Kind
from tests.platforms.discord_server import DiscordServer

CARD = Card(title=text("report.thanks"))


def ref(campus: Campus, room: str = "class") -> ChannelRef:
    return ChannelRef("discord", str(campus.guild.id), str(campus.rooms[room].id))


async def news(bot: Heard, *expected: ChannelNews) -> list[ChannelChanged]:
    """Wait for news; make sure that there is no other."""
    told = await bot.hears(ChannelChanged, len(expected))
    assert [one.news for one in told] == list(expected)
    return told


# --- what becomes of channels -----------------------------------------------------------------------------------------


async def test_a_channel_is_renamed(bot: Heard, campus: Campus) -> None:
    room = campus.rooms["class"]
    room.name = "room-13"
    campus.world.channel_changed(room)
    (told,) = await news(bot, ChannelNews.RENAMED)
    assert (told.channel, told.name) == (ref(campus), "room-13")


async def test_a_channel_is_gone(bot: Heard, campus: Campus) -> None:
    campus.world.delete_channel(campus.rooms["class"])
    (told,) = await news(bot, ChannelNews.GONE)
    assert told.channel == ref(campus)


async def test_access_is_lost_and_gained(bot: Heard, campus: Campus) -> None:
    room, own = campus.rooms["class"], campus.world.bot.id
    campus.world.permit(room, own, deny=Permission.VIEW_CHANNEL)
    await news(bot, ChannelNews.ACCESS_LOST)
    assert len(bot.all(Resumed)) == 1, "or its watermark would move past what cannot be read"
    with pytest.raises(PlatformError, match="does not see"):
        await anext(bot.platform.history(ref(campus), datetime.now(UTC)))
    campus.world.permit(room, own, allow=Permission.VIEW_CHANNEL)
    await news(bot, ChannelNews.ACCESS_LOST, ChannelNews.ACCESS_GAINED)


async def test_a_private_channel_is_opened_up(bot: Heard, campus: Campus) -> None:
    campus.world.permit(campus.rooms["office"], campus.guild.id, allow=Permission.VIEW_CHANNEL)
    (told,) = await news(bot, ChannelNews.OPENED_UP)
    assert told.channel == ref(campus, "office")


async def test_a_new_channel_is_gained(bot: Heard, campus: Campus) -> None:
    campus.world.open_channel(campus.guild, "chess")
    (told,) = await news(bot, ChannelNews.ACCESS_GAINED)
    assert told.name == "chess"


async def test_the_bot_is_taken_out_of_a_server(bot: Heard, campus: Campus) -> None:
    campus.world.remove_bot(campus.guild)
    told = await bot.hears(ChannelChanged, len(campus.rooms))
    assert {one.news for one in told} == {ChannelNews.ACCESS_LOST}


async def test_the_bot_is_added_to_a_server(bot: Heard, campus: Campus) -> None:
    other = campus.world.new_guild("Roosevelt Middle School", campus.people["director"])
    campus.world.new_role(other, "@everyone", MEMBER)
    campus.world.invite_bot(other, INVITED)
    campus.world.open_channel(other, "families")
    await bot.hears(ChannelChanged)
    names = {one.name for one in await bot.platform.channels()}
    assert names == {*campus.rooms, "families"}


async def test_somebody_moderates_a_channel(bot: Heard, campus: Campus) -> None:
    people, room = campus.people, campus.rooms["class"]
    said = campus.world.post(people["student"], room, "hello")
    campus.world.delete(said, by=people["principal"], reason="Rule 3")
    many = [campus.world.post(people["student"], room, text) for text in "ab"]
    campus.world.delete_many(room, many, by=people["robot"])
    one, two = await news(bot, ChannelNews.MODERATED, ChannelNews.MODERATED)
    assert (one.channel, one.by, two.by) == (ref(campus), str(people["principal"].id), str(people["robot"].id))


async def test_somebody_removes_a_member(bot: Heard, campus: Campus) -> None:
    campus.world.kick(campus.guild, campus.people["student"], by=campus.people["principal"])
    told = await bot.hears(ChannelChanged, len(campus.rooms))
    assert {one.news for one in told} == {ChannelNews.MODERATED}


async def test_a_thread_that_somebody_deleted_concerns_its_channel(bot: Heard, campus: Campus) -> None:
    thread = campus.world.open_thread(campus.people["student"], campus.rooms["class"], "gossip")
    campus.world.delete_channel(thread, by=campus.people["principal"])
    (told,) = await news(bot, ChannelNews.MODERATED)
    assert told.channel == ref(campus)


async def test_what_the_bot_does_itself_is_no_news(bot: Heard, campus: Campus) -> None:
    said = campus.world.post(campus.people["student"], campus.rooms["class"], "hello")
    await bot.platform.remove_comment(CommentRef(ref(campus), str(said.id)), "Rule 3")
    await bot.first(Deleted)
    campus.world.open_channel(campus.guild, "later")
    await news(bot, ChannelNews.ACCESS_GAINED)


# --- people -----------------------------------------------------------------------------------------------------------


async def test_somebody_joins(bot: Heard, campus: Campus) -> None:
    newcomer = campus.world.new_person("Noor")
    campus.world.join(campus.guild, newcomer)
    told = await bot.first(MemberJoined)
    assert told.person.id == str(newcomer.id)
    assert set(told.channels) == {ref(campus, room) for room in ("class", "families", "boosters")}


async def test_somebody_gets_a_role_that_lets_them_read_more(server: DiscordServer, campus: Campus) -> None:
    world, member = campus.world, campus.guild.members[campus.people["student"].id]
    role = world.new_role(campus.guild, "Staff", Permission(0))
    world.permit(campus.rooms["office"], role.id, allow=Permission.VIEW_CHANNEL)
    async with connected(server) as bot:
        member.roles.append(role.id)
        world.member_changed(campus.guild, member)
        told = await bot.first(MemberJoined)
    assert told.channels == (ref(campus, "office"),)


async def test_who_reads_and_who_administers(bot: Heard, campus: Campus) -> None:
    people = campus.people
    office = await bot.platform.members(ref(campus, "office"))
    assert office == {str(people[key].id) for key in ("principal", "assistant", "director", "safety", "teacher")}
    everyone = await bot.platform.members(ref(campus))
    assert str(people["robot"].id) not in everyone
    assert len(everyone) == len(people) - 1
    facts = await bot.platform.inspect(ref(campus, "office"))
    assert (facts.name, facts.open_to, facts.missing) == ("office", (), ())
    assert facts.administrators == {str(people[key].id) for key in ("principal", "assistant", "director", "safety")}
    assert (await bot.platform.inspect(ref(campus))).open_to == ("everyone",)


async def test_what_the_bot_lacks_has_a_name(server: DiscordServer, campus: Campus) -> None:
    campus.world.permit(campus.rooms["class"], campus.world.bot.id, deny=Permission.MANAGE_MESSAGES)
    async with connected(server) as bot:
        assert (await bot.platform.inspect(ref(campus))).missing == ("Manage Messages",)


async def test_every_channel_that_the_bot_sees(bot: Heard, campus: Campus) -> None:
    seen = await bot.platform.channels()
    assert {one.ref: one.name for one in seen} == {ref(campus, room): room for room in campus.rooms}


async def test_the_invite_link_asks_for_what_the_school_gave() -> None:
    assert PERMISSIONS.value == int(INVITED & ~Permission.SEND_MESSAGES_IN_THREADS)
    link = invite_link(7)
    assert f"permissions={PERMISSIONS.value}" in link
    assert "applications.commands" in link


def test_the_application_is_read_off_the_token() -> None:
    assert application_of("MTIzNDU2Nzg5MDEyMzQ1Njc4.x.y") == 123456789012345678
    for wrong in ("", "abc", "!!!.x", "\udce9", "\u00e9.x"):
        assert application_of(wrong) is None


# --- what the bot does ------------------------------------------------------------------------------------------------


async def test_a_comment_is_removed_with_its_reason_in_the_audit_log(
    bot: Heard, campus: Campus, server: DiscordServer
) -> None:
    said = campus.world.post(campus.people["student"], campus.rooms["class"], "hello")
    gone = CommentRef(ref(campus), str(said.id))
    await bot.platform.remove_comment(gone, "Under the rule “threats”.")
    assert campus.rooms["class"].messages.get(said.id) is None
    assert campus.guild.audit_log[-1]["reason"] == "Under the rule “threats”."
    await bot.platform.remove_comment(gone, "again")


async def test_a_comment_in_a_thread_is_removed(bot: Heard, campus: Campus) -> None:
    thread = campus.world.open_thread(campus.people["student"], campus.rooms["class"], "gossip")
    said = campus.world.post(campus.people["student"], thread, "hello")
    comment = (await bot.hears(Posted, 2))[1].comment
    assert comment.ref.channel == ref(campus)
    await bot.platform.remove_comment(comment.ref, "Rule 3")
    assert thread.messages.get(said.id) is None


async def test_members_are_timed_out_and_removed_with_the_reason(bot: Heard, campus: Campus) -> None:
    student = campus.people["student"]
    await bot.platform.time_out_member(ref(campus), str(student.id), timedelta(days=90), "Rule 3")
    until = campus.guild.members[student.id].timed_out_until
    assert until is not None
    assert timedelta(days=27) < until - datetime.now(UTC) <= timedelta(days=28)
    await bot.platform.remove_member(ref(campus), str(student.id), "Rule 4")
    assert student.id not in campus.guild.members
    reasons = [entry.get("reason") for entry in campus.guild.audit_log]
    assert reasons[-2:] == ["Rule 3", "Rule 4"]
    await bot.platform.remove_member(ref(campus), str(student.id), "Rule 4")
    assert len(campus.guild.audit_log) == len(reasons), "who has left already is out"


async def test_who_stands_above_the_bot_cannot_be_removed(bot: Heard, campus: Campus) -> None:
    with pytest.raises(PlatformError, match="lacks the permission"):
        await bot.platform.remove_member(ref(campus), str(campus.people["assistant"].id), "Rule 4")


async def test_a_card_is_delivered_pinned_and_redrawn_in_place(bot: Heard, campus: Campus) -> None:
    delivery = await bot.platform.deliver(CARD, Recipient(channel=ref(campus)), "en")
    await bot.platform.pin(delivery)
    await bot.platform.update(delivery, Card(title=text("moved.title")), "es")
    (message,) = campus.world.cards_in(campus.rooms["class"])
    assert message.pinned_at is not None
    assert message.embeds[0]["title"] == say(text("moved.title"), "es")
    campus.world.delete(message)
    await bot.platform.update(delivery, CARD, "en")


async def test_a_card_whose_delivery_was_not_confirmed_stands_once(
    bot: Heard, campus: Campus, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = Recipient(person=str(campus.people["principal"].id))
    card = Card(title=text("report.alert"), buttons=(Button(Verb.CONFIRM, "case-7"),))
    server.traffic.fault("/messages", method="POST", cut=True, after=True, times=1)
    with pytest.raises(PlatformError):
        await bot.platform.deliver(card, to, "en")
    again = await bot.platform.deliver(card, to, "en")
    (message,) = server.world.messages_for(campus.people["principal"])
    assert again.message == str(message.id)
    for _ in range(2):
        await bot.platform.deliver(CARD, to, "en")
    assert len(server.world.messages_for(campus.people["principal"])) == 3


async def test_closed_direct_messages_are_one_sentence(bot: Heard, campus: Campus) -> None:
    campus.people["principal"].accepts_messages = False
    with pytest.raises(PlatformError, match="takes no direct messages"):
        await bot.platform.deliver(CARD, Recipient(person=str(campus.people["principal"].id)), "en")


async def test_a_card_in_a_forum_is_a_post(bot: Heard, campus: Campus) -> None:
    forum = campus.world.open_channel(campus.guild, "questions", kind=Kind.FORUM)
    await bot.until(lambda: bot.platform.client.get_channel(forum.id) is not None)
    where = ChannelRef("discord", str(campus.guild.id), str(forum.id))
    delivery = await bot.platform.deliver(CARD, Recipient(channel=where), "en")
    await bot.platform.update(delivery, Card(title=text("moved.title")), "en")
    (post,) = campus.world.threads_of(forum, archived=False)
    assert [message.embeds[0]["title"] for message in post.messages] == [say(text("moved.title"), "en")]


@pytest.mark.parametrize("told", ["", "x", "1x", "9" * 21, "\u0663"])
async def test_an_id_that_is_none_of_discord_s_is_one_sentence(bot: Heard, campus: Campus, told: str) -> None:
    with pytest.raises(PlatformError, match="no id"):
        await bot.platform.deliver(CARD, Recipient(person=told), "en")
    with pytest.raises(PlatformError, match="no id"):
        await bot.platform.update(Delivery(told, "1"), CARD, "en")
