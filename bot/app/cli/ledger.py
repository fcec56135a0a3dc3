"""`crossing-guard ledger`: the daily ledger as a calendar, and for the district's files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.app.wiring import open_database, policy_in_force
from bot.cases.book import CaseBook
from bot.daily.calendar import Cell, Month, State, month_of
from bot.daily.pages import html_of, svg_of, told, weekdays
from bot.daily.records import as_csv, as_json, as_pdf, figures_of, rows_of
from bot.daily.view import DayView, Views, site_called
from bot.domain.roster import Roster
from bot.errors import CrossingGuardError, UsageError
from bot.interface.texts import LANGUAGES, say
from bot.settings import Settings, read_settings

_STYLES = {
    State.SIGNED: "green",
    State.LATE: "yellow",
    State.PARTLY: "yellow",
    State.WAITING: "cyan",
    State.OVERDUE: "bold red",
}

month_option = click.option("--month", metavar="YYYY-MM", help="Which month; the present one without it.")
site_option = click.option("--site", metavar="KEY", help="Which site; every one without it.")


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: each site's views of the month, by its key."""

    roster: Roster
    first: date
    now: datetime
    views: dict[str, list[DayView]]

    @property
    def all(self) -> list[DayView]:
        """The views of all sites."""
        return [view for views in self.views.values() for view in views]


@click.group(epilog="Example: crossing-guard ledger show --month 2026-11")
def ledger() -> None:
    """Show the daily ledger, or write it to a file for the district."""


@ledger.command(epilog="Example: crossing-guard ledger show --site lincoln --month 2026-11")
@site_option
@month_option
@click.option("--json", "as_json_", is_flag=True, help="Print one JSON object, for scripts.")
def show(site: str | None, month: str | None, as_json_: bool) -> None:
    """Show each site's month as a calendar, with response times and false alarms by rule."""
    read = asyncio.run(_read(read_settings(), site, month))
    if as_json_:
        rows = rows_of(read.all, read.roster, read.now)
        click.echo(as_json(read.roster.district.name, rows, figures_of(read.all)), nl=False)
        return
    console = Console()
    for key, views in read.views.items():
        console.print(_calendar(month_of(site_called(read.roster, key).name, read.first, views, read.now)))
        for line in _figures(views):
            console.print(Text(line), soft_wrap=True)


@ledger.command(epilog="Example: crossing-guard ledger export --format csv --output november.csv")
@site_option
@month_option
@click.option("--format", "form", type=click.Choice(["csv", "json", "pdf", "html", "svg"]), required=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of html and svg.")
def export(*, site: str | None, month: str | None, form: str, output: Path, language: str) -> None:
    """Write a month: csv, json and pdf list each channel's days; html and svg draw one site's calendar."""
    read = asyncio.run(_read(read_settings(), site, month))
    try:
        output.write_bytes(_written(read, form, language))
    except OSError as error:
        raise CrossingGuardError(f"{output} cannot be written ({error.strerror}); name another file.") from error
    click.echo(f"{len(read.all)} days written to {output}.")


def _written(read: Read, form: str, language: str) -> bytes:
    name = read.roster.district.name
    if form in ("html", "svg"):
        if len(read.views) != 1:
            raise UsageError("A calendar is of one site; name it with --site.")
        ((key, views),) = read.views.items()
        month = month_of(site_called(read.roster, key).name, read.first, views, read.now)
        draw = html_of if form == "html" else svg_of
        return draw(month, language=language).encode()
    rows = rows_of(read.all, read.roster, read.now)
    if form == "csv":
        return as_csv(rows).encode("utf-8-sig")
    if form == "json":
        return as_json(name, rows, figures_of(read.all)).encode()
    return as_pdf(name, f"Daily ledger, {read.first:%Y-%m}", rows, read.now)


async def _read(settings: Settings, site: str | None, month: str | None) -> Read:
    async with open_database(settings) as store:
        roster = await store.registry.read()
        if roster is None:
            raise CrossingGuardError("No site is set up yet; write a site file and run: crossing-guard site apply FILE")
        now = datetime.now(UTC).astimezone(ZoneInfo(roster.district.time_zone))
        first = _first(month, now)
        last = _last(first)
        views = Views(store, CaseBook(store, lambda: now, policy_in_force(settings, roster)))
        known = sorted(one.key for one in await views.sites(roster))
        if site is not None and site not in known:
            raise UsageError(f"There is no site “{site}”; known are {', '.join(known)}.")
        days = {key: await store.ledger.days(key, first, last) for key in ([site] if site else known)}
        # A site that left the roster shows up where it has days, or where somebody asks for it.
        shown = [key for key in days if days[key] or key in roster.sites or key == site]
        return Read(roster, first, now, {key: await views.of(days[key], None) for key in shown})


def _first(month: str | None, now: datetime) -> date:
    if month is None:
        return now.date().replace(day=1)
    try:
        first = date.fromisoformat(f"{month}-01")
        _last(first)
    except (ValueError, OverflowError):
        raise UsageError(f"“{month}” is no month; write it as 2026-11.") from None
    return first


def _last(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _calendar(month: Month) -> Table:
    table = Table(title=Text(say(month.title, "en")), title_justify="left", show_lines=True, expand=True)
    for name in weekdays("en"):
        table.add_column(name, vertical="top", ratio=1)
    for week in month.weeks:
        table.add_row(*(_cell(on, cell, month) for on, cell in week))
    return table


def _cell(on: date, cell: Cell | None, month: Month) -> Text:
    if cell is None:
        return Text(str(on.day) if on.month == month.first.month else "", "dim")
    style = _STYLES.get(cell.state, "")
    head = Text.assemble((f"{on.day} ", "bold"), (cell.mark, style))
    return Text("\n").join([head, Text(str(cell.state), style), *map(Text, told(cell, "en"))])


def _figures(views: Sequence[DayView]) -> list[str]:
    figures = figures_of(views)
    lines = []
    for name, words in (("acknowledged", "acknowledged"), ("decided", "decided")):
        minutes = figures[f"{name}_after_minutes"]
        if minutes is not None:
            lines.append(f"Flags were {words} after {minutes} minutes (median).")
    for rule in figures["rules"]:
        rate = "none decided yet" if rule["false_alarms"] is None else f"{rule['false_alarms']:.0%} false alarms"
        lines.append(f"{rule['rule']}: {rule['confirmed']} confirmed, {rule['dismissed']} dismissed, {rate}.")
    return lines
