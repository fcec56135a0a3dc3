"""The local platform as a stage: the chat service in memory, its adapter, and what its page would draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from adapters.local.drawing import draw_card, draw_form
from adapters.local.platform import CAPABILITIES, Answered, LocalPlatform, Shown
from adapters.local.texts import RefusedError
from adapters.local.values import Member, Post, Room
from adapters.local.world import World
from bot.domain.comments import Author, ChannelKind
from bot.interface.cards import Card, pressed
from bot.interface.forms import Form
from bot.platform.capabilities import Capability
from bot.platform.protocol import Delivery, Recipient
from tests.platforms.school import PEOPLE, ROOMS, Place
from tests.platforms.seen import Answer, Ref, SeenCard, SeenForm
from tests.platforms.stage import Stage

ATTACHED = {"image": "photo", "video": "video", "document": "paper"}
"""Kinds of attachments, and what the chat service calls them."""

_MEMBERS = {
    "class": ("student", "friend", "teacher", "principal", "assistant", "robot"),
    "families": ("parent", "leader", "teacher", "principal", "assistant"),
    "boosters": ("parent", "leader", "friend"),
    "office": ("principal", "assistant", "teacher"),
}
_KINDS = {"class": ChannelKind.CLASS, "families": ChannelKind.PARENT, "boosters": ChannelKind.BOOSTER}


class Drawn(LocalPlatform):
    """The adapter, with what other platforms have: cards drawn in the language of the bot's choice, other bots."""

    able: frozenset[Capability] = CAPABILITIES
    languages: dict[str, str]

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self.able

    async def deliver(self, card: Card, to: Recipient, language: str) -> Delivery:
        delivery = await super().deliver(card, to, language)
        self.languages[delivery.message] = language
        return delivery

    async def update(self, delivery: Delivery, card: Card, language: str) -> None:
        await super().update(delivery, card, language)
        self.languages[delivery.message] = language

    def author(self, account: str) -> Author:
        return replace(super().author(account), is_bot=account == "robot")


