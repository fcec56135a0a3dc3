"""The local chat service as a `Platform`: the world's changes become events, the core's verbs become changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.local.dialogue import Dialogue, filled_in
from adapters.local.texts import RefusedError
from adapters.local.values import ATTACHABLE, Explained, Message
from adapters.local.world import Change, World, Wrote, fitting
from bot.domain.assessments import Judgement
from bot.domain.comments import Author, ChannelRef, Comment, CommentRef
from bot.domain.outcomes import Outcome
from bot.errors import PlatformError
from bot.interface.cards import Card, pressed
from bot.interface.commands import COMMANDS
from bot.interface.forms import Form
from bot.platform.capabilities import Capability
from bot.platform.events import (
    ButtonPressed,
    CommandUsed,
    Deleted,
    Event,
    FormSubmitted,
    Interaction,
    Interrupted,
    Posted,
    Resumed,
)
from bot.platform.protocol import ChannelFacts, Delivery, Recipient, SeenChannel

PLATFORM = "local"
CAPABILITIES = frozenset(
    {
        Capability.REMOVE_COMMENT,
        Capability.TIME_OUT_MEMBER,
        Capability.FORM_PICKERS,
        Capability.PRIVATE_ANSWER,
        Capability.LIST_MEMBERS,
    }
)
_COMMANDS = frozenset(command.name for command in COMMANDS)
DESK = "desk:"
ROOM = "room:"


@dataclass(frozen=True, slots=True)
class Answered:
    """The bot answered an interaction, with a card or by opening a form."""

    handle: str
    card: Card | None = None
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The bot went down or came back."""

    up: bool


@dataclass(frozen=True, slots=True)
class Watching:
    """The rooms that the bot reads have changed."""

    rooms: frozenset[str]


Shown = Change | Answered | Line | Watching

Calendar = Callable[[str, str], Awaitable[str | None]]
"""Makes the month's page for an account in a language; nothing for somebody who may not see it."""


