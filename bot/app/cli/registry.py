"""`crossing-guard registry`: the list of official accounts, for the central office."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.app.wiring import open_database
from bot.errors import UsageError
from bot.interface.sheets import cell
from bot.registry.export import Account, accounts
from bot.settings import Settings, read_settings


@click.group(epilog="Example: crossing-guard registry export --output accounts.csv")
def registry() -> None:
    """Show the register of official accounts."""


@registry.command(epilog="Example: crossing-guard registry export --format json")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write; without it, stdout.")
def export(form: str, output: Path | None) -> None:
    """List every official account with who runs it and who approved it: no credentials, no comments (R30)."""
    found = asyncio.run(_read(read_settings()))
    written = _csv(found) if form == "csv" else json.dumps([one.as_dict() for one in found], indent=2) + "\n"
    if output is None:
        click.echo(written, nl=False)
        return
    try:
        output.write_text(written, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"{output} cannot be written ({error.strerror}); choose another --output.") from error
    click.echo(f"Written: {len(found)} accounts, to {output}", err=True)


async def _read(settings: Settings) -> list[Account]:
    async with open_database(settings) as store:
        roster = await store.registry.read()
        if roster is None:
            return []
        today = datetime.now(UTC).astimezone(ZoneInfo(roster.district.time_zone)).date()
        return accounts([one.registered for one in await store.channels.all()], roster, today)


def _csv(found: list[Account]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(Account.__dataclass_fields__)
    for one in found:
        writer.writerow([cell(value) for value in one.as_dict().values()])
    return lines.getvalue()
