"""Whom a case can be brought to: in which order people are tried, and when a shared channel may stand in for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.cases.case import Case
from bot.cases.routing import may_decide, route
from bot.cases.status import this_round
from bot.domain.cases import EventKind
from bot.domain.people import SiteRole
from bot.domain.roster import Roster
from bot.platform.protocol import ChannelFacts, Outlet, Platform

_ABOVE = frozenset({SiteRole.SUPERVISOR, SiteRole.SAFETY_CONTACT, SiteRole.DISTRICT_ADMINISTRATOR})


MAIL = "mail"
"""The name under which e-mail stands beside the platforms."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person can be reached: a platform's name and their id there, or `MAIL` and their address."""

    platform: str
    account: str


def outlets_of(platforms: Mapping[str, Platform], mail: Outlet | None) -> dict[str, Outlet]:
    """Return everywhere people can be reached, by the names that addresses have."""
    return {**platforms} | ({} if mail is None else {mail.name: mail})


def address_of(roster: Roster, person: str, outlets: Collection[str], first: str) -> Address | None:
    """Return where `person` can be reached: on the case's own platform, else on another, else by e-mail."""
    known: Mapping[str, str] = roster.people[person].accounts if person in roster.people else {}
    ordered = [first, *sorted(outlets)]
    account = next((Address(name, known[name]) for name in ordered if name in outlets and known.get(name)), None)
    return account or mail_of(roster, person, outlets)


def mail_of(roster: Roster, person: str, outlets: Collection[str]) -> Address | None:
    """Return a person's e-mail address, where mail can be sent."""
    known = roster.people.get(person)
    return Address(MAIL, known.email) if MAIL in outlets and known is not None and known.email else None


def contacts(case: Case, roster: Roster) -> tuple[str, ...]:
    """Return everyone who may be told of the case as one who can act, nobody barred, in the order of trying."""
    routing = route(roster, case.site, case.first_concern)
    site, district = case.site, roster.district
    ordered: list[str | None] = [
        *routing.told,
        *(step.person for step in routing.ladder),
        site.site_administrator,
        *site.designees,
        site.supervisor,
        district.safety_contact,
        *district.administrators,
    ]
    return tuple(dict.fromkeys(key for key in ordered if key and key not in routing.barred))


def wanted(case: Case, roster: Roster, reachable: Collection[str]) -> tuple[str, ...]:
    """Return who should have the case's card, of those who can be reached.

    Whom routing tells; when none of them can be reached and decide, the next contact who can; whose case it is; once
    somebody handed the case up, the first person above; and one more for each step that it climbed unacknowledged
    in this round: since it came, came back, or was handed up.
    """
    told, holder = _told_first(case, roster, reachable), case.holder
    theirs = [holder] if holder and holder in reachable and _decides(case, roster, holder) else []
    above, climbed = _added(case, roster, reachable, told)
    return tuple(dict.fromkeys([*told, *theirs, *above, *climbed]))


def climbed_to(case: Case, roster: Roster, reachable: Collection[str]) -> tuple[str, ...]:
    """Return those of `wanted` whom the ladder added: they are told in person even where a channel is shared."""
    _, climbed = _added(case, roster, reachable, _told_first(case, roster, reachable))
    return tuple(climbed)


def climbs(case: Case) -> int:
    """Return how often the case has climbed in this round."""
    return sum(event.kind is EventKind.CLIMBED for event in this_round(case.events)[1])


def within_reach(case: Case, roster: Roster, outlets: Collection[str], today: date) -> dict[str, Address]:
    """Return everybody on the roster who can be reached, with where; who is away only if nobody else could act."""
    found = {key: address_of(roster, key, outlets, case.channel.ref.platform) for key in roster.people}
    known = {key: address for key, address in found.items() if address is not None}
    here = {key: address for key, address in known.items() if not roster.people[key].is_away(today)}
    return here if next_contacts(case, roster, here, ()) else known


def next_contacts(case: Case, roster: Roster, reachable: Collection[str], tried: Collection[str]) -> tuple[str, ...]:
    """Return who is tried after those in `tried`, in order."""
    return tuple(_next(case, roster, reachable, tried))


def is_above(case: Case, roster: Roster, person: str) -> bool:
    """Whether the person stands above the site: a shared channel of the site does not reach them."""
    return bool(roster.roles(person, case.site) & _ABOVE)


def may_share(case: Case, roster: Roster, platform: str, readers: Collection[str] | None = None) -> bool:
    """Whether nobody who is barred can read a shared channel; `readers` are the accounts that can, if they are known.

    Where a platform does not tell who reads a channel, an account anywhere on it counts as being able to. Where it
    does, somebody barred whose account nobody knows may be any reader that the roster does not know.
    """
    barred = [roster.people[key].accounts.get(platform) for key in case.barred if key in roster.people]
    if readers is None:
        return not any(barred)
    strangers = any(roster.person_at(platform, account) is None for account in readers)
    return case.shunned.isdisjoint(readers) and not any(
        strangers if account is None else account in readers for account in barred
    )


def is_private(case: Case, facts: ChannelFacts) -> bool:
    """Whether a shared channel is closed to outsiders, and the author is none of those who administer it."""
    return not facts.open_to and case.author_account not in facts.administrators


def _told_first(case: Case, roster: Roster, reachable: Collection[str]) -> list[str]:
    told = [key for key in route(roster, case.site, case.first_concern).told if key in reachable]
    if not any(_decides(case, roster, key) for key in told):
        told += list(_next(case, roster, reachable, told))[:1]
    return told


def _added(
    case: Case, roster: Roster, reachable: Collection[str], told: Collection[str]
) -> tuple[list[str], list[str]]:
    """Return whom handing the case up added to `told`, and whom the climbs of this round.

    Each is the next one beyond those who had it then, its holder of that moment among them. Who takes it later, or
    gets it handed, adds nobody.
    """
    above, climbed = list[str](), list[str]()
    began = len(case.events) - len(this_round(case.events)[1])
    for position, event in enumerate(case.events):
        up = event.kind is EventKind.ESCALATED
        if not up and (event.kind is not EventKind.CLIMBED or position < began):
            continue
        holder = replace(case, events=case.events[:position]).holder
        beyond = _next(case, roster, reachable, {*told, *above, *climbed, holder or ""})
        if up:
            above += [key for key in beyond if is_above(case, roster, key)][:1]
        else:
            climbed += list(beyond)[:1]
    return above, climbed


def _next(case: Case, roster: Roster, reachable: Collection[str], tried: Collection[str]) -> Iterator[str]:
    for key in contacts(case, roster):
        if key in reachable and key not in tried and _decides(case, roster, key):
            yield key


def _decides(case: Case, roster: Roster, person: str) -> bool:
    return person not in case.spent and may_decide(roster, case.site, person, case.first_concern)
