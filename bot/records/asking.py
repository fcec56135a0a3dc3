"""Who may ask for records or have a person's data deleted, in one place: a decider of the site, with a reason."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.people import DECIDERS
from bot.domain.roster import Person, Roster, Site
from bot.errors import EvidenceError, UsageError


def allowed(roster: Roster, person: str, reason: str, sites: Iterable[Site]) -> str:
    """Return the reason, trimmed; raise `EvidenceError` for whom none of the sites knows as one who may decide.

    Raise `UsageError` for a key that nobody has.
    """
    known_person(roster, person)
    if not any(roster.roles(person, site) & DECIDERS for site in sites):
        raise EvidenceError("This person may not do this here; a site administrator, designee or the district may.")
    if not reason.strip():
        raise EvidenceError("Say why: a reason is required and goes into the custody log.")
    return reason.strip()


def known_person(roster: Roster | None, key: str) -> Person:
    """Return who has that key; raise `UsageError` when nobody has."""
    if roster is None or key not in roster.people:
        raise UsageError("This person is not on the roster; use a key that “crossing-guard site show” lists.")
    return roster.people[key]


def known_site(roster: Roster | None, key: str) -> Site:
    """Return the site of that key; raise `UsageError` when there is none."""
    if roster is None or not roster.sites:
        raise UsageError("No site is set up yet; “crossing-guard site apply FILE” does it.")
    if key not in roster.sites:
        raise UsageError(f"There is no site “{key[:60]}”; known are {', '.join(sorted(roster.sites))}.")
    return roster.sites[key]
