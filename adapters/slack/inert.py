"""Words that stay words: everything the bot shows is rich text or plain text, in which Slack looks for no marks.

Rich text has no markup: what stands in a text element is shown letter by letter, so nothing in it pings, links or
changes its look. The only links are those drawn here: the card's own, and addresses of this workspace's comments.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from adapters.slack.limits import RICH_TEXT, URL, cut, sendable, units

Json = dict[str, Any]

_PERMALINK = re.compile(
    r"https://[a-z0-9-]{1,80}(?:\.enterprise)?\.slack\.com/archives/[A-Z0-9]{1,30}/p[0-9]{1,20}"
    r"(?:\?thread_ts=[0-9.]{1,30}&cid=[A-Z0-9]{1,30})?"
)


def plain(text: str, most: int) -> Json:
    """Return a plain text object of at most `most` units; emoji codes in it stay as they are written."""
    return {"type": "plain_text", "text": cut(sendable(text), most) or "–", "emoji": False}


def said(text: str, *, bold: bool = False) -> list[Json]:
    """Return a text as elements of rich text; none where there is nothing to say."""
    if not text:
        return []
    return [{"type": "text", "text": sendable(text), **({"style": {"bold": True}} if bold else {})}]


def own_words(text: str, label: str) -> list[Json]:
    """Return the bot's own words, in which the address of a comment becomes a link that reads `label`."""
    elements: list[Json] = []
    at = 0
    for match in _PERMALINK.finditer(text):
        elements += [*said(text[at : match.start()]), *link(match[0], label)]
        at = match.end()
    return elements + said(text[at:])


def link(url: str | None, label: str) -> list[Json]:
    """Return a link that the bot itself draws, where its address is one of the web."""
    if url is None or len(url) > URL or urlsplit(url).scheme not in ("http", "https"):
        return []
    return [{"type": "link", "url": sendable(url), "text": label}]


def rich(*parts: Json) -> Json:
    """Return a block of rich text, cut where it would grow beyond what Slack takes."""
    room = RICH_TEXT
    kept = []
    for part in parts:
        shorter, room = _shortened(part, room)
        if shorter["elements"]:
            kept.append(shorter)
    return {"type": "rich_text", "elements": kept}


def section(*elements: list[Json]) -> Json:
    """Return a paragraph of rich text."""
    return {"type": "rich_text_section", "elements": [one for some in elements for one in some]}


def bullets(items: list[Json]) -> Json:
    """Return a list of paragraphs."""
    return {"type": "rich_text_list", "style": "bullet", "elements": items}


def quote(*elements: list[Json]) -> Json:
    """Return a paragraph that is drawn as a quotation."""
    return {"type": "rich_text_quote", "elements": [one for some in elements for one in some]}


def _shortened(part: Json, room: int) -> tuple[Json, int]:
    elements: list[Json] = []
    for one in part["elements"]:
        if room <= 0:
            break
        if "elements" in one:
            shorter, room = _shortened(one, room)
            elements += [shorter] if shorter["elements"] else []
            continue
        text = str(one.get("text", one.get("url", "")))
        if one["type"] == "text":
            elements.append(one | {"text": cut(text, room)})
        elif units(text) <= room:
            elements.append(one)
        room -= units(text)
    return part | {"elements": elements}, room
