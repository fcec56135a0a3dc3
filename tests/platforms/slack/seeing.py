"""What a person sees of drawn blocks: words as they stand on the screen, what stands out, what would do something."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.interface.cards import pressed
from tests.platforms.slack.elements import elements
from tests.platforms.slack.values import Json

_MARK = re.compile(r"<([^<>\n]{1,3000})>")
_STYLED = re.compile(r"(?<![\w*])([*_~`])(?=\S)([^*_~`\n]{1,3000}?)(?<=\S)\1(?![\w*])")
_EMOJI = re.compile(r":[a-z0-9_+-]{1,50}:")
_BARE_LINK = re.compile(r"\bhttps?://\S{1,2000}")


@dataclass(frozen=True)
class Words:
    """A text as it is read: what it says, which parts are bold, its links, and what pings or changes its look."""

    said: str
    bold: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    alive: tuple[str, ...] = ()

    def __add__(self, other: Words) -> Words:
        return Words(self.said + other.said, self.bold + other.bold, self.links + other.links, self.alive + other.alive)


def read_text(text: Json) -> Words:
    """Read a text object."""
    if text["type"] == "plain_text":
        emoji = tuple(_EMOJI.findall(text["text"])) if text.get("emoji", True) else ()
        return Words(text["text"], alive=emoji)
    return read_mrkdwn(text["text"], verbatim=text.get("verbatim", False))


def read_mrkdwn(text: str, *, verbatim: bool = False) -> Words:
    """Read Slack's own markup; text that is not `verbatim` also has its bare addresses made into links."""
    links, alive, bold = list[str](), list[str](), list[str]()

    def unmarked(mark: re.Match[str]) -> str:
        target, _, label = mark[1].partition("|")
        if target.startswith("!date^"):
            return label
        if target[0] in "@#!":
            alive.append(mark[0])
        else:
            links.append(html.unescape(target))
        return label or target

    def unstyled(styled: re.Match[str]) -> str:
        if styled[1] == "*":
            bold.append(html.unescape(styled[2]))
        else:
            alive.append(styled[0])
        return styled[2]

    shown = _STYLED.sub(unstyled, _MARK.sub(unmarked, text))
    if not verbatim:
        alive += [one for one in _BARE_LINK.findall(shown) if html.unescape(one) not in links]
    alive += _EMOJI.findall(shown)
    return Words(html.unescape(shown), tuple(bold), tuple(links), tuple(alive))


def read_rich(element: Json) -> Words:
    """Read rich text: its words stand as they are, whatever they look like."""
    words = Words("")
    for one in element["elements"]:
        if "elements" in one:
            words += read_rich(one)
        elif one["type"] == "text":
            bold = (one["text"],) if one.get("style", {}).get("bold") else ()
            words += Words(one["text"], bold)
        elif one["type"] == "link":
            words += Words(one.get("text", one["url"]), links=(one["url"],))
        else:
            words += Words("", alive=(str(one),))
    return words


def all_words(drawn: Any) -> str:
    """Return every text in blocks or a view, in order, one a line."""
    return "\n".join(_texts(drawn))


def buttons(blocks: Sequence[Json]) -> dict[str, tuple[str, str]]:
    """Return the bot's own buttons: verb → action id and value. The token stands in either."""
    found: dict[str, tuple[str, str]] = {}
    for _, element in elements(blocks):
        action, value = element["action_id"], element.get("value", "")
        if element["type"] != "button":
            continue
        known = pressed(action) or pressed(f"{action}:{value}") or pressed(value)
        if known is not None:
            found[known[0].value] = (action, value)
    return found


def _texts(drawn: Any) -> Iterator[str]:
    if isinstance(drawn, list):
        for one in drawn:
            yield from _texts(one)
    elif isinstance(drawn, dict):
        if drawn.get("type") in ("mrkdwn", "plain_text"):
            yield read_text(drawn).said
            return
        if drawn.get("type") in ("rich_text_section", "rich_text_quote", "rich_text_preformatted"):
            yield read_rich(drawn).said
            return
        for value in drawn.values():
            yield from _texts(value)
