"""The program that `test_crash` kills after the ladder's end: lives through some hours, ten minutes at a time.

Run as `python -m tests.alerts.crash_child_ladder HOME`. What time it is stands in a file, so that a killed one is
followed by one that goes on where it was. Each reminder is a line of another: when, and who. Ends when the time is up.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from bot.alerts.delivery import Deliverer
from bot.alerts.errands import Errands
from bot.interface.cards import Card
from bot.platform.protocol import Delivery, Recipient
from bot.store import Store, open_store, schema
from tests.alerts.school import PACK
from tests.platforms.recorder import Recorder
from tests.store.examples import NOON

BEGINS = NOON + timedelta(hours=1)
ENDS = BEGINS + timedelta(hours=8)
STEP = timedelta(minutes=10)


def the_time(home: Path) -> datetime:
    """What time it is, as far as this program goes."""
    file = home / "clock"
    return datetime.fromisoformat(file.read_text()) if file.exists() and file.read_text() else BEGINS


class Paper(Recorder):
    """Each reminder is a line of a file."""

    def __init__(self, home: Path) -> None:
        super().__init__("discord")
        self._home = home

    async def deliver(self, card: Card, to: Recipient, language: str) -> Delivery:
        if card.title.key == "case.uncalled":
            with (self._home / "paper").open("a") as paper:
                paper.write(f"{the_time(self._home).isoformat()}/{to.person}\n")
            await asyncio.sleep(0.01)  # where a kill finds the reminder delivered and not yet noted
        return await super().deliver(card, to, language)

    async def update(self, delivery: Delivery, card: Card, language: str) -> None:
        """Redraw nothing: a killed program's cards are not known here."""


async def leases_end(store: Store) -> None:
    """End what a killed program held, as time would."""
    async with store._engine.begin() as connection:
        await connection.execute(update(schema.outbox).values(leased_until=None))


async def main(home: Path) -> None:
    """Live through it."""
    async with open_store(home=home) as store:
        await leases_end(store)
        deliverer = Deliverer(store, {"discord": Paper(home)}, PACK, lambda: the_time(home))
        errands = Errands(store, lambda: the_time(home), deliverer.carriers)
        while (now := the_time(home)) < ENDS:
            await errands.carry_out_due(now)
            new = home / "clock.new"
            new.write_text((now + STEP).isoformat())
            new.replace(home / "clock")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
