"""The school of `school.py` on Slack: its people, its rooms, and who is in which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.platforms.school import PEOPLE, ROOMS, Place

if TYPE_CHECKING:
    from tests.platforms.slack_server import SlackServer

ADMINISTRATORS = frozenset({"principal", "assistant"})
MEMBERS = {
    "class": ("student", "friend", "teacher", "principal", "assistant", "robot"),
    "families": ("parent", "leader", "teacher", "principal", "assistant"),
    "boosters": ("parent", "leader", "friend"),
    "office": ("principal", "assistant", "teacher"),
}
"""Who is in which room; the boosters have not let the bot in."""


class Campus:
    """Everybody with an account, and every room; the class and the office are private channels."""

    def __init__(self, slack: SlackServer) -> None:
        self.world = world = slack.world
        self.people = {
            key: world.add_bot(name) if key == "robot" else world.add_person(name, admin=key in ADMINISTRATORS)
            for key, name in PEOPLE.items()
        }
        self.rooms = {
            room: world.add_channel(
                room,
                [self.people[key] for key in MEMBERS[room]],
                private=room in ("class", "office"),
                with_bot=room != "boosters",
            )
            for room in ROOMS
        }

    @property
    def place(self) -> Place:
        """The school's ids."""
        return Place("slack", self.world.workspace.id, self.people, self.rooms)
