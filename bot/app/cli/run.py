"""`crossing-guard run`: keep watch."""

from __future__ import annotations

import asyncio

import click

from bot.settings import read_settings


@click.command(epilog="Example: DISCORD_TOKEN_FILE=/run/secrets/discord crossing-guard run")
def run() -> None:
    """Start every platform whose token is set, and keep watch until told to stop."""
    from bot.app.running import watch_until_told  # noqa: PLC0415 – the help of this command needs none of it

    asyncio.run(watch_until_told(read_settings()))
