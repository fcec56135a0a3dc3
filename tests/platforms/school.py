"""The school in which every behaviour is played: who is who, which rooms there are, and what a behaviour may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PEOPLE: Mapping[str, str] = {
    "principal": "Anita Morales",
    "assistant": "Marcus Bell",
    "director": "Yolanda Ortiz",
    "safety": "Sam Okafor",
    "teacher": "Elena Rivera",
    "leader": "Grace Whitfield",
    "student": "Xochitl Quetzalli",
    "friend": "Maya",
    "parent": "Brian Walsh",
    "robot": "Homework Bot",
}
"""Everybody with an account, by what the behaviours call them, with the name that the platform shows."""

TITLES: Mapping[str, str] = {
    "principal": "Principal",
    "assistant": "Assistant Principal",
    "director": "Local District Director",
    "safety": "District Safety Office",
    "teacher": "Biology Teacher",
    "leader": "PTA Chair",
}
"""The people on the roster, with their titles."""

ROOMS = ("class", "families", "boosters", "office")
"""The rooms: a class, a parent group, a group that nobody registered, and where alerts can be shared."""


@dataclass(frozen=True)
class Place:
    """Where the school is: the platform's name, and its own ids of workspace, people and rooms."""

    platform: str
    workspace: str
    accounts: Mapping[str, str]
    rooms: Mapping[str, str]


@dataclass(frozen=True)
class School:
    """The school's settings, as its site file has them."""

    permission: str = "standing"
    language: str = "en"
    """The principal's; everybody else reads English."""
    administrator: str = "principal"
    ladder: tuple[str, ...] = ("principal", "assistant")
    designees: tuple[str, ...] = ("assistant",)
    pending: frozenset[str] = frozenset()
    """Rooms whose parents were not notified yet."""
    shares_alerts: bool = False

    def site_file(self, place: Place) -> str:
        """Return the school as a site file (TOML) for a platform."""
        parts = [_DISTRICT, *(self._person(key, place) for key in TITLES), self._site(place)]
        parts += [f'[[site.ladder]]\nperson = "{key}"\nacknowledge_within = "30m"' for key in self.ladder]
        parts += [self._channel("class", place), self._channel("families", place)]
        return "\n\n".join(parts) + "\n"

    def _person(self, key: str, place: Place) -> str:
        language = self.language if key == "principal" else "en"
        return (
            f'[[person]]\nkey = "{key}"\nname = "{PEOPLE[key]}"\ntitle = "{TITLES[key]}"\n'
            f'language = "{language}"\n{place.platform} = "{place.accounts[key]}"'
        )

    def _site(self, place: Place) -> str:
        office = (
            f'alert_channel = {{ platform = "{place.platform}", workspace = "{place.workspace}", '
            f'channel = "{place.rooms["office"]}" }}'
        )
        designees = ", ".join(f'"{key}"' for key in self.designees)
        return _SITE + "\n".join(
            [
                f'site_administrator = "{self.administrator}"',
                f"designees = [{designees}]",
                f'evidence_permission = "{self.permission}"',
                *([office] if self.shares_alerts else []),
            ]
        )

    def _channel(self, room: str, place: Place) -> str:
        lines = [
            "[[site.channel]]",
            f'platform = "{place.platform}"',
            f'workspace = "{place.workspace}"',
            f'channel = "{place.rooms[room]}"',
            *_CHANNELS[room],
            *(["parents_notified_on = 2026-08-20"] if room not in self.pending else []),
            'approved_by = "principal"',
            "approved_on = 2026-08-17",
        ]
        return "\n".join(lines)


_DISTRICT = """[district]
name = "Example Unified School District"
policy = "lausd"
time_zone = "America/Los_Angeles"
languages = ["en", "es"]
safety_contact = "safety"
"""
_SITE = """[[site]]
key = "lincoln"
name = "Lincoln High School"
supervisor = "director"
staff = ["teacher"]
parent_leaders = ["leader"]
"""
_CHANNELS = {
    "class": ('name = "room-12"', 'kind = "class"', 'grades = "9-12"', 'responsible = "teacher"'),
    "families": ('name = "families-9th-grade"', 'kind = "parent"', 'responsible = "assistant"'),
}
