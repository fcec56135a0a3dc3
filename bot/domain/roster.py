"""Who is who: the district, its sites, their people, and in which order people are reached.

The roster is made by `crossing-guard site apply FILE` or in chat, lives in the database, and is read as one value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from bot.domain.categories import Severity
from bot.domain.comments import AuthorRole, ChannelRef
from bot.domain.people import SiteRole

ALL_SEVERITIES = frozenset(severity for severity in Severity if severity is not Severity.NONE)


class EvidencePermission(StrEnum):
    """How the site administrator permits evidence to be opened (R15)."""

    STANDING = "standing"
    PER_CASE = "per_case"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone the bot may contact or trust. `accounts` maps a platform's name to the person's id there.

    `away` are the days on which they are passed over, first and last included, while someone else is there.
    """

    key: str
    name: str
    title: str = ""
    email: str | None = None
    language: str = "en"
    accounts: Mapping[str, str] = field(default_factory=dict)
    away: tuple[tuple[date, date], ...] = ()

    def is_away(self, day: date) -> bool:
        """Whether the person is out on that school-local day."""
        return any(first <= day <= last for first, last in self.away)


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One rung: who is told, how long they have to acknowledge, and for which severities they are on the ladder."""

    person: str
    acknowledge_within: timedelta = timedelta(minutes=30)
    severities: frozenset[Severity] = ALL_SEVERITIES


@dataclass(frozen=True, slots=True)
class Site:
    """A school. People are named by their keys; the ladder's last rung is the last responder.

    `duty_days` are weekdays from 0 (Monday); empty means every day. `alert_channel` is where cards go when nobody
    barred can read there; else they go to people directly.
    """

    key: str
    name: str
    site_administrator: str
    mascots: tuple[str, ...] = ()
    designees: tuple[str, ...] = ()
    supervisor: str | None = None
    staff: tuple[str, ...] = ()
    parent_leaders: tuple[str, ...] = ()
    day_closes_at: time = time(15)
    sign_off_by: time = time(18)
    duty_days: frozenset[int] = frozenset()
    evidence_permission: EvidencePermission = EvidencePermission.PER_CASE
    alert_channel: ChannelRef | None = None
    ladder: tuple[LadderStep, ...] = ()
    channels: tuple[ChannelRef, ...] = ()


@dataclass(frozen=True, slots=True)
class District:
    """The district that the sites belong to; `safety_contact` receives what nobody else may (R25).

    Channels of kind `staff` are left alone unless `watch_staff_channels`: staff may organise in them (29 USC 157).
    """

    name: str
    policy: str = "lausd"
    time_zone: str = "America/Los_Angeles"
    languages: tuple[str, ...] = ("en", "es")
    administrators: tuple[str, ...] = ()
    safety_contact: str | None = None
    watch_staff_channels: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything above as one value, read at once, so that a decision never sees half a change."""

    district: District
    people: Mapping[str, Person]
    sites: Mapping[str, Site]

    def site_of(self, channel: ChannelRef) -> Site | None:
        """Return the site that `channel` belongs to."""
        return next((site for site in self.sites.values() if channel in site.channels), None)

    def person_at(self, platform: str, account: str) -> Person | None:
        """Return the person whose account that is, or nobody for an unmatched one."""
        return next((person for person in self.people.values() if person.accounts.get(platform) == account), None)

    def roles(self, person: str, site: Site) -> frozenset[SiteRole]:
        """Return everything that the person is at `site`; everybody is at least a member."""
        held = {
            SiteRole.SITE_ADMINISTRATOR: (site.site_administrator,),
            SiteRole.DESIGNEE: site.designees,
            SiteRole.SUPERVISOR: (site.supervisor,),
            SiteRole.STAFF: site.staff,
            SiteRole.PARENT_LEADER: site.parent_leaders,
            SiteRole.DISTRICT_ADMINISTRATOR: self.district.administrators,
            SiteRole.SAFETY_CONTACT: (self.district.safety_contact,),
        }
        return frozenset(role for role, people in held.items() if person in people) | {SiteRole.MEMBER}


def author_role(roles: frozenset[SiteRole]) -> AuthorRole:
    """Return how a rostered person's words are judged; whoever is on no list stays an unknown member."""
    order = (
        (SiteRole.SITE_ADMINISTRATOR, AuthorRole.ADMINISTRATOR),
        (SiteRole.DESIGNEE, AuthorRole.ADMINISTRATOR),
        (SiteRole.SUPERVISOR, AuthorRole.ADMINISTRATOR),
        (SiteRole.DISTRICT_ADMINISTRATOR, AuthorRole.ADMINISTRATOR),
        (SiteRole.SAFETY_CONTACT, AuthorRole.ADMINISTRATOR),
        (SiteRole.STAFF, AuthorRole.TEACHER),
        (SiteRole.PARENT_LEADER, AuthorRole.PARENT_LEADER),
    )
    return next((judged for role, judged in order if role in roles), AuthorRole.MEMBER)
