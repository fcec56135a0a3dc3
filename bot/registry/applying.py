"""From a checked site file to the roster and the register. Applying the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.domain.channels import ChannelStatus, Lacking, RegisteredChannel, missing_facts
from bot.domain.comments import ChannelRef
from bot.domain.people import APPROVERS
from bot.domain.roster import Roster
from bot.errors import SiteFileError
from bot.registry.merging import filed, merged_channel, merged_roster, ref_of, said_of, stands, with_district
from bot.registry.site_file import ChannelPart, SiteFile
from bot.store import Store, StoredChannel

Entry = tuple[RegisteredChannel, Mapping[str, str]]
"""A channel, and what the file said of it."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a site file: the channels now on the register with what each still lacks before it is read.

    `unknown` has a sentence for every key that the file uses and nobody has, and for approvers who may not approve.
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

    What the file leaves out stays, unless `prune`: then people, sites and facts go, and channels are closed.
    Watermarks, posted notices and what was decided in chat since the file said otherwise always stay. A key that
    nobody has is told, and so is an approver who may not approve in chat either; both count as a missing fact of a
    channel. Raise `SiteFileError`, and change nothing, if a site administrator's key is nobody's.
    """
    before = await store.registry.read()
    standing = {item.registered.ref: item for item in await store.channels.all()}
    roster = merged_roster(file, None if prune else before)
    headless = [site for site in roster.sites.values() if site.site_administrator not in roster.people]
    if headless:
        raise SiteFileError(
            [_nobody(f"site “{site.key}”, site_administrator", site.site_administrator) for site in headless]
        )
    listed = _listed(file, roster, standing, prune=prune)
    others = _left_out(listed, roster, standing, prune=prune)
    if roster != before:
        await store.registry.replace(roster)
    changed = {
        ref: (channel, words)
        for ref, (channel, words) in {**listed, **others}.items()
        if ref not in standing or (standing[ref].registered, standing[ref].filed) != (channel, words)
    }
    for channel, words in changed.values():
        await store.channels.save(channel, words)
    now = await store.registry.read()
    unknown = (*unknown_people(roster), *_unknown_in_channels(file, roster, standing))
    closed = tuple(channel for ref, (channel, _) in others.items() if prune and ref in changed)
    channels = tuple(channel for channel, _ in listed.values())
    return Applied(roster if now is None else now, channels, closed, unknown)


def _listed(
    file: SiteFile, roster: Roster, standing: Mapping[ChannelRef, StoredChannel], *, prune: bool
) -> dict[ChannelRef, Entry]:
    """Return the file's channels as they are from now on."""
    watch_staff = roster.district.watch_staff_channels
    found: dict[ChannelRef, Entry] = {}
    for site in file.site:
        for part in site.channel:
            ref = ref_of(part)
            stored = standing.get(ref)
            said = said_of(part, site.key, roster.people, _approvers(part, site.key, roster, stored))
            channel = merged_channel(ref, said, stored, prune=prune, watch_staff=watch_staff)
            found[ref] = channel, filed(said, stored.filed if stored else {}, prune=prune)
    return found


def _left_out(
    listed: Collection[ChannelRef], roster: Roster, standing: Mapping[ChannelRef, StoredChannel], *, prune: bool
) -> dict[ChannelRef, Entry]:
    """Return the channels that the file leaves out as they are from now on: with `prune` they are closed."""
    watch_staff = roster.district.watch_staff_channels
    found: dict[ChannelRef, Entry] = {}
    for ref, stored in standing.items():
        if ref in listed:
            continue
        if prune:
            found[ref] = replace(stored.registered, status=ChannelStatus.CLOSED, site=None), {}
        else:
            found[ref] = with_district(stored.registered, watch_staff=watch_staff), stored.filed
    return found


def _approvers(part: ChannelPart, site: str, roster: Roster, stored: StoredChannel | None) -> frozenset[str]:
    """Return who may stand as the channel's approver: whoever may approve in chat, or could when first named for it."""
    may = {key for key in roster.people if roster.roles(key, roster.sites[site]) & APPROVERS}
    named = part.approved_by
    if named is not None and named in roster.people and stored is not None and stands(part, site, stored.filed):
        may.add(named)
    return frozenset(may)


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


def _unknown_in_channels(file: SiteFile, roster: Roster, standing: Mapping[ChannelRef, StoredChannel]) -> Iterator[str]:
    for site in file.site:
        for channel in site.channel:
            here = f"site “{site.key}”, channel “{channel.name}”"
            for fact, key in (("responsible", channel.responsible), ("approved_by", channel.approved_by)):
                if key is not None and key not in roster.people:
                    yield _nobody(f"{here}, {fact}", key)
            by, may = channel.approved_by, _approvers(channel, site.key, roster, standing.get(ref_of(channel)))
            if by is not None and by in roster.people and by not in may:
                yield _no_approver(f"{here}, approved_by", by)


def _nobody(place: str, key: str) -> str:
    return f"{place}: nobody has the key “{key}”; add a [[person]] or correct the key."


def _no_approver(place: str, key: str) -> str:
    return (
        f"{place}: “{key}” may not approve channels of this school; name its site_administrator, a designee or one of "
        "the district's administrators, or have one of them press “Approve” after /register in the channel."
    )


def attested(channel: RegisteredChannel) -> bool:
    """Whether the approval is only what the operator attested, until the approver confirms it in chat."""
    return channel.approved_on is not None and channel.approval_confirmed_on is None
