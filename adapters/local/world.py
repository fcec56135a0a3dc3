"""The chat service itself, in memory: who wrote what, where, in which revision. It knows no bot and no browser.

It behaves as the real services do: edits make revisions, history gives back what is still there, a deleted message is
gone for every reader, only authors change their words. Whatever it refuses is one sentence (`RefusedError`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from adapters.local.texts import RefusedError
from adapters.local.values import (
    ATTACHABLE,
    LONGEST,
    MOST_ATTACHED,
    Ended,
    EndedBy,
    Explained,
    Member,
    Message,
    Post,
    Revision,
    Room,
    Silence,
)
from bot.interface.cards import Card

Clock = Callable[[], datetime]
"""Returns the present, aware."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """A message was posted, edited or deleted."""

    message: Message
    what: Literal["posted", "edited", "deleted"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card of the bot was posted or redrawn."""

    post: Post


@dataclass(frozen=True, slots=True)
class Silenced:
    """A member may not write for a while."""

    silence: Silence


Change = Wrote | Drawn | Silenced | Explained


def the_present() -> datetime:
    """Return the present, aware, in UTC."""
    return datetime.now(UTC)


class World:
    """A workspace with its people and rooms. Every change is told to the listeners, in order, at once."""

    def __init__(
        self, workspace: str, name: str, members: Iterable[Member], rooms: Iterable[Room], clock: Clock = the_present
    ) -> None:
        self.workspace = workspace
        self.name = name
        self.members: Mapping[str, Member] = {member.account: member for member in members}
        self.rooms: Mapping[str, Room] = {room.id: room for room in rooms}
        self.clock = clock
        self.posts: dict[str, Post] = {}
        self.silences: dict[tuple[str, str], Silence] = {}
        self.explained: dict[str, Explained] = {}
        self._messages: dict[str, Message] = {}
        self._listeners: list[Callable[[Change], None]] = []
        self._last = 0

    # --- what people do ---------------------------------------------------------------------------------------------

    def write(
        self,
        account: str,
        room: str,
        text: str,
        *,
        reply_to: str | None = None,
        attachments: Sequence[str] = (),
        at: datetime | None = None,
    ) -> Message:
        """Post a message; a reply joins the thread of what it answers. `at` is for telling what happened earlier."""
        self.must_be_in(account, room)
        self._must_not_be_silenced(account, room)
        if not text.strip() and not attachments:
            raise RefusedError("empty")
        if len(attachments) > MOST_ATTACHED or not set(attachments) <= ATTACHABLE.keys():
            raise RefusedError("attachments", most=MOST_ATTACHED)
        answered = None if reply_to is None else self._still_there(reply_to, room)
        message = Message(
            id=self._next_id(),
            room=room,
            author=account,
            revisions=(Revision(fitting(text), at or self.clock()),),
            reply_to=reply_to,
            thread=None if answered is None else answered.thread or answered.id,
            attachments=tuple(attachments),
        )
        return self._keep(message, "posted")

    def edit(self, account: str, message: str, text: str) -> Message:
        """Give a message of one's own a new revision; saying the same again changes nothing."""
        old = self._own(account, message)
        self._must_not_be_silenced(account, old.room)
        if not text.strip() and not old.attachments:
            raise RefusedError("empty")
        if old.text == text:
            return old
        return self._keep(replace(old, revisions=(*old.revisions, Revision(fitting(text), self.clock()))), "edited")

    def delete(self, account: str, message: str) -> Message:
        """Delete a message of one's own."""
        old = self._own(account, message)
        return self._keep(replace(old, ended=Ended(self.clock(), EndedBy.AUTHOR)), "deleted")

    # --- what the bot does ------------------------------------------------------------------------------------------

    def remove(self, message: str, room: str, reason: str) -> Message:
        """Remove somebody's message, as a person at the school decided."""
        old = self._still_there(message, room)
        return self._keep(replace(old, ended=Ended(self.clock(), EndedBy.SCHOOL, reason)), "deleted")

    def silence(self, account: str, room: str, span: timedelta) -> Silence:
        """Keep a member from writing in a room for `span`."""
        self.must_be_in(account, room)
        silence = Silence(account, room, self.clock() + span)
        self.silences[account, room] = silence
        self._tell(Silenced(silence))
        return silence

    def put_card(self, card: Card, *, room: str | None = None, person: str | None = None) -> Post:
        """Post a card of the bot in a room, or with one person."""
        if room is not None and room not in self.rooms:
            raise RefusedError("no_room")
        if person is not None and person not in self.members:
            raise RefusedError("no_person")
        now = self.clock()
        post = Post(self._next_id(), card, now, now, room=room, person=person)
        self.posts[post.id] = post
        self._tell(Drawn(post))
        return post

    def redraw_card(self, post: str, card: Card) -> Post:
        """Redraw a card in place."""
        old = self.posts.get(post)
        if old is None:
            raise RefusedError("no_card")
        new = replace(old, card=card, changed_at=self.clock())
        self.posts[post] = new
        self._tell(Drawn(new))
        return new

    def explain(self, explained: Explained) -> None:
        """Note beside a message what became of it."""
        self.explained[explained.message] = explained
        self._tell(explained)

    # --- what can be read -------------------------------------------------------------------------------------------

    def message(self, message: str) -> Message | None:
        """Return a message by its id, deleted ones too."""
        return self._messages.get(message)

    def messages(self, room: str | None = None) -> list[Message]:
        """Return every message of a room (or of all), oldest first, deleted ones too."""
        chosen = (message for message in self._messages.values() if room in {None, message.room})
        return sorted(chosen, key=lambda message: (message.posted_at, int(message.id)))

    def history(self, room: str, after: datetime) -> Iterator[Message]:
        """Yield what is still there and was posted or edited after `after`, oldest first, threads included."""
        for message in self.messages(room):
            if message.ended is None and message.changed_at > after:
                yield message

    def silenced_until(self, account: str, room: str) -> datetime | None:
        """Return until when a member may not write in a room."""
        silence = self.silences.get((account, room))
        return silence.until if silence is not None and silence.until > self.clock() else None

    def must_be_in(self, account: str, room: str) -> None:
        """Raise `RefusedError` unless there is such a room and the person is in it."""
        if room not in self.rooms:
            raise RefusedError("no_room")
        if account not in self.members or not self.rooms[room].holds(account):
            raise RefusedError("not_in_room")

    def readers(self, room: str) -> frozenset[str]:
        """Return who can read a room."""
        return frozenset(account for account in self.members if self.rooms[room].holds(account))

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Have every change told to `listener`; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def restore(
        self,
        messages: Iterable[Message],
        posts: Iterable[Post],
        silences: Iterable[Silence],
        explained: Iterable[Explained],
    ) -> None:
        """Put back what was kept in a file, telling nobody."""
        self._messages = {message.id: message for message in messages}
        self.posts = {post.id: post for post in posts}
        self.silences = {(silence.account, silence.room): silence for silence in silences}
        self.explained = {one.message: one for one in explained}
        self._last = max((int(one) for one in (*self._messages, *self.posts)), default=0)

    # --- within -----------------------------------------------------------------------------------------------------

    def _keep(self, message: Message, what: Literal["posted", "edited", "deleted"]) -> Message:
        self._messages[message.id] = message
        self._tell(Wrote(message, what))
        return message

    def _tell(self, change: Change) -> None:
        for listener in tuple(self._listeners):
            listener(change)

    def _next_id(self) -> str:
        self._last += 1
        return str(self._last)

    def _must_not_be_silenced(self, account: str, room: str) -> None:
        until = self.silenced_until(account, room)
        if until is not None:
            raise RefusedError("silenced", until=until.astimezone().strftime("%H:%M"))

    def _still_there(self, message: str, room: str) -> Message:
        found = self._messages.get(message)
        if found is None or found.room != room or found.ended is not None:
            raise RefusedError("gone")
        return found

    def _own(self, account: str, message: str) -> Message:
        found = self._messages.get(message)
        if found is None or found.ended is not None:
            raise RefusedError("gone")
        if found.author != account:
            raise RefusedError("not_yours")
        return found


def fitting(text: str) -> str:
    """Return the text as a real service would keep it: no half characters, not longer than allowed."""
    if len(text) > LONGEST:
        raise RefusedError("too_long", most=LONGEST)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
