"""What the server that stands for Discord allows and refuses, tried with the real discord.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import discord
import pytest
from discord import ui

from tests.platforms.discord.campus import INVITED, Campus
from tests.platforms.discord.client import Client, connected, intents
from tests.platforms.discord.permissions import EVERYTHING, Permission
from tests.platforms.discord.values import Channel, Kind
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


def room(client: Client, channel: Channel) -> discord.TextChannel:
    found = client.get_channel(channel.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def test_the_bot_posts_edits_pins_and_deletes(client: Client, campus: Campus) -> None:
    channel = campus.rooms["class"]
    sent = await room(client, channel).send("one", embed=discord.Embed(title="a card"))
    (card,) = campus.world.cards_in(channel)
    await sent.edit(content="two")
    assert (card.content, card.embeds[0]["title"], card.edited is not None) == ("two", "a card", True)
    await sent.pin(reason="R32")
    assert [message.id async for message in room(client, channel).pins()] == [card.id]
    assert campus.guild.audit_log[-1]["reason"] == "R32"
    await sent.unpin()
    await sent.delete()
    assert campus.world.cards_in(channel) == []
    with pytest.raises(discord.NotFound) as caught:
        await room(client, channel).fetch_message(card.id)
    assert caught.value.code == 10008


async def test_whom_the_bot_does_not_name_it_does_not_ping(client: Client, campus: Campus) -> None:
    words = f"@everyone <@{campus.people['friend'].id}>"
    await room(client, campus.rooms["class"]).send(words, allowed_mentions=discord.AllowedMentions.none())
    await room(client, campus.rooms["class"]).send(words)
    quiet, loud = campus.world.cards_in(campus.rooms["class"])
    assert (quiet.mentions, quiet.mentions_everyone) == ([], False)
    assert (loud.mentions, loud.mentions_everyone) == ([campus.people["friend"].id], True)


async def test_closed_direct_messages(client: Client, campus: Campus) -> None:
    campus.people["principal"].accepts_messages = False
    principal = await client.fetch_user(campus.people["principal"].id)
    with pytest.raises(discord.Forbidden) as caught:
        await principal.send("an alert")
    assert caught.value.code == 50007
    assert campus.world.messages_for(campus.people["principal"]) == []
    stranger = campus.world.new_person("Stranger")
    with pytest.raises(discord.Forbidden):
        await (await client.fetch_user(stranger.id)).send("hello")


@pytest.mark.parametrize(
    ("taken", "code"),
    [(Permission.VIEW_CHANNEL, 50001), (Permission.SEND_MESSAGES, 50013), (Permission.EMBED_LINKS, 50013)],
)
async def test_what_a_channel_takes_away_is_refused(
    client: Client, campus: Campus, taken: Permission, code: int
) -> None:
    campus.world.permit(campus.rooms["class"], campus.world.bot.id, deny=taken)
    with pytest.raises(discord.Forbidden) as caught:
        await room(client, campus.rooms["class"]).send(embed=discord.Embed(title="a card"))
    assert caught.value.code == code


async def test_history_that_may_not_be_read_is_empty(client: Client, campus: Campus) -> None:
    channel = campus.rooms["class"]
    said = campus.world.post(campus.people["student"], channel, "hello")
    campus.world.permit(channel, campus.world.bot.id, deny=Permission.READ_MESSAGE_HISTORY)
    assert [message async for message in room(client, channel).history()] == []
    with pytest.raises(discord.Forbidden):
        await room(client, channel).fetch_message(said.id)


async def test_members_are_timed_out_and_removed_by_rank(client: Client, campus: Campus) -> None:
    (guild,) = client.guilds
    student = await guild.fetch_member(campus.people["student"].id)
    await student.timeout(timedelta(minutes=5), reason="II.6")
    member = campus.guild.members[student.id]
    assert member.is_timed_out
    assert not campus.world.may(campus.rooms["class"], Permission.SEND_MESSAGES, person=member.person)
    await student.timeout(None)
    assert member.timed_out_until is None
    await student.kick(reason="II.7")
    assert student.id not in campus.guild.members
    assert [entry.get("reason") for entry in campus.guild.audit_log[-3:]] == ["II.6", None, "II.7"]
    for person in ("principal", "assistant"):
        with pytest.raises(discord.Forbidden):
            await (await guild.fetch_member(campus.people[person].id)).timeout(timedelta(minutes=5))
    with pytest.raises(discord.HTTPException):
        await (await guild.fetch_member(campus.people["friend"].id)).timeout(timedelta(days=40))
    with pytest.raises(discord.NotFound):
        await guild.fetch_member(student.id)


async def test_another_persons_comment_needs_the_right_to_remove_it(server: DiscordServer) -> None:
    campus = Campus(server.world, bot_may=INVITED & ~Permission.MANAGE_MESSAGES)
    said = campus.world.post(campus.people["student"], campus.rooms["class"], "cruel")
    async with connected(server, Client(intents())) as client:
        message = room(client, campus.rooms["class"]).get_partial_message(said.id)
        with pytest.raises(discord.Forbidden):
            await message.delete()
        role = next(one for one in campus.guild.roles.values() if one.managed_by)
        role.permissions = EVERYTHING
        await message.delete()
    assert said not in campus.rooms["class"].messages


async def test_threads_active_archived_and_private(client: Client, campus: Campus) -> None:
    world, channel, student = campus.world, campus.rooms["class"], campus.people["student"]
    question = world.post(student, channel, "goggles?")
    on_message = world.open_thread(student, channel, "goggles", on=question)
    world.post(campus.people["friend"], on_message, "yes")
    old = [world.open_thread(student, channel, f"old {number}") for number in range(3)]
    for thread in old:
        world.archive(thread)
    private = world.open_thread(student, channel, "whispers", private=True)
    world.archive(private)
    (guild,) = client.guilds
    assert {thread.name for thread in await guild.active_threads()} == {"goggles"}
    text = room(client, channel)
    assert [thread.name async for thread in text.archived_threads(limit=None)] == ["old 2", "old 1", "old 0"]
    assert [thread.name async for thread in text.archived_threads(private=True)] == ["whispers"]
    found = await guild.fetch_channel(on_message.id)
    assert isinstance(found, discord.Thread)
    assert [message.content async for message in found.history()] == ["yes"]
    world.post(student, old[0], "back again")
    assert old[0].archived_at is None


async def test_forum_posts(client: Client, campus: Campus) -> None:
    forum = campus.world.open_channel(campus.guild, "questions", kind=Kind.FORUM)
    campus.world.open_post(campus.people["student"], forum, "Homework", "who has page 90?")
    (message,) = await client.hears("message")
    assert (message.content, message.channel.name, message.id) == ("who has page 90?", "Homework", message.channel.id)
    made = client.get_channel(forum.id)
    assert isinstance(made, discord.ForumChannel)
    await made.create_thread(name="Guidelines", content="Be kind.")
    assert [thread.name for thread in campus.world.threads_of(forum, archived=False)] == ["Guidelines", "Homework"]


async def test_a_channel_is_deleted_under_the_bots_feet(client: Client, campus: Campus) -> None:
    channel = room(client, campus.rooms["class"])
    campus.world.delete_channel(campus.rooms["class"])
    with pytest.raises(discord.NotFound) as caught:
        await channel.send("hello")
    assert caught.value.code == 10003


def _embeds(**parts: Any) -> dict[str, Any]:
    return {"embeds": [parts]}


def _row(**button: Any) -> dict[str, Any]:
    return {"components": [{"type": 1, "components": [{"type": 2, "style": 1, **button}]}]}


TOO_MUCH: dict[str, dict[str, Any]] = {
    "content": {"content": "x" * 2001},
    "title": _embeds(title="x" * 257),
    "description": _embeds(description="x" * 4097),
    "fields": _embeds(fields=[{"name": "n", "value": "v"}] * 26),
    "an empty field": _embeds(fields=[{"name": "n", "value": ""}]),
    "field": _embeds(fields=[{"name": "n", "value": "x" * 1025}]),
    "footer": _embeds(footer={"text": "x" * 2049}),
    "all embeds": {"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]},
    "eleven embeds": {"embeds": [{"title": "x"}] * 11},
    "six rows": {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "a"}]}] * 6},
    "six buttons": {
        "components": [
            {
                "type": 1,
                "components": [{"type": 2, "style": 1, "label": "a", "custom_id": str(number)} for number in range(6)],
            }
        ]
    },
    "label": _row(label="x" * 81, custom_id="a"),
    "no label": _row(custom_id="a"),
    "custom id": _row(label="a", custom_id="x" * 101),
    "no custom id": _row(label="a"),
    "a link without an address": _row(label="a", style=5),
    "a link that runs": _row(label="a", style=5, url="javascript:alert(1)"),
    "an id twice": {"components": [_row(label="a", custom_id="a")["components"][0]] * 2},
    "a mention twice allowed": {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
}


@pytest.mark.parametrize("what", TOO_MUCH)
async def test_what_discord_would_refuse_is_refused(client: Client, campus: Campus, what: str) -> None:
    channel = campus.rooms["class"]
    route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id)
    with pytest.raises(discord.HTTPException) as caught:
        await client.http.request(route, json=TOO_MUCH[what])
    assert (caught.value.status, caught.value.code) == (400, 50035)
    assert campus.world.cards_in(channel) == []


async def test_the_most_that_discord_takes_is_taken(client: Client, campus: Campus) -> None:
    view = ui.View()
    for number in range(25):
        view.add_item(ui.Button(label="x" * 80, custom_id=f"{number:>100}"))
    embed = discord.Embed(title="x" * 256, description="x" * 4096)
    embed.add_field(name="n" * 256, value="v" * 1024)
    for _ in range(24):
        embed.add_field(name="n", value="v")
    await room(client, campus.rooms["class"]).send("x" * 2000, embed=embed, view=view)
    (card,) = campus.world.cards_in(campus.rooms["class"])
    assert len(card.buttons) == 25


async def test_nothing_cannot_be_said(client: Client, campus: Campus) -> None:
    with pytest.raises(discord.HTTPException) as caught:
        await room(client, campus.rooms["class"]).send("")
    assert caught.value.code == 50006


async def test_commands_that_discord_would_refuse(client: Client, campus: Campus) -> None:
    commands: list[Any] = [
        {"name": "Report", "description": "x", "type": 1},
        {"name": "report", "description": "", "type": 1},
        {"name": "report", "description": "x", "type": 1, "name_localizations": {"es": "informar"}},
        {"name": "x" * 33, "type": 3},
    ]
    for command in commands:
        with pytest.raises(discord.HTTPException) as caught:
            await client.http.bulk_upsert_global_commands(campus.world.bot.id, [command])
        assert caught.value.code == 50035
    assert campus.world.commands == {}