class LocalPlatform:
    """A `Platform` over a `World`.

    While it is down nothing is told to the core and every verb raises `PlatformError`, as when a gateway is lost;
    people go on writing, and history has it all when the bot is back.
    """

    def __init__(self, world: World, address: str = "http://127.0.0.1:8765") -> None:
        self.world = world
        self.address = address
        self.up = True
        self.watching: frozenset[str] = frozenset()
        self.calendar: Calendar | None = None
        self._down_since: datetime | None = None
        self._dialogue = Dialogue()
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._listeners: list[Callable[[Shown], None]] = []
        self._end_listening = world.listen(self._heard)

    # --- what the core asks -----------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The platform's name in channel references."""
        return PLATFORM

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What people can have the bot do here."""
        return CAPABILITIES

    async def events(self) -> AsyncIterator[Event]:
        """Yield what happens, until the platform is closed."""
        while (event := await self._events.get()) is not None:
            yield event

    async def history(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        """Yield every comment still there that was posted or edited after `after`, oldest first, threads included."""
        self._must_be_up()
        for message in list(self.world.history(self._room(channel), after)):
            yield self.comment(message)
            self._must_be_up()

    async def deliver(self, card: Card, to: Recipient, language: str) -> Delivery:  # noqa: ARG002
        """Put a card on a person's desk or in a room; whoever looks at it reads it in the language they chose."""
        self._must_be_up()
        if to.channel is not None:
            room = self._room(to.channel)
            return Delivery(f"{ROOM}{room}", self.world.put_card(card, room=room).id)
        return Delivery(f"{DESK}{to.person}", self.world.put_card(card, person=to.person).id)

    async def update(self, delivery: Delivery, card: Card, language: str) -> None:  # noqa: ARG002
        """Redraw a delivered card in place."""
        self._must_be_up()
        self.world.redraw_card(delivery.message, card)

    async def answer(self, interaction: Interaction, card: Card) -> None:
        """Answer the person alone."""
        self._must_be_up()
        self._dialogue.answer(interaction.handle, card)
        self._show(Answered(interaction.handle, card=card))

    async def open_form(self, interaction: Interaction, form: Form) -> None:
        """Open a form for the person; raise `PlatformError` after 3 seconds or a second answer."""
        self._must_be_up()
        self._dialogue.open_form(interaction.handle, form)
        self._show(Answered(interaction.handle, form=form))

    async def read(self, ref: CommentRef) -> Comment | None:
        """Return a message as it stands now, or nothing when it is gone."""
        self._must_be_up()
        message = self.world.message(ref.comment)
        standing = message is not None and message.ended is None and message.room == self._room(ref.channel)
        return self.comment(message) if message is not None and standing else None

    async def remove_comment(self, ref: CommentRef, reason: str) -> None:
        """Remove a comment; one that is gone already is done."""
        self._must_be_up()
        if await self.read(ref) is not None:
            self.world.remove(ref.comment, self._room(ref.channel), reason)

    async def time_out_member(self, channel: ChannelRef, person: str, span: timedelta, reason: str) -> None:  # noqa: ARG002
        """Keep a person from writing in the room for `span`."""
        self._must_be_up()
        self.world.silence(person, self._room(channel), span)

    async def remove_member(self, channel: ChannelRef, person: str, reason: str) -> None:  # noqa: ARG002
        """Refuse: everybody who visits this school stays in it."""
        raise PlatformError("Nobody can be taken out of a room here; use a time-out instead.")

    async def pin(self, delivery: Delivery) -> None:  # noqa: ARG002
        """Refuse: rooms have no pins."""
        raise PlatformError("Cards cannot be pinned here.")

    async def show_home(self, person: str, cards: Sequence[Card], language: str) -> None:  # noqa: ARG002
        """Refuse: a person's desk takes the place of a home page."""
        raise PlatformError("There are no home pages here; cards go to the person's desk.")

    async def channels(self) -> tuple[SeenChannel, ...]:
        """Return every room."""
        self._must_be_up()
        return tuple(SeenChannel(self.channel(room.id), room.name) for room in self.world.rooms.values())

    async def members(self, channel: ChannelRef) -> frozenset[str]:
        """Return everybody who can read a room."""
        self._must_be_up()
        room = self.world.rooms[self._room(channel)]
        return frozenset(account for account in self.world.members if room.holds(account)) | room.administrators

    async def inspect(self, channel: ChannelRef) -> ChannelFacts:
        """Tell a room's privacy and who administers it."""
        self._must_be_up()
        room = self.world.rooms[self._room(channel)]
        return ChannelFacts(room.name, room.open_to, room.administrators, missing=())

    # --- what the core may tell for people who want to see how it works ----------------------------------------------

    def show_outcome(
        self, ref: CommentRef, revision: str, outcome: Outcome, judgement: Judgement | None = None
    ) -> None:
        """Show beside the message what became of it; repeats of the same revision say nothing new."""
        if outcome in {Outcome.DUPLICATE, Outcome.NOT_WATCHED} or self.world.message(ref.comment) is None:
            return
        self.world.explain(Explained(ref.comment, revision, outcome, judgement))

    def show_watched(self, channels: Iterable[ChannelRef]) -> None:
        """Show which rooms the bot reads: those that are registered and approved."""
        self.watching = frozenset(ref.channel for ref in channels if ref.platform == PLATFORM)
        self._show(Watching(self.watching))

    # --- what people do with the bot --------------------------------------------------------------------------------

    def use_command(
        self, account: str, command: str, *, room: str | None, language: str, said: str = "", about: str | None = None
    ) -> str:
        """Tell the core of a command; `said` is what was typed after it. Return the interaction's handle.

        Raise `RefusedError` for a command that does not exist, and for a room the person is not in.
        """
        if command not in _COMMANDS:
            raise RefusedError("no_command", name=command)
        message = None if about is None else self.world.message(about)
        if about is not None and (message is None or message.ended is not None):
            raise RefusedError("gone")
        where = room if message is None else message.room
        if where is not None:
            self.world.must_be_in(account, where)
        interaction = self._interaction(account, where, language)
        options = {"text": fitting(said)} if said else {}
        self._emit(CommandUsed(interaction, command, options, about=None if message is None else self.comment(message)))
        return interaction.handle

    def press(self, account: str, button: str, *, post: str | None, shown: str | None, language: str) -> str:
        """Tell the core of a button on a delivered card (`post`) or on an answer (`shown`: its handle)."""
        card, room = self._card_before(account, post, shown)
        known = pressed(button)
        if card is None or known is None or button not in {one.id for one in card.buttons}:
            raise RefusedError("no_button")
        interaction = self._interaction(account, room, language)
        self._emit(ButtonPressed(interaction, verb=known[0].value, token=known[1]))
        return interaction.handle

    def submit(self, account: str, form: str, values: Mapping[str, object], *, language: str) -> str:
        """Tell the core of a form that was filled in; `form` is the handle under which it was opened."""
        self._must_answer()
        opened, room = self._dialogue.form(form, account)
        entered = filled_in(opened, values, frozenset(self.world.members), frozenset(self.world.rooms))
        self._dialogue.submitted(form)
        interaction = self._interaction(account, room, language)
        self._emit(FormSubmitted(interaction, opened.name, opened.token, entered))
        return interaction.handle

    # --- the line ---------------------------------------------------------------------------------------------------

    def go_down(self) -> None:
        """Lose the line to the bot, as an outage would."""
        if self.up:
            self._down_since = self.world.clock()
            self._events.put_nowait(Interrupted(self._down_since))
            self.up = False
            self._show(Line(up=False))

    def come_back(self) -> None:
        """Have the line back; the core is told since when it missed things."""
        if not self.up and self._down_since is not None:
            self.up = True
            self._events.put_nowait(Resumed(self._down_since, self.world.clock()))
            self._show(Line(up=True))

    def close(self) -> None:
        """End the stream of events."""
        self._end_listening()
        self._events.put_nowait(None)

    def listen(self, listener: Callable[[Shown], None]) -> Callable[[], None]:
        """Have everything that people can see told to `listener`; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # --- translation ------------------------------------------------------------------------------------------------

    def channel(self, room: str) -> ChannelRef:
        """Return a room as the core names it."""
        return ChannelRef(PLATFORM, self.world.workspace, room)

    def author(self, account: str) -> Author:
        """Return a member as the core names them."""
        member = self.world.members[account]
        return Author(account, member.name, member.role)

    def permalink(self, message: str) -> str:
        """Return the address at which a person sees the message in its place."""
        return f"{self.address}/#c-{message}"

    def comment(self, message: Message) -> Comment:
        """Return a message's newest revision as a comment."""
        called = self._called(message.text)
        return Comment(
            ref=CommentRef(self.channel(message.room), message.id),
            text=message.text,
            author=self.author(message.author),
            posted_at=message.posted_at,
            revision=message.mark,
            edited_at=message.changed_at if message.mark else None,
            reply_to=message.reply_to,
            thread=message.thread,
            mentions=tuple(account for account, _ in called),
            attachments=tuple(ATTACHABLE[one] for one in message.attachments),
            permalink=self.permalink(message.id),
            called=called,
        )

    def _called(self, text: str) -> tuple[tuple[str, str], ...]:
        """Return whom a text mentions, and by which names."""
        members = self.world.members.items()
        return tuple((account, member.name) for account, member in members if f"@{member.name}" in text)

    def _heard(self, change: Change) -> None:
        if isinstance(change, Wrote) and self.up:
            message = change.message
            if message.ended is None:
                self._events.put_nowait(Posted(self.comment(message)))
            else:
                ref = CommentRef(self.channel(message.room), message.id)
                self._events.put_nowait(Deleted(ref, message.ended.at))
        self._show(change)

    def _show(self, shown: Shown) -> None:
        for listener in tuple(self._listeners):
            listener(shown)

    def _emit(self, event: Event) -> None:
        self._must_answer()
        self._events.put_nowait(event)

    def _interaction(self, account: str, room: str | None, language: str) -> Interaction:
        self._must_answer()
        if account not in self.world.members:
            raise RefusedError("no_person")
        where = None if room is None else self.channel(room)
        return Interaction(self.author(account), where, self._dialogue.begin(account, room), language)

    def _card_before(self, account: str, post: str | None, shown: str | None) -> tuple[Card | None, str | None]:
        """Return the card that a person has in front of them, and the room it stands in."""
        if shown is not None:
            return self._dialogue.shown(shown, account), None
        found = None if post is None else self.world.posts.get(post)
        if found is None or (found.person is not None and found.person != account):
            return None, None
        if found.room is not None and not self.world.rooms[found.room].holds(account):
            return None, None
        return found.card, found.room

    def _room(self, channel: ChannelRef) -> str:
        if (channel.platform, channel.workspace) != (PLATFORM, self.world.workspace):
            raise PlatformError("That channel is not on the local platform.")
        if channel.channel not in self.world.rooms:
            raise RefusedError("no_room")
        return channel.channel

    def _must_be_up(self) -> None:
        if not self.up:
            raise PlatformError("The line to the local platform is down: switch the bot on again.")

    def _must_answer(self) -> None:
        if not self.up:
            raise RefusedError("bot_down")
