"""A channel on the register of official accounts, and what it needs before anyone may read it (R1, R29)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.comments import ChannelKind, ChannelRef

DISCORD_FROM_GRADE = 8
"""The lowest grade whose pupils have all turned 13 when school starts; Discord admits nobody younger."""

_GRADE = re.compile(
    r"[ \t]{0,4}(TK|PK|K|[1-9]|1[0-2])(?:[ \t]{0,4}[-–][ \t]{0,4}(K|[1-9]|1[0-2]))?[ \t]{0,4}", re.IGNORECASE
)


class ChannelStatus(StrEnum):
    """Where a registration stands. Only an approved channel is read."""

    PENDING = "pending"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Lacking(StrEnum):
    """What a channel still needs before it may be read, as an English phrase; catalogues translate the names."""

    RESPONSIBLE = "the responsible staff member"
    APPROVER = "who approved it"
    APPROVED_ON = "the day of approval"
    NOTICE = "the day its notice was posted"
    BOTS_NOTICE = "its notice, which the bot posts once it runs"
    PARENTS = "the day parents were notified"
    DISTRICT = "the district's permission to watch staff channels"
    GRADES = "its grade band, such as 9-12"
    OLDER_PUPILS = "another platform, because Discord admits nobody under 13"


@dataclass(frozen=True, slots=True)
class RegisteredChannel:
    """One channel and the facts that were recorded about it. Dates are the school's local days.

    `responsible` and `approved_by` are keys of people on the site's roster. `grades` is a band such as `9-12`.
    `district_allows` matters for staff channels only: their concerted activity is protected, so they stay unread
    unless the district turns them on. `site` is the key of the site it belongs to. Until `approval_confirmed_on` the
    approval is what the operator attested in a site file; from then on the approver has confirmed it in chat.
    """

    ref: ChannelRef
    name: str
    kind: ChannelKind
    status: ChannelStatus = ChannelStatus.PENDING
    grades: str | None = None
    responsible: str | None = None
    approved_by: str | None = None
    approved_on: date | None = None
    notice_posted_on: date | None = None
    parents_notified_on: date | None = None
    district_allows: bool = False
    site: str | None = None
    approval_confirmed_on: date | None = None

    @property
    def watched(self) -> bool:
        """Whether the channel may be read at all: approved, and no fact missing."""
        return self.status is ChannelStatus.APPROVED and not missing_facts(self)


def missing_facts(channel: RegisteredChannel) -> tuple[Lacking, ...]:
    """Return what the channel still needs before it may be read; empty when complete."""
    wanted: list[tuple[Lacking, object]] = [
        (Lacking.RESPONSIBLE, channel.responsible),
        (Lacking.APPROVER, channel.approved_by),
        (Lacking.APPROVED_ON, channel.approved_on),
        (Lacking.NOTICE, channel.notice_posted_on),
    ]
    if channel.kind is ChannelKind.STAFF:
        wanted.append((Lacking.DISTRICT, channel.district_allows or None))
    else:
        wanted.append((Lacking.PARENTS, channel.parents_notified_on))
    missing = [lacking for lacking, fact in wanted if fact is None or fact == ""]
    if channel.kind is ChannelKind.CLASS:
        missing.extend(_missing_grades(channel))
    return tuple(missing)


def lowest_grade(grades: str) -> int | None:
    """Return the lowest grade of a band such as `9-12` or `K-5` (kindergarten and before are 0), else `None`."""
    match = _GRADE.fullmatch(grades)
    if match is None:
        return None
    return min(_grade(word) for word in match.groups() if word is not None)


def _grade(word: str) -> int:
    return int(word) if word.isdigit() else 0


def _missing_grades(channel: RegisteredChannel) -> list[Lacking]:
    lowest = None if channel.grades is None else lowest_grade(channel.grades)
    if lowest is None:
        return [Lacking.GRADES]
    if channel.ref.platform == "discord" and lowest < DISCORD_FROM_GRADE:
        return [Lacking.OLDER_PUPILS]
    return []
