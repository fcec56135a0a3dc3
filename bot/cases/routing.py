"""Who is told of a flag, and who may decide on it: nobody about themselves, and somebody always (R25).

Barred from a flag are its author and whoever it accuses: an adult named in a boundary or abuse flag, or whom a report
is about. They never act on it, whatever was decided; whom it accuses may know that it was there once somebody else has
dismissed it. Being mentioned otherwise bars nobody. Whoever a threat is aimed at gets a safety notice, without the
right to decide.
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
    names, mentions or answers. `responsible` is the staff member responsible for the channel. `cleared` says that it
    stands dismissed, by somebody whom it is not about: the accused may know of it, and nothing more. `accused` are
    those whom a report may be about. `kept_out` are those who may not know of a case that this one belongs to: they may
    not know of this one either.
    """

    severity: Severity
    categories: frozenset[Category]
    author: str | None = None
    named: frozenset[str] = frozenset()
    responsible: str | None = None
    cleared: bool = False
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


def concerned_by(concern: Concern) -> frozenset[str]:
    """Return who never acts on the flag nor gets its card, also after a decision: it is, or may be, about them."""
    out = concern.accused | concern.kept_out | ({concern.author} if concern.author is not None else set())
    return frozenset(out | concern.named if concern.categories & ACCUSING else out)


def barred_from(concern: Concern) -> frozenset[str]:
    """Return who may not even know of the flag or count it: whom it concerns, less the accused once it is cleared."""
    if not concern.cleared:
        return concerned_by(concern)
    return concern.kept_out | ({concern.author} if concern.author is not None else set())


def may_decide(roster: Roster, site: Site, person: str, concern: Concern) -> bool:
    """Whether `person` may decide on the flag, or do anything else about it; asked at every press and every submit."""
    return person not in concerned_by(concern) and bool(roster.roles(person, site) & DECIDERS)


def route(roster: Roster, site: Site, concern: Concern) -> Routing:
    """Return who is told of a flag at `site`.

    The first rung of the ladder that is not barred is told, for low and medium flags the responsible staff member too.
    A critical comment by an unmatched account also goes to the supervisor. If the ladder is empty or wholly barred, or
    the allegation is against the site administrator, the supervisor takes it, and after the supervisor the district's
    safety contact, then its administrators.
    """
    barred = concerned_by(concern)
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
