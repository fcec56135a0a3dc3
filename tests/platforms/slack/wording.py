"""Text as Slack stores it: what would mean something is escaped, mentions and links stand in angle brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LINK = r"(?<!\S)https?://(?:[^\s<>|\"'&]|&amp;){1,2000}"
_ROOM_WIDE = {"@here": "<!here>", "@channel": "<!channel>", "@everyone": "<!everyone>"}


def escaped(text: str) -> str:
    """Escape the three letters that Slack's own marks are made of."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def stored(typed: str, people: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """Return what a person typed as Slack stores it; `people` and `channels` give the id of each name.

    A name after `@` or `#` is one that the person chose from the list that pops up; room-wide mentions and links are
    recognised by themselves.
    """
    marks = dict(_ROOM_WIDE)
    marks |= {f"#{escaped(name)}": f"<#{channel}|{escaped(name)}>" for name, channel in channels.items()}
    marks |= {f"@{escaped(name)}": f"<@{user}>" for name, user in people.items()}

    def marked(found: re.Match[str]) -> str:
        return marks.get(found[0]) or f"<{found[0]}>"

    return _anything(people, channels).sub(marked, escaped(typed))


def _anything(people: Mapping[str, str], channels: Mapping[str, str]) -> re.Pattern[str]:
    """Match what becomes a mark, a link first: what looks like a name within an address is part of the address."""
    names = [f"@{escaped(name)}" for name in people] + [f"#{escaped(name)}" for name in channels]
    longest_first = [re.escape(name) for name in sorted(names, key=len, reverse=True)]
    room_wide = rf"(?<!\S)(?:{'|'.join(_ROOM_WIDE)})(?!\S)"
    return re.compile("|".join([_LINK, *longest_first, room_wide]))
