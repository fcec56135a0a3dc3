"""What the person at the terminal sees: a progress bar while it runs, a small table at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from bot.domain.categories import Severity
from bot.shadow.counts import Counts
from bot.shadow.readers.streams import Meter
from bot.shadow.report.texts import Words
from bot.shadow.rows import BadRow
from bot.shadow.shown import inert

MOST_CHANNELS = 12
MOST_NAME = 60
STEP = 4
"""Times a second that the bar is drawn."""

_COLOURS = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "default"}


class _Counted(ProgressColumn):
    """Comments so far, and how many a second."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        super().__init__()

    def render(self, task: Task) -> Text:
        """Return the two figures."""
        seconds = task.elapsed or 0.0
        rate = f" · {self._counts.comments / seconds:,.0f}/s" if seconds > 1 else ""
        return Text(f"{self._counts.comments:,} comments{rate} · {self._counts.flagged:,} flagged")


class _Read(ProgressColumn):
    """Moves the bar to where the reader is; its own text is empty."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        super().__init__()

    def render(self, task: Task) -> Text:
        """Take over the meter's figures."""
        task.total = self._meter.total
        task.completed = min(self._meter.done, self._meter.total) if self._meter.total else self._meter.done
        return Text("")


class _TimeLeft(TimeRemainingColumn):
    """Time left, judged by the bytes read and the time gone by."""

    def render(self, task: Task) -> Text:
        """Return the time left in words, or nothing while it cannot be told."""
        if not task.total or not task.completed or not task.elapsed or task.elapsed < 1:
            return Text("")
        seconds = int(task.elapsed * (task.total - task.completed) / task.completed)
        hours, minutes = seconds // 3600, seconds % 3600 // 60
        left = (
            f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds % 60:02} s" if minutes else f"{seconds} s"
        )
        return Text(f"{left} left")


@contextmanager
def progress(console: Console, meter: Meter, counts: Counts, *, quiet: bool) -> Iterator[None]:
    """Show how far the run is, by bytes read; nothing if `quiet` or where nobody watches."""
    if quiet or not console.is_terminal:
        yield
        return
    columns = (_Read(meter), BarColumn(bar_width=16), _Counted(counts), _TimeLeft())
    with Progress(*columns, console=console, refresh_per_second=STEP, transient=True) as bar:
        bar.add_task("", total=meter.total)
        yield


def tell_bad(console: Console, row: BadRow) -> None:
    """Tell of one bad row, above the progress bar."""
    line = f"{_name(row.where)}, row {row.number}: skipped, {row.reason}"
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def summary(console: Console, counts: Counts) -> None:
    """Print the figures of a run."""
    words = Words("en")
    if counts.interrupted:
        console.print("Stopped early; what was finished until then:", style="bold")
    _print_flags(console, counts, words)
    if len(counts.channels) > 1:
        _print_channels(console, counts)
    for line in _lines(counts, words):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    rate = counts.comments / counts.seconds if counts.seconds else 0.0
    console.print(
        f"{counts.comments:,} {_comments(counts.comments)} in {counts.seconds:,.1f} s ({rate:,.0f} a second), "
        f"{counts.flagged:,} flagged. Nothing was stored and no one was told; flags are for people to judge.",
        highlight=False,
        soft_wrap=True,
    )


def _print_flags(console: Console, counts: Counts, words: Words) -> None:
    if not counts.flags:
        return
    severities = [severity for severity in sorted(Severity, reverse=True) if severity]
    table = Table(title="Flagged comments by main concern", title_justify="left", title_style="bold")
    table.add_column("")
    for severity in severities:
        table.add_column(words.severity(severity), justify="right", header_style=_COLOURS[severity])
    table.add_column("All", justify="right")
    for category, flags in counts.by_category().items():
        cells = (f"{flags[severity]:,}" if flags[severity] else "·" for severity in severities)
        table.add_row(words.category(category), *cells, f"{flags.total():,}")
    totals = counts.by_severity()
    table.add_section()
    table.add_row("All", *(f"{totals[severity]:,}" for severity in severities), f"{counts.flagged:,}", style="bold")
    console.print(table)


def _print_channels(console: Console, counts: Counts) -> None:
    table = Table("Channel", title="Channels", title_justify="left", title_style="bold")
    table.add_column("Comments", justify="right")
    table.add_column("Flagged", justify="right")
    channels = sorted(counts.channels.items(), key=lambda item: (-item[1].flagged, -item[1].comments, item[0]))
    for name, count in channels[:MOST_CHANNELS]:
        table.add_row(Text(_name(name) or "–"), f"{count.comments:,}", f"{count.flagged:,}")
    if len(channels) > MOST_CHANNELS:
        rest = [count for _, count in channels[MOST_CHANNELS:]]
        total, flagged = sum(count.comments for count in rest), sum(count.flagged for count in rest)
        table.add_row(f"{len(rest):,} more", f"{total:,}", f"{flagged:,}")
    console.print(table)


def _lines(counts: Counts, words: Words) -> Iterator[str]:
    left = counts.left_out
    if counts.unscored:
        one = counts.unscored == 1
        them = "it (it is in the report)" if one else "them (they are in the report)"
        yield f"{counts.unscored:,} {_comments(counts.unscored)} could not be scored: a person has to read {them}."
    if counts.bad:
        what = "row could not be read and was" if counts.bad == 1 else "rows could not be read and were"
        yield f"{counts.bad:,} {what} skipped (listed above)."
    if left.direct:
        yield "Skipped " + words.of("left.direct_one", "left.direct_many", left.direct)
    if left.private:
        names = ", ".join(_name(name) for name in left.private[:MOST_CHANNELS])
        key = "left.private_one" if len(left.private) == 1 else "left.private_many"
        yield f"Skipped {words(key, n=len(left.private), names=names)} Use --channel NAME to screen one."
    if left.automatic:
        yield "Left out " + words.of("left.automatic_one", "left.automatic_many", left.automatic)
    for note, count in left.notes.items():
        yield words.of(f"left.{note}_one", f"left.{note}_many", count)


def _comments(count: int) -> str:
    return "comment" if count == 1 else "comments"


def _name(name: str) -> str:
    return inert(name[:MOST_NAME]).replace("\n", " ").replace("\t", " ")
