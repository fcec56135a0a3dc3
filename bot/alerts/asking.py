"""Asking for permission: evidence that nobody answered for is asked about again, one person higher (R15).

Promise: each person is asked once, in the order of `who_permits`; a crash can show one card twice, and loses none.
Nobody whom the case may be about is asked or named, and silence destroys nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from bot.alerts.contacts import address_of
from bot.alerts.errands import NOBODY_WAIT, CarryOut
from bot.alerts.story import person_name
from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.status import Status
from bot.domain.cases import CaseKind
from bot.errors import PlatformError
from bot.evidence.permission import PATIENCE, may_permit, who_permits
from bot.interface.alerts import permission_card
from bot.platform.protocol import Outlet, Recipient
from bot.store import Errand, Store
from bot.store.deliveries import SHARED
from bot.store.outbox import Due

ASK = "ask_permission"
"""The kind of the question in the outbox."""

SOON = timedelta(hours=1)
"""When an administrator who has no card of the case is asked: the alert itself goes first, and may reach them yet."""

_AT_REST = frozenset({Status.DISMISSED, Status.CLOSED})


class Asking:
    """Puts the question when a case's first card is out, and carries it upwards while nobody answers.

    `outlets` are the connected platforms, and the mail for people who have no account on any of them.
    """

    def __init__(
        self, store: Store, outlets: Mapping[str, Outlet], book: CaseBook, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._outlets = outlets
        self._book = book
        self._clock = clock

    @property
    def carriers(self) -> Mapping[str, CarryOut]:
        """Who carries out which kind of errand."""
        return {ASK: self._ask}

    async def begin(self, case: Case, reached: Collection[str]) -> None:
        """Give the first of the order their time; once for a case, however often it is called.

        Their card asks them already. Whoever has none, because the ladder begins with others, is asked within the hour.
        """
        first = who_permits(case, self._book.roster)[:1]
        if not first or not _open(case):
            return
        if first[0] in reached or SHARED in reached:
            await self._wait(case, first, self._clock() + PATIENCE)
        else:
            await self._wait(case, (), self._clock() + SOON)

    async def _wait(self, case: Case, asked: tuple[str, ...], due: datetime) -> None:
        payload = {"case_id": str(case.id), "asked": " ".join(asked)}
        await self._store.outbox.put(Due(ASK, payload, due, once=f"{case.id}:{len(asked)}"))

    async def _ask(self, errand: Errand, last: bool) -> timedelta | None:
        case = await self._book.read(UUID(errand.payload["case_id"]))
        if case is None or not _open(case) or (await self._store.evidence.standing(case.id)).answered is not None:
            return None
        asked = tuple(errand.payload["asked"].split())
        roster, now = self._book.roster, self._clock()
        order = who_permits(case, roster)
        left = [person for person in order if person not in asked]
        if not left:
            return None
        if case.status in _AT_REST or not may_permit(case, roster, left[0], now):
            return PATIENCE  # the case may be brought back; a new roster may have changed the order
        silent = [person_name(person, roster) for person in asked if person in order]
        try:
            told = await self._tell(case, left[0], silent)
        except PlatformError:
            if not last:
                raise
            told = False
        if not told and len(left) == 1:
            return NOBODY_WAIT  # the last of the order stays asked
        await self._wait(case, (*asked, left[0]), now + PATIENCE)
        return None

    async def _tell(self, case: Case, person: str, silent: Sequence[str]) -> bool:
        """Ask one person; return whether there is any way to reach them."""
        address = address_of(self._book.roster, person, self._outlets, case.channel.ref.platform)
        if address is None:
            return False
        card = permission_card(case.token, case.code, channel=case.channel.name, silent=silent)
        to, language = Recipient(person=address.account), self._book.roster.people[person].language
        await self._outlets[address.platform].deliver(card, to, language)
        return True


def _open(case: Case) -> bool:
    """Whether there is a question: something is sealed, and no permission stands. Unread comments are read in place."""
    return case.kind is CaseKind.FLAG and case.snapshot is not None and not case.permitted
