"""What a person registers: a channel's facts, checked as they are given, and the name that a booster may not have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.domain.channels import ChannelStatus, Lacking, RegisteredChannel, lowest_grade, missing_facts
from bot.domain.comments import ChannelKind, ChannelRef
from bot.domain.roster import Person, Site

MOST_NAME = 100
OLDEST_NOTICE = timedelta(days=400)
"""Parents are notified every year: a notice older than this is none."""

_WORD = re.compile(r"[^\W_]+")
_COMMON = frozenset(
    {"the", "of", "and", "school", "high", "middle", "elementary", "academy", "charter", "magnet", "preparatory"}
    | {"senior", "junior", "de", "del", "la", "las", "el", "los", "y", "escuela", "primaria", "secundaria"}
)
"""Words that any school's name may have."""


class WrongEntryError(Exception):
    """What was entered cannot be used; `key` names the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who registers a channel, for which site."""

    person: Person
    site: Site


def registered(
    ref: ChannelRef, name: str, values: Mapping[str, str], applicant: Applicant, today: date
) -> RegisteredChannel:
    """Return the channel as it was entered, pending until someone approves it; else raise `WrongEntryError`.

    `values` are the form's: `kind`, `grades`, `notified` (the day parents were notified, `YYYY-MM-DD`).
    """
    kind = values.get("kind", "")
    if kind not in {ChannelKind.CLASS, ChannelKind.PARENT, ChannelKind.BOOSTER}:
        raise WrongEntryError("register.which_kind")
    grades = values.get("grades", "").strip()
    if kind == ChannelKind.CLASS and lowest_grade(grades) is None:
        raise WrongEntryError("register.which_grades")
    channel = RegisteredChannel(
        ref,
        name.strip()[:MOST_NAME] or ref.channel,
        ChannelKind(kind),
        ChannelStatus.PENDING,
        grades=grades if kind == ChannelKind.CLASS else None,
        responsible=applicant.person.key,
        parents_notified_on=_notified(values.get("notified", ""), today),
        site=applicant.site.key,
    )
    if Lacking.OLDER_PUPILS in missing_facts(channel):
        raise WrongEntryError("register.too_young")
    return channel


def approved(channel: RegisteredChannel, by: str, today: date) -> RegisteredChannel:
    """Return the channel as approved in chat by `by`, a person's key: attested and confirmed on the same day."""
    return replace(
        channel,
        status=ChannelStatus.APPROVED,
        approved_by=channel.approved_by if _confirms(channel, by) else by,
        approved_on=channel.approved_on if _confirms(channel, by) else today,
        approval_confirmed_on=today,
    )


def _confirms(channel: RegisteredChannel, by: str) -> bool:
    """Whether this is the operator's attestation confirmed by the person it names."""
    return channel.approved_by == by and channel.approved_on is not None and channel.approval_confirmed_on is None


def names_of_the_school(channel: RegisteredChannel, site: Site) -> Iterator[str]:
    """Yield what the name of a booster's or affiliate's channel may not hold: the school's name and its mascots (R31).

    Words that any school could have, such as “High School”, do not count, and no single letters.
    """
    if channel.kind is not ChannelKind.BOOSTER:
        return
    words = set(_words(channel.name))
    yield from (word for word in _own_words(site.name) if word in words)
    for mascot in site.mascots:
        if words & {form for word in _own_words(mascot) for form in (word, word.removesuffix("s"), f"{word}s")}:
            yield mascot


def signs_with_full_name(shown: str, person: Person) -> bool:
    """Whether the name an account shows holds every part of the person's registered name (R10)."""
    return set(_words(person.name)) <= set(_words(shown))


def _own_words(name: str) -> list[str]:
    return [word for word in _words(name) if word not in _COMMON and len(word) > 1]


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return _WORD.findall("".join(character for character in plain if not unicodedata.combining(character)))


def _notified(entered: str, today: date) -> date | None:
    if not entered.strip():
        return None
    try:
        day = date.fromisoformat(entered.strip())
    except ValueError:
        raise WrongEntryError("register.which_day") from None
    if day > today or today - day > OLDEST_NOTICE:
        raise WrongEntryError("register.wrong_day")
    return day
