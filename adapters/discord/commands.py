"""The commands as Discord shows them: their words in every language, who is offered them, and the message menu.

They are registered once for all servers, and again only when they have changed: Discord limits how often. Command names
stay the same in every language, because the bot's own texts name them; what they do is said in the reader's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from adapters.discord.asking import asking
from adapters.discord.limits import shortened
from adapters.discord.permissions import NEEDED_TO_RUN
from bot.domain.people import SiteRole
from bot.interface.commands import COMMANDS, Command
from bot.interface.texts import Text, say, text

LOCALES: Mapping[str, str] = {"en-US": "en", "en-GB": "en", "es-ES": "es", "es-419": "es"}
"""Discord's languages that we have words for."""

REPORT_MENU = "Report to school"
"""The menu's name where there are no words of ours: `menu.report` in English."""

SLASH, MESSAGE_MENU = 1, 3
_IN_SERVERS = 0
_MOST = 100
_COMPARED = (
    "name",
    "type",
    "description",
    "name_localizations",
    "description_localizations",
    "default_member_permissions",
    "contexts",
)

Json = dict[str, Any]


def all_commands() -> list[Json]:
    """Return what is registered with Discord."""
    slash = [_slash(command) for command in COMMANDS]
    return [*slash, *(_menu(command) for command in COMMANDS if command.on_comment)]


def command_of(data: Mapping[str, Any]) -> str | None:
    """Return the name of the command that was used; the menu stands for the command on a comment."""
    if data.get("type") == MESSAGE_MENU:
        return next((command.name for command in COMMANDS if command.on_comment), None)
    name = data.get("name")
    return name if name in {command.name for command in COMMANDS} else None


async def register(client: discord.Client) -> bool:
    """Register the commands unless they are what Discord has already; return whether that was needed."""
    wanted, application = all_commands(), client.application_id or 0
    # Asked by its own route: discord.py's leaves the translations out.
    route = discord.http.Route("GET", f"/applications/{application}/commands?with_localizations=true")
    standing: Sequence[Json] = await asking("read its commands", client.http.request(route))
    if _compared(standing) == _compared(wanted):
        return False
    await asking("register its commands", client.http.bulk_upsert_global_commands(application, wanted))
    return True


def _slash(command: Command) -> Json:
    return {
        **_offered_to(command),
        "type": SLASH,
        "name": command.name,
        "description": _said(command.summary, "en"),
        "description_localizations": {locale: _said(command.summary, ours) for locale, ours in LOCALES.items()},
    }


def _menu(command: Command) -> Json:
    label = text(f"menu.{command.name}")
    return {
        **_offered_to(command),
        "type": MESSAGE_MENU,
        "name": REPORT_MENU,
        "name_localizations": {locale: shortened(say(label, ours), 32) for locale, ours in LOCALES.items()},
    }


def _offered_to(command: Command) -> Json:
    everybody = SiteRole.MEMBER in command.roles
    return {
        "contexts": [_IN_SERVERS],
        "default_member_permissions": None if everybody else str(NEEDED_TO_RUN.value),
    }


def _said(words: Text, language: str) -> str:
    return shortened(say(words, language), _MOST)


def _compared(commands: Sequence[Json]) -> list[Json]:
    """Return what of the commands is ours to say; Discord adds ids and defaults."""
    return sorted(
        ({key: command[key] for key in _COMPARED if command.get(key)} for command in commands),
        key=lambda command: (command["type"], command["name"]),
    )
