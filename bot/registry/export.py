"""The list of official accounts for the central office (R30): who runs what, approved by whom. No credentials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from bot.domain.channels import RegisteredChannel
from bot.domain.roster import Roster
from bot.registry.applying import attested, waiting_for
from bot.registry.schoolyear import label, renewal_of, school_year


@dataclass(frozen=True, slots=True)
class Account:
    """One official account. Dates are ISO days, empty where they are unknown."""

    site: str
    platform: str
    workspace: str
    channel: str
    name: str
    kind: str
    grades: str
    status: str
    responsible: str
    responsible_title: str
    approved_by: str
    approved_on: str
    approval: str
    school_year: str
    renewal: str
    parents_notified_on: str
    notice_posted_on: str
    waits_for: str

    def as_dict(self) -> dict[str, str]:
        """Return the columns by name."""
        return asdict(self)


def accounts(channels: Iterable[RegisteredChannel], roster: Roster, today: date) -> list[Account]:
    """Return every channel on the register, by site and name; those on no site's list come last."""
    found = [_account(channel, roster, today) for channel in channels]
    return sorted(found, key=lambda one: (one.site == "", one.site, one.name, one.channel))


def _account(channel: RegisteredChannel, roster: Roster, today: date) -> Account:
    site = roster.sites.get(channel.site or "")
    responsible = roster.people.get(channel.responsible or "")
    approver = roster.people.get(channel.approved_by or "")
    waits = () if channel.watched else waiting_for(channel)
    return Account(
        site.name if site else "",
        channel.ref.platform,
        channel.ref.workspace,
        channel.ref.channel,
        channel.name,
        str(channel.kind),
        channel.grades or "",
        str(channel.status),
        responsible.name if responsible else "",
        responsible.title if responsible else "",
        approver.name if approver else "",
        _day(channel.approved_on),
        _approval(channel),
        label(school_year(channel.approved_on)) if channel.approved_on else "",
        str(renewal_of(channel, today)),
        _day(channel.parents_notified_on),
        _day(channel.notice_posted_on),
        "; ".join(waits),
    )


def _approval(channel: RegisteredChannel) -> str:
    if channel.approved_on is None:
        return "none"
    return "attested by operator" if attested(channel) else "confirmed in chat"


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
