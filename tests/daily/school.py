"""A school whose days are kept: a real store and intake, a platform with a history, and a clock that a test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.errands import Errands
from bot.cases.book import CaseBook
from bot.daily.closing import DayEnd
from bot.daily.telling import DayTeller
from bot.daily.watching import Watching
from bot.desk.desk import Desk
from bot.desk.signing import Signing
from bot.domain.comments import Author, ChannelRef, Comment, CommentRef
from bot.domain.roster import Roster, Site
from bot.errors import PlatformError
from bot.intake import Intake
from bot.interface.cards import Card
from bot.platform.events import ButtonPressed, CommandUsed, FormSubmitted, Interaction, Interrupted, Resumed
from bot.policy.loader import load_pack
from bot.store import Store, Versions
from tests.alerts.school import PEOPLE, ROSTER, SITE
from tests.intake.history import Clock
from tests.intake.screener import WordScreener
from tests.platforms.recorder import Recorder
from tests.store.examples import ROOM

PACK = load_pack("lausd")
LA = ZoneInfo("America/Los_Angeles")
ROOMS = ("12", "13", "quiet")


def local(day: int, hour: float, month: int = 11, year: int = 2026) -> datetime:
    """A time on the school's clocks."""
    return datetime(year, month, day, tzinfo=LA) + timedelta(hours=hour)


def ref(room: str) -> ChannelRef:
    return replace(ROOM.ref, channel=room)


class Campus(Recorder):
    """A platform with a history. While it is `down` it gives nothing back and takes nothing."""

    def __init__(self) -> None:
        super().__init__("discord")
        self.posts: dict[CommentRef, Comment] = {}
        self.down = False
        self.silent: set[str] = set()
        self.reads = 0

    def _may_fail(self, account: str | None = None) -> None:
        if self.down:
            raise PlatformError("The platform did not answer.")
        super()._may_fail(account)

    async def history(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        self.reads += 1
        if self.down or channel.channel in self.silent:
            raise PlatformError("The platform did not answer.")
        said = [post for post in self.posts.values() if post.ref.channel == channel]
        for post in sorted(said, key=_latest):
            if _latest(post) > after:
                yield post


def _latest(post: Comment) -> datetime:
    at = post.edited_at or post.posted_at
    assert at is not None
    return at


@dataclass
class DailySchool:
    """What a test of the ledger needs. `look` is one round of everything that runs by itself."""

    store: Store
    clock: Clock
    roster: Roster = ROSTER
    campus: Campus = field(default_factory=Campus)
    rooms: tuple[str, ...] = ROOMS
    running: bool = True
    said: int = 0

    @property
    def site(self) -> Site:
        return self.roster.sites["lincoln"]

    async def open(self) -> DailySchool:
        await self.store.registry.replace(self.roster)
        self.ids = {
            room: await self.store.channels.save(replace(ROOM, ref=ref(room), name=f"room-{room}", site="lincoln"))
            for room in self.rooms
        }
        await self.start()
        return self

    async def start(self) -> None:
        """Start the program, after a crash too."""
        self.running = True
        self.screener = WordScreener()
        self.intake = await Intake(self.store, self.screener, self.clock, versions=Versions("p", "m")).start()
        self.book = CaseBook(self.store, self.clock)
        await self.book.load()
        platforms = {"discord": self.campus}
        self.teller = DayTeller(self.store, platforms, PACK, self.clock, self.book)
        self.watching = Watching(self.store, self.clock, self.intake.behind, platforms)
        self.day_end = DayEnd(self.store, platforms, self.intake.receive, self.clock, pause=_no_pause)
        self.errands = Errands(self.store, self.clock, self.teller.carriers)
        self.desk = Desk((Signing(self.store, self.clock, self.book, self.teller.views),))
        await self.watching.start()
        await self.look()

    async def look(self, at: datetime | None = None) -> None:
        """Let the clock go there, and everything happen that happens by itself."""
        if at is not None:
            assert at >= self.clock.now
            self.clock.now = at
        if not self.running:
            return
        for channel in self.intake.behind():
            if not self.campus.down and channel.channel not in self.campus.silent:
                await self.intake.catch_up(channel, self.campus.history)
        await self.watching.look()
        await self.day_end.look()
        await self.errands.carry_out_due(self.clock.now)

    async def go_down(self) -> None:
        self.campus.down = True
        if self.running:
            self.intake.interrupted("discord")
            await self.watching.told(Interrupted(self.clock.now), "discord")

    async def come_back(self) -> None:
        self.campus.down = False
        if self.running:
            self.intake.interrupted("discord")
            await self.watching.told(Resumed(self.clock.now, self.clock.now), "discord")

    async def say(self, room: str, text: str = "see you at practice", at: datetime | None = None) -> Comment:
        """Somebody writes; the bot hears it when it runs and the line is up."""
        self.said += 1
        name = str(self.said)
        comment = Comment(
            CommentRef(ref(room), name),
            text,
            Author("77", "Pat Example"),
            posted_at=at or self.clock.now,
            permalink=f"https://chat.example.org/{room}/{name}",
        )
        self.campus.posts[comment.ref] = comment
        await self._heard(comment)
        return comment

    async def edit(self, comment: Comment, text: str) -> Comment:
        edited = replace(comment, text=text, revision=f"{self.clock.now:%s}", edited_at=self.clock.now)
        self.campus.posts[comment.ref] = edited
        await self._heard(edited)
        return edited

    async def delete(self, comment: Comment) -> None:
        del self.campus.posts[comment.ref]
        if self.running and not self.campus.down:
            await self.intake.deleted(comment.ref, self.clock.now)

    async def _heard(self, comment: Comment) -> None:
        if self.running and not self.campus.down:
            await self.intake.receive(comment)

    def ask(self, person: str) -> Interaction:
        return Interaction(Author(f"@{person}", person), ref(self.rooms[0]), "handle")

    def cards(self, person: str) -> list[Card]:
        """What stands before a person now, the oldest first."""
        return [shown.card for shown in self.campus.shown.values() if shown.to.person == f"@{person}"]

    async def press(self, person: str, card: Card) -> str:
        """Press the card's button; return the key of the answer, or the form's name."""
        forms, answers = len(self.campus.forms), len(self.campus.answers)
        button = card.buttons[0]
        await self.desk.handle(ButtonPressed(self.ask(person), str(button.verb), button.token), self.campus)
        if len(self.campus.forms) > forms:
            return f"form {self.campus.forms[-1][1].name}"
        assert len(self.campus.answers) > answers
        return self.campus.answers[-1][1].title.key

    async def submit(self, person: str, reason: str) -> str:
        form = self.campus.forms[-1][1]
        values = {"reason": reason}
        await self.desk.handle(FormSubmitted(self.ask(person), form.name, form.token, values), self.campus)
        return self.campus.answers[-1][1].title.key

    async def command(self, person: str) -> Card:
        await self.desk.handle(CommandUsed(self.ask(person), "signoff", {}), self.campus)
        return self.campus.answers[-1][1]


async def _no_pause(seconds: float) -> None:
    assert seconds >= 0


def roster_with(**parts: object) -> Roster:
    """The example roster with another site."""
    site = replace(SITE, **{"day_closes_at": time(15), "sign_off_by": time(18)} | parts)  # type: ignore[arg-type]
    return Roster(ROSTER.district, ROSTER.people, {"lincoln": site})


__all__ = ["LA", "PEOPLE", "ROOMS", "Campus", "DailySchool", "local", "ref", "roster_with"]
