"""The program that `test_crash` kills: delivers what is due onto a platform that writes each card to a file.

Run as `python -m tests.alerts.crash_child HOME`. Ends when nothing is left to deliver.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, update

from bot.alerts.delivery import Deliverer
from bot.alerts.errands import Errands
from bot.interface.cards import Card
from bot.platform.protocol import Delivery, Recipient
from bot.store import Store, open_store, schema
from tests.alerts.school import PACK
from tests.platforms.recorder import Recorder


class Paper(Recorder):
    """Each delivered card is a line of a file: recipient and case."""

    def __init__(self, file: Path) -> None:
        super().__init__("discord")
        self._file = file

    async def deliver(self, card: Card, to: Recipient, language: str) -> Delivery:
        with self._file.open("a") as paper:
            token = card.buttons[0].token if card.buttons else "-"
            paper.write(f"{to.person}:{token}\n")
        await asyncio.sleep(0.01)  # where a kill finds the card delivered and not yet noted
        return await super().deliver(card, to, language)


async def undelivered(store: Store) -> int:
    """How many errands are due and not done. Leases of a program that was killed are ended, as time would."""
    async with store._engine.begin() as connection:
        await connection.execute(update(schema.outbox).values(leased_until=None))
        waiting = select(func.count()).where(
            schema.outbox.c.done_at.is_(None), schema.outbox.c.due_at <= datetime.now(UTC)
        )
        return int((await connection.execute(waiting)).scalar_one())


async def main(home: Path) -> None:
    """Deliver everything."""
    async with open_store(home=home) as store:
        deliverer = Deliverer(store, {"discord": Paper(home / "paper")}, PACK, lambda: datetime.now(UTC))
        errands = Errands(store, lambda: datetime.now(UTC), deliverer.carriers)
        while await undelivered(store):
            await errands.carry_out_due(datetime.now(UTC))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
