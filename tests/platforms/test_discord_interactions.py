"""Interactions and limits of the server that stands for Discord, tried with the real discord.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands, ui

from tests.platforms.discord.campus import Campus
from tests.platforms.discord.client import Client, connected, intents, until
from tests.platforms.discord.errors import NotOfferedError
from tests.platforms.discord.interactions import ACKNOWLEDGE, OPEN_MODAL, SAY, THINK, Interaction
from tests.platforms.discord.routes_interactions import LIFE
from tests.platforms.discord.traffic import Pace
from tests.platforms.discord.values import Message
from tests.platforms.discord_server import DiscordServer

Answer = Callable[[discord.Interaction[Any]], Awaitable[Any]]


class Report(ui.Modal, title="Report to school"):
    """One of each kind of field that a modal can have."""

    intro: ui.TextDisplay[Any] = ui.TextDisplay("Only the school reads this.")
    what: ui.Label[Any] = ui.Label(text="What", component=ui.TextInput(custom_id="what", min_length=3))
    target: ui.Label[Any] = ui.Label(text="To whom", component=ui.UserSelect(custom_id="target", required=False))
    rule: ui.Label[Any] = ui.Label(
        text="Rule", component=ui.Select(custom_id="rule", options=[discord.SelectOption(label=one) for one in "abc"])
    )
    unnamed: ui.Label[Any] = ui.Label(text="Unnamed", component=ui.Checkbox(custom_id="unnamed"))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        parts: list[Any] = [self.what, self.target, self.rule, self.unnamed]
        what, target, rule, unnamed = (part.component for part in parts)
        names = [person.display_name for person in target.values]
        await interaction.edit_original_response(content=f"{what.value} {names} {rule.values} {unnamed.value}")


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as running:
        yield running


@pytest.fixture
def campus(server: DiscordServer) -> Campus:
    return Campus(server.world)


@pytest.fixture
async def client(server: DiscordServer, campus: Campus) -> AsyncIterator[Client]:
    client = Client(intents())
    client.add_view(Buttons())

    @client.tree.context_menu(name="Report to school")
    async def report(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await interaction.response.send_modal(Report())

    @client.tree.command(description="Whether all is well")
    @app_commands.default_permissions(manage_guild=True)
    async def status(interaction: discord.Interaction[Any], about: discord.Member | None = None) -> None:
        await interaction.response.send_message(f"fine, {about}", ephemeral=True)
        await interaction.followup.send("and more", ephemeral=True)

    async with connected(server, client) as ready:
        await ready.tree.sync()
        yield ready


class Buttons(ui.View):
    """Buttons that work after a restart; `does` says what the one in the middle does."""

    does: Answer

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.button(label="Redraw", custom_id="cg:redraw")
    async def redraw(self, interaction: discord.Interaction[Any], button: ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="redrawn", view=None)

    @ui.button(label="Later", custom_id="cg:later")
    async def later(self, interaction: discord.Interaction[Any], button: ui.Button[Any]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="done later")

    @ui.button(label="Do", custom_id="cg:do")
    async def do(self, interaction: discord.Interaction[Any], button: ui.Button[Any]) -> None:
        await type(self).does(interaction)


async def a_card(client: Client, campus: Campus) -> Message:
    """Have the bot send a card with buttons to the principal."""
    person = await client.fetch_user(campus.people["principal"].id)
    await person.send("a card", view=Buttons())
    (card,) = campus.world.messages_for(campus.people["principal"])
    return card


async def pressed(client: Client, campus: Campus, server: DiscordServer, does: Answer) -> Interaction:
    """Have the principal press a button that does something of the test's."""
    Buttons.does = staticmethod(does)
    return server.hands.press(campus.people["principal"], await a_card(client, campus), "Do")


async def test_a_menu_opens_a_form_whose_answer_only_the_person_sees(
    client: Client, campus: Campus, server: DiscordServer
) -> None:
    people, room = campus.people, campus.rooms["class"]
    message = campus.world.post(people["student"], room, "cruel")
    used = await server.hands.choose(people["friend"], message, "Report to school").answered()
    assert used.kind == OPEN_MODAL
    sent = server.hands.submit(used, {"what": "He did", "target": people["student"], "rule": "b", "unnamed": True})
    receipt = await sent.message()
    assert receipt.content == "He did ['Xochitl Quetzalli'] ['b'] True"
    assert sent.kind == THINK
    assert receipt.is_ephemeral
    assert campus.world.cards_in(room) == []


