"""A small school for tests, with a clock that stands still until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from adapters.local.values import Member, Room
from adapters.local.world import World
from bot.domain.comments import AuthorRole, ChannelKind
from bot.platform.protocol import Outsiders

MORNING = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)


class Clock:
    """A clock to set by hand; every look takes a second."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def pass_by(self, span: timedelta) -> None:
        self.now += span


MEMBERS = (
    Member("maya", "Maya", AuthorRole.STUDENT),
    Member("josh", "Josh", AuthorRole.STUDENT),
    Member("marta", "Marta García", AuthorRole.PARENT, language="es"),
    Member("elena", "Elena Rivera", AuthorRole.TEACHER, {"en": "Teacher", "es": "Maestra"}, desk=True),
    Member("anita", "Anita Principal", AuthorRole.ADMINISTRATOR, {"en": "Principal", "es": "Directora"}, desk=True),
)
ROOMS = (
    Room(
        "room-12",
        "room-12",
        ChannelKind.CLASS,
        {"en": "Biology", "es": "Biología"},
        members=frozenset({"maya", "josh", "elena", "anita"}),
        administrators=frozenset({"elena", "anita"}),
    ),
    Room("families", "families", ChannelKind.PARENT, open_to=(Outsiders.EVERYONE,)),
    Room("band", "band", ChannelKind.BOOSTER),
    Room("alerts", "alerts", ChannelKind.STAFF, members=frozenset({"elena", "anita"}), alerts=True),
)


def small_school(clock: Clock | None = None) -> World:
    """Return the school's chat, empty."""
    return World("lincoln", "Lincoln High School", MEMBERS, ROOMS, clock or Clock())
