"""A day as one reader may see it: numbers, items and how they stand. Barred cases are in no list and no count (R25)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.routing import barred_from
from bot.cases.status import UNDECIDED
from bot.domain.categories import Severity
from bot.domain.channels import RegisteredChannel
from bot.domain.ledger import Counts, Entry, Gap, LedgerDay, Mismatch, Signed, mismatches
from bot.domain.people import SiteRole
from bot.domain.roster import Roster, Site
from bot.store import Store

SIGNERS = frozenset({SiteRole.SITE_ADMINISTRATOR, SiteRole.DESIGNEE})
"""Who may sign a day off (BUL-5688.1 III)."""


@dataclass(frozen=True, slots=True)
class ChannelDay:
    """One channel's day. `counts` are so far, while the entry is not closed; `gaps` touch the day."""

    channel: RegisteredChannel
    entry: Entry
    counts: Counts
    gaps: tuple[Gap, ...]

    @property
    def mismatches(self) -> tuple[Mismatch, ...]:
        """What does not add up."""
        return mismatches(self.counts, self.entry.swept, gap=bool(self.gaps))

    @property
    def whole(self) -> bool:
        """Whether it was swept, without a gap, and adds up."""
        return self.entry.swept is not None and not self.gaps and not self.mismatches


@dataclass(frozen=True, slots=True)
class DayView:
    """A site's day for one reader; `cases` are those the reader may know of."""

    day: LedgerDay
    site: Site
    channels: tuple[ChannelDay, ...]
    cases: tuple[Case, ...]
    signed: Signed | None

    @property
    def open(self) -> tuple[Case, ...]:
        """The cases that wait for a decision, the worst first."""
        waiting = (case for case in self.cases if case.status in UNDECIDED)
        return tuple(sorted(waiting, key=lambda case: (-case.judgement.severity, case.opened_at)))

    @property
    def critical(self) -> tuple[Case, ...]:
        """The open cases that are critical."""
        return tuple(case for case in self.open if case.judgement.severity is Severity.CRITICAL)

    def flagged_in(self, channel: RegisteredChannel) -> int:
        """How many cases of a channel the reader may know of."""
        return sum(case.channel.ref == channel.ref for case in self.cases)

    def total(self, name: str) -> int:
        """Return one of the `Counts` over all channels."""
        return sum(getattr(channel.counts, name) for channel in self.channels)

    @property
    def quiet(self) -> bool:
        """Whether nothing waits, and nothing is missing."""
        return not self.cases and all(channel.whole for channel in self.channels)


class Views:
    """Makes views of days. Every method raises `StoreError` when the database cannot be read."""

    def __init__(self, store: Store, book: CaseBook) -> None:
        self._store = store
        self._book = book

    async def of(self, days: Sequence[LedgerDay], reader: str | None) -> list[DayView]:
        """Return these days as `reader` may see them; without one, as the district's records have them."""
        if not days:
            return []
        roster = await self._book.read_roster()
        ids = [day.id for day in days]
        ledger = self._store.ledger
        # Asked together, they share one transaction.
        entries, cases, signed, known, gaps = await asyncio.gather(
            ledger.entries(ids),
            ledger.cases(ids),
            ledger.signed(ids),
            self._store.channels.all(),
            self._store.gaps.within(min(day.opens_at for day in days), max(day.closes_at for day in days)),
        )
        stored = {item.id: item.registered for item in known}
        views: list[DayView] = []
        for day in days:
            channels = [
                await self._channel(day, entry, stored[entry.channel_id], gaps)
                for entry in entries
                if entry.day_id == day.id
            ]
            listed = [await self._book.read(case) for case in cases[day.id]]
            seen = tuple(case for case in listed if case is not None and may_know(case, reader))
            channels.sort(key=lambda channel: channel.channel.name)
            views.append(DayView(day, site_called(roster, day.site), tuple(channels), seen, signed.get(day.id)))
        return views

    async def sites(self, roster: Roster) -> list[Site]:
        """Return the sites of the roster, then those that left it and have days, which the district looks after."""
        gone = sorted(set(await self._store.ledger.latest()) - set(roster.sites))
        return [*roster.sites.values(), *(site_called(roster, key) for key in gone)]

    async def unsigned(self, site: str) -> list[LedgerDay]:
        """Return the days of a site that wait for a sign-off, the oldest first; there may be many."""
        return await self._store.ledger.unsigned(site)

    async def day(self, day_id: UUID) -> LedgerDay | None:
        """Return a day by its id."""
        return await self._store.ledger.day(day_id)

    async def waiting(self, day_id: UUID) -> LedgerDay | None:
        """Return a day by its id, unless it is signed."""
        ledger = self._store.ledger
        day, signed = await asyncio.gather(ledger.day(day_id), ledger.signed([day_id]))
        return None if signed else day

    async def _channel(
        self, day: LedgerDay, entry: Entry, channel: RegisteredChannel, gaps: Sequence[Gap]
    ) -> ChannelDay:
        counts = entry.counts or await self._store.ledger.so_far(entry, day, day.closes_at)
        touching = tuple(
            gap for gap in gaps if gap.channel_id == entry.channel_id and gap.touches(day.opens_at, day.closes_at)
        )
        return ChannelDay(channel, entry, counts, touching)


def may_know(case: Case, reader: str | None) -> bool:
    """Whether a case may be on the reader's lists and in their counts: whoever is barred from it knows nothing."""
    return reader is None or reader not in barred_from(case.concern)


def site_called(roster: Roster, key: str) -> Site:
    """Return a site by its key; one that left the roster is looked after by the district."""
    here = roster.sites.get(key)
    if here is not None:
        return here
    above = [person for person in (roster.district.safety_contact, *roster.district.administrators) if person]
    return Site(key, roster.district.name, above[0] if above else "")


def may_sign(roster: Roster, site: Site, person: str) -> bool:
    """Whether a person may sign this site's days; asked again at every press and every submit."""
    return bool(roster.roles(person, site) & SIGNERS)
