"""`crossing-guard db`: storage by hand. Every start of the program does the same by itself."""

from __future__ import annotations

import asyncio

import click

from bot.app.wiring import open_database
from bot.settings import Settings, read_settings


@click.group(epilog="Example: crossing-guard db upgrade")
def db() -> None:
    """Bring the database up to date."""


@db.command(epilog="Example: DATABASE_URL_FILE=/run/secrets/db crossing-guard db upgrade")
def upgrade() -> None:
    """Make the database if there is none, and bring its tables to this version."""
    asyncio.run(_opened(read_settings()))
    click.echo("The database is up to date.")


async def _opened(settings: Settings) -> None:
    async with open_database(settings):
        pass
