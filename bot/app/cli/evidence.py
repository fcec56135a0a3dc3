"""`crossing-guard evidence`: packets, their verification, holds and deletion. Each needs a person and a reason."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from bot.app.cli.private_file import write_private
from bot.app.wiring import open_database, policy_in_force
from bot.cases.book import CaseBook
from bot.errors import EvidenceError
from bot.evidence.vault import AT_THE_TERMINAL, Vault
from bot.evidence.verifier import check, report
from bot.policy.words import LANGUAGES
from bot.records.asking import known_person
from bot.settings import Settings, read_settings
from bot.store import Store

NEEDS_A_PERSON = 1
LEAST_PREFIX = 8
"""Characters of a case's id that are enough to name it, as long as only one case begins with them."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with: the case that was named, and the door to its evidence."""

    store: Store
    vault: Vault
    book: CaseBook
    case: UUID
    settings: Settings


def act(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the case, the person and the reason, which every act on evidence needs."""
    command = click.option("--reason", required=True, help="Why; it is sealed, and named in the custody log.")(command)
    command = click.option("--as", "person", required=True, metavar="PERSON", help="Your key in the site file.")(
        command
    )
    return click.argument("case")(command)


@click.group(epilog="Example: crossing-guard evidence verify case.zip")
def evidence() -> None:
    """Make and check evidence packets; hold or destroy evidence.

    CASE is a case's id, its first eight characters or more, or a report's receipt code. Whatever you do here is written
    to the custody log, and the site administrator is told in chat.
    """


@evidence.command(
    epilog='Example: crossing-guard evidence packet 3f2a9c1e --output case.zip --as principal --reason "Conference"'
)
@act
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The ZIP to write.")
@click.option("--redacted", is_flag=True, help="Hide everyone but the comment's author.")
@click.option("--show-reporter", is_flag=True, help="Also open who reported it: an act of its own in the log.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the pages.")
def packet(
    *, case: str, person: str, reason: str, output: Path, redacted: bool, show_reporter: bool, language: str
) -> None:
    """Write a case's packet: print-ready pages, data, custody log, and a program that checks it."""
    fingerprint = asyncio.run(
        _packet(case, output, person, reason, redacted=redacted, show_reporter=show_reporter, language=language)
    )
    click.echo(f"{output} is written. It was signed with the key: {fingerprint}")
    click.echo("Give this fingerprint to whoever receives the packet, on paper or by phone, not beside it.")


@evidence.command(epilog='Example: crossing-guard evidence verify case.zip --key "ab12 cd34 …"')
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", help="The fingerprint of the school's key, from outside the packet.")
def verify(file: Path, key: str | None) -> int:
    """Check a packet: every file, the signature, and the custody log's chain. Exit 1 if something does not fit."""
    checked = check(str(file), key)
    for line in report(checked, key):
        click.echo(line, err=bool(checked.problems))
    return NEEDS_A_PERSON if checked.problems else 0


@evidence.command(epilog='Example: crossing-guard evidence hold 3f2a9c1e --as principal --reason "Lawyers asked"')
@act
def hold(case: str, person: str, reason: str) -> None:
    """Set a litigation hold: nothing of the case's evidence is destroyed while it stands."""
    asyncio.run(_run(case, person, lambda desk: desk.vault.hold(desk.case, person, reason)))
    click.echo("The hold is set.")


@evidence.command(epilog='Example: crossing-guard evidence release 3f2a9c1e --as principal --reason "Closed"')
@act
def release(case: str, person: str, reason: str) -> None:
    """Lift a litigation hold."""
    asyncio.run(_run(case, person, lambda desk: desk.vault.release(desk.case, person, reason)))
    click.echo("The hold is lifted.")


@evidence.command(epilog='Example: crossing-guard evidence destroy 3f2a9c1e --as principal --reason "No case"')
@act
def destroy(case: str, person: str, reason: str) -> None:
    """Destroy a case's evidence for good. A hold forbids it."""
    parts = asyncio.run(_run(case, person, lambda desk: desk.vault.destroy(desk.case, person, reason)))
    click.echo(f"Destroyed: {parts} sealed {'part' if parts == 1 else 'parts'}.")


@evidence.command(epilog='Example: crossing-guard evidence reporter R-7KQ2MX --as principal --reason "Court order"')
@act
def reporter(case: str, person: str, reason: str) -> None:
    """Open who reported a case's comment."""
    for one in asyncio.run(_run(case, person, lambda desk: desk.vault.reporters(desk.case, person, reason))):
        click.echo(f"{one.code}  {one.reported_at:%Y-%m-%d %H:%M} UTC  {_plain(one.name)} ({_plain(one.id)})")


async def _packet(case: str, output: Path, person: str, reason: str, **choices: Any) -> str:
    from bot.evidence.packet import Packets  # noqa: PLC0415 - the typesetter is loaded only by the command that needs it
    from bot.evidence.signing import signer_of  # noqa: PLC0415

    async with _opened(case, person) as desk:
        roster = await desk.book.read_roster()
        packets = Packets(desk.store, desk.vault, desk.book, policy_in_force(desk.settings, roster))
        write_private(output, await packets.make(desk.case, person, reason, **choices), "The packet")
        return (await signer_of(desk.store)).fingerprint


async def _run(case: str, person: str, do: Callable[[Desk], Any]) -> Any:
    async with _opened(case, person) as desk:
        return await do(desk)


@asynccontextmanager
async def _opened(given: str, person: str) -> AsyncIterator[Desk]:
    """Open the desk for a case and somebody of the roster; raise `UsageError` for a person whom nobody knows."""
    settings = read_settings()
    async with open_database(settings) as store:
        book = CaseBook(store, _now, policy_in_force(settings, await store.registry.read()))
        known_person(await book.read_roster(), person)
        vault = Vault(store, book, _now, where=AT_THE_TERMINAL)
        yield Desk(store, vault, book, await _case(store, given), settings)


async def _case(store: Store, given: str) -> UUID:
    bare = given.strip()
    code = bare.upper().startswith("R-")
    prefix = bare.upper() if code else bare.lower().replace("-", "")
    if not code and len(prefix) < LEAST_PREFIX:
        raise EvidenceError(f"Name the case by at least {LEAST_PREFIX} characters of its id.")
    found = await store.evidence.cases_with(prefix)
    if len(found) != 1:
        several = "Several cases begin like this; give more of the id." if found else "There is no such case."
        raise EvidenceError(several)
    return found[0]


def _plain(text: str) -> str:
    """Return a person's words for a terminal: no control characters."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _now() -> datetime:
    return datetime.now(UTC)
