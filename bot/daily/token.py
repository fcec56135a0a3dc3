"""What a sign-off button carries: exactly the days that its card names, so that nobody signs a day unseen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from bot.domain.ledger import LedgerDay

MOST_DAYS_BACK = 120
"""How far the oldest day of one sign-off may lie before the newest: what a button's token has room for."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Some days of one site, the newest by its id, the others by how many days before it they are."""

    newest: UUID
    before: frozenset[int]

    def dates(self, newest: LedgerDay) -> frozenset[date]:
        """Return the days that are meant, given the newest of them."""
        return frozenset(newest.date - timedelta(days=back) for back in self.before | {0})


def offer(days: Collection[LedgerDay]) -> str:
    """Return the token for these days of one site, at least one and none older than `MOST_DAYS_BACK`."""
    newest = max(days, key=lambda day: day.date)
    bits = 0
    for day in days:
        back = (newest.date - day.date).days
        if back > MOST_DAYS_BACK:
            raise ValueError("these days lie too far apart to be signed with one button")
        bits |= 1 << back
    return f"{newest.id.hex}-{bits:x}"


def offered(token: str) -> Offer | None:
    """Read a token back; `None` for one that is none of ours."""
    newest, _, bits = token.partition("-")
    try:
        meant = int(bits, 16)
        return Offer(UUID(hex=newest), frozenset(back for back in range(MOST_DAYS_BACK + 1) if meant >> back & 1))
    except ValueError:
        return None
