"""Deleting a person's data where neither a hold nor a duty stands, and saying what was kept and why (R33).

Promise: whoever asks deletes nothing of a case that they may not decide on, and hears nothing of one that they may not
know of. Who on the roster wrote a comment stays known, so that nobody comes to read their own case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.cases.book import CaseBook
from bot.cases.case import site_of
from bot.cases.status import Status, status_of
from bot.domain.cases import EventKind
from bot.domain.comments import ChannelRef
from bot.domain.custody import Act
from bot.errors import EvidenceError
from bot.evidence.permission import may_permit, may_read
from bot.evidence.vault import AT_THE_TERMINAL
from bot.records.asking import allowed
from bot.store import Store
from bot.store.deeds import Deed
from bot.store.personal import RecordsDeed, Traces
from bot.store.retention import Destroying, KeptCase, Part

HELD = "a hold stands on it"
OPEN = "it is still being worked on"
REPORTED_ON = (
    "an agency was called or an incident has a number: the law may ask for the record until its period is over"
)
OTHERS = "another person must decide on it"
CHANGED = "it changed at this moment; ask again"
UNTOLD = ""
"""Why something is kept of which the asker may not know: nothing is said of it."""
UNDECIDED = "Whatever you may not decide on was left as it is."
"""Always said, whether anything was left or not."""
AUTHORS_KEPT = (
    "Who wrote the comments of cases about somebody on the roster, so that nobody comes to read their own case: once "
    "they are taken out, ask again."
)

_ON_RECORD = frozenset({EventKind.CALLED, EventKind.INCIDENT})
_DESTROYED = frozenset({Part.SNAPSHOTS, Part.AUTHORS, Part.REASONS})


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went, by kind, and a sentence for each thing that was kept and that the asker may know of."""

    gone: dict[str, int]
    kept: tuple[str, ...]


class Forgetting:
    """Deletes what is kept of people. Raises `EvidenceError` when it may not be, `StoreError` when it cannot."""

    def __init__(self, store: Store, book: CaseBook, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._book = book
        self._clock = clock

    async def delete(self, place: ChannelRef, account: str, person: str, reason: str) -> Forgotten:
        """Delete what is kept of `account` in the workspace of `place`, at the word of a person of the roster."""
        roster = await self._book.read_roster()
        sites = await self._sites(place)
        reason = allowed(roster, person, reason, [roster.sites[key] for key in sites])
        owner = roster.person_at(place.platform, account)
        if owner is not None and owner.key == person:
            raise EvidenceError("Nobody has their own data deleted; ask somebody else who may decide.")
        at = self._clock()
        traces = await self._store.personal.traces(place, account)
        asked = RecordsDeed(Act.PERSON_DELETED, person, at, AT_THE_TERMINAL, reason, sites)
        await self._store.personal.log(asked)
        gone: dict[str, int] = {}
        kept: list[str] = []
        parts = _DESTROYED if owner is None else _DESTROYED - {Part.AUTHORS}
        for case in traces.cases:
            why = await self._forget(Deed(case, person, at, AT_THE_TERMINAL, reason, notice=True), parts, gone)
            if why:
                kept.append(f"Case {case.hex[:8]}: {why}.")
        others = await self._clear(place, account, traces, asked)
        gone |= others.gone
        kept += others.kept
        if owner is not None:
            kept += [AUTHORS_KEPT, f"“{owner.key}” on the roster: take them out of the site file and apply it."]
        return Forgotten({kind: count for kind, count in gone.items() if count}, tuple(kept))

    async def _forget(self, deed: Deed, parts: frozenset[Part], gone: dict[str, int]) -> str | None:
        """Destroy what can be of these parts of a case; return why it was kept, if it was."""
        kept = await self._store.retention.kept(deed.case)
        if not any(kept.left[part] for part in parts):
            return None
        why = await self._not_theirs(kept.events, deed.person, deed.at)
        if why is None:
            why = _duty(kept)
        if why is not None:
            return why
        await self._book.note_barred(kept.events)
        done = await self._store.retention.destroy(Destroying(deed, kept, parts))
        for part, count in done.items():
            gone[part] = gone.get(part, 0) + count
        return None if done else CHANGED

    async def _clear(self, place: ChannelRef, account: str, traces: Traces, asked: RecordsDeed) -> Forgotten:
        """Delete what there is beside cases of their own: of reports and watches those that the asker may decide on."""
        person, at = asked.person, asked.at
        filed: list[UUID] = []
        kept: list[str] = []
        for report in traces.reports:
            about = await self._store.retention.kept(report.case)
            why = await self._not_theirs(about.events, person, at)
            if why is None:
                why = _duty(about)
            if why is None:
                await self._book.note_barred(about.events)
                filed.append(report.id)
            elif why:
                kept.append(f"Report {report.code}, which they filed: {why}.")
        protecting = {one: await self._not_theirs([one.case], person, at) for one in traces.protected}
        if OTHERS in protecting.values():
            kept.append(f"A watch that protects them: {OTHERS}.")
        until = [one.until for one in traces.watched if await self._not_theirs([one.case], person, at) != UNTOLD]
        if until:
            kept.append(f"A watch that protects somebody: it ends by itself on {max(until):%Y-%m-%d}.")
        free = [one.id for one, why in protecting.items() if why is None]
        gone = await self._store.personal.clear(place, account, filed=filed, protecting=free)
        if gone["reports"] < len(filed):
            kept.append(f"Reports that they filed: {HELD}.")
        return Forgotten(gone, tuple(kept))

    async def _not_theirs(self, cases: Iterable[UUID], person: str | None, at: datetime) -> str | None:
        """Return why the person may not decide on these cases, if they may not."""
        roster = self._book.roster
        found = [await self._book.read(case) for case in cases]
        if person is None or not all(case is not None and may_read(case, roster, person) for case in found):
            return UNTOLD
        decides = all(case is not None and may_permit(case, roster, person, at) for case in found)
        return None if decides else OTHERS

    async def _sites(self, place: ChannelRef) -> tuple[str, ...]:
        """Return the sites that have channels in the workspace."""
        roster = self._book.roster
        here = [
            one.registered
            for one in await self._store.channels.all()
            if (one.registered.ref.platform, one.registered.ref.workspace) == (place.platform, place.workspace)
        ]
        found = {site_of(roster, channel).key for channel in here} & set(roster.sites)
        if not found:
            raise EvidenceError("No channel of that platform and workspace is known; see “crossing-guard site show”.")
        return tuple(sorted(found))


def _duty(kept: KeptCase) -> str | None:
    """Return why a case's data must stay, if it must."""
    if kept.held:
        return HELD
    if any(status_of(events) not in (Status.CLOSED, Status.DISMISSED) for events in kept.events.values()):
        return OPEN
    if any(event.kind in _ON_RECORD and event.about != "nobody" for events in kept.events.values() for event in events):
        return REPORTED_ON
    return None