async def test_a_form_lets_through_only_what_discord_would(
    client: Client, campus: Campus, server: DiscordServer
) -> None:
    message = campus.world.post(campus.people["student"], campus.rooms["class"], "cruel")
    used = await server.hands.choose(campus.people["friend"], message, "Report to school").answered()
    for values in ({"rule": "a"}, {"what": "hm", "rule": "a"}, {"what": "long enough"}, {"what": "yes", "rule": "z"}):
        with pytest.raises(NotOfferedError):
            server.hands.submit(used, values)
    with pytest.raises(NotOfferedError):
        server.hands.submit(used, {"what": "yes", "rule": "a", "no such field": "x"})


async def test_commands_are_offered_by_permission(client: Client, campus: Campus, server: DiscordServer) -> None:
    people, room = campus.people, campus.rooms["class"]
    assert server.hands.offers(people["student"], room) == ["Report to school"]
    with pytest.raises(NotOfferedError):
        server.hands.run(people["student"], room, "status")
    used = server.hands.run(people["principal"], room, "status", {"about": people["friend"]})
    assert (await used.message()).content == "fine, maya"
    await until(lambda: [one.content for one in used.messages] == ["fine, maya", "and more"])
    (command, menu) = server.world.commands[None]
    assert (command["name"], command["default_member_permissions"]) == ("status", str(1 << 5))
    assert (menu["name"], menu["type"]) == ("Report to school", 3)


async def test_buttons_redraw_the_card_they_are_on(client: Client, campus: Campus, server: DiscordServer) -> None:
    card = await a_card(client, campus)
    later = await server.hands.press(campus.people["principal"], card, "Later").answered()
    assert (later.kind, card.content) == (ACKNOWLEDGE, "done later")
    await server.hands.press(campus.people["principal"], card, "cg:redraw").answered()
    assert card.content == "redrawn"
    with pytest.raises(NotOfferedError):
        server.hands.press(campus.people["principal"], card, "Later")


async def test_who_does_not_see_a_card_cannot_press(client: Client, campus: Campus, server: DiscordServer) -> None:
    card = await a_card(client, campus)
    with pytest.raises(NotOfferedError):
        server.hands.press(campus.people["student"], card, "Later")


async def test_the_first_answer_is_late(client: Client, campus: Campus, server: DiscordServer) -> None:
    server.hands.deadline = 0.05
    caught: list[discord.NotFound] = []

    async def late(interaction: discord.Interaction[Any]) -> None:
        await asyncio.sleep(0.1)
        try:
            await interaction.response.send_message("too late")
        except discord.NotFound as error:
            caught.append(error)

    used = await pressed(client, campus, server, late)
    await until(lambda: bool(caught))
    assert caught[0].code == 10062
    assert used.mistakes == [(404, 10062)]
    assert not used.messages


