"""School years: a registration is for one, and is renewed at the start of the next (R29). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.channels import ChannelStatus, RegisteredChannel

FIRST_MONTH = 7
"""A school year begins on the first of July, as California's budget year does; summer's approvals are for the next."""

GRACE = timedelta(days=75)
"""How long into the year a registration of the year before still counts: mid-September."""


class Renewal(StrEnum):
    """Where a channel stands with its yearly registration."""

    CURRENT = "current"
    DUE = "due"
    """The new year has begun: reminders go out."""
    LAPSED = "lapsed"
    """The grace is over: the channel is named as unrenewed. It is still watched, because children still write there."""


@dataclass(frozen=True, slots=True)
class Unrenewed:
    """A channel whose registration is due or has lapsed."""

    channel: RegisteredChannel
    renewal: Renewal


def school_year(day: date) -> int:
    """Return the year in which the school year of `day` began."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def label(year: int) -> str:
    """Return a school year as people write it, such as `2026-27`."""
    return f"{year}-{(year + 1) % 100:02d}"


def renewal_of(channel: RegisteredChannel, today: date) -> Renewal:
    """Return where the channel stands; one that nobody approved yet has nothing to renew."""
    if channel.approved_on is None or channel.status is not ChannelStatus.APPROVED:
        return Renewal.CURRENT
    year = school_year(today)
    if school_year(channel.approved_on) >= year:
        return Renewal.CURRENT
    before_last = school_year(channel.approved_on) < year - 1
    return Renewal.LAPSED if before_last or today >= date(year, FIRST_MONTH, 1) + GRACE else Renewal.DUE


def unrenewed(channels: Iterable[RegisteredChannel], today: date) -> tuple[Unrenewed, ...]:
    """Return every channel whose registration is due or has lapsed, in the order given."""
    standing = (Unrenewed(channel, renewal_of(channel, today)) for channel in channels)
    return tuple(one for one in standing if one.renewal is not Renewal.CURRENT)
