"""From a checked site file to the roster and the register. Applying the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.domain.channels import ChannelStatus, Lacking, RegisteredChannel, missing_facts
from bot.domain.comments import ChannelKind, ChannelRef
from bot.domain.roster import District, LadderStep, Person, Roster, Site
from bot.errors import SiteFileError
from bot.registry.site_file import ChannelPart, PersonPart, Place, SiteFile, SitePart
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a site file: the channels now on the register with what each still lacks before it is read.

    `unknown` has a sentence for every key that the file uses and nobody has.
    """

    roster: Roster
    channels: tuple[RegisteredChannel, ...]
    closed: tuple[RegisteredChannel, ...]
    unknown: tuple[str, ...] = ()

    @property
    def pending(self) -> Mapping[RegisteredChannel, tuple[Lacking, ...]]:
        """The channels that are not read yet, each with what a person must still do."""
        return {channel: waiting_for(channel) for channel in self.channels if not channel.watched}


def waiting_for(channel: RegisteredChannel) -> tuple[Lacking, ...]:
    """Return what keeps the channel from being read; the notice in the channel is the bot's own task."""
    lacking = missing_facts(channel)
    others = tuple(fact for fact in lacking if fact is not Lacking.NOTICE)
    return others or ((Lacking.BOTS_NOTICE,) if lacking else ())


async def apply(store: Store, file: SiteFile, *, prune: bool = False) -> Applied:
    """Bring roster and register to what `file` says; return the result.

    People, sites and channels that the file leaves out stay, unless `prune`: then people and sites go, and their
    channels are closed. Watermarks, posted notices and confirmations always stay. A key that nobody has is told; it
    counts as a missing fact of a channel. Raise `SiteFileError`, and change nothing, if it is a site administrator's.
    """
    before = await store.registry.read()
    standing = {item.registered.ref: item.registered for item in await store.channels.all()}
    roster = _roster(file)
    if before is not None and not prune:
        roster = replace(roster, people={**before.people, **roster.people}, sites={**before.sites, **roster.sites})
    headless = [site for site in roster.sites.values() if site.site_administrator not in roster.people]
    if headless:
        raise SiteFileError(
            [_nobody(f"site “{site.key}”, site_administrator", site.site_administrator) for site in headless]
        )
    wanted = {
        ref_of(part): _channel(part, site.key, roster.people, standing.get(ref_of(part)))
        for site in file.site
        for part in site.channel
    }
    closed: tuple[RegisteredChannel, ...] = ()
    if prune:
        left_out = [channel for ref, channel in standing.items() if ref not in wanted]
        closed = tuple(replace(channel, status=ChannelStatus.CLOSED, site=None) for channel in left_out)
    await store.registry.replace(roster)
    for channel in (*wanted.values(), *closed):
        await store.channels.save(channel)
    now = await store.registry.read()
    unknown = (*unknown_people(roster), *_unknown_in_channels(file, roster.people))
    return Applied(roster if now is None else now, tuple(wanted.values()), closed, unknown)


def unknown_people(roster: Roster) -> Iterator[str]:
    """Yield a sentence for every key on the roster that nobody has: whoever it stands for is never reached."""
    named = [("district, administrators", key) for key in roster.district.administrators]
    named.append(("district, safety_contact", roster.district.safety_contact or ""))
    for site in roster.sites.values():
        here = f"site “{site.key}”"
        named.append((f"{here}, supervisor", site.supervisor or ""))
        lists = {"designees": site.designees, "staff": site.staff, "parent_leaders": site.parent_leaders}
        named += [(f"{here}, {name}", key) for name, keys in lists.items() for key in keys]
        named += [(f"{here}, ladder {number}", step.person) for number, step in enumerate(site.ladder, 1)]
    yield from (_nobody(place, key) for place, key in named if key and key not in roster.people)


def _unknown_in_channels(file: SiteFile, people: Mapping[str, Person]) -> Iterator[str]:
    for site in file.site:
        for channel in site.channel:
            for fact, key in (("responsible", channel.responsible), ("approved_by", channel.approved_by)):
                if key is not None and key not in people:
                    yield _nobody(f"site “{site.key}”, channel “{channel.name}”, {fact}", key)


def _nobody(place: str, key: str) -> str:
    return f"{place}: nobody has the key “{key}”; add a [[person]] or correct the key."


def ref_of(place: Place) -> ChannelRef:
    """Return the reference of a place in the file."""
    return ChannelRef(place.platform, place.workspace, place.channel)


def _roster(file: SiteFile) -> Roster:
    part = file.district
    here = District(part.name, part.policy, part.time_zone, part.languages, part.administrators, part.safety_contact)
    return Roster(
        here,
        {person.key: _person(person) for person in file.person},
        {site.key: _site(site) for site in file.site},
    )


def _person(part: PersonPart) -> Person:
    accounts = {name: account for name in ("discord", "slack", "local") if (account := getattr(part, name))}
    return Person(part.key, part.name, part.title, part.email, part.language, accounts, part.away)


def _site(part: SitePart) -> Site:
    return Site(
        part.key,
        part.name,
        part.site_administrator,
        mascots=part.mascots,
        designees=part.designees,
        supervisor=part.supervisor,
        staff=part.staff,
        parent_leaders=part.parent_leaders,
        day_closes_at=part.day_closes_at,
        sign_off_by=part.sign_off_by,
        duty_days=part.duty_days,
        evidence_permission=part.evidence_permission,
        alert_channel=None if part.alert_channel is None else ref_of(part.alert_channel),
        ladder=tuple(
            LadderStep(step.person, step.acknowledge_within, frozenset(step.severity)) for step in part.ladder
        ),
        channels=tuple(ref_of(channel) for channel in part.channel),
    )


def _channel(
    part: ChannelPart, site: str, people: Mapping[str, Person], standing: RegisteredChannel | None
) -> RegisteredChannel:
    """The channel as the file has it, with what only the bot and people in chat may have added."""
    responsible = part.responsible if part.responsible in people else None
    approved_by = part.approved_by if part.approved_by in people else None
    approved = approved_by is not None and part.approved_on is not None
    same_approval = standing is not None and (standing.approved_by, standing.approved_on) == (
        approved_by,
        part.approved_on,
    )
    return RegisteredChannel(
        ref_of(part),
        part.name,
        part.kind,
        ChannelStatus.APPROVED if approved else ChannelStatus.PENDING,
        grades=part.grades if part.kind is ChannelKind.CLASS else None,
        responsible=responsible,
        approved_by=approved_by,
        approved_on=part.approved_on,
        notice_posted_on=standing.notice_posted_on if standing else None,
        parents_notified_on=part.parents_notified_on,
        district_allows=standing.district_allows if standing else False,
        site=site,
        approval_confirmed_on=standing.approval_confirmed_on if standing and same_approval else None,
    )


def attested(channel: RegisteredChannel) -> bool:
    """Whether the approval is only what the operator attested, until the approver confirms it in chat."""
    return channel.approved_on is not None and channel.approval_confirmed_on is None
