"""A workspace in the hands of a test: what people do among themselves, and what stands before them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tests.platforms.slack.changes import Changes, new_client_id
from tests.platforms.slack.dealings import At, Dealings
from tests.platforms.slack.values import Channel, Ephemeral, Json, View
from tests.platforms.slack.wording import escaped, stored

FILES = {
    "image": ("image/png", "png"),
    "video": ("video/mp4", "mp4"),
    "audio": ("audio/mp4", "m4a"),
    "document": ("application/pdf", "pdf"),
}
"""Kinds of files that people share, as media type and Slack's own word."""


class World(Dealings):
    """People, channels and bots are named by their ids; what happens is told to the app at once, in order."""

    def add_person(self, name: str, *, admin: bool = False, locale: str = "en-US", guest: bool = False) -> str:
        """Add a person; return their id."""
        user = self.workspace.add_user(name, locale=locale, admin=admin)
        user.is_guest = guest
        return user.id

    def add_bot(self, name: str) -> str:
        """Add another app's bot; return its id."""
        return self.workspace.add_user(name, bot=True).id

    def add_channel(self, name: str, members: Iterable[str], *, private: bool = False, with_bot: bool = True) -> str:
        """Add a channel that has been there for long, so that nobody is told; return its id."""
        inside = [*members, *([self.workspace.bot.id] if with_bot else [])]
        return self.workspace.add_channel(name, inside, "group" if private else "channel").id

    def post(
        self,
        author: str,
        channel: str,
        text: str,
        *,
        thread: At | None = None,
        broadcast: bool = False,
        files: Iterable[str] = (),
        at: datetime | None = None,
    ) -> At:
        """Have somebody write `text` as they type it; `files` are kinds such as `image`, `at` puts it into the past.

        `thread` is any message of the thread; `broadcast` sends the reply to the channel, too.
        """
        place = self.workspace.channels[channel]
        assert not place.archived, "nobody writes in an archived channel"
        user = self.workspace.users[author]
        message: Json = {"user": author, "ts": self.service.clock.ts(at), "text": self._stored(text)}
        if user.bot_id is not None:
            message |= {"bot_id": user.bot_id, "app_id": "A0OTHER00"}
        else:
            message["client_msg_id"] = new_client_id()
        if shared := [self._file(kind) for kind in files]:
            message |= {"files": shared, "upload": False}
        if thread is not None:
            message["thread_ts"] = place.messages[thread.ts].get("thread_ts", thread.ts)
            if broadcast:
                message["subtype"] = "thread_broadcast"
        return At(channel, self._changes.posted(place, message)["ts"])

    def post_by_webhook(self, channel: str, text: str, *, name: str = "Announcements") -> At:
        """Have an incoming webhook write something: nobody's account, subtype `bot_message`."""
        message = {
            "subtype": "bot_message",
            "username": name,
            "bot_id": self.workspace.new_id("B"),
            "text": escaped(text),
            "ts": self.service.clock.ts(),
        }
        return At(channel, self._changes.posted(self.workspace.channels[channel], message)["ts"])

    def edit(self, at: At, text: str) -> None:
        """Have the author of a message edit it."""
        message = self._message(at)
        self._changes.edited(self.workspace.channels[at.channel], message, message["user"], text=self._stored(text))

    def unfurl(self, at: At) -> None:
        """Have Slack add a link's preview to a message: a change that is nobody's edit."""
        self._changes.unfurled(self.workspace.channels[at.channel], self._message(at))

    def delete(self, at: At) -> None:
        """Have a message deleted, by its author or by somebody who administers the workspace."""
        self._changes.deleted(self.workspace.channels[at.channel], at.ts)

    def join(self, person: str, channel: str) -> None:
        """Have a person, or the bot, come into a channel."""
        self._changes.joined(self.workspace.channels[channel], person)

    def leave(self, person: str, channel: str) -> None:
        """Have a person leave a channel, or the bot be taken out of it."""
        self._changes.left(self.workspace.channels[channel], person)

    def rename(self, channel: str, name: str, by: str) -> None:
        """Have somebody rename a channel."""
        self._changes.renamed(self.workspace.channels[channel], name, by)

    def archive(self, channel: str, by: str, *, archived: bool = True) -> None:
        """Have somebody archive a channel, or bring it back."""
        self._changes.archived(self.workspace.channels[channel], by, archived=archived)

    def share(self, channel: str) -> None:
        """Have a channel shared with another organisation, whose people can read along."""
        self._changes.shared(self.workspace.channels[channel])

    def delete_channel(self, channel: str, by: str) -> None:
        """Have somebody delete a channel with all that was said there."""
        self._changes.removed(self.workspace.channels[channel], by)

    def direct(self, person: str) -> str:
        """Return the conversation between a person and the bot."""
        return self.workspace.direct(person).id

    # --- what people see ----------------------------------------------------------------------------------------------

    def stands(self, at: At) -> bool:
        """Whether a message is still there to read."""
        message = self.workspace.channels[at.channel].messages.get(at.ts)
        return message is not None and message.get("subtype") != "tombstone"

    def bot_is_in(self, channel: str) -> bool:
        """Whether the bot is a member of a channel."""
        return self.workspace.bot.id in self.workspace.channels[channel].members

    def messages(self, channel: str) -> list[Json]:
        """Return what stands in a channel and its threads, oldest first."""
        return sorted(self.workspace.channels[channel].messages.values(), key=lambda message: str(message["ts"]))

    def bot_messages(self, channel: str) -> list[Json]:
        """Return what the bot wrote in a channel, oldest first."""
        return [message for message in self.messages(channel) if message.get("user") == self.workspace.bot.id]

    def direct_messages(self, person: str) -> list[Json]:
        """Return what the bot wrote to one person alone, oldest first."""
        return [one for channel in self._directs(person) for one in self.bot_messages(channel.id)]

    def seen_by(self, person: str) -> list[Ephemeral]:
        """Return what the bot showed to one person alone in channels, oldest first."""
        return [one for one in self.workspace.ephemerals if one.user == person]

    def home(self, person: str) -> View | None:
        """Return the bot's home page as it stands before a person."""
        return self.workspace.homes.get(person)

    def view(self, person: str) -> View | None:
        """Return the form on top of what stands before a person."""
        opened = [one for one in self.workspace.views.values() if one.user == person and one.open]
        return next((one for one in reversed(opened) if one.type == "modal"), None)

    def _directs(self, person: str) -> list[Channel]:
        return [channel for channel in self.workspace.channels.values() if channel.partner == person]

    @property
    def _changes(self) -> Changes:
        return self.service.changes(self.workspace)

    def _message(self, at: At) -> Json:
        return self.workspace.message(self.workspace.channels[at.channel], at.ts)

    def _stored(self, text: str) -> str:
        people = {user.name: user.id for user in self.workspace.users.values()}
        channels = {one.name: one.id for one in self.workspace.channels.values() if one.name}
        return stored(text, people, channels)

    def _file(self, kind: str) -> Json:
        media, word = FILES[kind]
        number = self.workspace.new_id("F")
        address = f"https://files.example.org/{self.workspace.id}-{number}/file.{word}"
        return {
            "id": number,
            "name": f"file.{word}",
            "title": f"file.{word}",
            "mimetype": media,
            "filetype": word,
            "size": 48_213,
            "mode": "hosted",
            "url_private": address,
        }
