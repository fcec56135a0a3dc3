"""The words that Slack's blocks show, written as Slack writes text, so that one reader understands both.

What stands side by side in a paragraph of rich text stays side by side, because that is how it is read: a word whose
halves look different is one word. The words of rich text are escaped, its mentions and links become the marks that
they are in a message's text. https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from typing import Any

MOST_DEPTH = 16
"""Levels of blocks that are looked into; a table in a shared message is twelve deep."""

_PARAGRAPHS = frozenset({"rich_text_section", "rich_text_quote", "rich_text_preformatted"})
_PIECES = frozenset({"text", "raw_text", "link", "user", "usergroup", "channel", "broadcast", "emoji", "date", "color"})
_SHOWN = (
    "author_name", "provider_name", "title", "text", "description", "label", "hint", "placeholder", "fields",
    "elements", "element", "accessory", "rows", "options", "option_groups", "alt_text", "message", "blocks",
)  # fmt: skip
"""Where a block, an element or an object of Block Kit keeps what it shows; addresses, ids and values are not seen."""
_FAMILIES = {"user": ("@", "user_id"), "usergroup": ("!subteam^", "usergroup_id"), "channel": ("#", "channel_id")}


def words(blocks: object, depth: int = MOST_DEPTH) -> list[str]:
    """Return every text in `blocks`, in order; a paragraph, a table's cell or a button's label is one text each."""
    if depth == 0:
        return []
    if isinstance(blocks, list):
        return [found for block in blocks for found in words(block, depth - 1)]
    if not isinstance(blocks, dict):
        return [blocks] if isinstance(blocks, str) and blocks else []
    kind = string(blocks.get("type"))
    if kind in _PARAGRAPHS or kind in _PIECES:
        elements = blocks.get("elements") if kind in _PARAGRAPHS else [blocks]
        paragraph = "".join(map(_piece, elements)) if isinstance(elements, list) else ""
        return [paragraph] if paragraph else []
    return [found for key in _SHOWN for found in words(blocks.get(key), depth - 1)]


def string(value: object) -> str:
    """Return a text, or nothing for what is none."""
    return value if isinstance(value, str) else ""


def _piece(element: Any) -> str:  # noqa: PLR0911 – a line for each kind
    """Return one element of rich text as it is written in a message's text."""
    if not isinstance(element, dict):
        return ""
    kind = string(element.get("type"))
    if kind in _FAMILIES:
        sign, key = _FAMILIES[kind]
        name = _escaped(element.get(key))
        return f"<{sign}{name}>" if name else ""
    if kind == "link":
        url, label = _escaped(element.get("url")), _escaped(element.get("text"))
        return (f"<{url}|{label}>" if label else f"<{url}>") if url else label
    if kind == "broadcast":
        return f"<!{_escaped(element.get('range'))}>"
    if kind == "emoji":
        tone = element.get("skin_tone")
        return f":{_escaped(element.get('name'))}:" + (f":skin-tone-{tone}:" if isinstance(tone, int) else "")
    if kind == "date":
        form = _escaped(element.get("format")).replace("^", " ")  # what follows one in a mark is an address, and unseen
        return f"<!date^0^{form}|{_escaped(element.get('fallback'))}>"
    return next((_escaped(found) for key in ("text", "fallback", "name", "value") if (found := element.get(key))), "")


def _escaped(value: object) -> str:
    return string(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
