"""Puts a case's cards before people and keeps them true: one for each recipient, noted, redrawn where it stands."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.alerts.contacts import (
    Address,
    is_private,
    mail_of,
    may_share,
    outlets_of,
    within_reach,
)
from bot.alerts.drawing import Reader, draw, shows_words
from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.closing import wants_call
from bot.domain.roster import EvidencePermission
from bot.errors import EvidenceError, PlatformError, StoreError
from bot.interface.alerts import moved_card
from bot.interface.cards import Card
from bot.interface.cases import waiting_card
from bot.platform.capabilities import Capability
from bot.platform.protocol import Delivery, Outlet, Platform, Recipient
from bot.policy.schema import Pack
from bot.store import Store
from bot.store.deeds import Deed
from bot.store.deliveries import SHARED, Delivered

log = logging.getLogger(__name__)

ON_A_CARD = "excerpt on an alert card"
"""Why a snapshot was opened, in the custody log."""

_PASSES = 4
"""How often a card is redrawn in one go while its case keeps changing; the change itself leaves another errand."""


class Messenger:
    """Delivers and redraws cards. Raises `PlatformError` when a platform fails, `StoreError` when the database does.

    Cards go out over the platforms, and by `mail`, if there is a server for it, to people without an account.
    """

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        pack: Pack,
        book: CaseBook,
        clock: Callable[[], datetime],
        *,
        mail: Outlet | None = None,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._outlets = outlets_of(platforms, mail)
        self._pack = pack
        self._book = book
        self._clock = clock

    def reachable(self, case: Case) -> dict[str, Address]:
        """Return everybody on the roster who can be reached, with where; who is away only if nobody else could act."""
        roster = self._book.roster
        today = self._clock().astimezone(ZoneInfo(roster.district.time_zone)).date()
        return within_reach(case, roster, self._outlets, today)

    async def can_share(self, case: Case) -> bool:
        """Whether the site's alert channel stands in for its people: it is set, and nobody barred can read it."""
        channel = case.site.alert_channel
        if channel is None or channel.platform not in self._platforms:
            return False
        platform = self._platforms[channel.platform]
        try:
            lists = Capability.LIST_MEMBERS in platform.capabilities
            readers = await platform.members(channel) if lists else None
            if not may_share(case, self._book.roster, channel.platform, readers):
                return False
            return is_private(case, await platform.inspect(channel))
        except PlatformError:
            return False  # whoever cannot be asked is not trusted with it

    async def bring(self, case: Case, recipient: str, *, reached: frozenset[str], by_mail: bool = False) -> None:
        """Deliver the case's card to a recipient who has none yet, and note where it stands.

        With `by_mail` it goes to the person's e-mail address, whatever accounts they have.
        """
        address = mail_of(self._book.roster, recipient, self._outlets) if by_mail else None
        reader, platform, to = self._destination(case, recipient, address)
        card = await self._card(case, reader, reached)
        delivery = await self._outlets[platform].deliver(card, to, reader.language)
        digest = self._digest(card)
        stands = Delivered(case.id, recipient, platform, delivery.channel, delivery.message, reader.language, digest)
        if not await self._store.deliveries.record(stands, self._clock()):
            log.warning("A card of case %s was delivered twice: two processes had the same errand.", case.id)

    async def remind(
        self, case: Case, recipient: str, *, ended: bool = False, handed: bool = False, by_mail: bool = False
    ) -> None:
        """Tell somebody that a case waits: no word of it, and nobody barred.

        It came back, or was handed up; with `ended`, the ladder has come to its end and nobody has answered; with
        `handed`, somebody handed it over to them. `by_mail` as for `bring`.
        """
        told = recipient == SHARED and await self.can_share(case)
        if told or (recipient in self.reachable(case) and recipient not in case.barred):
            address = mail_of(self._book.roster, recipient, self._outlets) if by_mail else None
            reader, platform, to = self._destination(case, recipient, address)
            why = "handed" if handed else _why(case, ended=ended)
            card = waiting_card(case.token, case.code, channel=case.channel.name, why=why)
            await self._outlets[platform].deliver(card, to, reader.language)

    async def redraw(self, case_id: UUID) -> None:
        """Bring every card of the case to what the case is now, and try them all before a failure is raised."""
        failure: PlatformError | None = None
        cards = await self._store.deliveries.of(case_id)
        reached = frozenset(stands.recipient for stands in cards)
        for stands in cards:
            if stands.platform in self._outlets:
                try:
                    await self._redraw(stands, reached)
                except PlatformError as error:
                    failure = error
        if failure is not None:
            raise failure

    async def _redraw(self, stands: Delivered, reached: frozenset[str]) -> None:
        """Redraw one card until it shows the case as it is: another process may be drawing it, too."""
        drawn: Case | None = None
        for _ in range(_PASSES):
            case = await self._book.read(stands.case)
            if case is None or case == drawn:
                return
            drawn = case
            card = await self._card(case, Reader(stands.recipient, stands.language), reached - {stands.recipient})
            digest = self._digest(card)
            if digest == stands.digest:
                return
            where = Delivery(stands.channel, stands.message)
            await self._outlets[stands.platform].update(where, card, stands.language)
            await self._store.deliveries.redrawn(stands.case, stands.recipient, digest)
            stands = replace(stands, digest=digest)

    def has_mail(self, recipient: str) -> bool:
        """Whether the person has an e-mail address, and there is a server to send it through."""
        return mail_of(self._book.roster, recipient, self._outlets) is not None

    def _destination(self, case: Case, recipient: str, address: Address | None = None) -> tuple[Reader, str, Recipient]:
        roster, channel = self._book.roster, case.site.alert_channel
        if recipient == SHARED and channel is not None:
            return Reader(SHARED, roster.district.languages[0]), channel.platform, Recipient(channel=channel)
        address = address or self.reachable(case)[recipient]
        return Reader(recipient, roster.people[recipient].language), address.platform, Recipient(person=address.account)

    async def _card(self, case: Case, reader: Reader, reached: frozenset[str]) -> Card:
        roster = self._book.roster
        if reader.recipient == SHARED and not await self.can_share(case):
            return moved_card()
        words = None
        if case.snapshot is not None and shows_words(case, roster, self._pack, reader.recipient):
            words = await self._opened(case, reader.recipient)
        return draw(case, roster, self._pack, reader, words=words, reached=reached)

    async def _opened(self, case: Case, recipient: str) -> str | None:
        """Open a snapshot for a recipient; the custody log knows it before anybody sees it."""
        person = None if recipient == SHARED else recipient
        standing = case.site.evidence_permission is EvidencePermission.STANDING
        deed = Deed(case.id, person, self._clock(), ON_A_CARD)
        try:
            opened = await self._store.evidence.open(deed, standing=standing)
        except (EvidenceError, StoreError) as error:
            log.warning("An excerpt could not be shown: %s", error)
            return None
        return opened.snapshot.comment.text

    def _digest(self, card: Card) -> bytes:
        return self._store.deliveries.digest(repr(card))


def _why(case: Case, *, ended: bool) -> str:
    if not ended:
        return "waiting"
    return "uncalled" if wants_call(case) else "unanswered"
