"""Who may ask for records or have a person's data deleted, in one place: a decider of the site, with a reason."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.people import DECIDERS
from bot.domain.roster import Roster, Site
from bot.errors import EvidenceError


def allowed(roster: Roster, person: str, reason: str, sites: Iterable[Site]) -> str:
    """Return the reason, trimmed; raise `EvidenceError` for whom none of the sites knows as one who may decide."""
    if person not in roster.people:
        raise EvidenceError("This person is not on the roster; use a key that “crossing-guard site show” lists.")
    if not any(roster.roles(person, site) & DECIDERS for site in sites):
        raise EvidenceError("This person may not do this here; a site administrator, designee or the district may.")
    if not reason.strip():
        raise EvidenceError("Say why: a reason is required and goes into the custody log.")
    return reason.strip()


def known_site(roster: Roster | None, key: str) -> Site:
    """Return the site of that key; raise `EvidenceError` when there is none."""
    if roster is None or key not in roster.sites:
        raise EvidenceError("There is no such site; “crossing-guard site show” lists their keys.")
    return roster.sites[key]
