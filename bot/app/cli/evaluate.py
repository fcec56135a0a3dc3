"""`crossing-guard model evaluate`: how good the bot's reading is, on a labelled file of one's own."""

from __future__ import annotations

import asyncio
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.app.wiring import THREADS, load_policy, make_screener
from bot.domain.categories import Severity
from bot.evaluation.measures import Figure
from bot.evaluation.reading import read_all
from bot.evaluation.report import FLAGGED, Report, report
from bot.evaluation.tables import Row, Target, read_table
from bot.policy.schema import Pack
from bot.settings import Settings, read_settings

HELP = """Measure the reading on a labelled FILE: Parquet, CSV with a header, or JSON Lines.

    Every text is read as a comment would be: normaliser, model, detectors, policy pack. For each --label the area
    under the curve of that score is told, and what share of the positive and of the negative texts the pack flags.
    Intervals are 95 % (bootstrap). Nothing is stored.

    COLUMN=LABEL takes a column of 0 and 1, true and false, or shares of raters; COLUMN:VALUE=LABEL takes rows whose
    column says VALUE as positive. LABEL is a label of the model (see: crossing-guard model info), or “flagged”.

    \b
    Examples:
      crossing-guard model evaluate jigsaw.parquet --text text --label toxic=toxicity --label threat=threat
      crossing-guard model evaluate ours.csv --text message --label harmful=flagged --policy lbusd
      crossing-guard model evaluate chat.jsonl --text text --json
    """

_LEVELS = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)


def _targets(_: click.Context, __: click.Parameter, words: tuple[str, ...]) -> tuple[Target, ...]:
    return tuple(map(Target.parse, words))


@click.command(help=HELP)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--text", "column", required=True, metavar="COLUMN", help="The column that holds the texts.")
@click.option("--label", "targets", multiple=True, callback=_targets, metavar="COLUMN=LABEL", help="What to measure.")
@click.option(
    "--policy", metavar="PACK", help="Policy pack: a name or a path.  [default: CROSSING_GUARD_POLICY, lausd]"
)
@click.option("--threads", default=THREADS, show_default=True, type=click.IntRange(1, 64))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for scripts.")
@click.option("--quiet", is_flag=True, help="Show no progress bar.")
def evaluate(
    file: Path,
    column: str,
    targets: tuple[Target, ...],
    policy: str | None,
    threads: int,
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """Measure the reading on a labelled file."""
    settings = read_settings()
    pack = load_policy(settings, policy)
    rows = read_table(file, column, targets)
    found = asyncio.run(_measured(settings, pack, rows, column, targets, threads=threads, quiet=quiet))
    if as_json:
        click.echo(json.dumps(_plain(found), indent=2))
    else:
        _show(found)


async def _measured(
    settings: Settings,
    pack: Pack,
    rows: list[Row],
    column: str,
    targets: tuple[Target, ...],
    *,
    threads: int,
    quiet: bool,
) -> Report:
    reads = []
    async with make_screener(settings, threads) as screener:
        with Progress(console=Console(stderr=True), disable=quiet, transient=True) as progress:
            bar = progress.add_task("Reading", total=len(rows))
            async for read in read_all([str(row[column]) for row in rows], screener, pack):
                reads.append(read)
                progress.advance(bar)
        return report(rows, reads, targets, screener.model.labels)


def _plain(found: Report) -> dict[str, Any]:
    def levels(by: dict[Severity, Figure]) -> dict[str, Any]:
        return {str(level): _number(figure) for level, figure in by.items()}

    return {
        "rows": found.rows,
        "unscored": found.unscored,
        "flagged": levels(found.flagged),
        "labels": [
            {
                "column": one.target.column,
                "label": one.target.label,
                "positives": one.positives,
                "negatives": one.negatives,
                "auc": None if one.auc is None else _number(one.auc),
                "positives_flagged": levels(one.caught),
                "negatives_flagged": levels(one.flagged),
            }
            for one in found.targets
        ],
    }


def _number(figure: Figure) -> dict[str, float | None]:
    # NaN is no JSON.
    return {name: None if math.isnan(value) else value for name, value in asdict(figure).items()}


def _show(found: Report) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("Label", style="bold")
    for heading in ("texts", "AUC", *(f"{level} or more" for level in _LEVELS)):
        table.add_column(heading, justify="right")
    table.add_row("all texts", f"{found.rows:,}", "", *(_percent(found.flagged[level]) for level in _LEVELS))
    for one in found.targets:
        name = one.target.column if one.target.label == FLAGGED else one.target.label
        area = "" if one.auc is None else f"{one.auc.value:.4f} ({one.auc.low:.3f}–{one.auc.high:.3f})"
        table.add_row(f"{name}: yes", f"{one.positives:,}", area, *(_percent(one.caught[level]) for level in _LEVELS))
        table.add_row(f"{name}: no", f"{one.negatives:,}", "", *(_percent(one.flagged[level]) for level in _LEVELS))
    console = Console()
    console.print(table)
    if found.unscored:
        console.print(f"{found.unscored:,} texts got no score; a person would read them.")


def _percent(figure: Figure) -> str:
    if math.isnan(figure.value):
        return "–"
    return f"{figure.value:.1%} ({figure.low * 100:.1f}–{figure.high * 100:.1f})"
