"""The counter where days are signed off: what waits, and the signature of a named person (R11).

Promise: only the site administrator or a designee signs; exactly the days that were shown are signed, each once, at
the time it happens, late where it is late; with critical items open it asks why.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.status import UNDECIDED
from bot.daily import drawing
from bot.daily.token import offered
from bot.daily.view import Views, may_know, may_sign, site_called
from bot.desk.counter import Counter
from bot.domain.categories import Severity
from bot.domain.ledger import LedgerDay
from bot.domain.roster import Person, Roster
from bot.interface.cards import Card, Verb
from bot.interface.daily import named, signoff_form
from bot.interface.desk import said
from bot.interface.texts import Text, text
from bot.platform.events import ButtonPressed, CommandUsed, FormSubmitted, Interaction
from bot.platform.protocol import Platform
from bot.store import Store
from bot.store.ledger import DayOpen
from bot.store.still_open import day_cards

MOST_WORDS = 1000
"""Characters of a reason that are kept; forms do not take more."""

_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a button's token means: days of one site, and the cases that the unsigned ones list."""

    days: tuple[LedgerDay, ...]
    cases: tuple[UUID, ...]


class Signing(Counter):
    """Answers `signoff`, its button and its form."""

    commands = frozenset({"signoff"})
    verbs = frozenset({Verb.SIGNOFF})
    forms = frozenset({"signoff"})

    def __init__(self, store: Store, clock: Callable[[], datetime], book: CaseBook, views: Views) -> None:
        self._store = store
        self._clock = clock
        self._book = book
        self._views = views
        self._known: OrderedDict[str, _Meant] = OrderedDict()

    async def used(self, event: CommandUsed, platform: Platform) -> None:
        """List the days that wait for the person's sign-off: of this channel's site first."""
        await platform.answer(event.interaction, await self._list(event.interaction, platform))

    async def pressed(self, event: ButtonPressed, platform: Platform) -> None:
        """Sign the days at once; where critical items are open, ask why, from memory."""
        ask = event.interaction
        meant = await self._meant(event.token)
        person = _signer(await self._book.recall_roster(), ask, platform, meant.days)
        if person is None or not meant.days:
            await platform.answer(ask, said("daily.not_yours" if meant.days else "daily.gone"))
            return
        known = [await self._book.recall(case) for case in meant.cases]
        critical = sum(_is_open_critical(case, person) for case in known if case is not None)
        if critical:
            await platform.open_form(ask, signoff_form(event.token, critical))
        else:
            await platform.answer(ask, await self._sign(ask, platform, meant.days, ""))

    async def submitted(self, event: FormSubmitted, platform: Platform) -> None:
        """Sign with the reason given; everything is looked at again."""
        ask, reason = event.interaction, event.values.get("reason", "").strip()[:MOST_WORDS]
        meant = await self._meant(event.token)
        if reason:
            answer = await self._sign(ask, platform, meant.days, reason)
        else:
            answer = said("desk.no_reason")
        await platform.answer(ask, answer)

    async def _list(self, ask: Interaction, platform: Platform) -> Card:
        roster = await self._book.read_roster()
        person = roster.person_at(platform.name, ask.by.id)
        if person is None:
            return said("desk.not_for_you")
        sites = [site for site in await self._views.sites(roster) if may_sign(roster, site, person.key)]
        if not sites:
            return said("daily.not_yours")
        here = roster.site_of(ask.where) if ask.where else None
        for site in sorted(sites, key=lambda site: site != here):
            waiting = await self._views.unsigned(site.key)
            if waiting:
                shown = drawing.listed_together(waiting)
                return drawing.unsigned(await self._views.of(shown, person.key), len(waiting) - len(shown))
        return said("daily.all_signed")

    async def _sign(self, ask: Interaction, platform: Platform, days: Sequence[LedgerDay], reason: str) -> Card:
        """Sign the days as they are in the database now."""
        if not days:
            return said("daily.gone")
        person = _signer(await self._book.read_roster(), ask, platform, days)
        if person is None:
            return said("daily.not_yours")
        views = await self._views.of(days, person.key)
        if not reason and any(view.critical for view in views if view.signed is None):
            return said("daily.changed")
        at = self._clock()
        signing = [
            DayOpen(view.day.id, at > view.day.sign_by and view.day.on_duty, len(view.open), len(view.critical))
            for view in views
        ]
        errands = [day_cards(view.day.id, at) for view in views]
        signed = await self._store.ledger.sign(person.key, at, signing, reason, errands)
        self._forget({day.id for day in days})
        if not signed:
            return said("daily.gone")
        names = _joined([named(view.day.date) for view in views if view.day.id in signed])
        late = any(day.late for day in signing if day.day_id in signed)
        return said("daily.thanks_late" if late else "daily.thanks", days=names)

    async def _meant(self, token: str) -> _Meant:
        """Return what a token means. Until one of its days is signed, neither they nor their cases change."""
        known = self._known.get(token)
        if known is not None:
            return known
        read = offered(token)
        newest = None if read is None else await self._views.day(read.newest)
        if read is None or newest is None:
            return _Meant((), ())
        dates = read.dates(newest)
        found = await self._store.ledger.days(newest.site, min(dates), newest.date)
        days = tuple(day for day in found if day.date in dates)
        signed = await self._store.ledger.signed([day.id for day in days])
        cases = await self._store.ledger.cases([day.id for day in days if day.id not in signed])
        meant = self._known[token] = _Meant(days, tuple(case for listed in cases.values() for case in listed))
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return meant

    def _forget(self, signed: Set[UUID]) -> None:
        """Have the cases of days that are signed now ask nobody why any more."""
        for token, meant in list(self._known.items()):
            if any(day.id in signed for day in meant.days):
                del self._known[token]


def _signer(roster: Roster, ask: Interaction, platform: Platform, days: Sequence[LedgerDay]) -> Person | None:
    """Return the person who asks, if they may sign these days."""
    person = roster.person_at(platform.name, ask.by.id)
    if person is None or not all(may_sign(roster, site_called(roster, day.site), person.key) for day in days):
        return None
    return person


def _is_open_critical(case: Case, person: Person) -> bool:
    urgent = case.judgement.severity is Severity.CRITICAL and case.status in UNDECIDED
    return urgent and may_know(case, person.key)


def _joined(names: Sequence[Text]) -> Text:
    joined = names[0]
    for name in names[1:]:
        joined = text("pair", first=joined, second=name)
    return joined
