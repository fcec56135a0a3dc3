"""Slack's messages as comments: the words as a person reads them, files as kind and size alone.

Slack escapes `&`, `<` and `>` and writes mentions, channels and links in angle brackets ("Formatting text for app
surfaces"). Here each becomes what stands on the screen, once, so that evidence shows what was read and a quote is what
was typed. What only looks like such a mark was typed by a person, and stays as it was typed. Blocks and attachments are
shown as much as the text is, so their words follow it, and they are part of what an edit changes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.slack.people import SlackPerson
from bot.domain.comments import Attachment, Author, ChannelRef, Comment, CommentRef
from bot.shadow.readers.attachments import kind_of_media
from bot.shadow.readers.slack import AUTOMATIC
from bot.shadow.readers.slack_beside import beside

PLATFORM = "slack"
ROOMS = frozenset({"channel", "group"})
"""Channel types that may be read: public and private channels, never direct or group messages (R1)."""

_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,6}")
_MENTION = re.compile(r"<@([UW][A-Z0-9]{1,30})")
_MARK = re.compile(
    r"<(?:@(?P<user>[UW][A-Z0-9]{1,30})(?:\|(?P<handle>[^<>|]{0,100}))?"
    r"|\#(?P<channel>[A-Z0-9]{1,30})(?:\|(?P<room>[^<>|]{0,100}))?"
    r"|!(?P<special>[^<>|]{1,200})(?:\|(?P<shown>[^<>|]{0,200}))?"
    r"|(?P<link>[a-z][a-z0-9+.-]{1,20}:[^<>|]{1,3000})(?:\|(?P<label>[^<>|]{0,1000}))?)>"
)
_TOKEN = re.compile(r"\{[a-z_]{1,20}\}")
_SHARED = ("is_share", "is_msg_unfurl", "message_blocks")
_ENTITY = re.compile(r"&(amp|lt|gt);")


def is_written(message: Mapping[str, Any]) -> bool:
    """Whether somebody, or somebody's bot, wrote the message; also with subtypes yet unknown."""
    return message.get("type", "message") == "message" and message.get("subtype") not in AUTOMATIC


def written(message: Mapping[str, Any]) -> str:
    """Return every word that is shown of a message, as Slack writes text: its own, then what stands beside it."""
    return "\n".join(_parts(message))


def accounts(message: Mapping[str, Any]) -> set[str]:
    """Return the ids of everybody who must be known to read the message: who wrote it, whom it mentions."""
    return {_string(message.get("user")), *_MENTION.findall(written(message))} - {""}


def read_message(
    message: Mapping[str, Any],
    channel: ChannelRef,
    people: Mapping[str, SlackPerson],
    *,
    address: str,
    key: bytes,
    changed: str = "",
) -> Comment:
    """Return a message as a comment. `people` are those of `accounts` who are known; `key` is for `revision_of`.

    `changed` is the time of the event that told of a change: Slack marks no edit where a program changed blocks alone.
    """
    ts, thread = _string(message.get("ts")), _string(message.get("thread_ts"))
    parts = _parts(message)
    words = "\n".join(parts)
    edited = message.get("edited")
    edited_ts = (_string(edited.get("ts")) if isinstance(edited, dict) else "") or changed
    return Comment(
        ref=CommentRef(channel, ts),
        text="\n".join(shown(part, people) for part in parts),
        author=_author(message, people),
        posted_at=time_of(ts),
        revision=revision_of(edited_ts, words, key),
        edited_at=time_of(edited_ts),
        reply_to=thread if thread and thread != ts else None,
        thread=thread or None,
        mentions=tuple(dict.fromkeys(_MENTION.findall(words))),
        attachments=tuple(file for one in (message, *_own(message)) for file in _files(one.get("files"))),
        permalink=permalink(address, channel.channel, ts, thread),
        called=tuple(dict.fromkeys(called for part in parts for called in _called(part, people))),
    )


def shown(text: str, people: Mapping[str, SlackPerson]) -> str:
    """Return Slack's text as it stands on the screen; an unknown person's mention stays a mark."""

    def readable(mark: re.Match[str]) -> str:
        if mark["user"]:
            name = _name(mark, people)
            return f"@{name}" if name else mark[0]
        if channel := mark["channel"]:
            return f"#{mark['room'] or channel}"
        if special := mark["special"]:
            return _special(special, mark["shown"])
        return _link(mark["link"], mark["label"])

    return _unescaped(_MARK.sub(readable, text))


