"""`crossing-guard person`: deletion of a person's data."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import click

from bot.app.cli.purge import NAMES
from bot.app.wiring import open_database, policy_in_force
from bot.cases.book import CaseBook
from bot.domain.comments import ChannelRef
from bot.records.forgetting import UNDECIDED, Forgetting, Forgotten
from bot.settings import Settings, read_settings

_EXAMPLE = (
    'Example: crossing-guard person delete --platform discord --workspace 900 --account 77 --as principal --reason "…"'
)


@click.group(epilog=_EXAMPLE)
def person() -> None:
    """Delete a person's data. Whatever you do here enters the custody log, and the administrator is told in chat."""


@person.command(epilog=_EXAMPLE)
@click.option("--platform", required=True, help="discord, slack or local.")
@click.option("--workspace", required=True, help="The server's or the workspace's id.")
@click.option("--account", required=True, metavar="ID", help="The person's id there.")
@click.option("--as", "deciding", required=True, metavar="PERSON", help="Your key in the site file.")
@click.option("--reason", required=True, help="Why; it is sealed, and named in the custody log.")
def delete(*, platform: str, workspace: str, account: str, deciding: str, reason: str) -> None:
    """Delete what is kept of an account where neither a hold nor a duty stands; say what was kept, and why.

    Comments of theirs that stand around somebody else's flagged one go with that case. Marks that a comment was
    screened name nobody, and go by themselves.
    """
    place = ChannelRef(platform, workspace, "")
    done = asyncio.run(_deleted(read_settings(), place, account, deciding, reason))
    for kind, count in done.gone.items():
        click.echo(f"{count:>7}  {NAMES.get(kind, kind)}")
    if not done.gone:
        click.echo("Nothing was deleted.")
    if done.kept:
        click.echo("Kept:")
    for sentence in done.kept:
        click.echo(f"  {sentence}")
    click.echo(UNDECIDED)


async def _deleted(settings: Settings, place: ChannelRef, account: str, person: str, reason: str) -> Forgotten:
    async with open_database(settings) as store:
        book = CaseBook(store, _now, policy_in_force(settings, await store.registry.read()))
        return await Forgetting(store, book, _now).delete(place, account, person, reason)


def _now() -> datetime:
    return datetime.now(UTC)
