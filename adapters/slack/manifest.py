"""The app's manifest, made of what the code needs: scopes, events, commands, shortcut, home page.

Source: "App manifest reference" of Slack's platform documentation.
"""

from __future__ import annotations

from typing import Any

from adapters.slack.interactions import COMMAND
from adapters.slack.needs import EVENTS, EVENTS_PATH, REDIRECT_PATH, USER_SCOPES, bot_scopes
from bot.interface.commands import COMMANDS, REPORT_CALLBACK
from bot.interface.texts import Text, say, text

NAME = "Crossing Guard"
SUMMARY = "Keeps watch over school channels, with and for people. It flags and explains; people decide."
COLOUR = "#1f4e5f"


def _in_both(what: Text) -> str:
    """Return a text in English and Spanish: Slack shows an app's menus to everybody in the same words."""
    return f"{say(what, 'en')} · {say(what, 'es')}"


def manifest(http: str | None = None, *, removal: bool = False) -> dict[str, Any]:
    """Return the manifest, for Socket Mode or for events at the address `http` (`https://guard.example.org`).

    `removal` asks for the user scope with which an administrator's token can remove comments.
    """
    address = None if http is None else http.rstrip("/").removesuffix(EVENTS_PATH)
    request_url = {} if address is None else {"request_url": f"{address}{EVENTS_PATH}"}
    command_url = {} if address is None else {"url": f"{address}{EVENTS_PATH}"}
    scopes: dict[str, list[str]] = {"bot": list(bot_scopes())}
    if removal:
        scopes["user"] = sorted(USER_SCOPES)
    return {
        "display_information": {"name": NAME, "description": SUMMARY, "background_color": COLOUR},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [
                {
                    "name": say(text("menu.report"), "en"),
                    "type": "message",
                    "callback_id": REPORT_CALLBACK,
                    "description": _in_both(text("command.report")),
                }
            ],
            "slash_commands": [
                {
                    "command": f"{COMMAND}{command.name}",
                    "description": _in_both(command.summary),
                    "should_escape": False,
                    **command_url,
                }
                for command in COMMANDS
            ],
        },
        "oauth_config": {
            **({} if address is None else {"redirect_urls": [f"{address}{REDIRECT_PATH}"]}),
            "scopes": scopes,
        },
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }
