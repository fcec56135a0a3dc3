"""`crossing-guard records`: what is kept about a site or a person, for a records request."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.app.cli.private_file import write_private
from bot.app.wiring import open_database, policy_in_force
from bot.cases.book import CaseBook
from bot.errors import UsageError
from bot.policy.words import LANGUAGES
from bot.records.export import Records, Request
from bot.settings import Settings, read_settings


@click.group(
    epilog='Example: crossing-guard records export --site lincoln --as principal --reason "Request 12" --output r.zip'
)
def records() -> None:
    """Answer records requests. Whatever you do here enters the custody log, and the administrator is told in chat."""


@records.command(
    epilog='Example: crossing-guard records export --site lincoln --as principal --reason "Request 12" --output r.zip'
)
@click.option("--site", required=True, metavar="KEY", help="The site's key in the site file.")
@click.option("--person", "account", metavar="ACCOUNT", help="Only what is kept of this account of the platform.")
@click.option("--redacted", is_flag=True, help="Hide everyone's name; with --person this is so by itself.")
@click.option("--whole", is_flag=True, help="With --person: also show other people's names and words.")
@click.option("--as", "person", required=True, metavar="PERSON", help="Your key in the site file.")
@click.option("--reason", required=True, help="Why; it is sealed, and named in the custody log.")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The ZIP to write.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the page.")
def export(
    *,
    site: str,
    account: str | None,
    redacted: bool,
    whole: bool,
    person: str,
    reason: str,
    output: Path,
    language: str,
) -> None:
    """Write what is kept as JSON and as a page to read: cases, decisions, reports, evidence where it is permitted.

    With --person everybody else is hidden, and what they wrote is left out, unless you ask for --whole.
    """
    if redacted and whole:
        raise UsageError("Give --redacted or --whole, not both.")
    hides = redacted or (account is not None and not whole)
    data = asyncio.run(_made(read_settings(), Request(site, account, hides, person, reason, language)))
    write_private(output, data, "The records")
    click.echo(f"{output} is written. Read it before you hand it out: names that nobody knows stay in people's words.")


async def _made(settings: Settings, request: Request) -> bytes:
    async with open_database(settings) as store:
        book = CaseBook(store, _now, policy_in_force(settings, await store.registry.read()))
        return await Records(store, book, _now).export(request)


def _now() -> datetime:
    return datetime.now(UTC)
