"""Brings one card to the first of several people who can be reached; of cases, see `bot.alerts.messenger`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.alerts.contacts import Address, address_of
from bot.domain.roster import Roster
from bot.errors import PlatformError
from bot.interface.cards import Card
from bot.platform.protocol import Delivery, Outlet, Recipient


@dataclass(frozen=True, slots=True)
class Brought:
    """Who was told, where, in which language, and where the card stands."""

    person: str
    address: Address
    language: str
    delivery: Delivery


async def bring(
    card: Card, people: Iterable[str], roster: Roster, outlets: Mapping[str, Outlet], first: str = ""
) -> Brought | None:
    """Deliver `card` to the first of `people` whom an outlet reaches; return nothing when it reaches none of them.

    `first` names the outlet that is tried first for each person.
    """
    for person in people:
        address = address_of(roster, person, outlets, first)
        if address is None:
            continue
        language = roster.people[person].language
        try:
            delivery = await outlets[address.platform].deliver(card, Recipient(person=address.account), language)
        except PlatformError:
            continue
        return Brought(person, address, language, delivery)
    return None
