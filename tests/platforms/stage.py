"""What a behaviour needs of a platform under test, in the platform's own terms: hands to act with, eyes to see with.

To have every behaviour played on another platform, write its `Stage` and put it on the list in `conftest.py`.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, TypeVar

from bot.platform.capabilities import Capability
from bot.platform.protocol import Platform
from tests.platforms.program import Program
from tests.platforms.school import Place, School
from tests.platforms.seen import Answer, Ref, SeenCard, SeenForm

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds after which something that should have happened has not. Nothing is slower than it should be by a clock."""

AFTER_CLOSE = timedelta(minutes=15)
"""How long after its close a day has certainly ended: it is swept ten minutes after it."""


class Stage(ABC):
    """A platform with the school of `school.py` on it, and the whole bot running there.

    People and rooms are named as in `school.py`; each stage knows their ids. `speaks` says which language a person has
    chosen, English unless told.
    """

    capabilities: ClassVar[frozenset[Capability]]

    def __init__(self, home: Path) -> None:
        self.bot = Program(home)
        self.speaks: dict[str, str] = {}
        self._sentinels = 0

    # --- what each platform brings ------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def place(self) -> Place:
        """The platform's ids of the school."""

    @abstractmethod
    def connect(self) -> Platform:
        """Return a fresh connection for the bot, as a new process would make it."""

    @abstractmethod
    async def disconnect(self) -> None:
        """Close the connection that `connect` made last."""

    @abstractmethod
    async def say(
        self, person: str, room: str, text: str, *, reply_to: Ref | None = None, attachments: tuple[str, ...] = ()
    ) -> Ref:
        """Have a person post a comment; `attachments` are kinds such as `image`. A person's name with `@` mentions."""

    @abstractmethod
    async def edit(self, person: str, ref: Ref, text: str) -> None:
        """Have a person edit their comment."""

    @abstractmethod
    async def delete(self, person: str, ref: Ref) -> None:
        """Have a person delete their comment."""

    @abstractmethod
    def stands(self, ref: Ref) -> bool:
        """Whether a comment is still there for people to read."""

    @abstractmethod
    async def report(self, person: str, ref: Ref) -> Answer:
        """Open “Report to school” in a comment's menu."""

    @abstractmethod
    async def command(self, person: str, name: str, *, room: str = "families") -> Answer:
        """Use a command in a room."""

    @abstractmethod
    async def press(self, person: str, verb: str, card: SeenCard) -> Answer:
        """Press a button on a card that stands before the person."""

    @abstractmethod
    async def submit(self, person: str, form: SeenForm, values: Mapping[str, str]) -> Answer:
        """Fill a form in and send it; `refused` when the platform itself does not let it through."""

    @abstractmethod
    def cards_of(self, person: str) -> list[SeenCard]:
        """Return the bot's cards before one person alone, oldest first, as they stand now."""

    @abstractmethod
    def cards_in(self, room: str) -> list[SeenCard]:
        """Return the bot's cards in a room, oldest first, as they stand now."""

    @abstractmethod
    def pinned_in(self, room: str) -> list[str]:
        """Return the `place` of each message that is pinned in a room."""

    @abstractmethod
    async def line_down(self) -> None:
        """Break the line between the platform and the bot; people go on writing."""

    @abstractmethod
    async def line_up(self) -> None:
        """Mend the line."""

    # --- the bot ------------------------------------------------------------------------------------------------------

    async def open(self, school: School) -> None:
        """Set the school up and start the bot."""
        await self.change(school)
        await self.start_bot()

    async def close(self) -> None:
        """Stop the bot, unless it is stopped, and leave nothing behind."""
        if self.bot.running:
            await self.stop_bot()

    async def start_bot(self) -> None:
        """Start the bot on what its home folder holds."""
        await self.bot.start(self.connect())

    async def stop_bot(self) -> None:
        """Stop the bot as a signal would; whatever happens from now on it has to read later."""
        await self.bot.stop()
        await self.disconnect()

    async def restart_bot(self) -> None:
        """Stop the bot and start a new one on the same home folder."""
        await self.stop_bot()
        await self.start_bot()

    async def change(self, school: School) -> None:
        """Change the school's settings, as its operator would."""
        await self.bot.apply(school.site_file(self.place))

    async def end_day(self) -> None:
        """Move the bot's clock behind the close of the school's present day, as soon as the ledger has taken it up."""
        newest = "SELECT closes_at FROM ledger_days ORDER BY day DESC LIMIT 1"
        ((closes_at,),) = await self.until(lambda: self.bot.rows(newest), "the ledger to take the day up")
        self.bot.go_to(datetime.fromisoformat(closes_at).replace(tzinfo=UTC) + AFTER_CLOSE)

    # --- waiting ------------------------------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], T | None], what: str = "") -> T:
        """Wait until `condition` gives something true, and return that."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found := condition()):
                    self.bot.must_run()
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what or condition}") from None
        return found

    async def watched(self, room: str = "class") -> None:
        """Wait until the bot has posted its notice in a room and reads along."""
        await self.until(lambda: self.cards_in(room), f"the notice in {room}")
        await self.settled()

    async def read(self, ref: Ref) -> None:
        """Wait until the bot has read a comment."""
        query = "SELECT 1 FROM screened WHERE comment = ?"
        await self.until(lambda: self.bot.rows(query, ref.id), f"comment {ref.id} to be read")

    async def is_known(self, ref: Ref) -> bool:
        """Whether anything at all is kept of a comment, once everything has settled."""
        await self.settled()
        tables = ("screened", "flags", "review_items", "deletions")
        return any(self.bot.rows(f"SELECT 1 FROM {table} WHERE comment = ?", ref.id) for table in tables)  # noqa: S608

    async def settled(self) -> None:
        """Wait until everything before this moment has come to its end: a later comment was read, no errand is due."""
        self._sentinels += 1
        await self.read(await self.say("leader", "families", f"Thank you all, number {self._sentinels}"))
        await self.until(lambda: self.bot.due() == 0, "every errand to be carried out")

    async def card(self, person: str) -> SeenCard:
        """Wait for the one card that a person should have; fail if there are more."""
        (card,) = await self.cards(person, 1)
        return card

    async def cards(self, person: str, count: int) -> list[SeenCard]:
        """Wait for the cards that a person should have; fail if there are more."""
        await self.until(lambda: len(self.cards_of(person)) >= count, f"{count} cards for {person}")
        await self.settled()
        cards = self.cards_of(person)
        assert len(cards) == count, [card.title for card in cards]
        return cards

    async def nothing_for(self, *people: str) -> None:
        """Make sure that none of these people has been told anything."""
        await self.settled()
        told = {person: [card.title for card in self.cards_of(person)] for person in people if self.cards_of(person)}
        assert not told

    def now(self, card: SeenCard) -> SeenCard:
        """Return a card as it stands now, in the place where it stood."""
        everywhere = [*map(self.cards_of, self.place.accounts), *map(self.cards_in, self.place.rooms)]
        return next(one for cards in everywhere for one in cards if one.place == card.place)

    async def shows(self, card: SeenCard, words: str) -> SeenCard:
        """Wait until a card says these words, in the place where it stood; return it."""
        await self.until(lambda: words in self.now(card).everything, f"“{words}” on a card")
        return self.now(card)

    async def decide(self, person: str, verb: str, card: SeenCard, **values: str) -> Answer:
        """Press a button that opens a form, fill the form in and send it."""
        return await self.submit(person, (await self.press(person, verb, card)).form, values)
