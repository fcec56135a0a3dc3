"""`python -m benchmarks.quality DATA`: print the whole table of quality, and write it with the machine to a file."""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import machine
from benchmarks.quality import school
from benchmarks.quality.explanations import explanations
from benchmarks.quality.measures import MEASURES, Figures
from benchmarks.quality.readers import Read, peers, the_bot
from bot.evaluation.measures import Figure

BOT = "Crossing Guard"
PUBLISHED: dict[str, dict[str, dict[str, float]]] = {
    "hatecheck_en": {"Perspective*": {"hateful": 0.895, "benign": 0.482, "total": 0.766}},
    "jigsaw": {"Detoxify original*": {"mean of six labels, AUC": 0.9864}},
}
"""What others published, on the whole of the official sets (marked * in the table): Röttger and others 2021 for
Perspective on HateCheck; the Detoxify project's own figure on the official Jigsaw test set."""


def main() -> None:
    """Measure the bot and every peer that works here."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=main.__doc__)
    parser.add_argument("data", type=Path, help="folder with eval/*.parquet, as training/README.md describes it")
    parser.add_argument("--output", type=Path, default=Path("out/benchmarks"), help="folder for the figures")
    parser.add_argument(
        "--only", nargs="*", metavar="SET", help=f"some of: {', '.join(MEASURES)}, writers, explanations"
    )
    parser.add_argument("--functions", action="store_true", help="print every functionality of HateCheck, too")
    options = parser.parse_args()
    console = Console()
    working, missing = peers()
    readers: dict[str, Read] = {BOT: the_bot, **working}
    for name, why in missing.items():
        console.print(f"{name}: {why}, left out", style="dim")
    found: dict[str, object] = {"measured_at": datetime.now(UTC).isoformat(), "machine": machine.describe()}
    for name, title, measure in _measures(options.data):
        if options.only and name not in options.only and not (name.startswith("heldout") and "writers" in options.only):
            continue
        began = time.monotonic()
        with console.status(f"{title} …"):
            figures = {reader: measure(read) for reader, read in readers.items()}
        found[name] = {reader: _plain(values) for reader, values in figures.items()}
        console.print(_table(title, figures, PUBLISHED.get(name, {}), whole=options.functions))
        console.print(f"{time.monotonic() - began:.0f} s\n", style="dim")
    if not options.only or "explanations" in options.only:
        with console.status("Explanations …"):
            marked = explanations(options.data)
        found["explanations"] = {BOT: _plain(marked)}
        console.print(_table("Which words are marked (SemEval toxic spans)", {BOT: marked}, {}, whole=True))
    options.output.mkdir(parents=True, exist_ok=True)
    path = options.output / "quality.json"
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    console.print(f"Written to {path}. * published by others, not measured here.")


def _measures(data: Path) -> list[tuple[str, str, partial[Figures]]]:
    public = [(name, title, partial(measure, data)) for name, (title, measure) in MEASURES.items()]
    held_out = [
        (file.stem, f"School channels, a writer never trained on ({file.stem})", partial(school.writer, file))
        for file in school.writers()
    ]
    return [*held_out, *public]


def _plain(figures: Figures) -> dict[str, dict[str, float | None]]:
    return {
        name: {part: None if math.isnan(value) else value for part, value in asdict(figure).items()}
        for name, figure in figures.items()
    }


def _table(title: str, figures: dict[str, Figures], published: dict[str, dict[str, float]], *, whole: bool) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for reader in (*figures, *published):
        table.add_column(reader, justify="right")
    for row in dict.fromkeys(name for values in figures.values() for name in values):
        if not whole and row.startswith("· ") and "HateCheck" in title:
            continue
        measured = [_shown(row, values.get(row)) for values in figures.values()]
        others = [
            _shown(row, None if row not in one else Figure(one[row], math.nan, math.nan)) for one in published.values()
        ]
        table.add_row(row, *measured, *others)
    return table


def _shown(row: str, figure: Figure | None) -> str:
    if figure is None or math.isnan(figure.value):
        return "–"
    if "AUC" in row or "F1" in row or "gap" in row or "Perspective" in row or row.startswith(("· best", "· worst")):
        value, low, high = f"{figure.value:.4f}", f"{figure.low:.3f}", f"{figure.high:.3f}"
    else:
        value, low, high = f"{figure.value:.1%}", f"{figure.low * 100:.1f}", f"{figure.high * 100:.1f}"
    return value if math.isnan(figure.low) or low == high else f"{value} ({low}–{high})"


if __name__ == "__main__":
    main()
