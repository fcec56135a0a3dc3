"""`crossing-guard key`: the master key, and the key that signs packets."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import click

from bot.app.wiring import open_database
from bot.records.asking import known_person
from bot.settings import Settings, read_settings
from bot.store.key_file import new_key, written


@click.group(epilog="Example: crossing-guard key show")
def key() -> None:
    """Show keys by their names, and put a new master key in place."""


@key.command(epilog="Example: crossing-guard key show")
def show() -> None:
    """Show the fingerprint of the key that signs packets, and the master key's id. No key itself is shown."""
    fingerprint, names = asyncio.run(_shown(read_settings()))
    click.echo(f"Packets are signed with:  {fingerprint}")
    click.echo(f"Master key:               {names[0]}")
    for name in names[1:]:
        click.echo(f"Older master key:         {name}")


@key.command(epilog="Example: crossing-guard key make")
def make() -> None:
    """Print a new master key, for CROSSING_GUARD_KEY. Nothing is changed."""
    click.echo(written(new_key()))


@key.command(epilog='Example: crossing-guard key rotate --as principal --reason "Yearly change"')
@click.option("--as", "person", required=True, metavar="PERSON", help="Your key in the site file.")
@click.option("--reason", required=True, help="Why; it is sealed, and named in the custody log.")
def rotate(person: str, reason: str) -> None:
    """Have a new master key take over, while the bot runs.

    Killed in the middle, it goes on where it stopped when you run it again. The old key stays in the key file, as its
    second line, until you run “crossing-guard key forget”.
    """
    name, count = asyncio.run(_rotated(read_settings(), person, reason))
    click.echo(
        f"The master key {name} is in place; {count} data {'key was' if count == 1 else 'keys were'} wrapped anew."
    )
    click.echo("Back up the key file now. Older backups of the database still need the older key.")


@key.command(epilog="Example: crossing-guard key forget")
def forget() -> None:
    """Take old master keys out of the key file, once nothing is sealed with them any more."""
    count = asyncio.run(_forgotten(read_settings()))
    click.echo(f"Taken out: {count} old {'key' if count == 1 else 'keys'}.")


async def _shown(settings: Settings) -> tuple[str, list[str]]:
    from bot.evidence.signing import signer_of  # noqa: PLC0415 - signatures are asked for by this command alone

    async with open_database(settings) as store:
        return (await signer_of(store)).fingerprint, store.rotation.names()


async def _rotated(settings: Settings, person: str, reason: str) -> tuple[str, int]:
    async with open_database(settings) as store:
        roster = await store.registry.read()
        known_person(roster, person)
        first = await store.rotation.begin()
        return first.key_id, await store.rotation.complete(person, datetime.now(UTC), reason)


async def _forgotten(settings: Settings) -> int:
    async with open_database(settings) as store:
        return await store.rotation.forget()
