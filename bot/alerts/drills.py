"""Drills: a marked test alert down a site's ladder, carried out by the running bot and answered with the usual button.

Promise: every rung is told once, in order; the next one when the time of the one before is up or they have answered. A
drill is no case: it is in no ledger, no digest and no figure, and every card says in both languages what it is.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import UUID

from bot.alerts.contacts import MAIL, address_of, outlets_of
from bot.alerts.errands import CarryOut
from bot.cases.book import CaseBook
from bot.daily.telling import reminded
from bot.domain.roster import Roster, Site
from bot.errors import PlatformError
from bot.interface.cards import Button, Card, Tone, Verb
from bot.interface.desk import said
from bot.interface.texts import text
from bot.platform.events import ButtonPressed, Event
from bot.platform.protocol import Delivery, Outlet, Platform, Recipient
from bot.store import Errand, Store
from bot.store.drills import DRILL, Drill, Rung, Stands

log = logging.getLogger(__name__)

Handle = Callable[[Event, Platform], Awaitable[None]]

_TOKEN = re.compile(r"drill-([0-9a-f]{32})-([0-9]{1,3})")


class DrillTeller:
    """Tells the rungs of drills and takes their answers, over the platforms and by `mail`."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        book: CaseBook,
        clock: Callable[[], datetime],
        *,
        mail: Outlet | None = None,
    ) -> None:
        self._store = store
        self._outlets = outlets_of(platforms, mail)
        self._book = book
        self._clock = clock

    @property
    def carriers(self) -> Mapping[str, CarryOut]:
        """Who carries out which kind of errand."""
        return {DRILL: self.tell}

    def over(self, handle: Handle) -> Handle:
        """Return a handler that answers the buttons of drills, and hands everything else to `handle`."""

        async def handled(event: Event, platform: Platform) -> None:
            found = _TOKEN.fullmatch(event.token) if isinstance(event, ButtonPressed) else None
            if found is None or not isinstance(event, ButtonPressed):
                await handle(event, platform)
                return
            try:
                await self._answer(event, platform, UUID(hex=found[1]), int(found[2]))
            except Exception as error:  # noqa: BLE001  (one press must not end everybody's events)
                log.warning("The answer to a drill could not be taken (%s).", type(error).__name__)
                with suppress(PlatformError):
                    await platform.answer(event.interaction, said("desk.trouble"))

        return handled

    async def tell(self, errand: Errand, last: bool) -> timedelta | None:
        """Tell one rung; whoever cannot be told is noted, and the next one's turn comes at once."""
        drill = await self._store.drills.read(UUID(errand.payload["drill"]))
        position = int(errand.payload["position"])
        if drill is None or position >= len(drill.rungs):
            return None
        rung = drill.rungs[position]
        if rung.told_at is not None or rung.unreached_at is not None:
            return None
        stands = None
        try:
            stands = await self._deliver(drill, rung)
        except PlatformError:
            if not last:
                raise
        await self._store.drills.told(drill, position, self._clock(), stands)
        return None

    async def _deliver(self, drill: Drill, rung: Rung) -> Stands | None:
        roster = await self._book.read_roster()
        address = address_of(roster, rung.person, self._outlets, next(iter(sorted(self._outlets)), ""))
        if address is None:
            return None
        language = roster.people[rung.person].language
        card = drill_card(drill, rung, roster, pressable=address.platform != MAIL)
        where = await self._outlets[address.platform].deliver(card, Recipient(person=address.account), language)
        return Stands(address.platform, where.channel, where.message, language)

    async def _answer(self, event: ButtonPressed, platform: Platform, drill_id: UUID, position: int) -> None:
        drill = await self._store.drills.read(drill_id)
        roster = await self._book.read_roster()
        person = roster.person_at(platform.name, event.interaction.by.id)
        rung = None if drill is None or position >= len(drill.rungs) else drill.rungs[position]
        if drill is None or rung is None or person is None or person.key != rung.person:
            await platform.answer(event.interaction, said("drill.not_yours"))
            return
        if rung.acknowledged_at is None:
            await self._store.drills.acknowledge(drill, position, self._clock())
        await platform.answer(event.interaction, said("drill.thanks"))
        if rung.channel is not None and rung.message is not None and rung.language is not None:
            card = drill_card(drill, rung, roster, pressable=False, answered=True)
            with suppress(PlatformError):  # the answer is noted; the card is courtesy
                await platform.update(Delivery(rung.channel, rung.message), card, rung.language)


def drill_card(drill: Drill, rung: Rung, roster: Roster, *, pressable: bool, answered: bool = False) -> Card:
    """Return what a rung is shown: that it is a drill, in both languages, and the button that every alert has."""
    site = roster.sites.get(drill.site)
    button = Button(Verb.ACKNOWLEDGE, f"drill-{drill.id.hex}-{rung.position}", Tone.PRIMARY)
    return Card(
        title=text("drill.answered" if answered else "drill.title", site=site.name if site else drill.site),
        urgent=(text("drill.mark"),),
        lines=() if answered else (text("drill.what" if pressable else "drill.by_mail"),),
        buttons=(button,) if pressable else (),
    )


def rungs_of(site: Site, roster: Roster, today: date) -> tuple[tuple[str, timedelta], ...]:
    """Return whom a drill tells, in order, and how long each has: the ladder, else who is reminded of unsigned days."""
    ladder: dict[str, timedelta] = {}
    for step in site.ladder:
        ladder.setdefault(step.person, step.acknowledge_within)
    return tuple(ladder.items()) or tuple(reminded(site, roster, today))
