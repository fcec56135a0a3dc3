"""`crossing-guard site`: set up a district, its sites, people, channels and ladders, and show them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.app.cli.tried import inert
from bot.app.packs import read_pack
from bot.app.wiring import open_database
from bot.domain.categories import Severity
from bot.domain.channels import ChannelStatus, RegisteredChannel
from bot.domain.roster import EvidencePermission, Roster, Site
from bot.errors import CrossingGuardError
from bot.registry.applying import Applied, apply, attested, waiting_for
from bot.registry.site_file import read_site_file
from bot.settings import Settings, read_settings


@click.group(epilog="Example: crossing-guard site apply lincoln.toml")
def site() -> None:
    """Set up a district, its sites, people, channels and ladders; show them."""


@site.command("apply", epilog="Example: crossing-guard site apply lincoln.toml --prune")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--prune", is_flag=True, help="Also forget people, sites and lines that the file leaves out; close channels."
)
def apply_file(file: Path, prune: bool) -> None:
    """Bring the register to what FILE (TOML) says. Applying it twice changes nothing."""
    checked = read_site_file(file)
    read_pack(checked.district.policy)
    applied = asyncio.run(_apply(read_settings(), checked, prune=prune))
    console = Console()
    read = len(applied.channels) - len(applied.pending)
    counts = (_counted(len(applied.roster.sites), "site"), _counted(len(applied.roster.people), "person", "people"))
    console.print(f"{', '.join(counts)}, {_counted(read, 'channel')} watched.")
    for sentence in applied.unknown:
        console.print(Text.assemble(("missing", "yellow"), f"  {sentence}"), soft_wrap=True)
    for channel, lacking in applied.pending.items():
        console.print(
            Text.assemble(("pending", "yellow"), f"  {channel.name}: still needs {', '.join(lacking)}."), soft_wrap=True
        )
    for channel in applied.closed:
        console.print(Text.assemble(("closed", "red"), f"  {channel.name}: not in the file any more."), soft_wrap=True)


@site.command(epilog="Example: crossing-guard site show --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for scripts.")
def show(as_json: bool) -> None:
    """Show the district, its sites, people, channels and ladders."""
    roster, channels = asyncio.run(_read(read_settings()))
    if as_json:
        click.echo(json.dumps(_plain(roster, channels), indent=2, ensure_ascii=False))
        return
    console = Console()
    console.print(Text(roster.district.name, "bold"), f"({roster.district.policy}, {roster.district.time_zone})")
    for school in roster.sites.values():
        console.print(_table(roster, school, [channel for channel in channels if channel.site == school.key]))


async def _apply(settings: Settings, checked: Any, *, prune: bool) -> Applied:
    async with open_database(settings) as store:
        return await apply(store, checked, prune=prune)


async def _read(settings: Settings) -> tuple[Roster, list[RegisteredChannel]]:
    async with open_database(settings) as store:
        roster = await store.registry.read()
        if roster is None:
            raise CrossingGuardError("No site is set up yet; write a site file and run: crossing-guard site apply FILE")
        return roster, [item.registered for item in await store.channels.all()]


def _table(roster: Roster, school: Site, channels: list[RegisteredChannel]) -> Table:
    table = Table(title=Text(f"{school.name} ({school.key})"), title_justify="left", show_header=False, min_width=60)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    people = {
        "Site administrator": [school.site_administrator],
        "Designees": school.designees,
        "Supervisor": [school.supervisor] if school.supervisor else [],
        "Staff": school.staff,
        "Parent leaders": school.parent_leaders,
    }
    for label, keys in people.items():
        table.add_row(label, Text("\n".join(_named(roster, key) for key in keys) or "nobody"))
    steps = [
        f"{number}. {_named(roster, step.person)}, {_span(step.acknowledge_within)}"
        for number, step in enumerate(school.ladder, 1)
    ]
    table.add_row("Ladder", Text("\n".join(steps) or "none: alerts go to the site administrator, then upwards"))
    permission = "asked for each case"
    if school.evidence_permission is EvidencePermission.STANDING:
        permission = "standing permission, attested by operator"
    table.add_row("Evidence", permission)
    table.add_row("Day", f"closes at {school.day_closes_at:%H:%M}, signed off by {school.sign_off_by:%H:%M}")
    for channel in channels:
        table.add_row(Text(inert(f"#{channel.name}")), Text(_state(channel)))
    return table


def _state(channel: RegisteredChannel) -> str:
    lacking = waiting_for(channel)
    needs = f", still needs {', '.join(lacking)}" if lacking and channel.status is not ChannelStatus.CLOSED else ""
    state = "watched" if channel.watched else f"{channel.status}{needs}"
    approval = ", approval attested by operator" if attested(channel) else ""
    return f"{channel.kind} on {channel.ref.platform}: {state}{approval}"


def _named(roster: Roster, key: str) -> str:
    person = roster.people.get(key)
    return f"{person.name} ({key})" if person else key


def _counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _span(span: timedelta) -> str:
    return f"{int(span.total_seconds() // 60)} min to acknowledge"


def _plain(roster: Roster, channels: list[RegisteredChannel]) -> dict[str, Any]:
    """Return roster and register as JSON values; severities by name, times as site files write them."""
    registered = [
        asdict(channel)
        | {"watched": channel.watched, "waiting_for": waiting_for(channel), "attested": attested(channel)}
        for channel in channels
    ]
    return {name: _value(value) for name, value in (asdict(roster) | {"channels": registered}).items()}


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | frozenset):
        return [_value(item) for item in (sorted(value) if isinstance(value, frozenset) else value)]
    return _written(value)


def _written(value: Any) -> Any:
    match value:
        case Severity():
            return str(value)
        case timedelta():
            return int(value.total_seconds())
        case time():
            return f"{value:%H:%M}"
        case date():
            return value.isoformat()
        case _:
            return value
