"""Who a person is on a site."""

from __future__ import annotations

from enum import StrEnum


class SiteRole(StrEnum):
    """Who a person is on a site, for permissions; checked when a command is sent and again when it is carried out."""

    DISTRICT_ADMINISTRATOR = "district_administrator"
    SITE_ADMINISTRATOR = "site_administrator"
    DESIGNEE = "designee"
    SUPERVISOR = "supervisor"
    STAFF = "staff"
    PARENT_LEADER = "parent_leader"
    MEMBER = "member"
    SAFETY_CONTACT = "safety_contact"


DECIDERS = frozenset(
    {
        SiteRole.DISTRICT_ADMINISTRATOR,
        SiteRole.SITE_ADMINISTRATOR,
        SiteRole.DESIGNEE,
        SiteRole.SUPERVISOR,
        SiteRole.SAFETY_CONTACT,
    }
)
"""The roles that may decide on a flag of their site."""

APPROVERS = frozenset({SiteRole.SITE_ADMINISTRATOR, SiteRole.DESIGNEE, SiteRole.DISTRICT_ADMINISTRATOR})
"""The roles that may approve a channel of their site, in chat or in the site file."""
