"""Commands, menus, buttons and forms: answered in time, whatever the core does, and after a restart."""

from __future__ import annotations

import asyncio

import pytest

from adapters.discord import interactions
from bot.domain.people import SiteRole
from bot.errors import PlatformError
from bot.interface.cards import Button, Card, Verb
from bot.interface.commands import COMMANDS
from bot.interface.forms import Choice, decision_form, report_form
from bot.interface.texts import say, text
from bot.platform.events import ButtonPressed, CommandUsed, FormSubmitted
from bot.platform.protocol import Recipient
from tests.adapters.discord.hearing import Heard, connected
from tests.platforms.discord.campus import Campus
from tests.platforms.discord.interactions import OPEN_MODAL, SAY, THINK
from tests.platforms.discord_server import DiscordServer

CARD = Card(title=text("report.thanks"), lines=(text("report.next"),))


async def test_report_by_menu_form_and_receipt(bot: Heard, campus: Campus, server: DiscordServer) -> None:
    people = campus.people
    said = campus.world.post(people["student"], campus.rooms["class"], "nobody likes you")
    used = server.hands.choose(people["friend"], said, "Report to school")
    told = await bot.first(CommandUsed)
    assert told.command == "report"
    assert told.about is not None
    assert (told.about.text, told.about.author.id) == ("nobody likes you", str(people["student"].id))
    assert told.interaction.by.id == str(people["friend"].id)
    await bot.platform.open_form(told.interaction, report_form("token-1"))
    await used.answered()
    assert used.kind == OPEN_MODAL
    assert used.modal is not None
    assert used.modal["title"] == "Report to school"
    sent = server.hands.submit(
        used, {"what": "He insults Maya", "target": people["friend"], "unnamed": True, "removal": False}
    )
    form = await bot.first(FormSubmitted)
    assert (form.form, form.token) == ("report", "token-1")
    assert dict(form.values) == {
        "what": "He insults Maya",
        "target": str(people["friend"].id),
        "unnamed": "yes",
        "removal": "",
    }
    await bot.platform.answer(form.interaction, CARD)
    receipt = await sent.message()
    assert receipt.is_ephemeral
    assert receipt.embeds[0]["title"] == say(CARD.title, "en")
    assert sent.kind == SAY


async def test_what_takes_long_is_deferred_and_then_answered(
    bot: Heard, campus: Campus, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.platform.client.dialogue = interactions.Dialogue(defer_after=0.01)
    used = server.hands.run(campus.people["parent"], campus.rooms["class"], "netiquette")
    told = await bot.first(CommandUsed)
    await used.acknowledged()
    assert used.kind == THINK
    with pytest.raises(PlatformError, match="first answer"):
        await bot.platform.open_form(told.interaction, report_form("t"))
    await bot.platform.answer(told.interaction, CARD)
    message = await used.message()
    assert message.is_ephemeral
    assert message.embeds[0]["title"] == say(CARD.title, "en")
    await bot.platform.answer(told.interaction, CARD)
    assert len(used.messages) == 2


async def test_a_button_works_after_a_restart_and_its_form_too(server: DiscordServer, campus: Campus) -> None:
    principal = campus.people["principal"]
    card = Card(title=text("report.alert"), buttons=(Button(Verb.CONFIRM, "case-7"), Button(Verb.DISMISS, "case-7")))
    async with connected(server) as bot:
        await bot.platform.deliver(card, Recipient(person=str(principal.id)), "en")
    (message,) = server.world.messages_for(principal)
    async with connected(server) as bot:
        used = server.hands.press(principal, message, "Confirm")
        pressed = await bot.first(ButtonPressed)
        assert (pressed.verb, pressed.token, pressed.interaction.where) == ("confirm", "case-7", None)
        rules = tuple(Choice(f"rule-{number}", text("plain", value=f"Rule {number}")) for number in range(60))
        await bot.platform.open_form(pressed.interaction, decision_form("confirm", "case-7", rules))
        await used.answered()
    async with connected(server) as bot:
        server.hands.submit(used, {"rule~3": ["rule-51"], "reason": "It insults."})
        form = await bot.first(FormSubmitted)
        assert (form.form, form.token, form.values["rule"]) == ("confirm", "case-7", "rule-51")


async def test_the_language_is_the_person_s(bot: Heard, campus: Campus, server: DiscordServer) -> None:
    parent = campus.people["parent"]
    parent.locale = "es-419"
    used = server.hands.run(parent, campus.rooms["families"], "report")
    told = await bot.first(CommandUsed)
    assert told.interaction.language == "es"
    await bot.platform.open_form(told.interaction, report_form("t"))
    await used.answered()
    assert used.modal is not None
    assert used.modal["title"] == say(text("form.report.title"), "es")


async def test_commands_are_offered_to_those_who_may_use_them(
    bot: Heard, campus: Campus, server: DiscordServer
) -> None:
    offered = server.hands.offers(campus.people["parent"], campus.rooms["class"])
    everybody = [command.name for command in COMMANDS if SiteRole.MEMBER in command.roles]
    assert sorted(offered) == sorted([*everybody, "Report to school"])
    everything = server.hands.offers(campus.people["principal"], campus.rooms["class"])
    assert {command.name for command in COMMANDS} < set(everything)


async def test_commands_are_registered_once(server: DiscordServer, campus: Campus) -> None:
    for _ in range(2):
        async with connected(server):
            await asyncio.sleep(0)
    assert len(server.traffic.of("PUT", "/commands")) == 1


async def test_an_interaction_nobody_remembers_cannot_be_answered(bot: Heard, campus: Campus) -> None:
    with pytest.raises(PlatformError, match="too late"):
        await bot.platform.client.dialogue.answer("7", CARD)
