"""`crossing-guard manifest`: what a chat platform wants to know of the app, made of what the code needs."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import click
import yaml

from bot.errors import UsageError


@click.group(epilog="Example: crossing-guard manifest slack > slack.yaml")
def manifest() -> None:
    """Print what a chat platform must know of the app."""


@manifest.command(epilog="Example: crossing-guard manifest slack --http https://guard.example.org")
@click.option("--http", metavar="URL", help="Have events sent to this address instead of using Socket Mode.")
@click.option("--removal", is_flag=True, help="Ask for an administrator's token too, so that comments can be removed.")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
def slack(http: str | None, *, removal: bool, form: str) -> None:
    """Print the manifest for “Create New App → From a manifest”."""
    from adapters.slack.manifest import manifest as slack_manifest  # noqa: PLC0415 – `--help` needs none of it

    if http is not None and not _is_public(http):
        raise UsageError("--http must be an address that begins with https://, such as https://guard.example.org.")
    content = slack_manifest(http, removal=removal)
    if form == "json":
        click.echo(json.dumps(content, indent=2, ensure_ascii=False))
    else:
        click.echo(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120), nl=False)


def _is_public(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not parts.query and not parts.fragment
