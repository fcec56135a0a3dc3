"""The roster in the store: read whole, replaced whole, so that nobody ever sees half a change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.categories import Severity
from bot.domain.comments import ChannelRef
from bot.domain.people import SiteRole
from bot.domain.roster import District, EvidencePermission, LadderStep, Person, Roster, Site
from bot.store.group_commit import GroupCommit
from bot.store.keys import Keyring
from bot.store.schema import channels, district, ladder_steps, people, site_roles, sites
from bot.store.sealing import Sealed

PERSON = "person"
"""The kind of a sealed person."""

Rows = dict[Table, list[dict[str, Any]]]


class Registry:
    """Reads and writes the roster. `changes` counts this process's writes, so that cached views notice them.

    A person's name, address and accounts are sealed with the master key; only their key stands in clear. Whoever
    leaves the roster is deleted from it, and with the row their data key.
    """

    def __init__(self, reader: GroupCommit, writer: GroupCommit, keys: Keyring) -> None:
        self._reader = reader
        self._writer = writer
        self._keys = keys
        self.changes = 0

    async def read(self) -> Roster | None:
        """Return the roster, or nothing before the first one was saved; raise `StoreError` if it does not open."""
        found = await self._reader.run(_read, None)
        return self._roster(found) if found[district] else None

    async def replace(self, roster: Roster) -> None:
        """Make `roster` the roster, in one transaction. Which channels a site has is written with the channels."""
        await self._writer.run(_replace, self._rows(roster), self._changed)

    def _changed(self) -> None:
        self.changes += 1

    def _rows(self, roster: Roster) -> Rows:
        here = roster.district
        return {
            district: [{"slot": 1} | asdict(here)],
            people: [self._sealed(person) for person in roster.people.values()],
            sites: [_site_row(site) for site in roster.sites.values()],
            site_roles: [row for site in roster.sites.values() for row in _role_rows(site)],
            ladder_steps: [row for site in roster.sites.values() for row in _ladder_rows(site)],
        }

    def _sealed(self, person: Person) -> dict[str, Any]:
        row = uuid4()
        away = [[first.isoformat(), last.isoformat()] for first, last in person.away]
        document = json.dumps(asdict(person) | {"away": away}).encode("ascii")
        sealed = self._keys.seal(document, row=row, kind=PERSON)
        return {"id": row, "key": person.key} | sealed.columns()

    def _unsealed(self, row: Row[Any]) -> Person:
        sealed = Sealed(row.key_id, row.wrapped_key, row.ciphertext)
        known = json.loads(self._keys.unseal(sealed, row=row.id, kind=PERSON))
        away = tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in known.pop("away", ()))
        return Person(**known, away=away)

    def _roster(self, found: dict[Table, list[Row[Any]]]) -> Roster:
        (here,) = found[district]
        known = [self._unsealed(row) for row in found[people]]
        return Roster(
            District(
                here.name,
                here.policy,
                here.time_zone,
                tuple(here.languages),
                tuple(here.administrators),
                here.safety_contact,
                bool(here.watch_staff_channels),
            ),
            {person.key: person for person in known},
            {row.key: _site(row, found) for row in found[sites]},
        )


async def _read(connection: AsyncConnection, asked: Sequence[None]) -> list[dict[Table, list[Row[Any]]]]:
    ordered: dict[Table, Any] = {
        district: select(district),
        people: select(people).order_by(people.c.key),
        sites: select(sites).order_by(sites.c.key),
        site_roles: select(site_roles).order_by(site_roles.c.position),
        ladder_steps: select(ladder_steps).order_by(ladder_steps.c.position),
        channels: select(channels).where(channels.c.site.is_not(None)).order_by(channels.c.id),
    }
    found = {table: list(await connection.execute(query)) for table, query in ordered.items()}
    return [found] * len(asked)


async def _replace(connection: AsyncConnection, wanted: Sequence[Rows]) -> list[None]:
    for table in (ladder_steps, site_roles, sites, people, district):
        await connection.execute(delete(table))
    for table, rows in wanted[-1].items():  # of several at once, the last one wins
        if rows:
            await connection.execute(insert(table), rows)
    return [None] * len(wanted)


def _site_row(site: Site) -> dict[str, Any]:
    return {
        "key": site.key,
        "name": site.name,
        "mascots": list(site.mascots),
        "day_closes_at": site.day_closes_at.strftime("%H:%M"),
        "sign_off_by": site.sign_off_by.strftime("%H:%M"),
        "duty_days": sorted(site.duty_days),
        "evidence_permission": site.evidence_permission,
        "alert_channel": None if site.alert_channel is None else asdict(site.alert_channel),
    }


def _role_rows(site: Site) -> list[dict[str, Any]]:
    held = {
        SiteRole.SITE_ADMINISTRATOR: (site.site_administrator,),
        SiteRole.DESIGNEE: site.designees,
        SiteRole.SUPERVISOR: () if site.supervisor is None else (site.supervisor,),
        SiteRole.STAFF: site.staff,
        SiteRole.PARENT_LEADER: site.parent_leaders,
    }
    return [
        {"site": site.key, "role": role, "position": position, "person": person}
        for role, keys in held.items()
        for position, person in enumerate(keys)
    ]


def _ladder_rows(site: Site) -> list[dict[str, Any]]:
    return [
        {
            "site": site.key,
            "position": position,
            "person": step.person,
            "acknowledge_within_s": int(step.acknowledge_within.total_seconds()),
            "severities": sorted(map(int, step.severities)),
        }
        for position, step in enumerate(site.ladder)
    ]


def _site(row: Row[Any], found: dict[Table, list[Row[Any]]]) -> Site:
    held: dict[str, list[str]] = {}
    for role in found[site_roles]:
        if role.site == row.key:
            held.setdefault(role.role, []).append(role.person)
    return Site(
        row.key,
        row.name,
        held[SiteRole.SITE_ADMINISTRATOR][0],
        mascots=tuple(row.mascots),
        designees=tuple(held.get(SiteRole.DESIGNEE, ())),
        supervisor=next(iter(held.get(SiteRole.SUPERVISOR, ())), None),
        staff=tuple(held.get(SiteRole.STAFF, ())),
        parent_leaders=tuple(held.get(SiteRole.PARENT_LEADER, ())),
        day_closes_at=time.fromisoformat(row.day_closes_at),
        sign_off_by=time.fromisoformat(row.sign_off_by),
        duty_days=frozenset(row.duty_days),
        evidence_permission=EvidencePermission(row.evidence_permission),
        alert_channel=None if row.alert_channel is None else ChannelRef(**row.alert_channel),
        ladder=tuple(
            LadderStep(
                step.person, timedelta(seconds=step.acknowledge_within_s), frozenset(map(Severity, step.severities))
            )
            for step in found[ladder_steps]
            if step.site == row.key
        ),
        channels=tuple(
            ChannelRef(place.platform, place.workspace, place.channel)
            for place in found[channels]
            if place.site == row.key
        ),
    )
