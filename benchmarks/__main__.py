"""`python -m benchmarks`: measure, print a table, write the figures with the machine to a file."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import disguises, end_to_end, machine, peer, screening, startup

Measurement = Callable[[], dict[str, float]]
GROUPS: dict[str, tuple[str, Measurement]] = {
    "screening": ("Toxicity model alone", screening.measure),
    "end_to_end": ("Intake, screening, policy, store and outbox (SQLite)", end_to_end.measure),
    "startup": ("Start-up and memory of a fresh process", startup.measure),
    "disguises": ("Harm that is caught, once it is disguised", disguises.measure),
    "peer": ("Peer: BERT-base in torch (detoxify's architecture), one thread", peer.measure),
}


def main() -> None:
    """Measure the groups named on the command line, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"any of: {', '.join(GROUPS)}")
    parser.add_argument("--output", type=Path, default=Path("out/benchmarks"), help="folder for the figures")
    options = parser.parse_args()
    unknown = set(options.groups) - GROUPS.keys()
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}; choose from {', '.join(GROUPS)}")
    console = Console()
    figures: dict[str, object] = {"measured_at": datetime.now(UTC).isoformat(), "machine": machine.describe()}
    for name in options.groups or GROUPS:
        if name == "peer" and not peer.available():
            console.print("peer: torch is not installed here (make install-detoxify), left out", style="dim")
            continue
        title, measure = GROUPS[name]
        with console.status(f"{title} …"):
            figures[name] = measured = _in_a_fresh_process(measure)
        table = Table(title=title, title_justify="left", show_header=False)
        for label, value in measured.items():
            table.add_row(label, f"{value:,.0f}" if value >= 100 else f"{value:,.2f}")
        console.print(table)
    options.output.mkdir(parents=True, exist_ok=True)
    path = options.output / "figures.json"
    path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    console.print(f"Written to {path}")


def _in_a_fresh_process(measure: Measurement) -> dict[str, float]:
    """Measure without what earlier measurements left in memory."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(measure).result()


if __name__ == "__main__":
    main()
