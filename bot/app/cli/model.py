"""`crossing-guard model`: which toxicity model is loaded, and how good it is."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from bot.app.cli.evaluate import evaluate
from bot.app.wiring import load_model
from bot.settings import read_settings


@click.group(epilog="Example: crossing-guard model info --json")
def model() -> None:
    """Show the toxicity model that is loaded, and measure it."""


model.add_command(evaluate)


@model.command(epilog="Example: crossing-guard model info")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for scripts.")
def info(as_json: bool) -> None:
    """Load the model, check its files, and say what it is."""
    manifest = load_model(read_settings()).manifest
    if as_json:
        click.echo(json.dumps(manifest.model_dump(mode="json"), indent=2))
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row("Name", f"{manifest.name} {manifest.version}")
    table.add_row("Licence", manifest.licence)
    table.add_row("Languages", ", ".join(manifest.languages))
    table.add_row("Labels", ", ".join(manifest.labels))
    table.add_row("Window", f"{manifest.max_pieces} word pieces")
    for name, facts in manifest.files.items():
        table.add_row(name, f"{facts.bytes / 1e6:.1f} MB, SHA-256 {facts.sha256}")
    Console().print(table)
