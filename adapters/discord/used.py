"""What people do with the bot, read from the ids that come back: nothing of buttons and forms is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from adapters.discord.commands import LOCALES, command_of
from adapters.discord.drawing_forms import entered, form_of
from adapters.discord.places import place_of
from adapters.discord.reading import person_of
from bot.domain.comments import Comment
from bot.interface.cards import pressed
from bot.platform.events import ButtonPressed, CommandUsed, FormSubmitted, Interaction

Used = CommandUsed | ButtonPressed | FormSubmitted


def used(interaction: discord.Interaction[Any], about: Comment | None) -> Used | None:
    """Return what a person did, `about` the comment whose menu they opened; nothing when this version knows it not."""
    data: Mapping[str, Any] = interaction.data or {}
    asked = _asked(interaction)
    match interaction.type:
        case discord.InteractionType.application_command if command := command_of(data):
            options = {str(one.get("name")): str(one.get("value", "")) for one in data.get("options") or ()}
            return CommandUsed(asked, command, options, about)
        case discord.InteractionType.component if press := pressed(str(data.get("custom_id"))):
            return ButtonPressed(asked, press[0].value, press[1])
        case discord.InteractionType.modal_submit if form := form_of(str(data.get("custom_id"))):
            return FormSubmitted(asked, *form, entered(data.get("components") or ()))
    return None


def language_of(locale: discord.Locale | str) -> str:
    """Return the language of ours that Discord's locale stands for."""
    return LOCALES.get(str(locale), "en")


def _asked(interaction: discord.Interaction[Any]) -> Interaction:
    place = place_of(interaction.channel)
    where = None if place is None else place.ref
    return Interaction(person_of(interaction.user), where, str(interaction.id), language_of(interaction.locale))
