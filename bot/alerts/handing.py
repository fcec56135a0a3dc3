"""Handing over: whoever a case was handed to hears of it, also where its card stands before them already.

Promise: once for each time that it was handed to them, and until it gets there. A card that they had before is redrawn,
and that rings nowhere; so a message of its own goes out. Whoever has none gets the card, and that rings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from bot.alerts.errands import CarryOut
from bot.alerts.messenger import Messenger
from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.domain.cases import CaseEvent, EventKind
from bot.errors import PlatformError
from bot.store import Errand, Store
from bot.store.deliveries import Delivered
from bot.store.outbox import Due

HANDED = "handed_over"
"""The kind of the message to whoever a case was handed to."""


class Handing:
    """Tells people that a case is theirs now."""

    def __init__(self, store: Store, messenger: Messenger, book: CaseBook, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._messenger = messenger
        self._book = book
        self._clock = clock

    @property
    def carriers(self) -> Mapping[str, CarryOut]:
        """Who carries out which kind of errand."""
        return {HANDED: self._tell}

    async def begin(self, case: Case, cards: Iterable[Delivered]) -> None:
        """Have whoever the case was handed to told, if one of `cards` is theirs from before; once for each time."""
        event = handed_over(case.events)
        if event is None or not event.about:
            return
        if any(stands.recipient == event.about and stands.at < event.at for stands in cards):
            time = str(_times(case))
            payload = {"case_id": str(case.id), "recipient": event.about, "time": time}
            await self._store.outbox.put(Due(HANDED, payload, self._clock(), once=f"{case.id}:{time}"))

    async def _tell(self, errand: Errand, last: bool) -> timedelta | None:
        """Tell them, as long as it is theirs and not at rest; the ladder has often ended, so no other errand would."""
        case, recipient = await self._book.read(UUID(errand.payload["case_id"])), errand.payload["recipient"]
        if case is None or handed_over(case.events) is None or not case.allows(EventKind.HANDED_OVER):
            return None
        if int(errand.payload["time"]) != _times(case):
            return None
        try:
            await self._messenger.remind(case, recipient, handed=True)
        except PlatformError:
            if not last or not self._messenger.has_mail(recipient):
                raise
            await self._messenger.remind(case, recipient, handed=True, by_mail=True)
        return None


def handed_over(events: Iterable[CaseEvent]) -> CaseEvent | None:
    """Return the event by which the case came to whoever has it now; nothing where they took it themselves."""
    taken = [event for event in events if event.kind in (EventKind.CLAIMED, EventKind.HANDED_OVER)]
    return taken[-1] if taken and taken[-1].kind is EventKind.HANDED_OVER else None


def _times(case: Case) -> int:
    """Return how often the case was handed over: it may come to the same person twice."""
    return sum(event.kind is EventKind.HANDED_OVER for event in case.events)
