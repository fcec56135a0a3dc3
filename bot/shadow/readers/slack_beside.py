"""Words that stand in a Slack message beside its own text: shared messages, link previews, blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

MOST_DEPTH = 12
"""Levels of blocks that are looked into; Slack nests four."""
MOST_PARTS = 1000
"""Pieces of text that are taken from one message."""


def beside(message: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words of shared messages and link previews; those of blocks only where the message has no text.

    Slack repeats the blocks of what a person wrote in `text`, so taking both would count every word twice.
    """
    yield from islice(_beside(message), MOST_PARTS)


def _beside(message: Mapping[str, Any]) -> Iterator[str]:
    if not message.get("text"):
        yield from _words(message.get("blocks"))
    attachments = message.get("attachments")
    for part in attachments if isinstance(attachments, list) else ():
        if isinstance(part, dict):
            own = [words for key in ("pretext", "title", "text") if isinstance(words := part.get(key), str) and words]
            yield from own or _words(part.get("message_blocks")) or _words(part.get("blocks"))


def _words(blocks: object, depth: int = MOST_DEPTH) -> list[str]:
    """Return every text in `blocks` (`{"type": "text", "text": …}` and its kin), in order."""
    if depth == 0:
        return []
    if isinstance(blocks, list):
        return [words for block in blocks for words in _words(block, depth - 1)]
    if not isinstance(blocks, dict):
        return []
    own = blocks.get("text")
    if isinstance(own, str):
        return [own] if own else []
    return [
        words
        for key in ("text", "elements", "fields", "message", "blocks")
        for words in _words(blocks.get(key), depth - 1)
    ]
