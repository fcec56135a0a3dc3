"""The server that stands for Discord, tried with the real discord.py: what it tells, and how its lines break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import discord
import pytest

from tests.platforms.discord.campus import Campus
from tests.platforms.discord.client import Client, connected, intents, until
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.snowflakes import moment
from tests.platforms.discord_server import DiscordServer


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as running:
        yield running


@pytest.fixture
def campus(server: DiscordServer) -> Campus:
    return Campus(server.world)


@pytest.fixture
async def client(server: DiscordServer, campus: Campus) -> AsyncIterator[Client]:
    async with connected(server, Client(intents())) as ready:
        yield ready


def say(campus: Campus, *texts: str) -> None:
    for text in texts:
        campus.world.post(campus.people["student"], campus.rooms["class"], text)


async def test_a_client_logs_in_and_knows_the_guild(client: Client, campus: Campus) -> None:
    (guild,) = client.guilds
    assert guild.id == campus.guild.id
    assert guild.chunked
    assert {channel.name for channel in guild.text_channels} == set(campus.rooms)
    assert {member.display_name for member in guild.members} >= {"Maya", "Anita Morales"}
    assert guild.me.guild_permissions.moderate_members
    assert not guild.me.guild_permissions.administrator


async def test_a_wrong_token_is_refused(server: DiscordServer, campus: Campus) -> None:
    with pytest.raises(discord.LoginFailure):
        async with connected(server, Client(intents()), token="wrong"):
            pass


async def test_a_token_that_was_changed_ends_the_session(client: Client, campus: Campus, server: DiscordServer) -> None:
    server.world.token = "another"
    await server.gateway.drop()
    await until(lambda: server.gateway.refused == [4004])


async def test_messages_arrive_with_author_attachments_and_reply(client: Client, campus: Campus) -> None:
    people, room = campus.people, campus.rooms["class"]
    first = campus.world.post(people["student"], room, f"look, <@!{people['friend'].id}>", attachments=["image"])
    campus.world.post(people["friend"], room, "nice", reply_to=first)
    campus.world.post(people["robot"], room, forwards=first)
    look, nice, forwarded = await client.hears("message", 3)
    assert [one.id for one in look.mentions] == [people["friend"].id]
    assert look.attachments[0].content_type == "image/png"
    assert look.author.joined_at is not None
    assert nice.type is discord.MessageType.reply
    assert nice.reference.resolved.content == look.content
    assert forwarded.author.bot
    assert forwarded.message_snapshots[0].content == look.content


async def test_an_edit_of_a_message_that_the_client_never_saw(client: Client, campus: Campus) -> None:
    old = campus.world.post(
        campus.people["student"], campus.rooms["class"], "innocent", at=datetime.now(UTC) - timedelta(days=3)
    )
    say(campus, *(f"line {number}" for number in range(12)))
    await client.hears("message", 13)
    campus.world.edit(old, "not so innocent")
    (edited,) = await client.hears("raw_message_edit")
    assert edited.cached_message is None
    assert edited.message.content == "not so innocent"
    assert edited.message.edited_at is not None
    assert edited.message.created_at.date() == (datetime.now(UTC) - timedelta(days=3)).date()


async def test_deletions_and_audit_log(client: Client, campus: Campus) -> None:
    world, room, people = campus.world, campus.rooms["class"], campus.people
    one, two, three = (world.post(people["student"], room, text) for text in "abc")
    world.delete(one, by=people["principal"], reason="Rule 3")
    world.delete_many(room, [two, three], by=people["robot"])
    (gone,) = await client.hears("raw_message_delete")
    (many,) = await client.hears("raw_bulk_message_delete")
    assert gone.message_id == one.id
    assert many.message_ids == {two.id, three.id}
    first = next(entry for entry in await client.hears("audit_log_entry_create", 2) if entry.reason)
    assert (first.action, first.reason, first.extra.count) == (discord.AuditLogAction.message_delete, "Rule 3", 1)


async def test_history_comes_in_pages_and_in_order(client: Client, campus: Campus, server: DiscordServer) -> None:
    start = datetime.now(UTC) - timedelta(hours=5)
    said = [
        campus.world.post(
            campus.people["student"], campus.rooms["class"], str(number), at=start + timedelta(minutes=number)
        )
        for number in range(250)
    ]
    channel = client.get_channel(campus.rooms["class"].id)
    assert isinstance(channel, discord.TextChannel)
    read = [message.content async for message in channel.history(limit=None, oldest_first=True)]
    assert read == [str(number) for number in range(250)]
    assert len(server.traffic.of("GET", "/messages")) == 3
    after = [message.id async for message in channel.history(after=moment(said[100].id), limit=20)]
    assert after == [message.id for message in said[101:121]]
    newest = [message.id async for message in channel.history(limit=3)]
    assert newest == [message.id for message in said[:-4:-1]]
    around = [message.id async for message in channel.history(around=discord.Object(said[50].id), limit=3)]
    assert sorted(around) == [message.id for message in said[49:52]]


async def test_a_dropped_line_is_resumed_without_loss(client: Client, campus: Campus, server: DiscordServer) -> None:
    say(campus, "one")
    await client.hears("message")
    await server.gateway.drop()
    say(campus, "two", "three")
    await client.hears("resumed")
    say(campus, "four")
    assert await client.words(4) == ["one", "two", "three", "four"]
    assert (server.gateway.identified, server.gateway.resumed) == (1, 1)


@pytest.mark.parametrize("code", [4000, 4009, 1001])
async def test_a_closed_line_is_resumed(client: Client, campus: Campus, server: DiscordServer, code: int) -> None:
    await server.gateway.drop(code)
    say(campus, "meanwhile")
    await client.hears("resumed")
    assert await client.words(1) == ["meanwhile"]


async def test_a_request_to_reconnect_is_followed(client: Client, campus: Campus, server: DiscordServer) -> None:
    server.gateway.ask_to_reconnect()
    say(campus, "meanwhile")
    await client.hears("resumed")
    assert await client.words(1) == ["meanwhile"]
    assert server.gateway.resumed == 1


async def test_what_happened_before_a_lost_session_is_not_told(
    client: Client, campus: Campus, server: DiscordServer
) -> None:
    server.gateway.resumes = False
    await server.gateway.drop()
    say(campus, "lost")
    await _new_session(client, server)
    say(campus, "told")
    assert await client.words(1) == ["told"]
    assert (server.gateway.identified, server.gateway.resumed) == (2, 0)


async def test_an_invalidated_session_starts_again(client: Client, campus: Campus, server: DiscordServer) -> None:
    server.gateway.invalidate()
    await _new_session(client, server)
    say(campus, "told")
    assert await client.words(1) == ["told"]


async def test_heartbeats_that_nobody_answers_end_the_line(campus: Campus, server: DiscordServer) -> None:
    server.gateway.heartbeat_seconds = 0.1
    client = Client(intents(), heartbeat_timeout=0.4)
    async with connected(server, client):
        server.gateway.acks = False
        await client.hears("disconnect")
        server.gateway.acks = True
        say(campus, "still here")
        assert await client.words(1) == ["still here"]
    assert server.gateway.heartbeats > 2


async def test_a_line_without_heartbeats_is_closed_by_the_server(campus: Campus, server: DiscordServer) -> None:
    async with connected(server, Client(intents(), heartbeat_timeout=30.0)) as client:
        server.gateway.heartbeat_seconds = 0.1
        await server.gateway.drop()
        await client.hears("resumed")
        for shard in client.shards.values():
            keep_alive = shard._parent.ws._keep_alive
            assert keep_alive is not None
            keep_alive.stop()
        await client.hears("resumed", 2)
    assert 4009 in server.gateway.refused


async def test_an_outage_refuses_everything_and_history_grows(
    client: Client, campus: Campus, server: DiscordServer
) -> None:
    await server.go_down()
    server.gateway.forget()
    channel = client.get_channel(campus.rooms["class"].id)
    assert isinstance(channel, discord.TextChannel)
    with pytest.raises(OSError, match="Cannot connect"):
        await channel.fetch_message(1)
    say(campus, *"abc")
    await server.come_back()
    await _new_session(client, server)
    assert [message.content async for message in channel.history(limit=None, oldest_first=True)] == ["a", "b", "c"]


async def test_shards_share_the_guilds(campus: Campus, server: DiscordServer) -> None:
    server.shards = 2
    for number in range(3):
        campus.world.open_guild(f"School {number}", campus.people["director"], bot_may=Permission.VIEW_CHANNEL)
    async with connected(server, Client(intents())) as client:
        assert len(client.guilds) == 4
        assert server.gateway.identified == 2
        for guild in client.guilds:
            assert guild.shard_id == (guild.id >> 22) % 2
        say(campus, "hello")
        assert await client.words(1) == ["hello"]


async def test_words_are_hidden_without_the_intent(campus: Campus, server: DiscordServer) -> None:
    async with connected(server, Client(intents(message_content=False))) as client:
        say(campus, "secret", f"hello <@{server.world.bot.id}>")
        assert await client.words(2) == ["", f"hello <@{server.world.bot.id}>"]


async def test_only_what_was_asked_for_is_told(campus: Campus, server: DiscordServer) -> None:
    async with connected(server, Client(intents(members=False, moderation=False))) as client:
        newcomer = campus.world.new_person("Newcomer")
        campus.world.join(campus.guild, newcomer)
        campus.world.post(campus.people["student"], campus.world.direct(campus.people["student"]), "private")
        campus.world.delete_channel(campus.rooms["boosters"])
        say(campus, "hello")
        assert await client.words(1) == ["hello"]
        assert {name for name, _ in client.heard} == {"message", "guild_channel_delete"}


@pytest.mark.parametrize("intent", ["message_content", "members"])
async def test_a_privileged_intent_must_be_switched_on(campus: Campus, server: DiscordServer, intent: str) -> None:
    application = server.world.application
    application.message_content, application.guild_members = intent != "message_content", intent != "members"
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(server, Client(intents())):
            await asyncio.sleep(0)
    assert server.gateway.refused == [4014]


async def test_what_becomes_of_guild_members_and_roles_is_told(client: Client, campus: Campus) -> None:
    world, friend = campus.world, campus.people["friend"]
    (guild,) = client.guilds
    staff = next(role for role in campus.guild.roles.values() if role.name == "Administration")
    world.give_roles(campus.guild, friend, staff.id)
    world.rename(campus.guild, friend, "Maya B.")
    world.change_role(campus.guild, staff, Permission.MANAGE_GUILD)
    campus.guild.features.append("DISCOVERABLE")
    world.guild_changed(campus.guild)
    world.leave(campus.guild, campus.people["parent"])
    world.outage(campus.guild)
    world.outage_over(campus.guild)
    say(campus, "the end of it")
    await client.hears("message")
    member = client.guilds[0].get_member(friend.id) or await client.guilds[0].fetch_member(friend.id)
    assert member.display_name == "Maya B."
    assert member.guild_permissions.manage_guild
    assert not member.guild_permissions.administrator
    assert "DISCOVERABLE" in client.guilds[0].features
    assert client.guilds[0].member_count == guild.member_count
    assert client.guilds[0].get_member(campus.people["parent"].id) is None
    world.remove_bot(campus.guild)
    await until(lambda: not client.guilds)


async def test_a_channel_that_the_bot_cannot_see_is_silent(client: Client, campus: Campus) -> None:
    campus.world.permit(campus.rooms["boosters"], campus.guild.id, deny=Permission.VIEW_CHANNEL)
    campus.world.post(campus.people["parent"], campus.rooms["boosters"], "not for the bot")
    say(campus, "for the bot")
    assert await client.words(1) == ["for the bot"]


async def _new_session(client: Client, server: DiscordServer) -> None:
    before = server.gateway.identified
    await until(lambda: server.gateway.identified > before and server.gateway.is_connected)
