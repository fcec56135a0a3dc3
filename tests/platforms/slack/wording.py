"""Text as Slack stores it: what would mean something is escaped, mentions and links stand in angle brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LINK = re.compile(r"(?<!\S)https?://(?:[^\s<>|\"'&]|&amp;){1,2000}")
_ROOM_WIDE = {"@here": "<!here>", "@channel": "<!channel>", "@everyone": "<!everyone>"}


def escaped(text: str) -> str:
    """Escape the three letters that Slack's own marks are made of."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def stored(typed: str, people: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """Return what a person typed as Slack stores it; `people` and `channels` give the id of each name.

    A name after `@` or `#` is one that the person chose from the list that pops up; room-wide mentions and links are
    recognised by themselves.
    """
    text = _LINK.sub(r"<\g<0>>", escaped(typed))
    for name, user in sorted(people.items(), key=lambda item: -len(item[0])):
        text = text.replace(f"@{escaped(name)}", f"<@{user}>")
    for name, channel in sorted(channels.items(), key=lambda item: -len(item[0])):
        text = text.replace(f"#{escaped(name)}", f"<#{channel}|{name}>")
    for word, mark in _ROOM_WIDE.items():
        text = re.sub(rf"(?<!\S){word}(?!\S)", mark, text)
    return text
