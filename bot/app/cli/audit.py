"""`crossing-guard audit`: is the custody log what it was."""

from __future__ import annotations

import asyncio

import click

from bot.app.wiring import open_database
from bot.settings import read_settings
from bot.store.chain_check import Problem
from bot.store.custody import ChainHead

NEEDS_A_PERSON = 1


@click.group(epilog="Example: crossing-guard audit verify")
def audit() -> None:
    """Check the custody log."""


@audit.command(epilog="Example: crossing-guard audit verify --head 9f2c…")
@click.option("--head", "heads", multiple=True, metavar="HASH", help="A head from a daily digest; may be repeated.")
def verify(heads: tuple[str, ...]) -> int:
    """Follow the log's chain from its first row to its last, and compare what is sealed with it.

    Names every row that was changed, left out, put in or swapped. That the whole log was rewritten, or cut off at its
    end, shows only against a head that you know from outside: each daily digest has one. Exit 1 if something is wrong.
    """
    head, problems = asyncio.run(_verified(heads))
    for problem in problems:
        click.echo(problem.sentence, err=True)
    if problems:
        click.echo(
            "The custody log was tampered with, or is damaged; tell your district, and keep this copy.", err=True
        )
        return NEEDS_A_PERSON
    click.echo(f"The custody log is whole: {head.number} {'row' if head.number == 1 else 'rows'}.")
    click.echo(f"Head: {head}")
    return 0


async def _verified(heads: tuple[str, ...]) -> tuple[ChainHead, list[Problem]]:
    async with open_database(read_settings()) as store:
        return await store.verify_chain(heads)
