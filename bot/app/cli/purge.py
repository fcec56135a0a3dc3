"""`crossing-guard purge`: let go of what is past its time."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import click

from bot.app.wiring import open_database, policy_in_force
from bot.cases.book import CaseBook
from bot.domain.people import DECIDERS
from bot.domain.roster import Roster
from bot.errors import EvidenceError, UsageError
from bot.evidence.vault import AT_THE_TERMINAL
from bot.records.asking import known_person
from bot.records.retention import Keeper, Order, Purged
from bot.settings import Settings, read_settings

NAMES = {
    "screened": "marks that a comment was screened (the day's counts stay)",
    "deletions": "marks that a comment was deleted (the day's counts stay)",
    "links": "channel days whose sample links go",
    "day_cards": "notes of where a day's cards stand",
    "watches": "watches that are over",
    "acknowledgements": "acknowledgements of earlier school years",
    "errands": "messages that were delivered, notices among them",
    "old_errands": "messages that were delivered long ago",
    "installs": "installs that nobody finished",
    "snapshots": "sealed parts of evidence",
    "authors": "pseudonyms of authors",
    "reports": "sealed reports, with who reported",
    "reasons": "sealed reasons and notes",
    "cards": "notes of where a case's cards stand",
}
"""What each kind is, for people."""


@click.command(epilog="Example: crossing-guard purge --dry-run")
@click.option("--dry-run", is_flag=True, help="Only count what is past its time.")
@click.option("--as", "person", metavar="PERSON", help="Your key in the site file; needed when evidence is due.")
@click.option("--reason", help="Why now; it is sealed, and named in the custody log.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for scripts.")
def purge(*, dry_run: bool, person: str | None, reason: str | None, as_json: bool) -> None:
    """Let go of what is past the policy pack's periods: never of an open case, never while a hold stands.

    The running bot does the same every day. Evidence that is destroyed by hand needs your name and a reason.
    """
    done = asyncio.run(_purged(read_settings(), person, reason, dry=dry_run))
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "counts": done.counts, "held": done.held}, indent=2))
        return
    gone = [(kind, count) for kind, count in done.counts.items() if count]
    for kind, count in gone:
        click.echo(f"{count:>7}  {NAMES[kind]}")
    if not gone:
        click.echo("Nothing is past its time.")
    elif dry_run:
        click.echo("Nothing was deleted: this was a dry run.")
    if done.held:
        click.echo(f"Kept because of a hold: {done.held} {'case' if done.held == 1 else 'cases'}.")
    if done.damaged:
        cases = "case does" if done.damaged == 1 else "cases do"
        click.echo(f"Kept because damaged: {done.damaged} {cases} not open; restore the database from a backup.")


async def _purged(settings: Settings, person: str | None, reason: str | None, *, dry: bool) -> Purged:
    async with open_database(settings) as store:
        roster = await store.registry.read()
        pack = policy_in_force(settings, roster)
        keeper = Keeper(store, CaseBook(store, _now, pack), pack, _now)
        counted = await keeper.purge(dry=True)
        if dry:
            return counted
        order = _order(roster, person, reason)
        if order is None and counted.evidence:
            raise UsageError(
                f"Evidence is due to be destroyed ({counted.evidence} in all; --dry-run lists it); say who does it and "
                "why: --as PERSON --reason TEXT. The running bot does it by the rule."
            )
        return await keeper.purge(order)


def _order(roster: Roster | None, person: str | None, reason: str | None) -> Order | None:
    if person is None and reason is None:
        return None
    if person is None or not (reason or "").strip():
        raise UsageError("Give both: --as PERSON and --reason TEXT.")
    known_person(roster, person)
    if roster is None or not any(roster.roles(person, site) & DECIDERS for site in roster.sites.values()):
        raise EvidenceError("This person may not have evidence destroyed; a site administrator or designee may.")
    return Order(person, (reason or "").strip(), AT_THE_TERMINAL)


def _now() -> datetime:
    return datetime.now(UTC)
