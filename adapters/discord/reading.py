"""Reads a message as a comment: its words and what belongs to them, the same live and from history.

Words are the text, the heading of a forum post, a new thread's name, a poll, what a forward repeats, and the embeds and
components of bots, webhooks and forwards. The preview that Discord adds to a link is another site's words and comes and
goes without a mark, so it is not read. Files are what their declared type and size say; names and addresses are dropped
(R16).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import discord

from adapters.discord import components
from adapters.discord.places import Place
from bot.domain.comments import Attachment, AttachmentKind, Author, Comment

WRITTEN_BY_PEOPLE = frozenset(
    {
        discord.MessageType.default,
        discord.MessageType.reply,
        discord.MessageType.thread_created,  # its text is the thread's name
        discord.MessageType.chat_input_command,
        discord.MessageType.context_menu_command,
    }
)
"""Messages that are comments; the others are Discord's own notes about joining, pinning and the like."""

_MENTION = re.compile(r"<@!?(\d{1,20})>")
_KINDS = {
    "image": AttachmentKind.IMAGE,
    "video": AttachmentKind.VIDEO,
    "audio": AttachmentKind.AUDIO,
    "text": AttachmentKind.DOCUMENT,
}
_DOCUMENTS = ("pdf", "document", "msword", "presentation", "sheet", "excel", "powerpoint", "rtf", "epub")


def comment_of(message: discord.Message, place: Place) -> Comment | None:
    """Return a message as a comment; nothing when nobody wrote it."""
    if message.type not in WRITTEN_BY_PEOPLE:
        return None
    edited = message.edited_at
    return Comment(
        ref=place.comment(message.id),
        text="\n".join(part for part in _words(message, place) if part),
        author=author_of(message),
        posted_at=message.created_at,
        revision=_mark(edited),
        edited_at=edited,
        reply_to=_answered(message, place),
        thread=None if place.thread is None else str(place.thread),
        mentions=tuple(str(person.id) for person in message.mentions),
        attachments=tuple(_attached(message)),
        permalink=place.permalink(message.id),
        called=tuple(_names(message.mentions).items()),
    )


def person_of(user: discord.User | discord.Member) -> Author:
    """Return a person as the core names them."""
    return Author(str(user.id), user.display_name, is_bot=user.bot)


def author_of(message: discord.Message) -> Author:
    """Return who wrote a message. A webhook that a person made speaks for that person, so it is not taken for a bot."""
    by_hand = message.webhook_id is not None and message.application_id is None
    return Author(str(message.author.id), message.author.display_name, is_bot=message.author.bot and not by_hand)


def _mark(edited: datetime | None) -> str:
    """Return the revision: the moment of the edit, which Discord gives the same live and later."""
    return "" if edited is None else edited.astimezone(UTC).isoformat(timespec="milliseconds")


def _answered(message: discord.Message, place: Place) -> str | None:
    """Return the comment that a reply answers. A forward refers to another place and answers nobody."""
    to = message.reference
    if message.type is not discord.MessageType.reply or to is None or to.message_id is None:
        return None
    return place.comment(to.message_id).comment if to.channel_id == place.messages_in else str(to.message_id)


def _words(message: discord.Message, place: Place) -> Iterator[str]:
    if message.id == place.thread:
        yield place.title
    yield _named(message.content, message.mentions)
    for snapshot in message.message_snapshots:
        yield snapshot.content
        yield from _embedded(snapshot.embeds)
        yield from components.words(snapshot.components)
    if message.webhook_id is not None or message.author.bot:
        yield from _embedded(message.embeds)
        yield from (_named(text, message.mentions) for text in components.words(message.components))
    if message.poll is not None:
        yield str(message.poll.question)
        yield from (answer.text for answer in message.poll.answers)


def _named(text: str, mentioned: Iterable[discord.User | discord.Member]) -> str:
    """Return a text with people's names where it has their ids."""
    names = _names(mentioned)
    return _MENTION.sub(lambda found: f"@{names[found[1]]}" if found[1] in names else found[0], text)


def _names(mentioned: Iterable[discord.User | discord.Member]) -> dict[str, str]:
    return {str(person.id): person.display_name for person in mentioned}


def _embedded(embeds: Iterable[discord.Embed]) -> Iterator[str]:
    for embed in embeds:
        yield embed.author.name or ""
        yield embed.title or ""
        yield embed.description or ""
        for field in embed.fields:
            yield field.name or ""
            yield field.value or ""
        yield embed.footer.text or ""


def _attached(message: discord.Message) -> Iterator[Attachment]:
    parts: tuple[discord.Message | discord.MessageSnapshot, ...] = (message, *message.message_snapshots)
    for part in parts:
        for file in part.attachments:
            yield Attachment(_kind(file.content_type), file.size, file.filename)
        for sticker in part.stickers:
            yield Attachment(AttachmentKind.STICKER, name=sticker.name)


def _kind(media_type: str | None) -> AttachmentKind:
    """Return the kind that a declared media type stands for."""
    family, _, rest = (media_type or "").partition("/")
    if family == "application" and any(word in rest for word in _DOCUMENTS):
        return AttachmentKind.DOCUMENT
    return _KINDS.get(family, AttachmentKind.OTHER)
