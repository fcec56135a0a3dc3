"""`crossing-guard screen`: what would have been flagged in an exported history."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.console import Console

from bot.app.discreet import keep_loop_discreet
from bot.app.wiring import THREADS, load_policy, make_screener
from bot.domain.comments import ChannelKind
from bot.errors import UsageError
from bot.policy.judge import judge
from bot.policy.schema import Pack
from bot.settings import Settings, read_settings
from bot.shadow.counts import Counts
from bot.shadow.lines import LinesSink
from bot.shadow.outputs import OutputFile, check_outputs
from bot.shadow.people import People
from bot.shadow.readers import open_inputs
from bot.shadow.readers.roster import read_roles
from bot.shadow.readers.streams import Meter
from bot.shadow.report import About, ReportSink
from bot.shadow.rows import Format, Options, Source
from bot.shadow.run import PATIENCE, ShadowRun, Sink
from bot.shadow.terminal import progress, summary, tell_bad

FORMATS = ["auto", *map(str, Format)]
STANDARD = Path("-")
INTERRUPTED = 130
SKIPPED = 1

HELP = """Screen exported history: what would have been flagged, why, and how badly.

    A shadow run: nothing is stored, nobody is told. INPUT is a Slack export (ZIP or unpacked folder), JSON of
    DiscordChatExporter (a file or a folder of files), CSV with a header, JSON Lines, or plain text with one comment
    a line; "-" is standard input. What it is shows in its content.

    Direct and group messages are never opened. Private channels are left out unless --channel names them. People
    appear as "Person 17" unless --show-names is given.

    \b
    Examples:
      crossing-guard screen our-export.zip --report report.html
      crossing-guard screen our-export.zip --channel staff-room --report report.html --lang es
      crossing-guard screen discord-export/ --policy lbusd --output flags.jsonl
      crossing-guard screen comments.csv --kind parent --people people.csv
      head -n 500 comments.jsonl | crossing-guard screen - --output - --quiet

    \b
    CSV and JSON Lines: text (required), id, channel, author, posted_at, channel_kind, author_role, reply_to, mentions.

    Exit codes: 0 done (flags are no failure), 1 done but rows were skipped, 2 wrong use or settings, 130 stopped
    by Ctrl-C or SIGTERM (what is finished is kept).
    """


@dataclass(frozen=True, slots=True)
class Choices:
    """What was asked for on the command line, beside how to read."""

    output: Path | None
    report: Path | None
    show_names: bool
    quiet: bool
    language: str
    threads: int
    zone: tzinfo


def _zone(_: click.Context, __: click.Parameter, name: str | None) -> tzinfo:
    if name is None:
        return _here()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter("no such time zone; try America/Los_Angeles") from None


def _here() -> tzinfo:
    """Return this machine's zone with its clock changes; only today's offset where the zone cannot be found."""
    name = os.environ.get("TZ", "/etc/localtime").removeprefix(":")
    try:
        if not name.startswith("/"):
            return ZoneInfo(name)
        with Path(name).open("rb") as file:
            return ZoneInfo.from_file(file)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # Windows, or a rule in place of a name
        return datetime.now().astimezone().tzinfo or ZoneInfo("UTC")


def _kinds(_: click.Context, __: click.Parameter, words: tuple[str, ...]) -> dict[str, ChannelKind]:
    kinds: dict[str, ChannelKind] = {}
    for word in words:
        name, _sign, kind = word.rpartition("=")
        if kind not in set(ChannelKind):
            raise click.BadParameter(f"use one of {', '.join(ChannelKind)}, or NAME=KIND")
        kinds[name.removeprefix("#").casefold()] = ChannelKind(kind)
    return kinds


@click.command(help=HELP)
@click.argument("inputs", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True), metavar="INPUT...")
@click.option(
    "--policy", metavar="PACK", help="Policy pack: a name or a path.  [default: CROSSING_GUARD_POLICY, lausd]"
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="auto", help="What the inputs are.")
@click.option("--channel", "channels", multiple=True, metavar="NAME", help="Screen this private channel too.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="[NAME=]KIND",
    callback=_kinds,
    help="What channels (or the one called NAME) are for: class, parent, booster, staff.  [default: class]",
)
@click.option(
    "--people",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="Who is what: columns author (id or name) and role. Decides which clauses bind an author.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE.jsonl",
    help='One JSON object a comment, in input order; "-" is standard output.',
)
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE.html", help="A report that prints well.")
@click.option("--lang", "language", type=click.Choice(["en", "es"]), default="en", help="Language of the report.")
@click.option(
    "--time-zone", "zone", callback=_zone, metavar="ZONE", help="Of days and times.  [default: this machine's]"
)
@click.option("--show-names", is_flag=True, help="Show authors by name instead of a pseudonym.")
@click.option("--threads", type=click.IntRange(1, 64), default=THREADS, show_default=True, help="Threads of the model.")
@click.option("--quiet", is_flag=True, help="No progress bar and no summary; bad rows are still told.")  # fmt: skip
@click.pass_context
def screen(
    ctx: click.Context,
    *,
    inputs: tuple[str, ...],
    policy: str | None,
    form: str,
    channels: tuple[str, ...],
    kinds: dict[str, ChannelKind],
    people: Path | None,
    output: Path | None,
    report: Path | None,
    language: str,
    zone: tzinfo,
    show_names: bool,
    threads: int,
    quiet: bool,
) -> None:
    """Read the command line, open everything, then run."""
    if inputs.count("-") > 1:
        raise UsageError("Standard input can be given once only.")
    if report == STANDARD:
        raise UsageError("The report needs a file name; only --output can be “-”.")
    read = [Path(path) for path in inputs if path != "-"] + ([people] if people else [])
    check_outputs([path for path in (output, report) if path is not None and path != STANDARD], read)
    settings = read_settings()
    options = Options(
        private=frozenset(name.removeprefix("#").casefold() for name in channels),
        kind=kinds.pop("", ChannelKind.CLASS),
        kinds=kinds,
        roles=read_roles(people) if people else {},
        zone=zone,
    )
    meter = Meter()
    sources = open_inputs(inputs, None if form == "auto" else Format(form), options, meter)
    choices = Choices(output, report, show_names, quiet, language, threads, zone)
    with _until_sigterm():
        counts = _run(settings, load_policy(settings, policy), sources, meter, choices)
    ctx.exit(INTERRUPTED if counts.interrupted else SKIPPED if counts.bad else 0)


def _run(settings: Settings, pack: Pack, sources: list[Source], meter: Meter, choices: Choices) -> Counts:
    counts, people, errors = Counts(choices.zone), People(show_names=choices.show_names), Console(stderr=True)
    with ExitStack() as stack:
        sinks: list[Sink] = []
        output = None
        if choices.output == STANDARD:
            sinks.append(LinesSink(sys.stdout.write, people))
        elif choices.output is not None:
            output = stack.enter_context(OutputFile(choices.output))
            sinks.append(LinesSink(output.write, people))
        file = report = None
        if choices.report is not None:
            about = About(tuple(source.name for source in sources), pack)
            file = stack.enter_context(OutputFile(choices.report))
            report = stack.enter_context(ReportSink(about, people, choices.language))
            sinks.append(report)
        with progress(errors, meter, counts, quiet=choices.quiet):
            run = partial(
                ShadowRun, judge=partial(judge, pack), counts=counts, people=people, sinks=sinks,
                tell_bad=partial(tell_bad, errors),
            )  # fmt: skip
            try:
                model = asyncio.run(_screen(settings, choices.threads, run, sources))
            except asyncio.CancelledError:  # by SIGTERM, before anything was screened; asyncio does the same for Ctrl-C
                raise KeyboardInterrupt from None
        if output is not None:
            output.commit()
        if file is not None and report is not None:
            report.write(counts, file, model=model)
            file.commit()
    if not choices.quiet:
        summary(errors if choices.output == STANDARD else Console(), counts)
    return counts


async def _screen(settings: Settings, threads: int, make_run: Callable[..., ShadowRun], sources: list[Source]) -> str:
    """Run, and return the name of the model that scored."""
    keep_loop_discreet()
    signal.signal(signal.SIGTERM, _cancelling())
    async with make_screener(settings, threads, patience=PATIENCE) as screener:
        await make_run(screener).over(sources)
        return screener.model.identity


@contextmanager
def _until_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does.

    Unanswered it would leave unfinished files behind, and never reach the first process of a container. It does not go
    by way of SIGINT, which is ignored in what a shell script runs in the background.
    """
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(*_: object) -> NoReturn:
    """Unwind as for Ctrl-C, and let no further SIGTERM disturb the clearing up."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _cancelling() -> Callable[[int, FrameType | None], None]:
    """Return a handler that cancels the current task; a second signal leaves at once, as asyncio has it for Ctrl-C."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()

    def cancel(_: int, __: FrameType | None) -> None:
        if task is None or task.done():
            _leave()
        signal.signal(signal.SIGTERM, _leave)
        task.cancel()
        loop.call_soon_threadsafe(lambda: None)  # wakes a loop that waits

    return cancel
