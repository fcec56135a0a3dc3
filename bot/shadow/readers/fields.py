"""A row of named fields (CSV, JSON Lines) as a comment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from bot.domain.comments import Author, AuthorRole, ChannelKind, ChannelRef, Comment, CommentRef
from bot.shadow.rows import MAX_TEXT, BadRow, LeftOut, Options, Row

PLATFORM = "export"
"""The platform of comments that were read from a file."""

_SEPARATED = re.compile(r"[;,\s]+")
_EPOCH = re.compile(r"-?[0-9]{1,17}(?:\.[0-9]{1,9})?")
_MILLISECONDS = 1e11
"""Seconds beyond this lie in the year 5138: such a number counts milliseconds."""
_YEARS = range(2, 9999)
"""A year from the calendar's ends, so that every time can be shown in every zone and counted by weeks."""


class _Wrong(Exception):  # noqa: N818 - it never leaves this module
    """A field that cannot be used; the argument says why."""


def row_of(fields: Mapping[str, object], number: int, where: str, options: Options, left_out: LeftOut) -> Row | BadRow:
    """Return the row that `fields` describe (`docs/screening-an-export.md` lists them), or what is wrong with it.

    Only what would put the comment in a wrong light makes a row bad: no text, text that is no text, an unknown kind
    of channel. An unknown role counts as member, a time that cannot be read as unknown; both are noted.
    """
    try:
        return _row(fields, number, where, options, left_out)
    except _Wrong as wrong:
        return BadRow(number, where, str(wrong))


def _row(fields: Mapping[str, object], number: int, where: str, options: Options, left_out: LeftOut) -> Row:
    text = fields.get("text")
    if text is None:
        raise _Wrong("it has no text")
    if not isinstance(text, str):
        raise _Wrong("its text is not text")
    if len(text) > MAX_TEXT:
        raise _Wrong(f"its text is longer than {MAX_TEXT:,} characters")
    channel, author = _word(fields, "channel"), _word(fields, "author")
    role = options.role_of(author) or _role(_word(fields, "author_role"), left_out)
    comment = Comment(
        ref=CommentRef(ChannelRef(PLATFORM, "", channel), _word(fields, "id") or str(number)),
        text=text,
        author=Author(id=author, name=author, role=role),
        posted_at=_time(_word(fields, "posted_at"), options.zone, left_out),
        reply_to=_word(fields, "reply_to") or None,
        mentions=_mentions(fields.get("mentions")),
    )
    return Row(number, where, comment, channel, _kind(_word(fields, "channel_kind"), options.kind_of(channel)))


def _word(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Wrong(f"its {name} is neither text nor a number")
    return str(value)


def _kind(word: str, otherwise: ChannelKind) -> ChannelKind:
    if not word.strip():
        return otherwise
    try:
        return ChannelKind(word.strip().casefold())
    except ValueError:
        raise _Wrong(f"its channel_kind is none of {', '.join(ChannelKind)}") from None


def _role(word: str, left_out: LeftOut) -> AuthorRole:
    if not word.strip():
        return AuthorRole.MEMBER
    try:
        return AuthorRole(word.strip().casefold())
    except ValueError:
        left_out.notes["unknown_role"] += 1
        return AuthorRole.MEMBER


def _time(word: str, zone: tzinfo, left_out: LeftOut) -> datetime | None:
    if not word.strip():
        return None
    time = time_of(word.strip(), zone)
    if time is None:
        left_out.notes["unreadable_time"] += 1
    return time


def time_of(word: str, zone: tzinfo = UTC) -> datetime | None:
    """Return an aware time from RFC 3339, ISO 8601 or seconds (milliseconds) since 1970; None if it is neither.

    `zone` is that of times which name none. The calendar's first and last year are no time.
    """
    try:
        if _EPOCH.fullmatch(word):
            seconds = float(word)
            time = datetime.fromtimestamp(seconds / 1000 if abs(seconds) > _MILLISECONDS else seconds, UTC)
        else:
            time = datetime.fromisoformat(word)
            time = time if time.tzinfo else time.replace(tzinfo=zone)
    except (ValueError, OverflowError, OSError):
        return None
    return time if time.year in _YEARS else None


def _mentions(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part for part in _SEPARATED.split(value) if part)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    raise _Wrong("its mentions are not a list of names")
