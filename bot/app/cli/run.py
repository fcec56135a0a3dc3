"""`crossing-guard run`: keep watch."""

from __future__ import annotations

import click

from bot.errors import SettingsError
from bot.settings import read_settings


@click.command(epilog="Example: DISCORD_TOKEN_FILE=/run/secrets/discord crossing-guard run")
def run() -> None:
    """Start every platform whose token is set, and keep watch until told to stop."""
    settings = read_settings()
    if settings.discord_token or settings.slack_bot_token:
        raise SettingsError("This version screens exports only; it cannot connect to Discord or Slack yet.")
    raise SettingsError("No platform is set up: set DISCORD_TOKEN or SLACK_BOT_TOKEN (or their _FILE forms).")
