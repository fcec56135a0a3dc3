"""DiscordChatExporter's JSON, one file a channel: https://github.com/Tyrrrz/DiscordChatExporter."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import ijson  # type: ignore[import-untyped]

from bot.domain.comments import Attachment, AttachmentKind, Author, AuthorRole, ChannelRef, Comment, CommentRef
from bot.shadow.readers.attachments import kind_of_name
from bot.shadow.readers.fields import PLATFORM, time_of
from bot.shadow.readers.guard import READING_ERRORS
from bot.shadow.readers.jsonstream import items
from bot.shadow.readers.streams import Opener
from bot.shadow.rows import MAX_TEXT, BadRow, Format, LeftOut, Options, Row

NOTICES = frozenset(
    {"RecipientAdd", "RecipientRemove", "Call", "ChannelNameChange", "ChannelIconChange", "ChannelPinnedMessage"}
    | {"GuildMemberJoin", "ThreadCreated", "21"}
    | {str(number) for number in range(1, 19)}
)
"""Message types that Discord itself writes (21 repeats a thread's first message)."""

_DIRECT = frozenset({"directtextchat", "directgrouptextchat", "dm", "groupdm", "guilddm", "1", "3"})
_PRIVATE = frozenset({"guildprivatethread", "12"})
_SERVER = frozenset({"0", "2", "5", "10", "11", "12", "13", "15"})
NO_SERVER = "0"
"""The server id that DiscordChatExporter writes for direct messages."""
ATTACHED = ".json_Files"
"""How the name of a folder ends into which DiscordChatExporter puts what was attached; it is never opened."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the messages."""

    guild: str
    channel: str
    type: str
    name: str

    @property
    def is_direct(self) -> bool:
        """Whether these are direct or group messages, or might be: only a server's channel is read."""
        kind = self.type.casefold()
        on_server = kind in _SERVER or (kind.startswith("guild") and kind not in _DIRECT)
        return not on_server or self.guild in ("", NO_SERVER)

    @property
    def is_private(self) -> bool:
        """Whether it is a thread by invitation only."""
        return self.type.casefold() in _PRIVATE


def header_of(start: bytes) -> Header | None:
    """Return the header if `start` begins such an export (and reaches as far as its messages), else None."""
    found: dict[str, str] = {}
    try:
        for prefix, event, value in ijson.parse(io.BytesIO(start.removeprefix(b"\xef\xbb\xbf"))):
            if prefix == "messages":
                if event != "start_array" or "channel.id" not in found:
                    return None
                return Header(
                    *(found.get(key, "") for key in ("guild.id", "channel.id", "channel.type", "channel.name"))
                )
            if event in ("string", "number"):
                found[prefix] = str(value)
    except (ijson.JSONError, ValueError):
        return None
    return None


class DiscordSource:
    """Comments of one channel. Direct messages are never read, a private thread only if it was named.

    The text is what the author wrote; the words of a forwarded message, and the title and description of link
    previews, follow it on lines of their own.
    """

    format = Format.DISCORD

    def __init__(self, name: str, opener: Opener, header: Header, options: Options) -> None:
        self.name = name
        self.left_out = LeftOut()
        self.channels: frozenset[str] | None = frozenset()
        self._opener = opener
        self._header = header
        self._options = options
        self._closed = True
        if header.is_direct:
            self.left_out.direct = 1
            return
        self.channels = frozenset({header.name})
        if header.is_private and not {header.name.casefold(), header.channel} & options.private:
            self.left_out.private.append(header.name)
            return
        self._closed = False

    def rows(self) -> Generator[Row | BadRow]:
        """Yield a row for each message that somebody wrote, as the export has them."""
        number = 0
        if self._closed:
            return
        try:
            with self._opener() as stream:
                for message in items(stream, "messages.item"):
                    if self._is_automatic(message):
                        self.left_out.automatic += 1
                        continue
                    number += 1
                    yield self._row(message, number)
        except READING_ERRORS:
            yield BadRow(number + 1, self.name, "the file is damaged from here on")

    def _is_automatic(self, message: Any) -> bool:
        if not isinstance(message, dict):
            return False
        author = message.get("author")
        return str(message.get("type")) in NOTICES or (isinstance(author, dict) and author.get("isBot") is True)

    def _row(self, message: Any, number: int) -> Row | BadRow:
        if not isinstance(message, dict):
            return BadRow(number, self.name, "the entry is no message")
        text = message.get("content")
        if not isinstance(text, str):
            return BadRow(number, self.name, "it has no text")
        text = "\n".join([text, *_beside(message)])
        if len(text) > MAX_TEXT:
            return BadRow(number, self.name, f"it is longer than {MAX_TEXT:,} characters")
        author = _dict(message.get("author"))
        mark = _string(message.get("id")) or str(number)
        edited = _string(message.get("timestampEdited"))
        mentioned = _dicts(message.get("mentions"))
        header = self._header
        comment = Comment(
            ref=CommentRef(ChannelRef(PLATFORM, header.guild, header.channel), mark),
            text=text,
            author=Author(_string(author.get("id")), _name(author), self._role(author)),
            posted_at=time_of(_string(message.get("timestamp")), self._options.zone),
            revision=edited,
            edited_at=time_of(edited, self._options.zone),
            reply_to=_string(_dict(message.get("reference")).get("messageId")) or None,
            mentions=tuple(_string(person.get("id")) for person in mentioned),
            attachments=_attachments(message),
            permalink=_permalink(header, mark),
        )
        return Row(
            number, self.name, comment, header.name, self._options.kind_of(header.name), tuple(_addressed(mentioned))
        )

    def _role(self, author: Mapping[str, Any]) -> AuthorRole:
        """Return the role that was given, or the server role that has the name of one (`Teacher`)."""
        given = self._options.role_of(_string(author.get("id")), _string(author.get("name")), _name(author))
        if given is not None:
            return given
        names = {_string(role.get("name")).strip().casefold().replace(" ", "_") for role in _dicts(author.get("roles"))}
        return next((role for role in AuthorRole if role in names), AuthorRole.MEMBER)


class DamagedSource:
    """A file among a folder's exports that is none itself: one bad row, so that a lost channel is never silent."""

    format = Format.DISCORD

    def __init__(self, name: str) -> None:
        self.name = name
        self.left_out = LeftOut()
        self.channels: frozenset[str] | None = frozenset()

    def rows(self) -> Generator[Row | BadRow]:
        """Yield what is wrong with it."""
        yield BadRow(1, self.name, "the file is no export of DiscordChatExporter, or it is damaged")


def _beside(message: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words that stand in the message beside its own: forwarded ones and those of link previews."""
    forwarded = _dict(message.get("forwardedMessage"))
    if words := _string(forwarded.get("content")):
        yield words
    for part in (message, forwarded):
        for embed in _dicts(part.get("embeds")):
            yield from (words for key in ("title", "description") if (words := _string(embed.get(key))))


def _attachments(message: Mapping[str, Any]) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for part in (message, _dict(message.get("forwardedMessage"))):
        for file in _dicts(part.get("attachments")):
            size = file.get("fileSizeBytes")
            found.append(Attachment(kind_of_name(_string(file.get("fileName"))), size if type(size) is int else None))
        found.extend(Attachment(AttachmentKind.STICKER) for _ in _dicts(part.get("stickers")))
    return tuple(found)


def _addressed(people: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the names by which the text mentions people (the exporter writes `@name` in place of an id)."""
    for person in people:
        for key in ("nickname", "name"):
            if name := _string(person.get(key)):
                yield name, _string(person.get("id"))


def _permalink(header: Header, mark: str) -> str | None:
    ids = (header.guild, header.channel, mark)
    whole = all(part.isascii() and part.isdigit() for part in ids)
    return f"https://discord.com/channels/{'/'.join(ids)}" if whole else None


def _name(person: Mapping[str, Any]) -> str:
    return _string(person.get("nickname")) or _string(person.get("name"))


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
