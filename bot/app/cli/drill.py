"""`crossing-guard drill`: a marked test alert down the ladder, and how long each rung took."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from bot.alerts.contacts import MAIL
from bot.alerts.drills import rungs_of
from bot.app.wiring import open_database
from bot.domain.roster import Roster, Site
from bot.errors import CrossingGuardError, UsageError
from bot.records.asking import known_site
from bot.settings import Settings, read_settings
from bot.store import Store
from bot.store.drills import Drill, Rung

ALIVE = timedelta(minutes=3)
"""A bot whose heart did not beat for so long does not run."""

PATIENCE = timedelta(minutes=2)
"""How much longer than the ladder itself takes a drill is watched."""

_LOOK = 1.0
_WEEK = 7 * 24 * 60.0


def _number(_: click.Context, __: click.Parameter, minutes: float | None) -> float | None:
    if minutes is not None and math.isnan(minutes):  # which no range refuses
        raise click.BadParameter("give a number of minutes.")
    return minutes


@click.command(epilog="Example: crossing-guard drill --site lincoln --fast")
@click.option("--site", "key", metavar="KEY", help="Only this site; without it, every site.")
@click.option("--fast", is_flag=True, help="Tell every rung at once, instead of one after the other.")
@click.option(
    "--wait",
    type=click.FloatRange(min=0, max=_WEEK),
    callback=_number,
    metavar="MINUTES",
    help="How long to watch; as the ladder takes.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list, for scripts.")
def drill(*, key: str | None, fast: bool, wait: float | None, as_json: bool) -> int:
    """Send a marked test alert down the ladder and say how long each rung took; exit 1 if somebody did not answer.

    The running bot delivers it; each card says “This is a drill”. It is no case and counts nowhere.
    """
    patience = None if wait is None else timedelta(minutes=wait)
    done, roster = asyncio.run(_drilled(read_settings(), key, patience, fast=fast))
    rows = [_row(one, rung, roster) for one in done for rung in one.rungs]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        for row in rows:
            click.echo(f"{row['site']}  {row['rung']}. {row['name']}: {_sentence(row)}")
    return 0 if all(row["well"] for row in rows) else 1


async def _drilled(
    settings: Settings, key: str | None, patience: timedelta | None, *, fast: bool
) -> tuple[list[Drill], Roster]:
    async with open_database(settings) as store:
        roster = await store.registry.read()
        sites = _sites(roster, key)
        if roster is None:
            raise UsageError("No site is set up yet; “crossing-guard site apply FILE” does it.")
        await _alive(store)
        today = _now().astimezone(ZoneInfo(roster.district.time_zone)).date()
        ladders = {site.key: rungs_of(site, roster, today) for site in sites}
        bare = [site.name for site in sites if not ladders[site.key]]
        if bare:
            raise UsageError(f"Nobody stands on the ladder of {', '.join(bare)}; add [[site.ladder]] to the site file.")
        begun = [await store.drills.begin(site, rungs, _now(), fast=fast) for site, rungs in ladders.items()]
        spans = [[wait for _, wait in rungs] for rungs in ladders.values()]
        takes = max(max(waits) if fast else sum(waits, timedelta(0)) for waits in spans) + PATIENCE
        until = _now() + (takes if patience is None else patience)
        while True:
            found = [await store.drills.read(one) for one in begun]
            now = [one for one in found if one is not None]
            if all(_over(rung) for one in now for rung in one.rungs) or _now() >= until:
                return now, roster
            await asyncio.sleep(_LOOK)


def _sites(roster: Roster | None, key: str | None) -> Sequence[Site]:
    if roster is None or not roster.sites:
        raise UsageError("No site is set up yet; “crossing-guard site apply FILE” does it.")
    return list(roster.sites.values()) if key is None else [known_site(roster, key)]


async def _alive(store: Store) -> None:
    beats = await store.gaps.last_beats()
    if not any(_now() - at < ALIVE for at in beats.values()):
        raise CrossingGuardError(
            "No bot is running on this database, so nobody would be told; start “crossing-guard run” and try again."
        )


def _over(rung: Rung) -> bool:
    """Whether nothing more is to come of a rung: answered, out of reach, or told by mail, where nothing is pressed."""
    return rung.acknowledged_at is not None or rung.unreached_at is not None or _by_mail(rung)


def _by_mail(rung: Rung) -> bool:
    return rung.told_at is not None and rung.platform == MAIL


def _row(one: Drill, rung: Rung, roster: Roster) -> dict[str, Any]:
    person = roster.people.get(rung.person)
    answered, told = rung.acknowledged_at, rung.told_at
    return {
        "site": one.site,
        "rung": rung.position + 1,
        "person": rung.person,
        "name": person.name if person else rung.person,
        "told_after_s": None if told is None else round((told - one.asked_at).total_seconds(), 1),
        "acknowledged_after_s": None
        if answered is None or told is None
        else round((answered - told).total_seconds(), 1),
        "by": rung.platform,
        "unreached": rung.unreached_at is not None,
        "well": answered is not None or _by_mail(rung),
    }


def _sentence(row: dict[str, Any]) -> str:
    if row["unreached"]:
        return "could not be reached; give them an account or an e-mail address in the site file."
    if row["told_after_s"] is None:
        return "not told yet."
    told = f"told after {row['told_after_s']:g} s ({row['by']})"
    if row["acknowledged_after_s"] is not None:
        return f"{told}, answered {row['acknowledged_after_s']:g} s later."
    return f"{told}; mail has nothing to press." if row["well"] else f"{told}, not answered."


def _now() -> datetime:
    return datetime.now(UTC)
