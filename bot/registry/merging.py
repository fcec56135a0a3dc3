"""A site file over what stands: what it says is taken, what it leaves out stays, what was decided in chat since stays.

The file's last word about each channel is kept with the channel. Only what it says differently from then counts, so
that applying the same file at every start undoes no registration, approval or renewal given in chat. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import BaseModel

from bot.domain.channels import ChannelStatus, Lacking, RegisteredChannel, missing_facts
from bot.domain.comments import ChannelKind, ChannelRef
from bot.domain.roster import District, LadderStep, Person, Roster, Site
from bot.registry.site_file import ChannelPart, LadderPart, PersonPart, Place, SiteFile, SitePart
from bot.store import StoredChannel

PLATFORMS = ("discord", "slack", "local")
APPROVAL = ("approved_by", "approved_on")
"""Who approved a channel and when are one fact."""


def ref_of(place: Place) -> ChannelRef:
    """Return the reference of a place in the file."""
    return ChannelRef(place.platform, place.workspace, place.channel)


def merged_roster(file: SiteFile, before: Roster | None) -> Roster:
    """Return the roster as the file has it; people, sites and fields that it leaves out stay as `before` had them.

    An account belongs to one person: whoever the file gives it to takes it from whoever had it.
    """
    stood = Roster(District(file.district.name), {}, {}) if before is None else before
    owners = {(name, account): part.key for part in file.person for name, account in _accounts(part).items()}
    people = {**stood.people, **{part.key: _person(part, stood.people.get(part.key)) for part in file.person}}
    return Roster(
        replace(stood.district, **_said(file.district)),
        {key: _with_own_accounts(person, owners) for key, person in people.items()},
        {**stood.sites, **{part.key: _site(part, stood.sites.get(part.key)) for part in file.site}},
    )


def said_of(part: ChannelPart, site: str, people: Collection[str], approvers: Collection[str]) -> dict[str, Any]:
    """Return what the file says of a channel.

    A key that nobody has stands for nobody, as long as nobody has it; so does an approver who is none of `approvers`.
    """
    said = part.model_dump(exclude={"platform", "workspace", "channel"}, exclude_none=True) | {"site": site}
    may = {"responsible": people, "approved_by": approvers}
    return said | {name: None for name, keys in may.items() if name in said and said[name] not in keys}


def stands(part: ChannelPart, site: str, last: Mapping[str, str]) -> bool:
    """Whether the file named this approval of this site before, and it was accepted: that outlasts the approver's post.

    `last` is what the file said the last time, as `filed` keeps it.
    """
    said = {"site": site, "approved_by": part.approved_by, "approved_on": part.approved_on}
    return all(last.get(name) == _word(value) for name, value in said.items())


def filed(said: Mapping[str, Any], last: Mapping[str, str], *, prune: bool) -> dict[str, str]:
    """Return what is kept with the channel of what the file says, for the next time; `last` is from the time before."""
    words = ({} if prune else {**last}) | {name: _word(value) for name, value in said.items()}
    return {name: word for name, word in words.items() if word is not None}


def merged_channel(
    ref: ChannelRef, said: Mapping[str, Any], stored: StoredChannel | None, *, prune: bool, watch_staff: bool
) -> RegisteredChannel:
    """Return the channel with what the file says differently from the last time; the rest is as it stands.

    An approval confirmed in chat gives way to a newer one only, which then waits for its own confirmation. With
    `prune`, what the file said the last time and says no more is forgotten; what was said in chat since never is.
    """
    standing = RegisteredChannel(ref, said["name"], said["kind"]) if stored is None else stored.registered
    last: Mapping[str, str] = {} if stored is None else stored.filed
    news = {name: value for name, value in said.items() if last.get(name) != _word(value)}
    if prune:
        news |= {name: None for name in last.keys() - said.keys() if last[name] == _word(getattr(standing, name))}
    if news.keys() & set(APPROVAL):
        news = {name: value for name, value in news.items() if name not in APPROVAL}
        news |= _newer_approval(said, standing)
    told, known = news.get("parents_notified_on"), standing.parents_notified_on
    if told is not None and known is not None and last.get("parents_notified_on") != _word(known):
        news["parents_notified_on"] = max(told, known)  # the day that stands was entered in chat
    channel = with_district(replace(standing, **news), watch_staff=watch_staff)
    if channel.kind is not ChannelKind.CLASS:
        channel = replace(channel, grades=None)
    return channel if last and channel == standing else replace(channel, status=_status(channel))


def with_district(channel: RegisteredChannel, *, watch_staff: bool) -> RegisteredChannel:
    """Return the channel with the district's word on staff channels, approved or pending as that makes it."""
    allows = channel.kind is ChannelKind.STAFF and watch_staff
    if channel.district_allows is allows:
        return channel
    changed = replace(channel, district_allows=allows)
    return changed if channel.status is ChannelStatus.CLOSED else replace(changed, status=_status(changed))


def _newer_approval(said: Mapping[str, Any], standing: RegisteredChannel) -> dict[str, Any]:
    by, on = said.get("approved_by"), said.get("approved_on")
    confirmed: date | None = standing.approved_on if standing.approval_confirmed_on is not None else None
    if confirmed is not None and (by is None or on is None or on <= confirmed):
        return {}
    return {"approved_by": by, "approved_on": on, "approval_confirmed_on": None}


def _status(channel: RegisteredChannel) -> ChannelStatus:
    """Approved when nothing is missing but the notice, which the bot posts by itself; a suspended one stays so."""
    if channel.status is ChannelStatus.SUSPENDED:
        return channel.status
    return ChannelStatus.PENDING if {*missing_facts(channel)} - {Lacking.NOTICE} else ChannelStatus.APPROVED


def _word(value: object) -> str | None:
    return None if value is None else str(value)


def _said(part: BaseModel) -> dict[str, Any]:
    """What a table of the file says itself, by field; defaults are no words of it."""
    return {name: getattr(part, name) for name in part.model_fields_set}


def _accounts(part: PersonPart) -> dict[str, str]:
    return {name: account for name in PLATFORMS if (account := getattr(part, name))}


def _person(part: PersonPart, stood: Person | None) -> Person:
    person = Person(part.key, part.name) if stood is None else stood
    said = {name: value for name, value in _said(part).items() if name not in PLATFORMS}
    return replace(person, **said, accounts={**person.accounts, **_accounts(part)})


def _with_own_accounts(person: Person, owners: Mapping[tuple[str, str], str]) -> Person:
    others = {pair for pair in person.accounts.items() if owners.get(pair, person.key) != person.key}
    return replace(person, accounts=dict(person.accounts.items() - others)) if others else person


def _site(part: SitePart, stood: Site | None) -> Site:
    site = Site(part.key, part.name, part.site_administrator) if stood is None else stood
    said = {name: value for name, value in _said(part).items() if name != "channel"}
    if part.alert_channel is not None:
        said["alert_channel"] = ref_of(part.alert_channel)
    if "ladder" in said:
        said["ladder"] = tuple(map(_step, part.ladder))
    return replace(site, **said)


def _step(part: LadderPart) -> LadderStep:
    return LadderStep(part.person, part.acknowledge_within, frozenset(part.severity))