def revision_of(edited: str, text: str, key: bytes) -> str:
    """Return what tells this revision from others: nothing for the first, else its time and a keyed tag of the text.

    Slack marks edits by whole seconds, so two of them can carry the same time. The tag needs the key, so the mark,
    which is kept of every comment, says nothing about the text.
    """
    if not edited:
        return ""
    tag = hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:12]
    return f"{edited}-{tag}"


def time_of(ts: str) -> datetime | None:
    """Return the moment of one of Slack's timestamps, `None` when it is none."""
    if not _TS.fullmatch(ts):
        return None
    seconds, _, micros = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(micros.ljust(6, "0")))


def stamp(moment: datetime) -> str:
    """Return a moment as one of Slack's timestamps."""
    micros = max(0, round(moment.timestamp() * 1_000_000))
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def permalink(address: str, channel: str, ts: str, thread: str = "") -> str | None:
    """Return the address at which people see a message in its place, as `chat.getPermalink` would give it."""
    if not address:
        return None
    link = f"{address}/archives/{channel}/p{ts.replace('.', '')}"
    return f"{link}?thread_ts={thread}&cid={channel}" if thread and thread != ts else link


def _parts(message: Mapping[str, Any]) -> list[str]:
    own = {**message, "attachments": _own(message)}
    return [part for part in (_string(message.get("text")), *beside(own)) if part]


def _own(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the attachments without what Slack adds of the pages that a person links to; shared messages stay.

    A program writes its attachments itself, and may call anything a preview, so all of its own are read.
    """
    found = message.get("attachments")
    parts = [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []
    if message.get("bot_id"):
        return parts
    return [part for part in parts if "from_url" not in part or any(map(part.get, _SHARED))]


def _author(message: Mapping[str, Any], people: Mapping[str, SlackPerson]) -> Author:
    """Return who wrote it: a bot only where Slack knows its account.

    A post through an app with a person's own token is that person's. What has no account comes from a webhook, which
    anybody makes in a minute and gives any name, so it is read like a person's; on Discord it is the same.
    """
    user = _string(message.get("user"))
    if not user:
        profile = message.get("bot_profile")
        name = _string(message.get("username")) or _string(profile.get("name") if isinstance(profile, dict) else "")
        return Author(_string(message.get("bot_id")), name)
    known = people.get(user)
    return Author(user, known.name if known else "", is_bot=known.is_bot if known else False)


def _called(text: str, people: Mapping[str, SlackPerson]) -> Iterator[tuple[str, str]]:
    """Yield whom a text mentions, with the name that `shown` writes for the id."""
    for mark in _MARK.finditer(text):
        if mark["user"] and (name := _name(mark, people)):
            yield mark["user"], _unescaped(name)


def _name(mark: re.Match[str], people: Mapping[str, SlackPerson]) -> str:
    user = mark["user"]
    return people[user].name if user in people else mark["handle"] or ""


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda entity: {"amp": "&", "lt": "<", "gt": ">"}[entity[1]], text)


def _special(special: str, label: str | None) -> str:
    """Return what is seen of a room-wide mention, a group or a date; words around the date's own are the writer's."""
    kind, _, rest = special.partition("^")
    label = label or f"@{kind}"
    around = " ".join(_TOKEN.sub(" ", rest.partition("^")[2].partition("^")[0]).split()) if kind == "date" else ""
    return f"{around} {label}" if around and f" {around} " not in f" {label} " else label


def _link(link: str, label: str | None) -> str:
    """Return what is seen of a link: its label, with the address where the label does not tell it."""
    bare = re.sub(r"^(?:https?://|mailto:|tel:)", "", link)
    if not label:
        return link if link.startswith("http") else bare
    return label if label.rstrip("/") in (link.rstrip("/"), bare.rstrip("/")) else f"{label} ({link})"


def _files(files: object) -> Iterator[Attachment]:
    for file in files if isinstance(files, list) else ():
        if isinstance(file, dict):
            size = file.get("size")
            kind, known = kind_of_media(_string(file.get("mimetype"))), size if type(size) is int else None
            yield Attachment(kind, known, _string(file.get("name")))


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
