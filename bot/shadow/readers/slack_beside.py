"""Words that stand in a Slack message beside its own text: blocks, attachments, shared messages, link previews.

Slack shows the blocks where there are any, and the text in notifications; whoever writes with a program can put
something different into each, so both are read. Of what a person wrote, blocks only repeat the text: what was read
before, whole lines of it in the same order, is left out, so that no word counts twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from bot.shadow.readers.slack_blocks import string, words

MOST_COMPARED = 1500
"""Pieces of a message that are compared with what was read before; Slack takes a hundred attachments of ten or so.
Further ones are read as they are, so that no message takes long."""

_NO_PREVIEW = "[no preview available]"
"""What Slack itself puts where an attachment of blocks has no `fallback`."""
_STYLE = re.compile(r"(?<![*_~`])(?:(?<![^\W_])[*_~`]++|[*_~`]++(?![^\W_]))")
"""Marks of style around words; one between two letters is part of a word, or hides one, and counts."""
_SPACE = re.compile(r"[ \t\xa0]+")
_ITEM = re.compile(r"(?:(?:&gt;|>)\s*|[•◦▪]\ufe0e?\s+|[0-9a-z]{1,3}\.\s+)")
"""What Slack puts before a line that is quoted or stands in a list."""


def beside(message: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words beside `text` that it does not say already, as Slack writes text."""
    said = _Said(string(message.get("text")))
    pieces = filter(None, _pieces(message))
    yield from filter(None, map(said.beyond, islice(pieces, MOST_COMPARED)))
    yield from map("\n".join, pieces)


class _Said:
    """What was read of one message so far, line by line."""

    def __init__(self, text: str) -> None:
        self._own = self._known = _joined(filter(None, map(_key, text.split("\n"))))

    def beyond(self, piece: Sequence[str]) -> str:
        """Return the lines of `piece`, unless they were read before; without the message's text where it is in them."""
        told = [(line, _key(line)) for part in piece for line in part.split("\n")]
        lines = [line for line, key in told if key]
        whole = _joined(key for _, key in told if key)
        if whole in self._known:
            return ""
        if len(self._own) > 1 and (at := whole.find(self._own)) >= 0:
            first = whole.count("\n", 0, at)
            del lines[first : first + self._own.count("\n") - 1]
        self._known += whole[1:]
        return "\n".join(lines)


def _pieces(message: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    yield words(message.get("blocks"))
    attachments = message.get("attachments")
    for part in attachments if isinstance(attachments, list) else ():
        if isinstance(part, dict):
            yield from _of_part(part, by_program=bool(message.get("bot_id")))


def _of_part(part: Mapping[str, Any], *, by_program: bool) -> Iterator[Sequence[str]]:
    """Yield what an attachment shows.

    What Slack itself puts around a shared message or a preview (whose it was, where it stood) is nobody's writing.
    People's own messages have such alone; whoever writes with a program may claim anything to be one.
    """
    around = by_program or not any(map(part.get, ("is_share", "is_msg_unfurl", "from_url")))
    for key in ("pretext", *(("author_name", "author_subname") if around else ()), "title", "text"):
        yield _texts(part.get(key))
    fields = part.get("fields")
    for field in fields if isinstance(fields, list) else ():
        if isinstance(field, dict):
            yield _texts(field.get("title"), field.get("value"))
    for key in ("blocks", "message_blocks", "actions"):
        yield words(part.get(key))
    if around:
        yield _texts(part.get("footer"))
        yield _texts(string(part.get("fallback")).removeprefix(_NO_PREVIEW))


def _texts(*values: object) -> list[str]:
    return [text for text in map(string, values) if text]


def _key(line: str) -> str:
    """Return what a line says, however Slack styles it: the same for a paragraph in blocks and for it in the text."""
    plain = _SPACE.sub(" ", _STYLE.sub("", line)).strip()
    item = _ITEM.match(plain)
    return plain[item.end() :] if item else plain


def _joined(keys: Iterable[str]) -> str:
    return "\n" + "".join(f"{key}\n" for key in keys)
