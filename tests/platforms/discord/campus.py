"""The school of `school.py` on Discord: one guild, its rooms as channels, and who sees which."""

from __future__ import annotations

from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.world import World
from tests.platforms.school import PEOPLE, ROOMS, Place

INVITED = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.EMBED_LINKS
    | Permission.READ_MESSAGE_HISTORY
    | Permission.MANAGE_MESSAGES
    | Permission.PIN_MESSAGES
    | Permission.MANAGE_THREADS
    | Permission.MODERATE_MEMBERS
    | Permission.KICK_MEMBERS
    | Permission.VIEW_AUDIT_LOG
)
"""What the invite link gives the bot."""

ADMINISTRATORS = ("principal", "assistant", "director", "safety")
_OFFICE = ("principal", "assistant", "teacher")


class Campus:
    """The guild, its people and its rooms. The assistant owns it, the office is closed to all but a few."""

    def __init__(self, world: World, *, bot_may: Permission = INVITED) -> None:
        self.world = world
        self.people = {key: world.new_person(shown, bot=key == "robot") for key, shown in PEOPLE.items()}
        self.guild = world.open_guild("Lincoln High School", self.people["assistant"], bot_may=bot_may)
        staff = world.new_role(self.guild, "Administration", Permission.ADMINISTRATOR)
        for key, person in self.people.items():
            if person.id != self.guild.owner:
                world.join(self.guild, person, roles=[staff.id] if key in ADMINISTRATORS else [])
        self.rooms = {key: world.open_channel(self.guild, key) for key in ROOMS}
        insiders = [self.people[key] for key in _OFFICE]
        world.close_to(self.rooms["office"], *insiders, world.bot)

    @property
    def place(self) -> Place:
        """The school's ids."""
        accounts = {key: str(person.id) for key, person in self.people.items()}
        return Place("discord", str(self.guild.id), accounts, {key: str(room.id) for key, room in self.rooms.items()})
