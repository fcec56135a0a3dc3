"""Who is told of a flag, and who may decide on it: nobody about themselves, and somebody always (R25).

Barred from a flag are its author and whoever it accuses: an adult named in a boundary or abuse flag, or whom a report
is about, until someone else has reviewed it. Being mentioned otherwise bars nobody. Whoever a threat is aimed at gets a
safety notice, without the right to decide.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.categories import Category, Severity
from bot.domain.people import DECIDERS
from bot.domain.roster import LadderStep, Roster, Site

ACCUSING = frozenset({Category.BOUNDARY, Category.ABUSE_DISCLOSURE})
"""Categories that accuse the adults they name."""


@dataclass(frozen=True, slots=True)
class Concern:
    """What routing must know of a flag. People are keys of the roster.

    `author` is nobody for an account that the roster does not know. `named` are the rostered people whom the comment
    mentions or answers. `responsible` is the staff member responsible for the channel. `reviewed` says that someone
    not barred has looked at it, which frees the accused to be told. `accused` are those whom a report may be about.
    `kept_out` are those who may not know of a case that this one belongs to: they may not know of this one either.
    """

    severity: Severity
    categories: frozenset[Category]
    author: str | None = None
    named: frozenset[str] = frozenset()
    responsible: str | None = None
    reviewed: bool = False
    accused: frozenset[str] = frozenset()
    kept_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Routing:
    """Who is told at once, who after them if nobody acknowledges, who gets a safety notice, and who is barred.

    `told` is empty only when every one of the site's and the district's deciders is barred or none exists; the caller
    must then make that failure visible.
    """

    told: tuple[str, ...]
    ladder: tuple[LadderStep, ...]
    warned: frozenset[str]
    barred: frozenset[str]


def barred_from(concern: Concern) -> frozenset[str]:
    """Return who may not receive, see, count or decide the flag."""
    barred = set(concern.kept_out) | ({concern.author} if concern.author is not None else set())
    if not concern.reviewed:
        barred |= concern.accused
        barred |= concern.named if concern.categories & ACCUSING else set()
    return frozenset(barred)


def may_decide(roster: Roster, site: Site, person: str, concern: Concern) -> bool:
    """Whether `person` may decide on the flag; asked again at every press and every submit."""
    return person not in barred_from(concern) and bool(roster.roles(person, site) & DECIDERS)


def route(roster: Roster, site: Site, concern: Concern) -> Routing:
    """Return who is told of a flag at `site`.

    The first rung of the ladder that is not barred is told, for low and medium flags the responsible staff member too.
    A critical comment by an unmatched account also goes to the supervisor. If the ladder is empty or wholly barred, or
    the allegation is against the site administrator, the supervisor takes it, and after the supervisor the district's
    safety contact, then its administrators.
    """
    barred = barred_from(concern)
    ladder = tuple(step for step in site.ladder if step.person not in barred and concern.severity in step.severities)
    above = [person for person in _above(roster, site) if person not in barred]
    told = [ladder[0].person] if ladder else []
    if site.site_administrator in barred or not told:
        told = [*above[:1], *told]
    if concern.severity is Severity.CRITICAL and concern.author is None and site.supervisor not in barred:
        told += [site.supervisor] if site.supervisor else []
    if concern.severity <= Severity.MEDIUM and concern.responsible is not None and concern.responsible not in barred:
        told.append(concern.responsible)
    warned = concern.named - barred if Category.THREAT in concern.categories else frozenset()
    return Routing(tuple(dict.fromkeys(told)), ladder, warned, barred)


def _above(roster: Roster, site: Site) -> list[str]:
    """The site administrator when no ladder names anyone, then who stands above."""
    below = [] if site.ladder else [site.site_administrator, *site.designees]
    upwards = [site.supervisor, roster.district.safety_contact, *roster.district.administrators]
    return [person for person in [*below, *upwards] if person is not None]