class LocalStage(Stage):
    """Everything happens at once and in order; what people see is what the page is given to draw."""

    capabilities: ClassVar[frozenset[Capability]] = CAPABILITIES

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        members = [Member(key, name, desk=True) for key, name in PEOPLE.items()]
        self.world = World("lincoln", "Lincoln High School", members, map(_room, ROOMS))
        self.platform = Drawn(self.world)
        self._languages: dict[str, str] = {}
        self._answers: dict[str, Answered] = {}

    @property
    def place(self) -> Place:
        return Place("local", "lincoln", {key: key for key in PEOPLE}, {room: room for room in ROOMS})

    def connect(self) -> Drawn:
        self.platform = Drawn(self.world)
        self.platform.able, self.platform.languages = self.capabilities, self._languages
        self.platform.listen(self._heard)
        return self.platform

    async def disconnect(self) -> None:
        self.platform.close()

    # --- hands --------------------------------------------------------------------------------------------------------

    async def say(
        self, person: str, room: str, text: str, *, reply_to: Ref | None = None, attachments: tuple[str, ...] = ()
    ) -> Ref:
        answered = reply_to.id if reply_to else None
        kinds = [ATTACHED[kind] for kind in attachments]
        return Ref(room, self.world.write(person, room, text, reply_to=answered, attachments=kinds).id)

    async def edit(self, person: str, ref: Ref, text: str) -> None:
        self.world.edit(person, ref.id, text)

    async def delete(self, person: str, ref: Ref) -> None:
        self.world.delete(person, ref.id)

    def stands(self, ref: Ref) -> bool:
        message = self.world.message(ref.id)
        return message is not None and message.ended is None

    async def report(self, person: str, ref: Ref) -> Answer:
        speaks = self._speaks(person)
        handle = self.platform.use_command(person, "report", room=ref.room, language=speaks, about=ref.id)
        return await self._answer(handle, person)

    async def command(self, person: str, name: str, *, room: str = "families") -> Answer:
        where = room if self.world.rooms[room].holds(person) else None  # else at their desk
        handle = self.platform.use_command(person, name, room=where, language=self._speaks(person))
        return await self._answer(handle, person)

    async def press(self, person: str, verb: str, card: SeenCard) -> Answer:
        answered = self._answers.get(card.place)
        standing = self.world.posts[card.place].card if answered is None else answered.card
        ids = [button.id for button in (standing.buttons if standing else ()) if button.verb == verb]
        assert ids, f"there is no button “{verb}” on the card, but: {card.buttons}"
        post, shown = (card.place, None) if answered is None else (None, card.place)
        handle = self.platform.press(person, ids[0], post=post, shown=shown, language=self._speaks(person))
        return await self._answer(handle, person)

    async def submit(self, person: str, form: SeenForm, values: Mapping[str, str]) -> Answer:
        try:
            handle = self.platform.submit(person, form.handle, values, language=self._speaks(person))
        except RefusedError:
            return Answer(refused=True)
        return await self._answer(handle, person)

    async def line_down(self) -> None:
        self.platform.go_down()

    async def line_up(self) -> None:
        self.platform.come_back()

    # --- eyes ---------------------------------------------------------------------------------------------------------

    def cards_of(self, person: str) -> list[SeenCard]:
        return [self._standing(post) for post in self.world.posts.values() if post.person == person]

    def cards_in(self, room: str) -> list[SeenCard]:
        return [self._standing(post) for post in self.world.posts.values() if post.room == room]

    def pinned_in(self, room: str) -> list[str]:
        return []  # the chat service has no pins

    def _standing(self, post: Post) -> SeenCard:
        return self._seen(post.card, self._languages[post.id], post.id)

    def _seen(self, card: Card, language: str, place: str) -> SeenCard:
        """Return the card as the page is given it; of all that only links could do anything there."""
        drawn = draw_card(card, language, self.platform.address)
        lines, facts = drawn["lines"], dict(drawn["facts"])
        quote = drawn["quote"]
        links = [drawn["link"], *(piece["link"] for pieces in (*lines, *facts.values()) for piece in pieces)]
        return SeenCard(
            place,
            drawn["title"],
            tuple(drawn["urgent"]),
            tuple(map(_words, lines)),
            {label: _words(value) for label, value in facts.items()},
            quote=None if quote is None else _words(quote),
            marked=tuple(piece["text"] for piece in quote or () if piece["marked"]),
            link=drawn["link"],
            buttons=tuple(known[0].value for button in drawn["buttons"] if (known := pressed(button["id"]))),
            alive=tuple(link for link in links if link and not link.startswith("#c-")),
        )

    async def _answer(self, handle: str, person: str) -> Answer:
        answered = await self.until(lambda: self._answers.get(handle), f"an answer to {person}")
        if answered.form is not None:
            return Answer(opened=self._form(handle, answered.form, self._speaks(person)))
        assert answered.card is not None
        return Answer(self._seen(answered.card, self._speaks(person), handle))

    def _form(self, handle: str, form: Form, language: str) -> SeenForm:
        drawn = draw_form(form, language, self.world)
        fields = {field["name"]: tuple(choice["value"] for choice in field["choices"]) for field in drawn["fields"]}
        required = frozenset(field["name"] for field in drawn["fields"] if field["required"])
        return SeenForm(handle, drawn["title"], fields, required)

    def _heard(self, shown: Shown) -> None:
        if isinstance(shown, Answered):
            self._answers[shown.handle] = shown

    def _speaks(self, person: str) -> str:
        return self.speaks.get(person, "en")


class ByHandStage(LocalStage):
    """The same without the right to remove anything: here are played the behaviours that leave it to people."""

    capabilities: ClassVar[frozenset[Capability]] = CAPABILITIES - {
        Capability.REMOVE_COMMENT,
        Capability.TIME_OUT_MEMBER,
    }


def _words(pieces: Sequence[Mapping[str, Any]]) -> str:
    return "".join(piece["text"] for piece in pieces)


def _room(key: str) -> Room:
    return Room(
        key,
        key,
        _KINDS.get(key, ChannelKind.STAFF),
        members=frozenset(_MEMBERS[key]),
        administrators=frozenset({"principal", "assistant"}),
        alerts=key == "office",
    )
