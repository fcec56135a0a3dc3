"""`crossing-guard policy`: lists, checks and tries policy packs."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from bot.app.cli.tried import Tried, card
from bot.app.packs import read_pack
from bot.domain.comments import Author, AuthorRole, ChannelKind, ChannelRef, Comment, CommentRef
from bot.policy.checks import remarks
from bot.policy.judge import context_of, judge
from bot.policy.loader import available_packs
from bot.policy.problems import DamagedPackError
from bot.policy.schema import Pack
from bot.policy.words import LANGUAGES
from bot.settings import read_settings

NEEDS_A_PERSON = 1


@click.group(epilog="Example: crossing-guard policy list")
def policy() -> None:
    """List, check and try policy packs: a district's rules as data."""


@policy.command("list", epilog="Example: crossing-guard policy list --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list, for scripts.")
def list_packs(as_json: bool) -> None:
    """List the packs that come with the program."""
    packs = available_packs()
    if as_json:
        rows = [
            {
                "name": pack.name,
                "district": pack.district,
                "version": pack.version,
                "adopted": pack.adopted.isoformat() if pack.adopted else None,
            }
            for pack in packs
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    table = Table("Pack", "District", "Version", "Adopted")
    for pack in packs:
        adopted = pack.adopted.isoformat() if pack.adopted else "district confirms"
        table.add_row(pack.name, pack.district, pack.version, adopted)
    Console().print(table)


@policy.command(epilog="Example: crossing-guard policy check our-district/")
@click.argument("path")
@click.option("--with-model", is_flag=True, help="Name signals whose label the loaded model does not have.")
def check(path: str, with_model: bool) -> None:
    """Check a pack: a folder, or the name of a shipped pack.

    Names every mistake with file and line. Exits 1 when there is one; what the district has still to fill in is
    listed, but is no mistake.
    """
    try:
        pack = read_pack(path)
    except DamagedPackError as damaged:
        for problem in damaged.problems:
            click.echo(str(problem), err=True)
        click.echo(f"{_counted(len(damaged.problems), 'mistake')} in {path}.", err=True)
        raise SystemExit(NEEDS_A_PERSON) from None
    notes = list(remarks(pack, _labels() if with_model else None))
    for note in notes:
        click.echo(f"note: {note}")
    also = f", {_counted(len(notes), 'note')}" if notes else ""
    click.echo(f"{pack.name} {pack.identity.version}: no mistakes{also}.")


@policy.command(
    "try", epilog='Example: crossing-guard policy try "you are all idiots" --policy lausd --author-role parent'
)
@click.argument("text")
@click.option("--policy", "name", help="Name or folder of a pack [default: the one in the settings].")
@click.option(
    "--author-role",
    type=click.Choice([role.value for role in AuthorRole]),
    default="member",
    show_default=True,
    help="Who wrote it; decides which clauses bind.",
)
@click.option(
    "--channel-kind",
    type=click.Choice([kind.value for kind in ChannelKind]),
    default="class",
    show_default=True,
    help="What the channel is for.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of the pack's own texts.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for scripts.")
def try_text(*, text: str, name: str | None, author_role: str, channel_kind: str, language: str, as_json: bool) -> None:
    """Screen one comment and explain what a pack makes of it. Nothing is stored."""
    comment = Comment(
        ref=CommentRef(ChannelRef("export", "policy", "try"), "1"),
        text=text,
        author=Author("someone", role=AuthorRole(author_role)),
    )
    pack = read_pack(name or read_settings().policy)
    tried = asyncio.run(_tried(comment, ChannelKind(channel_kind), pack))
    if as_json:
        click.echo(json.dumps(_as_json(tried), indent=2))
    else:
        Console().print(card(tried, language))
    if tried.assessment.unscored:
        raise SystemExit(NEEDS_A_PERSON)


async def _tried(comment: Comment, kind: ChannelKind, pack: Pack) -> Tried:
    from bot.app.wiring import make_screener  # noqa: PLC0415 - the model is loaded only by the command that asks it
    from bot.screening.seams import Facts  # noqa: PLC0415

    facts = Facts(channel_kind=kind, author_role=comment.author.role)
    async with make_screener(read_settings(), threads=1) as screener:
        assessment = await screener.assess(comment, facts)
        judgement = judge(pack, assessment, context_of(comment, kind))
        judgement = await screener.explain(comment, assessment, judgement)
    return Tried(pack, comment, assessment, judgement)


def _as_json(tried: Tried) -> dict[str, object]:
    """The shape that `screen` writes, with what only `try` knows added."""
    judgement = tried.judgement
    return {
        "policy": tried.pack.name,
        "flagged": judgement.flagged,
        "severity": str(judgement.severity),
        "categories": list(judgement.categories),
        "rule": judgement.rule,
        "clause": judgement.clause,
        "consult": list(judgement.consult),
        "scores": {label: round(score, 4) for label, score in tried.assessment.scores.items()},
        "unscored": tried.assessment.unscored is not None,
        "findings": [asdict(finding) for finding in judgement.findings],
    }


def _labels() -> tuple[str, ...]:
    from bot.app.wiring import load_model  # noqa: PLC0415 - see above

    return load_model(read_settings()).labels


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
