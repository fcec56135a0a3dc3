"""Who may permit evidence to be opened, and whose turn it is when nobody answers (R15, R25). Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cases.case import Case
from bot.cases.routing import barred_from, may_decide
from bot.domain.roster import Roster

PATIENCE = timedelta(days=1)
"""How long each person has to answer before the question climbs on."""


def who_permits(case: Case, roster: Roster) -> tuple[str, ...]:
    """Return who may permit or refuse, in the order of asking: the site administrator, and above if they are barred.

    Whoever the case may be about never answers. The order is also how silence climbs: supervisor, safety contact,
    district administrators.
    """
    site, district = case.site, roster.district
    ordered = (site.site_administrator, site.supervisor, district.safety_contact, *district.administrators)
    barred = barred_from(case.first_concern) | barred_from(case.concern)
    return tuple(dict.fromkeys(key for key in ordered if key and key not in barred))


def may_permit(case: Case, roster: Roster, person: str, now: datetime, patience: timedelta = PATIENCE) -> bool:
    """Whether the person may answer now: the first of the order, and those whose turn came since."""
    asked = who_permits(case, roster)
    turns = max(0, int((now - case.opened_at) / patience))
    return person in asked[: turns + 1]


def may_read(case: Case, roster: Roster, person: str) -> bool:
    """Whether the person may open the case's evidence once it is permitted: a decider whom nothing bars."""
    return person not in barred_from(case.first_concern) and may_decide(roster, case.site, person, case.concern)