async def test_there_is_one_first_answer(client: Client, campus: Campus, server: DiscordServer) -> None:
    caught: list[discord.HTTPException] = []

    async def twice(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("once")
        interaction.response._response_type = None
        try:
            await interaction.response.send_message("twice")
        except discord.HTTPException as error:
            caught.append(error)

    used = await pressed(client, campus, server, twice)
    await until(lambda: bool(caught))
    assert (caught[0].status, caught[0].code) == (400, 40060)
    assert [one.content for one in used.messages] == ["once"]


async def test_nothing_follows_before_the_first_answer(client: Client, campus: Campus, server: DiscordServer) -> None:
    caught: list[discord.NotFound] = []

    async def early(interaction: discord.Interaction[Any]) -> None:
        try:
            await interaction.followup.send("too early")
        except discord.NotFound as error:
            caught.append(error)
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.followup.send("in its place")

    used = await pressed(client, campus, server, early)
    await used.answered()
    assert caught[0].code == 10015
    assert [(one.content, one.is_ephemeral) for one in used.messages] == [("in its place", True)]


async def test_an_answer_can_be_fetched_changed_and_taken_away(
    client: Client, campus: Campus, server: DiscordServer
) -> None:
    async def play(interaction: discord.Interaction[Any]) -> None:
        callback = await interaction.response.send_message("one", ephemeral=True)
        assert isinstance(callback.resource, discord.InteractionMessage)
        more = await interaction.followup.send("two", ephemeral=True, wait=True)
        await more.edit(content="two, changed")
        await interaction.delete_original_response()

    used = await pressed(client, campus, server, play)
    await until(lambda: [one.content for one in used.messages] == ["two, changed"])
    assert used.kind == SAY
    assert used.seconds is not None


async def test_an_interaction_cannot_be_answered_for_ever(
    client: Client, campus: Campus, server: DiscordServer
) -> None:
    card = await a_card(client, campus)
    used = await server.hands.press(campus.people["principal"], card, "Later").answered()
    used.began -= LIFE
    route = discord.http.Route(
        "PATCH",
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
        webhook_id=server.world.application.id,
        webhook_token=used.token,
    )
    with pytest.raises(discord.HTTPException) as caught:
        await client.http.request(route, json={"content": "an hour later"})
    assert (caught.value.status, caught.value.code) == (401, 50027)


async def test_a_modal_cannot_answer_a_modal(client: Client, campus: Campus, server: DiscordServer) -> None:
    message = campus.world.post(campus.people["student"], campus.rooms["class"], "cruel")
    used = await server.hands.choose(campus.people["friend"], message, "Report to school").answered()
    sent = server.hands.submit(used, {"what": "yes", "rule": "a"})
    await sent.acknowledged()
    route = discord.http.Route(
        "POST", "/interactions/{webhook_id}/{webhook_token}/callback", webhook_id=sent.id, webhook_token=sent.token
    )
    sent.kind = None
    with pytest.raises(discord.HTTPException, match="50035"):
        await client.http.request(route, json={"type": OPEN_MODAL, "data": Report().to_dict()})


async def test_a_429_is_tried_again(client: Client, campus: Campus, server: DiscordServer) -> None:
    server.traffic.storm(3, retry_after=0.02)
    channel = client.get_channel(campus.rooms["class"].id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("through")
    assert [one.status for one in server.traffic.of("POST", "/messages")] == [429, 429, 429, 200]
    assert [one.content for one in campus.world.cards_in(campus.rooms["class"])] == ["through"]


async def test_a_global_429_holds_everything(client: Client, campus: Campus, server: DiscordServer) -> None:
    fault = server.traffic.storm(1, retry_after=0.3, everywhere=True)
    channel = client.get_channel(campus.rooms["class"].id)
    assert isinstance(channel, discord.TextChannel)
    first = asyncio.create_task(channel.send("first"))
    await until(lambda: fault.times == 0)
    await client.fetch_user(campus.people["friend"].id)
    await first
    refused, *later = server.traffic.asked[-3:]
    assert refused.status == 429
    assert all(one.at - refused.at > 0.25 for one in later)


async def test_a_bucket_runs_empty_and_fills_again(client: Client, campus: Campus, server: DiscordServer) -> None:
    server.traffic.paces["POST /channels/{channel}/messages"] = Pace(2, 0.3)
    channel = client.get_channel(campus.rooms["class"].id)
    assert isinstance(channel, discord.TextChannel)
    for number in range(5):
        await channel.send(str(number))
    sent = server.traffic.of("POST", "/messages")
    assert [one.status for one in sent] == [200] * 5
    assert sent[4].at - sent[0].at > 0.5


async def test_trouble_on_demand(client: Client, campus: Campus, server: DiscordServer) -> None:
    channel = client.get_channel(campus.rooms["class"].id)
    assert isinstance(channel, discord.TextChannel)
    server.traffic.fault("/messages", status=503)
    with pytest.raises(discord.DiscordServerError):
        await channel.send("no")
    server.traffic.fault("/messages", cut=True)
    with pytest.raises((OSError, aiohttp.ClientError)):
        await channel.send("no")
    assert campus.world.cards_in(campus.rooms["class"]) == []
    server.traffic.fault("/messages", method="POST", cut=True, after=True)
    with pytest.raises((OSError, aiohttp.ClientError)):
        await channel.send("it stands, but the answer is lost")
    assert len(campus.world.cards_in(campus.rooms["class"])) == 1
    assert server.token not in repr(server.traffic.asked)
