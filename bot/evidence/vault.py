"""The vault: the one door to evidence. Everything through it is checked, permitted, and in the custody log first.

Promise: nobody opens evidence that was not permitted, nobody barred opens it at all, not as part of another case's
either, nothing held is destroyed, and the site administrator is told of whatever reveals or destroys.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.domain.cases import CaseEvent, EventKind
from bot.domain.custody import Act, Standing
from bot.domain.roster import EvidencePermission, Roster
from bot.errors import DamagedError, EvidenceError, KeyFileError
from bot.evidence.permission import may_permit, may_read
from bot.store import Store
from bot.store.cases import NewEvent
from bot.store.deeds import Deed, Ended
from bot.store.evidence import Opened, Reads
from bot.store.reports import Reporter

_TRIES = 5
IN_CHAT = "in chat"
AT_THE_TERMINAL = "at the terminal"

Allowed = Callable[[Case, Roster, str], bool]


class Vault:
    """Opens, holds and destroys the evidence of cases. `person` is always a key of the roster.

    `where` says in the custody log how people come in. Every method raises `EvidenceError`, in one sentence for people,
    when it may not be, and `StoreError` when the database cannot be used.
    """

    def __init__(self, store: Store, book: CaseBook, clock: Callable[[], datetime], *, where: str = IN_CHAT) -> None:
        self._store = store
        self._book = book
        self._clock = clock
        self._where = where

    async def standing(self, case: UUID) -> Standing:
        """Return whether the case's evidence was permitted or refused, is held, is gone."""
        return await self._store.evidence.standing(case)

    async def open(self, case: UUID, person: str, reason: str, *, act: Act = Act.OPENED) -> Opened:
        """Open the evidence of a case: the comment, its other revisions, what stood around it. Hostile text.

        What another case is about stays sealed unless the person may read that one, and it may be opened.
        """
        about, deed = await self._may(case, person, reason, may_read)
        reads = reading(self._book, person)
        return await self._store.evidence.open(deed, standing=_stands(about), act=act, reads=reads)

    async def reporters(self, case: UUID, person: str, reason: str) -> tuple[Reporter, ...]:
        """Open who reported a case's comment, and their words (R26)."""
        _, deed = await self._may(case, person, reason, may_read)
        found = await self._store.reports.open_reporters(deed)
        if not found:
            raise EvidenceError("Nobody reported the comment of this case, or the reports were deleted.")
        return found

    async def permit(self, case: UUID, person: str, reason: str) -> None:
        """Permit the evidence of this case to be opened: an event of the case, and a row in the custody log."""
        for _ in range(_TRIES):
            about, deed = await self._may(case, person, reason, self._may_answer)
            if about.snapshot is None:
                break
            event = CaseEvent(EventKind.PERMITTED, deed.at, person)
            if await self._store.cases.append(NewEvent(case, len(about.events), event, deed.reason)):
                return
        raise EvidenceError("There is no evidence of this case, or the case keeps changing; look at it again.")

    async def refuse(self, case: UUID, person: str, reason: str) -> Ended:
        """Refuse to have the evidence kept: it is destroyed, unless a hold keeps it, unopened.

        Whoever answers first, answers: a permission given meanwhile stands, and `answered` says so.
        """
        _, deed = await self._may(case, person, reason, self._may_answer)
        await self._book.note_barred(await self._store.evidence.kin(case))
        return await self._store.evidence.refuse(deed)

    async def hold(self, case: UUID, person: str, reason: str) -> None:
        """Set a litigation hold: while it stands nothing of the case is destroyed, nor of its comment's revisions.

        Reports and reasons can be held, too, where the comment itself is gone already.
        """
        _, deed = await self._may(case, person, reason, may_read)
        await self._store.evidence.act(Act.HELD, deed)

    async def release(self, case: UUID, person: str, reason: str) -> None:
        """Lift the hold."""
        _, deed = await self._may(case, person, reason, may_read)
        await self._store.evidence.act(Act.RELEASED, deed)

    async def destroy(self, case: UUID, person: str, reason: str) -> int:
        """Destroy the evidence of a case for good; return how many sealed parts there were."""
        _, deed = await self._may(case, person, reason, self._may_answer)
        await self._book.note_barred(await self._store.evidence.kin(case))
        ended = await self._store.evidence.destroy(deed)
        if ended.held:
            raise EvidenceError("A hold is set on this case; nothing of it may be destroyed until the hold is lifted.")
        return ended.destroyed

    async def _may(self, case: UUID, person: str, reason: str, allowed: Allowed) -> tuple[Case, Deed]:
        about = await self._book.read(case)
        roster = self._book.roster
        if person not in roster.people:
            raise EvidenceError("This person is not on the roster; use a key that “crossing-guard site show” lists.")
        if about is None or not allowed(about, roster, person):
            # To someone who may not know of a case, it looks like none.
            raise EvidenceError("There is no such case, or this person may not do this with its evidence.")
        if not reason.strip():
            raise EvidenceError("Say why: a reason is required and goes into the custody log.")
        return about, Deed(case, person, self._clock(), self._where, reason.strip(), notice=True)

    def _may_answer(self, case: Case, roster: Roster, person: str) -> bool:
        return may_permit(case, roster, person, self._clock())


def reading(book: CaseBook, person: str) -> Reads:
    """Return what says of any case whether the person may read it: not one that does not open, whoever it may bar."""

    async def reads(case: UUID) -> bool:
        try:
            found = await book.read(case)
        except (DamagedError, KeyFileError):
            return False
        return found is not None and may_read(found, book.roster, person)

    return reads


def _stands(case: Case) -> bool:
    return case.site.evidence_permission is EvidencePermission.STANDING
