"""`crossing-guard doctor`: is everything in place."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict

import click
from rich.console import Console
from rich.text import Text

from bot.app.health import examine
from bot.settings import Settings, read_settings
from bot.store import HealthFact


@click.command(epilog="Example: crossing-guard doctor --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list, for scripts.")
def doctor(as_json: bool) -> int:
    """Check that everything is in place; exit 1 if something needs a person."""
    facts = asyncio.run(_all(read_settings()))
    if as_json:
        click.echo(json.dumps([asdict(fact) for fact in facts], indent=2, ensure_ascii=False))
    else:
        console = Console()
        for fact in facts:
            mark, style = ("well", "green") if fact.well else ("needs you", "bold red")
            words = Text.assemble((f"{mark:>9}", style), "  ", (fact.subject, "bold"), ": ", fact.sentence)
            console.print(words, soft_wrap=True)
    return 0 if all(fact.well for fact in facts) else 1


async def _all(settings: Settings) -> list[HealthFact]:
    return [fact async for fact in examine(settings)]
