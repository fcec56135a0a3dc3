"""Who has read a channel's guidelines this school year (R32), and the cards that wait for an approval (R29)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.comments import ChannelRef
from bot.store.group_commit import GroupCommit
from bot.store.keys import Keyring
from bot.store.recording import inserting_new
from bot.store.register_schema import acknowledgements, register_cards


@dataclass(frozen=True, slots=True)
class RegisterCard:
    """A card about a channel's registration: to whom it went (a person's key), and where it stands."""

    channel_id: int
    recipient: str
    platform: str
    place: str
    message: str
    language: str


class Acknowledgements:
    """Notes who has read the guidelines; people are kept as keyed pseudonyms, one for each workspace."""

    def __init__(self, reader: GroupCommit, writer: GroupCommit, keys: Keyring) -> None:
        self._reader = reader
        self._writer = writer
        self._keys = keys

    async def add(self, channel_id: int, channel: ChannelRef, account: str, year: int, at: datetime) -> bool:
        """Note that `account` has read the guidelines in the school year `year`; return whether that was new."""
        member = self._keys.pseudonym(channel, account)
        return await self._writer.run(_add, {"channel_id": channel_id, "member": member, "school_year": year, "at": at})

    async def missing(self, channel_id: int, channel: ChannelRef, accounts: Iterable[str], year: int) -> frozenset[str]:
        """Return which of `accounts` have not said yet that they have read them."""
        read = await self._reader.run(_read, (channel_id, year))
        return frozenset(account for account in accounts if self._keys.pseudonym(channel, account) not in read)


class RegisterCards:
    """Notes where cards about registrations stand."""

    def __init__(self, reader: GroupCommit, writer: GroupCommit) -> None:
        self._reader = reader
        self._writer = writer

    async def note(self, card: RegisterCard) -> None:
        """Remember a card that was delivered."""
        row = {name: getattr(card, name) for name in RegisterCard.__slots__}
        await self._writer.run(_note, row)

    async def of(self, channel_id: int) -> list[RegisterCard]:
        """Return the cards that still ask about a channel."""
        return await self._reader.run(_cards, channel_id)

    async def forget(self, channel_id: int) -> None:
        """Forget the cards of a channel: they were redrawn for good."""
        await self._writer.run(_forget, channel_id)


async def _add(connection: AsyncConnection, new: Sequence[dict[str, Any]]) -> list[bool]:
    statement = inserting_new(connection.dialect.name, acknowledgements).returning(acknowledgements.c.channel_id)
    return [(await connection.execute(statement, row)).one_or_none() is not None for row in new]


async def _read(connection: AsyncConnection, asked: Sequence[tuple[int, int]]) -> list[frozenset[bytes]]:
    found = []
    for channel_id, year in asked:
        table = acknowledgements.c
        query = select(table.member).where(table.channel_id == channel_id, table.school_year == year)
        found.append(frozenset(bytes(member) for member in (await connection.execute(query)).scalars()))
    return found


async def _note(connection: AsyncConnection, cards: Sequence[dict[str, Any]]) -> list[None]:
    for card in cards:
        await connection.execute(inserting_new(connection.dialect.name, register_cards), card)
    return [None] * len(cards)


async def _cards(connection: AsyncConnection, asked: Sequence[int]) -> list[list[RegisterCard]]:
    query = select(register_cards).where(register_cards.c.channel_id.in_(set(asked)))
    found = [RegisterCard(**row._mapping) for row in await connection.execute(query)]  # noqa: SLF001  (its public name)
    return [[card for card in found if card.channel_id == channel_id] for channel_id in asked]


async def _forget(connection: AsyncConnection, channels: Sequence[int]) -> list[None]:
    await connection.execute(delete(register_cards).where(register_cards.c.channel_id.in_(set(channels))))
    return [None] * len(channels)
