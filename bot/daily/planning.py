"""What `doctor` asks of the sweeps: how long each workspace takes, and whether that fits between close and sign-off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cases.case import site_of
from bot.daily.budget import Load, planned
from bot.daily.closing import SETTLE
from bot.daily.days import day_at, sign_by
from bot.daily.sweep import LOOK_BACK
from bot.domain.roster import Roster, Site
from bot.store import HealthFact, Store, StoredChannel

USUAL = 50
"""Comments a day that a channel is taken to have before it has any entry."""

_ONE = timedelta(days=1)
_DAYS_READ = 1 + LOOK_BACK // _ONE


async def sweep_facts(store: Store, roster: Roster, now: datetime) -> list[HealthFact]:
    """Return a finding for each workspace with watched channels, by the busiest day that each channel had."""
    busiest = await store.ledger.busiest(now - 14 * _ONE)
    workspaces: dict[tuple[str, str], list[StoredChannel]] = {}
    for item in await store.channels.all():
        if item.registered.watched:
            ref = item.registered.ref
            workspaces.setdefault((ref.platform, ref.workspace), []).append(item)
    facts: list[HealthFact] = []
    for (platform, workspace), channels in sorted(workspaces.items()):
        comments = [busiest.get(item.id, USUAL) * _DAYS_READ for item in channels]
        plan = planned(Load(platform, workspace, comments, _window(channels, roster, now)))
        facts.append(HealthFact("sweep", well=plan.fits, sentence=plan.sentence))
    return facts


def _window(channels: Sequence[StoredChannel], roster: Roster, now: datetime) -> timedelta:
    """Return the shortest time between the settled close and the hour of signing, of the sites in the workspace."""
    zone = ZoneInfo(roster.district.time_zone)
    sites = {site.key: site for site in (site_of(roster, item.registered) for item in channels)}
    return min(_time_to_sign(site, zone, now) for site in sites.values())


def _time_to_sign(site: Site, zone: ZoneInfo, now: datetime) -> timedelta:
    day = day_at(now, site.day_closes_at, zone)
    return sign_by(day, site.sign_off_by, zone) - day.closes_at - SETTLE
