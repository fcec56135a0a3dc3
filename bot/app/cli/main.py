"""`crossing-guard`: finds the command, and turns every error into one sentence and an exit code."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from bot import __version__
from bot.app.logs import start_logging
from bot.errors import CrossingGuardError

COMMANDS = {
    "demo": ("bot.app.cli.demo", "Open an example school in your browser and try everything."),
    "screen": ("bot.app.cli.screen", "Screen an exported history and report what needs eyes."),
    "policy": ("bot.app.cli.policy", "List, check and try policy packs."),
    "site": ("bot.app.cli.site", "Set up a district's sites, people and channels; show them."),
    "ledger": ("bot.app.cli.ledger", "Show the daily ledger as a calendar; write it for the district."),
    "model": ("bot.app.cli.model", "Show the toxicity model that is loaded."),
    "registry": ("bot.app.cli.registry", "List the official accounts, for the central office."),
    "doctor": ("bot.app.cli.doctor", "Check that everything is in place; say what a person must do."),
    "evidence": ("bot.app.cli.evidence", "Make and check evidence packets; hold or destroy evidence."),
    "audit": ("bot.app.cli.audit", "Check that the custody log is what it was."),
    "key": ("bot.app.cli.key", "Show keys by their names; put a new master key in place."),
    "db": ("bot.app.cli.db", "Bring the database up to date."),
    "records": ("bot.app.cli.records", "Answer a records request: what is kept of a site or a person."),
    "person": ("bot.app.cli.person", "Delete a person's data where no hold or duty stands."),
    "drill": ("bot.app.cli.drill", "Send a marked test alert down the ladder and report the times."),
    "purge": ("bot.app.cli.purge", "Let go of what is past its time; the running bot does it daily."),
    "run": ("bot.app.cli.run", "Keep watch on every platform whose token is set."),
    "manifest": ("bot.app.cli.manifest", "Print what Slack must know of the app, to set it up in minutes."),
}
"""Command name → module (its click command has the same name as the module) and summary."""
FAILED = 1
INTERRUPTED = 130


class Commands(click.Group):
    """A group that imports a command only when it is asked for, so that `--help` and small commands start at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, or nothing if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: crossing-guard screen our-export.zip --report report.html",
)
@click.version_option(__version__, prog_name="crossing-guard")
def cli() -> None:
    """Crossing Guard keeps watch, with and for people, over school-run channels.

    It flags what may be harmful and explains why; people decide.
    """
    start_logging()


def main() -> None:
    """Run the program; exit 0 when done, 1 when it failed or needs a person, 2 for wrong use or settings."""
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except CrossingGuardError as error:
        click.echo(f"crossing-guard: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:  # a full disk behind standard output; whatever has a name is told where it is opened
        click.echo(f"crossing-guard: the output could not be written: {error.strerror}.", err=True)
        _let_go_of_output()
        sys.exit(FAILED)
    except (KeyboardInterrupt, click.Abort):
        click.echo("crossing-guard: stopped.", err=True)
        sys.exit(INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _let_go_of_output() -> None:
    """Forget what standard output could not take, so that the exit does not try, and complain, again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
